noinst_LTLIBRARIES += %D%/libdomain.la
MLT_ROOMS += %D%/libdomain.la
%C%_libdomain_la_SOURCES = \
	%D%/batch.c %D%/batch.h \
	%D%/contract.c %D%/contract.h \
	%D%/contract_decode.c \
	%D%/data_profile.c %D%/data_profile.h \
	%D%/decision.c %D%/decision.h \
	%D%/evidence.c %D%/evidence.h \
	%D%/evidence_decode.c \
	%D%/field.c %D%/field.h \
	%D%/finding.c %D%/finding.h \
	%D%/kept_decision.c %D%/kept_decision.h \
	%D%/lifecycle.c %D%/lifecycle.h \
	%D%/manifest.c %D%/manifest.h \
	%D%/measurement.c %D%/measurement.h \
	%D%/metadata.c %D%/metadata.h \
	%D%/metrics_file.c %D%/metrics_file.h \
	%D%/model_ref.c \
	%D%/names.c %D%/names.h \
	%D%/policy.c %D%/policy.h \
	%D%/record_kind.c \
	%D%/run.c %D%/run.h \
	%D%/semver.c %D%/semver.h \
	%D%/settings.c %D%/settings.h \
	%D%/slice.c %D%/slice.h \
	%D%/source.c %D%/source.h \
	%D%/statement.c %D%/statement.h \
	%D%/subject.h

check_PROGRAMS += %D%/test-domain
TESTS += %D%/test-domain
%C%_test_domain_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/batch.c %D%/contract.c %D%/domain.c %D%/evidence.c %D%/figures.c %D%/manifest.c \
	%D%/metadata.c %D%/metrics_file.c %D%/schemas.c %D%/semver.c %D%/slice.c %D%/source.c \
	%D%/statement.c %D%/kept_decision.c %D%/lifecycle.c
%C%_test_domain_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_domain_LDADD = harness/domain/libdomain.la harness/codec/libcodec.la \
	harness/base/libbase.la $(CHECK_LIBS)

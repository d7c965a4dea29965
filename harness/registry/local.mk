noinst_LTLIBRARIES += %D%/libregistry.la
MLT_ROOMS += %D%/libregistry.la
%C%_libregistry_la_SOURCES = \
	%D%/adopt.c \
	%D%/artifact_metrics.c \
	%D%/artifacts.c %D%/artifacts.h \
	%D%/change.c \
	%D%/clean.c %D%/clean.h \
	%D%/decisions.c \
	%D%/deployments.c \
	%D%/documents.c %D%/documents.h \
	%D%/faults.c %D%/faults.h \
	%D%/git_program.c %D%/git_program.h \
	%D%/git_tree.c %D%/git_tree.h \
	%D%/key_check.c \
	%D%/keys.c %D%/keys.h \
	%D%/log.c %D%/log.h \
	%D%/log_import.c \
	%D%/log_proof.c \
	%D%/log_read.c \
	%D%/log_store.h \
	%D%/log_verify.c \
	%D%/move.c \
	%D%/open.c \
	%D%/policy.c %D%/policy.h \
	%D%/promise.c \
	%D%/register.c \
	%D%/registry.h \
	%D%/resolve.c \
	%D%/revision.c %D%/revision.h \
	%D%/runs.c \
	%D%/serve.h \
	%D%/statements.c %D%/statements.h \
	%D%/store.h \
	%D%/verify.c \
	%D%/verify_files.c %D%/verify_files.h \
	%D%/version.c \
	%D%/version_record.c
EXTRA_DIST += docs/lifecycle.md docs/registry.md

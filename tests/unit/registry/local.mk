check_PROGRAMS += %D%/test-registry
TESTS += %D%/test-registry
%C%_test_registry_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/documents.c %D%/fixture.c %D%/fixture.h %D%/evidence.c %D%/log.c %D%/register.c \
	%D%/registry.c %D%/serve.c %D%/move.c %D%/keys.c %D%/statements.c \
	%D%/verify.c
%C%_test_registry_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_registry_LDADD = harness/registry/libregistry.la harness/ledger/libledger.la harness/documents/libdocuments.la harness/records/librecords.la \
	harness/blobs/libblobs.la harness/compat/libcompat.la harness/table/libtable.la harness/stats/libstats.la harness/domain/libdomain.la harness/db/libdb.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)

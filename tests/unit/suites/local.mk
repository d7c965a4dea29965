check_PROGRAMS += %D%/test-suites
TESTS += %D%/test-suites
%C%_test_suites_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/ab.c %D%/cases.h %D%/compatibility.c %D%/configuration.c %D%/dependencies.c %D%/edge.c %D%/performance.c %D%/planning.c \
	%D%/regression.c %D%/regression_asked.c %D%/stage.c %D%/stage.h %D%/suites.c %D%/unit.c
%C%_test_suites_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_suites_LDADD = suites/libsuites.la harness/runner/librunner.la \
	harness/evaluate/libevaluate.la harness/experiment/libexperiment.la \
	harness/registry/libregistry.la harness/ledger/libledger.la harness/documents/libdocuments.la harness/records/librecords.la harness/blobs/libblobs.la \
	harness/db/libdb.la harness/config/libconfig.la harness/compat/libcompat.la \
	harness/criteria/libcriteria.la \
	harness/adapter/libadapter.la harness/metrics/libmetrics.la harness/table/libtable.la \
	harness/domain/libdomain.la harness/stats/libstats.la harness/codec/libcodec.la \
	harness/base/libbase.la $(CHECK_LIBS) $(ZLIB_LIBS)

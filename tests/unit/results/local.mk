check_PROGRAMS += %D%/test-results
TESTS += %D%/test-results
%C%_test_results_SOURCES = $(MLT_UNIT_SOURCES) %D%/results.c
%C%_test_results_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_results_LDADD = harness/results/libresults.la harness/domain/libdomain.la \
	harness/db/libdb.la harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)

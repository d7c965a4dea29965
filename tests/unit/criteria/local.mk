check_PROGRAMS += %D%/test-criteria
TESTS += %D%/test-criteria
%C%_test_criteria_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/adjust.c %D%/bench.c %D%/bench.h %D%/claims.c %D%/criteria.c %D%/evidence.c \
	%D%/replicates.c %D%/sentence.c %D%/shares.c %D%/simulation.c %D%/tails.c \
	%D%/verdicts.c
%C%_test_criteria_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_criteria_LDADD = harness/criteria/libcriteria.la harness/metrics/libmetrics.la \
	harness/domain/libdomain.la harness/stats/libstats.la harness/codec/libcodec.la \
	harness/base/libbase.la $(CHECK_LIBS)

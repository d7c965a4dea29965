check_PROGRAMS += %D%/test-stats
TESTS += %D%/test-stats
%C%_test_stats_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/dist.c %D%/interval.c %D%/order.c %D%/stats.c \
	%D%/auc.c %D%/bootstrap_auc.c %D%/delong.c %D%/resample.c \
	%D%/dist_reference.h %D%/exact.c %D%/families.c %D%/moments.c \
	%D%/sketch.c %D%/sort.c
%C%_test_stats_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_stats_LDADD = harness/stats/libstats.la harness/base/libbase.la $(CHECK_LIBS)
EXTRA_DIST += %D%/dist_reference.py

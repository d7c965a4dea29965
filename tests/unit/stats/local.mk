check_PROGRAMS += %D%/test-stats
TESTS += %D%/test-stats
%C%_test_stats_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/auc.c \
	%D%/bootstrap.c \
	%D%/bootstrap_auc.c \
	%D%/bootstrap_interval.c \
	%D%/bootstrap_sums.c \
	%D%/delong.c \
	%D%/dist.c \
	%D%/dist_reference.h \
	%D%/exact.c \
	%D%/families.c \
	%D%/interval.c \
	%D%/margin.c \
	%D%/moments.c \
	%D%/multiplicity.c \
	%D%/near.h \
	%D%/order.c \
	%D%/paired.c \
	%D%/power.c \
	%D%/proportion.c \
	%D%/resample.c \
	%D%/sketch.c \
	%D%/skewness.c \
	%D%/sort.c \
	%D%/stats.c \
	%D%/tail.c \
	%D%/unpaired.c
%C%_test_stats_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_stats_LDADD = harness/stats/libstats.la harness/base/libbase.la $(CHECK_LIBS)
EXTRA_DIST += %D%/dist_reference.py

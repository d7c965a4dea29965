# Simulations: of choices in harness/stats (built and run by hand, `make tests/sim/skewness`), and of how
# often intervals, tests and verdicts are wrong: `make sim` writes their tables into docs/statistics.md,
# with SIM_EFFORT times as many repetitions.
EXTRA_PROGRAMS += %D%/skewness %D%/calibrate
%C%_skewness_SOURCES = %D%/skewness.c
%C%_skewness_LDADD = harness/stats/libstats.la harness/base/libbase.la
%C%_calibrate_SOURCES = %D%/calibrate.c %D%/calibrate.h %D%/coverage.c %D%/family.c %D%/gate.c \
	%D%/law.c %D%/law.h %D%/law_binary.c %D%/law_classes.c %D%/law_ranking.c %D%/law_regression.c \
	%D%/power.c %D%/size.c
%C%_calibrate_LDADD = harness/criteria/libcriteria.la harness/metrics/libmetrics.la \
	harness/domain/libdomain.la harness/stats/libstats.la harness/codec/libcodec.la \
	harness/base/libbase.la
EXTRA_DIST += %D%/calibrate.sh
SIM_EFFORT = 1
.PHONY: sim
sim: %D%/calibrate$(EXEEXT)
	$(SHELL) $(top_srcdir)/%D%/calibrate.sh %D%/calibrate$(EXEEXT) \
		$(top_srcdir)/docs/statistics.md $(SIM_EFFORT)

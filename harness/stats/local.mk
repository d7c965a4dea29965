noinst_LTLIBRARIES += %D%/libstats.la
MLT_ROOMS += %D%/libstats.la
%C%_libstats_la_SOURCES = \
	%D%/auc.c %D%/auc.h \
	%D%/auc_order.c %D%/auc_order.h \
	%D%/auc_weighted.c \
	%D%/bootstrap.c %D%/bootstrap.h \
	%D%/bootstrap_auc.c %D%/bootstrap_auc.h \
	%D%/bootstrap_interval.c %D%/bootstrap_interval.h \
	%D%/bootstrap_parallel.c %D%/bootstrap_parallel.h \
	%D%/bootstrap_sums.c %D%/bootstrap_sums.h \
	%D%/contingency.c %D%/contingency.h \
	%D%/delong.c %D%/delong.h \
	%D%/delong_keys.c %D%/delong_keys.h \
	%D%/dist.c %D%/dist.h \
	%D%/dist_beta.c \
	%D%/dist_gamma.c \
	%D%/dist_normal.c \
	%D%/dist_parts.h \
	%D%/dist_t.c \
	%D%/elementary.c %D%/elementary.h \
	%D%/exact.c %D%/exact.h \
	%D%/exact_bulk.c \
	%D%/interval.c %D%/interval.h \
	%D%/log.c \
	%D%/mannwhitney.c %D%/mannwhitney.h \
	%D%/margin.c %D%/margin.h \
	%D%/moments.c %D%/moments.h \
	%D%/multiplicity.c %D%/multiplicity.h \
	%D%/noncentral.c %D%/noncentral.h \
	%D%/paired.c %D%/paired.h \
	%D%/power.c %D%/power.h \
	%D%/proportion.c %D%/proportion.h \
	%D%/quantile.c %D%/quantile.h \
	%D%/resample.c %D%/resample.h \
	%D%/resample_avx2.c %D%/resample_avx2.h \
	%D%/root.c %D%/root.h \
	%D%/signflip.c %D%/signflip.h \
	%D%/sketch.c %D%/sketch.h \
	%D%/skewness.c %D%/skewness.h \
	%D%/smirnov.c %D%/smirnov.h \
	%D%/sort.c %D%/sort.h \
	%D%/sum.c %D%/sum.h \
	%D%/tail.c %D%/tail.h \
	%D%/test.c %D%/test.h \
	%D%/unpaired.c %D%/unpaired.h \
	%D%/wide.c %D%/wide.h \
	%D%/wilcoxon.c %D%/wilcoxon.h

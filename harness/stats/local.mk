noinst_LTLIBRARIES += %D%/libstats.la
MLT_ROOMS += %D%/libstats.la
%C%_libstats_la_SOURCES = \
	%D%/auc.c %D%/auc.h \
	%D%/auc_order.c %D%/auc_order.h \
	%D%/auc_weighted.c \
	%D%/bootstrap_auc.c %D%/bootstrap_auc.h \
	%D%/bootstrap_parallel.c %D%/bootstrap_parallel.h \
	%D%/delong.c %D%/delong.h \
	%D%/dist.c %D%/dist.h %D%/dist_parts.h \
	%D%/dist_beta.c %D%/dist_gamma.c %D%/dist_normal.c %D%/dist_t.c \
	%D%/elementary.c %D%/elementary.h \
	%D%/exact.c %D%/exact.h %D%/exact_bulk.c \
	%D%/interval.c %D%/interval.h \
	%D%/log.c \
	%D%/moments.c %D%/moments.h \
	%D%/quantile.c %D%/quantile.h \
	%D%/resample.c %D%/resample.h \
	%D%/resample_avx2.c %D%/resample_avx2.h \
	%D%/sketch.c %D%/sketch.h \
	%D%/sort.c %D%/sort.h \
	%D%/sum.c %D%/sum.h \
	%D%/wide.c %D%/wide.h

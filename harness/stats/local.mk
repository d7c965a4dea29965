noinst_LTLIBRARIES += %D%/libstats.la
MLT_ROOMS += %D%/libstats.la
%C%_libstats_la_SOURCES = \
	%D%/dist.c %D%/dist.h \
	%D%/elementary.c %D%/elementary.h \
	%D%/interval.c %D%/interval.h \
	%D%/quantile.c %D%/quantile.h \
	%D%/resample.c %D%/resample.h \
	%D%/resample_avx2.c %D%/resample_avx2.h \
	%D%/sum.c %D%/sum.h

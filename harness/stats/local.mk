noinst_LTLIBRARIES += %D%/libstats.la
MLT_ROOMS += %D%/libstats.la
%C%_libstats_la_SOURCES = \
	%D%/dist.c %D%/dist.h \
	%D%/elementary.c %D%/elementary.h \
	%D%/interval.c %D%/interval.h \
	%D%/margin.c %D%/margin.h \
	%D%/multiplicity.c %D%/multiplicity.h \
	%D%/paired.c %D%/paired.h \
	%D%/proportion.c %D%/proportion.h \
	%D%/quantile.c %D%/quantile.h \
	%D%/root.c %D%/root.h \
	%D%/signflip.c %D%/signflip.h \
	%D%/sum.c %D%/sum.h \
	%D%/test.c %D%/test.h \
	%D%/wilcoxon.c %D%/wilcoxon.h

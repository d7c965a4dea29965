noinst_LTLIBRARIES += %D%/libmetrics.la
MLT_ROOMS += %D%/libmetrics.la
%C%_libmetrics_la_SOURCES = \
	%D%/binary.c \
	%D%/families.h \
	%D%/metric.c %D%/metric.h \
	%D%/multiclass.c \
	%D%/regression.c

noinst_LTLIBRARIES += %D%/libmetrics.la
MLT_ROOMS += %D%/libmetrics.la
%C%_libmetrics_la_SOURCES = \
	%D%/binary.c \
	%D%/families.h \
	%D%/means.c %D%/means.h \
	%D%/means_codec.c \
	%D%/means_measure.c \
	%D%/means_plan.c \
	%D%/means_state.h \
	%D%/metric.c %D%/metric.h \
	%D%/multiclass.c \
	%D%/regression.c

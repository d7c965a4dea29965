noinst_LTLIBRARIES += %D%/libexperiment.la
MLT_ROOMS += %D%/libexperiment.la
%C%_libexperiment_la_SOURCES = \
	%D%/allocation.c %D%/allocation.h \
	%D%/analysis.c %D%/analysis.h \
	%D%/arm_sums.c %D%/arm_sums.h \
	%D%/effect.c %D%/effect.h \
	%D%/events.c %D%/events.h \
	%D%/experiment.c %D%/experiment.h \
	%D%/metric_arms.c \
	%D%/requirements.c %D%/requirements.h \
	%D%/sample_size.c %D%/sample_size.h \
	%D%/units.c %D%/units.h

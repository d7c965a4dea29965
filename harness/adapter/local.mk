noinst_LTLIBRARIES += %D%/libadapter.la
MLT_ROOMS += %D%/libadapter.la
%C%_libadapter_la_SOURCES = \
	%D%/adapter.c %D%/adapter.h \
	%D%/feature.c %D%/feature.h \
	%D%/predictions.c \
	%D%/process.c \
	%D%/process_child.c %D%/process_child.h \
	%D%/process_wire.c %D%/process_wire.h \
	%D%/xgboost.c

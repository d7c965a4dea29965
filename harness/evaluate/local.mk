noinst_LTLIBRARIES += %D%/libevaluate.la
MLT_ROOMS += %D%/libevaluate.la
%C%_libevaluate_la_SOURCES = \
	%D%/add.c \
	%D%/columns.c %D%/columns.h \
	%D%/evaluation.c %D%/evaluation.h \
	%D%/gather.c \
	%D%/measure.c \
	%D%/partial.c \
	%D%/search.c %D%/search.h %D%/search_cells.h \
	%D%/search_find.c \
	%D%/search_partial.c \
	%D%/store.c %D%/store.h \
	%D%/subset.c %D%/subset.h \
	%D%/worker.c %D%/worker.h

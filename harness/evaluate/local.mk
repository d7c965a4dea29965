noinst_LTLIBRARIES += %D%/libevaluate.la
MLT_ROOMS += %D%/libevaluate.la
%C%_libevaluate_la_SOURCES = \
	%D%/add.c \
	%D%/columns.c %D%/columns.h \
	%D%/columns_read.c \
	%D%/definition.c %D%/definition.h \
	%D%/evaluation.c %D%/evaluation.h \
	%D%/evaluation_set.c %D%/evaluation_set.h \
	%D%/gather.c \
	%D%/keys.c %D%/keys.h \
	%D%/measure.c \
	%D%/packed.c %D%/packed.h \
	%D%/partial.c %D%/partial_check.c \
	%D%/rehearsal.c %D%/rehearsal.h \
	%D%/rehearsal_rates.c %D%/rehearsal_rates.h \
	%D%/rehearsal_world.c %D%/rehearsal_world.h \
	%D%/search.c %D%/search.h %D%/search_cells.h \
	%D%/search_find.c \
	%D%/search_partial.c \
	%D%/store.c %D%/store.h \
	%D%/subset.c %D%/subset.h \
	%D%/unpack.c %D%/unpack.h \
	%D%/worker.c %D%/worker.h

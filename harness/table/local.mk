noinst_LTLIBRARIES += %D%/libtable.la
MLT_ROOMS += %D%/libtable.la
%C%_libtable_la_SOURCES = \
	%D%/group.c \
	%D%/table.c %D%/table.h

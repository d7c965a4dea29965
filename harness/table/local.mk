noinst_LTLIBRARIES += %D%/libtable.la
MLT_ROOMS += %D%/libtable.la
%C%_libtable_la_SOURCES = \
	%D%/dictionary.c %D%/dictionary.h \
	%D%/group.c \
	%D%/join.c %D%/join.h \
	%D%/reader.c %D%/reader.h \
	%D%/reader_cut.c \
	%D%/reader_delimited.c \
	%D%/reader_jsonl.c \
	%D%/reader_part.h \
	%D%/reader_values.c \
	%D%/table.c %D%/table.h

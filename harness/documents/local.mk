noinst_LTLIBRARIES += %D%/libdocuments.la
MLT_ROOMS += %D%/libdocuments.la
%C%_libdocuments_la_SOURCES = \
	%D%/check.c %D%/check.h \
	%D%/check_api.c \
	%D%/check_changes.c \
	%D%/check_examples.c \
	%D%/check_figure.c \
	%D%/check_history.c \
	%D%/check_making.c \
	%D%/check_part.h \
	%D%/check_prose.c \
	%D%/check_sections.c \
	%D%/check_tables.c \
	%D%/document.c %D%/document.h \
	%D%/facts.h \
	%D%/known.c %D%/known.h \
	%D%/shown.c %D%/shown.h

noinst_LTLIBRARIES += %D%/libdocuments.la
MLT_ROOMS += %D%/libdocuments.la
%C%_libdocuments_la_SOURCES = \
	%D%/check.h \
	%D%/document.c %D%/document.h \
	%D%/facts.h

noinst_LTLIBRARIES += %D%/libresults.la
MLT_ROOMS += %D%/libresults.la
%C%_libresults_la_SOURCES = \
	%D%/reader.c %D%/results.h \
	%D%/schema.c %D%/schema.h \
	%D%/writer.c

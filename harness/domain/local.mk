noinst_LTLIBRARIES += %D%/libdomain.la
MLT_ROOMS += %D%/libdomain.la
%C%_libdomain_la_SOURCES = \
	%D%/field.c %D%/field.h \
	%D%/finding.c %D%/finding.h \
	%D%/measurement.c %D%/measurement.h

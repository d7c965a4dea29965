noinst_LTLIBRARIES += %D%/librecords.la
MLT_ROOMS += %D%/librecords.la
%C%_librecords_la_SOURCES = %D%/records.h %D%/sqlite.c

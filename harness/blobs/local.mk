noinst_LTLIBRARIES += %D%/libblobs.la
MLT_ROOMS += %D%/libblobs.la
%C%_libblobs_la_SOURCES = %D%/blobs.h %D%/fs.c

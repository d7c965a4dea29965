noinst_LTLIBRARIES += %D%/libdb.la
MLT_ROOMS += %D%/libdb.la
%C%_libdb_la_SOURCES = %D%/sqlite.c %D%/sqlite.h
%C%_libdb_la_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
%C%_libdb_la_LIBADD = $(SQLITE_LIBS)

check_PROGRAMS += %D%/test-db
TESTS += %D%/test-db
%C%_test_db_SOURCES = $(MLT_UNIT_SOURCES) %D%/db.c
%C%_test_db_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_db_LDADD = harness/db/libdb.la harness/base/libbase.la $(CHECK_LIBS)

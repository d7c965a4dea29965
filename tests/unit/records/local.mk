check_PROGRAMS += %D%/test-records
TESTS += %D%/test-records
%C%_test_records_SOURCES = $(MLT_UNIT_SOURCES) %D%/records.c
%C%_test_records_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_records_LDADD = harness/records/librecords.la harness/db/libdb.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)

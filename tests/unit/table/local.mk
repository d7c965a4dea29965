check_PROGRAMS += %D%/test-table
TESTS += %D%/test-table
%C%_test_table_SOURCES = $(MLT_UNIT_SOURCES) %D%/join.c %D%/reader.c %D%/table.c
%C%_test_table_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_table_LDADD = harness/table/libtable.la harness/codec/libcodec.la harness/base/libbase.la \
	$(CHECK_LIBS) $(ZLIB_LIBS)

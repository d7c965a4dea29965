check_PROGRAMS += %D%/test-blobs
TESTS += %D%/test-blobs
%C%_test_blobs_SOURCES = $(MLT_UNIT_SOURCES) %D%/blobs.c
%C%_test_blobs_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_blobs_LDADD = harness/blobs/libblobs.la harness/domain/libdomain.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)

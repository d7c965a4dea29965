check_PROGRAMS += %D%/test-compat
TESTS += %D%/test-compat
%C%_test_compat_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/bench.c %D%/bench.h %D%/changes.c %D%/compat.c %D%/drift.c %D%/profiling.c %D%/properties.c %D%/release.c
%C%_test_compat_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_compat_LDADD = harness/compat/libcompat.la harness/domain/libdomain.la \
	harness/table/libtable.la harness/stats/libstats.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS) $(ZLIB_LIBS)

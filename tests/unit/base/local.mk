check_PROGRAMS += %D%/test-base
TESTS += %D%/test-base
%C%_test_base_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/base.c %D%/clock.c %D%/cpu.c %D%/fs.c %D%/hash.c %D%/lines.c %D%/memory.c %D%/str.c %D%/subprocess.c
%C%_test_base_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_base_LDADD = harness/base/libbase.la $(CHECK_LIBS)

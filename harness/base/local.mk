noinst_LTLIBRARIES += %D%/libbase.la
MLT_ROOMS += %D%/libbase.la
%C%_libbase_la_SOURCES = \
	%D%/arena.c %D%/arena.h \
	%D%/buf.c %D%/buf.h \
	%D%/clock.c %D%/clock.h \
	%D%/cpu.c %D%/cpu.h \
	%D%/err.c \
	%D%/fs.c %D%/fs_tree.c %D%/fs.h \
	%D%/hash.c %D%/hash.h \
	%D%/lines.c %D%/lines.h \
	%D%/rng.c %D%/rng.h \
	%D%/siphash.c %D%/siphash.h \
	%D%/str.c %D%/str.h \
	%D%/subprocess.c %D%/subprocess.h \
	%D%/verdict.c
%C%_libbase_la_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
%C%_libbase_la_LIBADD = $(CRYPTO_LIBS)

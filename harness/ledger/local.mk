noinst_LTLIBRARIES += %D%/libledger.la
MLT_ROOMS += %D%/libledger.la
%C%_libledger_la_SOURCES = \
	%D%/checkpoint.c %D%/checkpoint.h \
	%D%/dsse.c %D%/dsse.h \
	%D%/intoto.c %D%/intoto.h \
	%D%/key.c %D%/key.h \
	%D%/merkle.c %D%/merkle.h \
	%D%/openssh.c %D%/openssh.h \
	%D%/signers.c %D%/signers.h \
	%D%/sshsig.c %D%/sshsig.h
%C%_libledger_la_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
%C%_libledger_la_LIBADD = $(CRYPTO_LIBS)

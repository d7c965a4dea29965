noinst_LTLIBRARIES += %D%/libledger.la
MLT_ROOMS += %D%/libledger.la
%C%_libledger_la_SOURCES = \
	%D%/signers.c %D%/signers.h \
	%D%/sshsig.c %D%/sshsig.h

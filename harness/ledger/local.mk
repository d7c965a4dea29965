noinst_LTLIBRARIES += %D%/libledger.la
MLT_ROOMS += %D%/libledger.la
%C%_libledger_la_SOURCES = \
	%D%/merkle.c %D%/merkle.h

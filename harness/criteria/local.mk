noinst_LTLIBRARIES += %D%/libcriteria.la
MLT_ROOMS += %D%/libcriteria.la
%C%_libcriteria_la_SOURCES = \
	%D%/adjust.c \
	%D%/judge.c %D%/judge.h \
	%D%/judge_absent.c \
	%D%/judge_bootstrap.c \
	%D%/judge_interval.c \
	%D%/judge_reason.c \
	%D%/judge_share.c \
	%D%/judge_t.c \
	%D%/judge_verdict.c \
	%D%/judgement.h \
	%D%/sentence.c %D%/sentence.h \
	%D%/sentence_range.c %D%/sentence_range.h

noinst_LTLIBRARIES += %D%/libgates.la
MLT_ROOMS += %D%/libgates.la
%C%_libgates_la_SOURCES = \
	%D%/collect/anchor.c \
	%D%/collect/collect.c %D%/collect/collect.h \
	%D%/collect/held_out.c \
	%D%/collect/lifecycle.c %D%/collect/lifecycle.h \
	%D%/collect/people.c %D%/collect/people.h \
	%D%/collect/seen.h \
	%D%/collect/signature.c %D%/collect/signature.h \
	%D%/collect/usage.c %D%/collect/usage.h \
	%D%/decide/anchor.c \
	%D%/decide/approval.c \
	%D%/decide/criterion.c \
	%D%/decide/decide.c %D%/decide/decide.h \
	%D%/decide/deployed.c \
	%D%/decide/documented.c \
	%D%/decide/judging.h \
	%D%/decide/metrics.c \
	%D%/decide/people.h \
	%D%/decide/record.c \
	%D%/decide/run_judge.c \
	%D%/decide/seats.c \
	%D%/decide/sentences.c \
	%D%/decide/signed.c \
	%D%/decide/suites.c \
	%D%/decide/usage.c \
	%D%/decide/waiver.c \
	%D%/decide/words.h

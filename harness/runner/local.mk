noinst_LTLIBRARIES += %D%/librunner.la
MLT_ROOMS += %D%/librunner.la
%C%_librunner_la_SOURCES = \
	%D%/family.c %D%/family.h \
	%D%/find_worker.c \
	%D%/frame.c %D%/frame.h \
	%D%/guard.c %D%/guard.h \
	%D%/message.c %D%/message.h \
	%D%/pool.c %D%/pool.h \
	%D%/pool_worker.c %D%/pool_worker.h \
	%D%/suite.h \
	%D%/worker.c %D%/worker.h

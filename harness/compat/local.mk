noinst_LTLIBRARIES += %D%/libcompat.la
MLT_ROOMS += %D%/libcompat.la
%C%_libcompat_la_SOURCES = \
	%D%/diff.c %D%/diff.h \
	%D%/drift.c %D%/drift.h \
	%D%/field.c %D%/field.h \
	%D%/lineage.c %D%/lineage.h \
	%D%/profiling.c %D%/profiling.h \
	%D%/release.c %D%/release.h \
	%D%/rule.c

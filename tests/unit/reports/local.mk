check_PROGRAMS += %D%/test-reports
TESTS += %D%/test-reports
%C%_test_reports_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/agreement.c %D%/ci.c %D%/decision.c %D%/event.c %D%/explain.c %D%/figures.c %D%/fixtures.c %D%/fixtures.h %D%/hostile.c %D%/plot.c \
	%D%/progress.c %D%/reports.c %D%/site.c
%C%_test_reports_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_reports_LDADD = reports/libreports.la harness/documents/libdocuments.la \
	harness/compat/libcompat.la harness/domain/libdomain.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS) $(ZLIB_LIBS)
TESTS += %D%/junit-schema.sh
dist_check_SCRIPTS += %D%/junit-schema.sh

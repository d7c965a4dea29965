check_PROGRAMS += %D%/test-documents-render
TESTS += %D%/test-documents-render
%C%_test_documents_render_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/hostile.c %D%/outline.c %D%/render.c %D%/version.c %D%/version.h
%C%_test_documents_render_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_documents_render_LDADD = reports/libreports.la harness/documents/libdocuments.la \
	harness/compat/libcompat.la harness/criteria/libcriteria.la harness/metrics/libmetrics.la \
	harness/table/libtable.la harness/domain/libdomain.la harness/stats/libstats.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS) $(ZLIB_LIBS)

check_PROGRAMS += %D%/test-documents
TESTS += %D%/test-documents
%C%_test_documents_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/bench.c %D%/bench.h %D%/documents.c %D%/edits.c %D%/figures.c %D%/honest.c %D%/shown.c
%C%_test_documents_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_documents_LDADD = harness/documents/libdocuments.la harness/compat/libcompat.la \
	harness/table/libtable.la harness/stats/libstats.la harness/domain/libdomain.la harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)
EXTRA_DIST += \
	tests/data/documents/api.md \
	tests/data/documents/integration-guide.md \
	tests/data/documents/limitations.md \
	tests/data/documents/model-card.md \
	tests/data/documents/performance-report.md \
	tests/data/documents/version-history.md

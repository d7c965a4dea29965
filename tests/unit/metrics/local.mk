check_PROGRAMS += %D%/test-metrics %D%/print-metrics
TESTS += %D%/test-metrics tests/cli/metrics-table.sh tests/cli/reference-proc.sh \
	tests/cli/reference-sklearn.sh
dist_check_SCRIPTS += tests/cli/metrics-table.sh tests/cli/reference-proc.sh \
	tests/cli/reference-sklearn.sh
%C%_test_metrics_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/expression.c %D%/find.c %D%/influence.c %D%/measure.c %D%/metrics.c \
	%D%/properties.c %D%/references.c %D%/rows.c %D%/rows.h %D%/tails.c %D%/text.c \
	%D%/threshold.c
%C%_test_metrics_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_metrics_LDADD = harness/metrics/libmetrics.la harness/domain/libdomain.la \
	harness/stats/libstats.la harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)
# Prints the values of all metrics for tests/cli/reference-sklearn.sh.
%C%_print_metrics_SOURCES = %D%/print-metrics.c
%C%_print_metrics_LDADD = harness/metrics/libmetrics.la harness/domain/libdomain.la \
	harness/stats/libstats.la harness/codec/libcodec.la harness/base/libbase.la

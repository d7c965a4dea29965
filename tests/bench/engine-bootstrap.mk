EXTRA_PROGRAMS += tests/bench/engine-bootstrap
tests_bench_engine_bootstrap_SOURCES = tests/bench/engine-bootstrap.c
tests_bench_engine_bootstrap_LDADD = harness/stats/libstats.la harness/base/libbase.la -lm
EXTRA_DIST += tests/bench/engine-bootstrap.sh

.PHONY: bench-engine-bootstrap
bench-engine-bootstrap: tests/bench/engine-bootstrap$(EXEEXT)
	DRIVER='$(abs_builddir)/tests/bench/engine-bootstrap' \
		$(SHELL) $(top_srcdir)/tests/bench/engine-bootstrap.sh

# The evaluation engine beside its peers, on this machine, in one run: prints Markdown.
#   make bench-engine                     everything (about half an hour; 3 GiB of TMPDIR)
#   make bench-engine BENCH_FLAGS=--quick a hundredth of the rows, to try the script itself
EXTRA_PROGRAMS += %D%/engine
%C%_engine_SOURCES = %D%/main.c %D%/rows.c %D%/read.c %D%/order.c %D%/losses.c %D%/engine.h
%C%_engine_CPPFLAGS = $(AM_CPPFLAGS) $(CJSON_CFLAGS)
%C%_engine_LDADD = libhouse.la $(CJSON_LIBS) -lm
EXTRA_DIST += %D%/engine.sh %D%/gate.py %D%/peer.R %D%/peer.mjs %D%/peer.py %D%/simdjson.cpp %D%/table.awk

.PHONY: bench-engine
bench-engine: %D%/engine mltest
	@ENGINE=$(abs_top_builddir)/%D%/engine MLTEST=$(abs_top_builddir)/mltest CC='$(CC)' \
		$(SHELL) $(top_srcdir)/%D%/engine.sh $(BENCH_FLAGS)

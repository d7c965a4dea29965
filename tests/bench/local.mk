EXTRA_PROGRAMS += %D%/engine-csv
EXTRA_DIST += %D%/engine-csv.sh
%C%_engine_csv_SOURCES = %D%/engine-csv.c
%C%_engine_csv_CPPFLAGS = $(AM_CPPFLAGS) $(CJSON_CFLAGS)
%C%_engine_csv_LDADD = harness/table/libtable.la harness/codec/libcodec.la harness/base/libbase.la \
	$(CJSON_LIBS)

# What the data path reaches beside its peers; see the script.
.PHONY: bench-csv
bench-csv: %D%/engine-csv
	ENGINE_CSV=$(abs_top_builddir)/%D%/engine-csv $(SHELL) $(top_srcdir)/%D%/engine-csv.sh

EXTRA_PROGRAMS += %D%/engine-bootstrap
EXTRA_DIST += %D%/engine-bootstrap.sh
%C%_engine_bootstrap_SOURCES = %D%/engine-bootstrap.c
%C%_engine_bootstrap_LDADD = harness/stats/libstats.la harness/base/libbase.la -lm

# AUC, DeLong and the bootstrap beside scikit-learn, NumPy and pROC.
.PHONY: bench-engine-bootstrap
bench-engine-bootstrap: %D%/engine-bootstrap
	DRIVER=$(abs_top_builddir)/%D%/engine-bootstrap $(SHELL) $(top_srcdir)/%D%/engine-bootstrap.sh

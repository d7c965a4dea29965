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

EXTRA_DIST += %D%/run.sh
# libFuzzer brings main().
if FUZZERS
MLT_FUZZ_LIBS = harness/table/libtable.la harness/codec/libcodec.la harness/base/libbase.la
noinst_PROGRAMS += %D%/fuzz-csv %D%/fuzz-jsonl %D%/fuzz-number %D%/fuzz-contract %D%/fuzz-markdown
%C%_fuzz_contract_SOURCES = %D%/contract.c
%C%_fuzz_contract_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_contract_LDADD = harness/compat/libcompat.la harness/domain/libdomain.la $(MLT_FUZZ_LIBS) harness/stats/libstats.la
%C%_fuzz_csv_SOURCES = %D%/csv.c
%C%_fuzz_csv_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_csv_LDADD = $(MLT_FUZZ_LIBS)
%C%_fuzz_jsonl_SOURCES = %D%/jsonl.c
%C%_fuzz_jsonl_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_jsonl_LDADD = $(MLT_FUZZ_LIBS)
%C%_fuzz_markdown_SOURCES = %D%/markdown.c
%C%_fuzz_markdown_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_markdown_LDADD = harness/codec/libcodec.la harness/base/libbase.la
%C%_fuzz_number_SOURCES = %D%/number.c
%C%_fuzz_number_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_number_LDADD = $(MLT_FUZZ_LIBS)
endif

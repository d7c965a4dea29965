check_PROGRAMS += %D%/test-codec
TESTS += %D%/test-codec
%C%_test_codec_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/base64.c %D%/codec.c %D%/csv.c %D%/delimited.c %D%/json.c %D%/jsonl.c %D%/markdown.c %D%/number.c %D%/source.c %D%/unicode.c %D%/xml.c %D%/yaml.c
%C%_test_codec_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_codec_LDADD = harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS) $(ZLIB_LIBS) $(ZSTD_LIBS)

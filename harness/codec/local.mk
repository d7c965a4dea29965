noinst_LTLIBRARIES += %D%/libcodec.la
MLT_ROOMS += %D%/libcodec.la
%C%_libcodec_la_SOURCES = \
	%D%/base64.c %D%/base64.h \
	%D%/csv.c %D%/csv.h \
	%D%/delimited.c %D%/delimited.h \
	%D%/delimited_scan.c \
	%D%/json.c %D%/json.h \
	%D%/json_check.c %D%/json_check.h \
	%D%/json_out.c \
	%D%/jsonl.c %D%/jsonl.h \
	%D%/markdown.c %D%/markdown.h \
	%D%/markdown_bounds.c %D%/markdown_bounds.h \
	%D%/number.c %D%/number.h %D%/number_powers.h \
	%D%/number_column.c %D%/number_part.h \
	%D%/source.c %D%/source.h \
	%D%/unicode.c %D%/unicode.h \
	%D%/xml.c %D%/xml.h \
	%D%/yaml.c %D%/yaml.h
%C%_libcodec_la_CPPFLAGS = $(AM_CPPFLAGS) $(CJSON_CFLAGS) $(YAML_CFLAGS) $(CMARK_CFLAGS) $(ZLIB_CFLAGS) $(ZSTD_CFLAGS)
%C%_libcodec_la_LIBADD = $(CJSON_LIBS) $(YAML_LIBS) $(CMARK_LIBS) $(ZLIB_LIBS) $(ZSTD_LIBS) $(UNISTRING_LIBS)
EXTRA_DIST += build-aux/number-powers.py

check_PROGRAMS += %D%/test-config
TESTS += %D%/test-config
%C%_test_config_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/config.c %D%/gates_yaml.c %D%/mltest_yaml.c %D%/schema.c
%C%_test_config_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_config_LDADD = harness/config/libconfig.la harness/criteria/libcriteria.la \
	harness/domain/libdomain.la harness/stats/libstats.la harness/codec/libcodec.la \
	harness/base/libbase.la $(CHECK_LIBS)

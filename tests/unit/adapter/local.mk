check_PROGRAMS += %D%/test-adapter tests/data/models/hostile-model
TESTS += %D%/test-adapter
tests_data_models_hostile_model_SOURCES = tests/data/models/hostile-model.c
%C%_test_adapter_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/adapter.c %D%/predictions.c %D%/process.c %D%/xgboost.c
%C%_test_adapter_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_adapter_LDADD = harness/adapter/libadapter.la harness/table/libtable.la harness/domain/libdomain.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)

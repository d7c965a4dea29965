check_PROGRAMS += %D%/test-experiment
TESTS += %D%/test-experiment
%C%_test_experiment_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/allocation.c %D%/analysis.c %D%/declaration.c %D%/evidence.c %D%/experiment.c \
	%D%/log.c %D%/log.h %D%/sample_size.c %D%/simulation.c %D%/units.c
%C%_test_experiment_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_experiment_LDADD = harness/experiment/libexperiment.la harness/criteria/libcriteria.la \
	harness/table/libtable.la harness/domain/libdomain.la harness/stats/libstats.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)

check_PROGRAMS += %D%/test-runner %D%/test-worker
TESTS += %D%/test-runner
# The rooms that a worker needs, lowest last.
MLT_UNIT_RUNNER_ROOMS = harness/runner/librunner.la harness/adapter/libadapter.la \
	harness/table/libtable.la harness/config/libconfig.la harness/criteria/libcriteria.la \
	harness/domain/libdomain.la \
	harness/stats/libstats.la harness/codec/libcodec.la harness/base/libbase.la
%C%_test_runner_SOURCES = $(MLT_UNIT_SOURCES) %D%/runner.c %D%/frame.c %D%/family.c
%C%_test_runner_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_runner_LDADD = $(MLT_UNIT_RUNNER_ROOMS) $(CHECK_LIBS)
%C%_test_worker_SOURCES = %D%/test-worker.c %D%/fake_suite.c %D%/fake_suite.h
%C%_test_worker_LDADD = $(MLT_UNIT_RUNNER_ROOMS)

check_PROGRAMS += %D%/test-gates
TESTS += %D%/test-gates
%C%_test_gates_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/collect.c %D%/decide.c %D%/fixtures.c %D%/fixtures.h %D%/gates.c %D%/people_decide.c \
	%D%/run_judge.c %D%/words.c %D%/replay.c %D%/people_collect.c
%C%_test_gates_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_gates_LDADD = gates/libgates.la harness/registry/libregistry.la harness/ledger/libledger.la harness/documents/libdocuments.la \
	harness/blobs/libblobs.la harness/records/librecords.la harness/results/libresults.la \
	harness/config/libconfig.la harness/criteria/libcriteria.la harness/compat/libcompat.la harness/table/libtable.la harness/domain/libdomain.la \
	harness/stats/libstats.la harness/db/libdb.la harness/codec/libcodec.la \
	harness/base/libbase.la $(CHECK_LIBS)

check_PROGRAMS += %D%/test-ledger
TESTS += %D%/test-ledger
%C%_test_ledger_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/checkpoint.c \
	%D%/dsse.c \
	%D%/key.c \
	%D%/ledger.c \
	%D%/merkle.c \
	%D%/sshsig.c
%C%_test_ledger_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_ledger_LDADD = harness/ledger/libledger.la harness/domain/libdomain.la \
	harness/codec/libcodec.la harness/base/libbase.la $(CHECK_LIBS)

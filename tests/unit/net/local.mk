check_PROGRAMS += %D%/test-net
TESTS += %D%/test-net
%C%_test_net_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/hmac.c %D%/http.c %D%/net.c %D%/retry.c
%C%_test_net_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_net_LDADD = harness/net/libnet.la harness/base/libbase.la $(CHECK_LIBS)

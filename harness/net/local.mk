noinst_LTLIBRARIES += %D%/libnet.la
MLT_ROOMS += %D%/libnet.la
%C%_libnet_la_SOURCES = \
	%D%/hmac.c %D%/hmac.h \
	%D%/http.c %D%/http.h \
	%D%/retry.c %D%/retry.h
%C%_libnet_la_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)

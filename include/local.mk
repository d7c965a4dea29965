mltestincludedir = $(includedir)/mltest
mltestinclude_HEADERS = \
	include/mltest/err.h \
	include/mltest/mltest.h \
	include/mltest/verdict.h

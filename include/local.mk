nobase_include_HEADERS = \
	include/mltest/err.h \
	include/mltest/verdict.h

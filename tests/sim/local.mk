# Simulations behind choices in harness/stats: built and run by hand, `make tests/sim/skewness`.
EXTRA_PROGRAMS += %D%/skewness
%C%_skewness_SOURCES = %D%/skewness.c
%C%_skewness_LDADD = harness/stats/libstats.la harness/base/libbase.la

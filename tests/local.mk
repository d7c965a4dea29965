# Every test prints TAP: programs of tests/unit and scripts of tests/cli and tests/lint alike.
TEST_EXTENSIONS = .sh
MLT_TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(MLT_TAP_DRIVER)
SH_LOG_DRIVER = $(MLT_TAP_DRIVER)
SH_LOG_COMPILER = $(SHELL)
# A time limit is there to end a test that hangs, not one on a busy machine.
AM_TESTS_ENVIRONMENT = \
	CK_TIMEOUT_MULTIPLIER=$${CK_TIMEOUT_MULTIPLIER:-15}; export CK_TIMEOUT_MULTIPLIER; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	CC='$(CC)'; export CC; \
	LC_ALL=C; export LC_ALL; unset MLTEST_NOW MLTEST_REGISTRY MLTEST_KEY; \
	MLTEST_KEYS='$(abs_top_builddir)/tests/keys'; export MLTEST_KEYS;

# What every libcheck program is made of beside its own files.
MLT_UNIT_SOURCES = tests/unit/suite.c tests/unit/suite.h
MLT_UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)

include tests/coverage.mk
include tests/fuzz/local.mk
include tests/lint/local.mk
include tests/sim/local.mk
include tests/bench/engine/local.mk
include tests/cli/local.mk
include tests/unit/base/local.mk
include tests/unit/codec/local.mk
include tests/unit/db/local.mk
include tests/unit/net/local.mk
include tests/unit/evaluate/local.mk
include tests/unit/results/local.mk
include tests/unit/adapter/local.mk
include tests/unit/runner/local.mk
include tests/unit/stats/local.mk
include tests/unit/table/local.mk
include tests/unit/suites/local.mk
include tests/unit/metrics/local.mk
include tests/unit/compat/local.mk
include tests/unit/criteria/local.mk
include tests/unit/ledger/local.mk
include tests/unit/documents/local.mk
include tests/unit/domain/local.mk
include tests/unit/config/local.mk
include tests/unit/experiment/local.mk
include tests/unit/gates/local.mk
include tests/unit/documents-render/local.mk
include tests/unit/reports/local.mk
include tests/unit/blobs/local.mk
include tests/unit/records/local.mk
include tests/unit/registry/local.mk

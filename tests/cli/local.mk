# Tests of the program as its users run it, on the example models.
MLT_CLI_TESTS = \
	%D%/bad-input.sh \
	%D%/hostile.sh \
	%D%/main-job.sh \
	%D%/process-python.sh \
	%D%/program.sh
EXTRA_DIST += %D%/tap.sh tests/bench/main-job.sh
AM_TESTS_ENVIRONMENT += \
	MLTEST='$(abs_top_builddir)/mltest'; export MLTEST; \
	EXAMPLES='$(abs_top_builddir)/examples-out'; export EXAMPLES;
if XGBOOST
dist_check_SCRIPTS += $(MLT_CLI_TESTS)
TESTS += $(MLT_CLI_TESTS)
check_DATA = examples-out/.inputs
# The script itself knows whether anything changed.
examples-out/.inputs: mltest-train mltest-serve-fasttext FORCE
	$(AM_V_GEN)$(SHELL) $(top_srcdir)/examples/make-examples.sh . examples-out
FORCE:
else
EXTRA_DIST += $(MLT_CLI_TESTS)
endif

bench: all examples-out/.inputs
	@MLTEST='$(abs_top_builddir)/mltest' EXAMPLES='$(abs_top_builddir)/examples-out' \
		$(SHELL) $(top_srcdir)/tests/bench/main-job.sh

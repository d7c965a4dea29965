# Tests of the program as its users run it, on the example models.
MLT_CLI_TESTS = \
	%D%/ab.sh \
	%D%/approvals.sh \
	%D%/approvals-killed.sh \
	%D%/attest.sh \
	%D%/audit.sh \
	%D%/audit-killed.sh \
	%D%/bad-input.sh \
	%D%/check-compat.sh \
	%D%/ci.sh \
	%D%/compat-run.sh \
	%D%/docs.sh \
	%D%/docs-gate.sh \
	%D%/docs-publish.sh \
	%D%/docs-store.sh \
	%D%/eval.sh \
	%D%/evidence.sh \
	%D%/explain.sh \
	%D%/find-slices.sh \
	%D%/hostile.sh \
	%D%/install.sh \
	%D%/keys.sh \
	%D%/lifecycle.sh \
	%D%/lifecycle-rules.sh \
	%D%/main-job.sh \
	%D%/merge.sh \
	%D%/notify.sh \
	%D%/policy.sh \
	%D%/process-python.sh \
	%D%/profile.sh \
	%D%/program.sh \
	%D%/promote-killed.sh \
	%D%/registry-artifacts.sh \
	%D%/registry-clean.sh \
	%D%/registry-killed.sh \
	%D%/registry-source.sh \
	%D%/regression.sh \
	%D%/rehearse.sh \
	%D%/waivers.sh
EXTRA_DIST += %D%/actionlint.mjs %D%/killed.sh %D%/people.sh %D%/tap.sh tests/bench/main-job.sh tests/bench/registry.sh tests/servers/webhook.py tests/bench/audit.sh tests/bench/rehearse.sh
AM_TESTS_ENVIRONMENT += \
	MLTEST='$(abs_top_builddir)/mltest'; export MLTEST; \
	EXAMPLES='$(abs_top_builddir)/examples-out'; export EXAMPLES;
dist_check_SCRIPTS += $(MLT_CLI_TESTS)
TESTS += $(MLT_CLI_TESTS)
# For install.sh: where things go, and what a program shares with a library that is built so.
AM_TESTS_ENVIRONMENT += \
	prefix='$(prefix)' bindir='$(bindir)' libdir='$(libdir)' includedir='$(includedir)' \
	pkglibexecdir='$(pkglibexecdir)' mandir='$(mandir)' bashcompletiondir='$(bashcompletiondir)' \
	MLT_LDFLAGS='$(MLT_LDFLAGS)'; \
	export prefix bindir libdir includedir pkglibexecdir mandir bashcompletiondir MLT_LDFLAGS;
if XGBOOST
check_DATA = examples-out/.inputs
# The script itself knows whether anything changed.
examples-out/.inputs: mltest mltest-train mltest-serve-fasttext FORCE
	$(AM_V_GEN)$(SHELL) $(top_srcdir)/examples/make-examples.sh . examples-out
FORCE:
else
AM_TESTS_ENVIRONMENT += XGBOOST=no; export XGBOOST;
endif

bench: all examples-out/.inputs
	@MLTEST='$(abs_top_builddir)/mltest' EXAMPLES='$(abs_top_builddir)/examples-out' \
		$(SHELL) $(top_srcdir)/tests/bench/main-job.sh

.PHONY: bench-registry
bench-registry: mltest
	@MLTEST='$(abs_top_builddir)/mltest' $(SHELL) $(top_srcdir)/tests/bench/registry.sh $(BENCH_FLAGS)

.PHONY: bench-audit
bench-audit: mltest
	@MLTEST='$(abs_top_builddir)/mltest' $(SHELL) $(top_srcdir)/tests/bench/audit.sh $(BENCH_FLAGS)

.PHONY: bench-rehearse
bench-rehearse: mltest examples-out/.inputs
	@MLTEST='$(abs_top_builddir)/mltest' EXAMPLES='$(abs_top_builddir)/examples-out' \
		$(SHELL) $(top_srcdir)/tests/bench/rehearse.sh $(BENCH_FLAGS)

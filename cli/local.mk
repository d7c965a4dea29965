# The house as one archive: the programs take what they need of it.
noinst_LTLIBRARIES += libhouse.la
libhouse_la_SOURCES =
libhouse_la_LIBADD = $(MLT_ROOMS)

lib_LTLIBRARIES += libmltest.la
libmltest_la_SOURCES =
libmltest_la_LIBADD = $(MLT_ROOMS)
libmltest_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0

bin_PROGRAMS += mltest
mltest_SOURCES = \
	%D%/announce.c %D%/announce.h \
	%D%/cmd_ab_analyze.c \
	%D%/cmd_ab_power.c \
	%D%/cmd_approvals.c \
	%D%/cmd_approve.c \
	%D%/cmd_audit.c \
	%D%/cmd_clean.c \
	%D%/cmd_compat.c \
	%D%/cmd_completion.c \
	%D%/cmd_deploy.c \
	%D%/cmd_docs.c \
	%D%/cmd_docs_store.c \
	%D%/cmd_doctor.c \
	%D%/cmd_eval.c \
	%D%/cmd_explain.c \
	%D%/cmd_gate.c \
	%D%/cmd_init.c \
	%D%/cmd_keys.c \
	%D%/cmd_merge.c \
	%D%/cmd_policy.c \
	%D%/cmd_policy_rehearse.c \
	%D%/cmd_profile.c \
	%D%/cmd_promote.c \
	%D%/cmd_registry.c \
	%D%/cmd_report.c \
	%D%/cmd_run.c \
	%D%/cmd_schema.c \
	%D%/cmd_source.c \
	%D%/cmd_version.c \
	%D%/commands.c %D%/commands.h \
	%D%/eval_options.c %D%/eval_options.h \
	%D%/main.c \
	%D%/opt.c %D%/opt.h \
	%D%/sign_options.c %D%/sign_options.h
mltest_LDADD = libhouse.la

pkglibexec_PROGRAMS += libexec/worker
libexec_worker_SOURCES = %D%/worker_main.c
libexec_worker_LDADD = libhouse.la

dist_man_MANS = docs/mltest.1

# Shell completions are printed by the program itself; a cross build has none.
bashcompletiondir = $(datadir)/bash-completion/completions
install-data-hook:
	@if ./mltest version >/dev/null 2>&1; then \
		$(MKDIR_P) "$(DESTDIR)$(bashcompletiondir)" && \
		./mltest completion bash >"$(DESTDIR)$(bashcompletiondir)/mltest"; \
	fi
uninstall-hook:
	rm -f "$(DESTDIR)$(bashcompletiondir)/mltest"

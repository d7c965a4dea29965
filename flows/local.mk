noinst_LTLIBRARIES += %D%/libflows.la
MLT_ROOMS += %D%/libflows.la
%C%_libflows_la_SOURCES = \
	%D%/ab.c %D%/ab.h \
	%D%/ab_power.c %D%/ab_power.h \
	%D%/announce.c %D%/announce.h \
	%D%/api.c \
	%D%/approvals.c %D%/approvals.h \
	%D%/approve.c %D%/approve.h \
	%D%/attest.c %D%/attest.h \
	%D%/audit.c %D%/audit.h \
	%D%/audit_prove.c \
	%D%/audit_verify.c \
	%D%/builtins.c %D%/builtins.h \
	%D%/clean.c %D%/clean.h \
	%D%/compat.c %D%/compat.h \
	%D%/decision_file.c %D%/decision_file.h \
	%D%/deploy.c %D%/deploy.h \
	%D%/docs.c %D%/docs.h \
	%D%/docs_check.c \
	%D%/docs_evidence.c %D%/docs_evidence.h \
	%D%/docs_facts.c %D%/docs_facts.h \
	%D%/docs_folder.c \
	%D%/docs_publish.c %D%/docs_publish.h \
	%D%/docs_runs.c \
	%D%/docs_site.c %D%/docs_site.h \
	%D%/docs_store.c %D%/docs_store.h \
	%D%/doctor.c %D%/doctor.h \
	%D%/eval.c %D%/eval.h \
	%D%/eval_definitions.c %D%/eval_definitions.h \
	%D%/eval_join.c %D%/eval_join.h \
	%D%/eval_part.c %D%/eval_part.h \
	%D%/eval_plan.c %D%/eval_plan.h \
	%D%/eval_read.c %D%/eval_read.h \
	%D%/eval_report.c %D%/eval_report.h \
	%D%/eval_request.c \
	%D%/eval_rows.c %D%/eval_rows.h \
	%D%/eval_search.c %D%/eval_search.h \
	%D%/eval_sniff.c \
	%D%/eval_survey.c \
	%D%/eval_threshold.c %D%/eval_threshold.h \
	%D%/evidence.c \
	%D%/explain.c %D%/explain.h \
	%D%/find_statement.c %D%/find_statement.h \
	%D%/format.c %D%/format.h \
	%D%/gate.c %D%/gate.h \
	%D%/init.c %D%/init.h \
	%D%/judge.c %D%/judge.h \
	%D%/keyring.c %D%/keyring.h \
	%D%/keys.c %D%/keys.h \
	%D%/lifecycle.c %D%/lifecycle.h \
	%D%/merge.c \
	%D%/notify.c %D%/notify.h \
	%D%/policy.c %D%/policy.h \
	%D%/policy_put.c \
	%D%/profile.c %D%/profile.h \
	%D%/promote.c %D%/promote.h \
	%D%/registry.c %D%/registry.h \
	%D%/registry_show.c \
	%D%/rehearse.c %D%/rehearse.h \
	%D%/rehearse_case.c %D%/rehearse_case.h \
	%D%/rehearse_faults.c %D%/rehearse_faults.h \
	%D%/rehearse_good.c %D%/rehearse_good.h \
	%D%/rehearse_rows.c %D%/rehearse_rows.h \
	%D%/replay.c %D%/replay.h \
	%D%/report.c %D%/report.h \
	%D%/run.c %D%/run.h \
	%D%/run_id.c %D%/run_id.h \
	%D%/run_plan.c %D%/run_plan.h \
	%D%/run_watch.c %D%/run_watch.h \
	%D%/schema.c %D%/schema.h \
	%D%/setting.c %D%/setting.h \
	%D%/sign.c %D%/sign.h \
	%D%/source.c %D%/source.h \
	%D%/source_files.c %D%/source_files.h \
	%D%/test_result.c %D%/test_result.h \
	%D%/verify.c %D%/verify.h \
	%D%/worker.c %D%/worker.h

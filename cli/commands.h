/* Every command; main's table lists them in the order of --help. */
#ifndef MLTEST_CLI_COMMANDS_H
#define MLTEST_CLI_COMMANDS_H

#include "cli/opt.h"

extern const struct mlt_command mlt_command_eval;
extern const struct mlt_command mlt_command_merge;
extern const struct mlt_command mlt_command_run;
extern const struct mlt_command mlt_command_gate;
extern const struct mlt_command mlt_command_explain;
extern const struct mlt_command mlt_command_policy_rehearse;
extern const struct mlt_command mlt_command_report;
extern const struct mlt_command mlt_command_promote;
extern const struct mlt_command mlt_command_deploy;
extern const struct mlt_command mlt_command_approve;
extern const struct mlt_command mlt_command_reject;
extern const struct mlt_command mlt_command_approvals_revoke;
extern const struct mlt_command mlt_command_approvals;
extern const struct mlt_command mlt_command_waive;
extern const struct mlt_command mlt_command_evidence_add;
extern const struct mlt_command mlt_command_evidence_list;
extern const struct mlt_command mlt_command_evidence_show;
extern const struct mlt_command mlt_command_policy_show;
extern const struct mlt_command mlt_command_policy_check;
extern const struct mlt_command mlt_command_policy_put;
extern const struct mlt_command mlt_command_ab_analyze;
extern const struct mlt_command mlt_command_ab_power;
extern const struct mlt_command mlt_command_registry_init;
extern const struct mlt_command mlt_command_registry_register;
extern const struct mlt_command mlt_command_registry_adopt;
extern const struct mlt_command mlt_command_registry_get;
extern const struct mlt_command mlt_command_registry_list;
extern const struct mlt_command mlt_command_registry_show;
extern const struct mlt_command mlt_command_registry_verify;
extern const struct mlt_command mlt_command_registry_latest;
extern const struct mlt_command mlt_command_registry_clean;
extern const struct mlt_command mlt_command_registry_check_compat;
extern const struct mlt_command mlt_command_registry_bump;
extern const struct mlt_command mlt_command_keys_new;
extern const struct mlt_command mlt_command_keys_list;
extern const struct mlt_command mlt_command_keys_rotate;
extern const struct mlt_command mlt_command_keys_retire;
extern const struct mlt_command mlt_command_keys_allow;
extern const struct mlt_command mlt_command_docs_new;
extern const struct mlt_command mlt_command_docs_check;
extern const struct mlt_command mlt_command_docs_put;
extern const struct mlt_command mlt_command_docs_show;
extern const struct mlt_command mlt_command_docs_publish;
extern const struct mlt_command mlt_command_registry_check_source;
extern const struct mlt_command mlt_command_registry_source;
extern const struct mlt_command mlt_command_registry_profile;
extern const struct mlt_command mlt_command_audit_log;
extern const struct mlt_command mlt_command_audit_verify;
extern const struct mlt_command mlt_command_audit_prove;
extern const struct mlt_command mlt_command_audit_checkpoint;
extern const struct mlt_command mlt_command_audit_export;
extern const struct mlt_command mlt_command_init;
extern const struct mlt_command mlt_command_schema;
extern const struct mlt_command mlt_command_doctor;
extern const struct mlt_command mlt_command_completion;
extern const struct mlt_command mlt_command_version;

#endif

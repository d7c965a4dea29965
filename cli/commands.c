#include "cli/commands.h"

const struct mlt_command *const mlt_commands[] = {
    &mlt_command_run,
    &mlt_command_gate,
    &mlt_command_report,
    &mlt_command_deploy,
    &mlt_command_ab_analyze,
    &mlt_command_ab_power,
    &mlt_command_registry_init,
    &mlt_command_registry_register,
    &mlt_command_registry_adopt,
    &mlt_command_registry_get,
    &mlt_command_registry_list,
    &mlt_command_registry_show,
    &mlt_command_registry_verify,
    &mlt_command_registry_latest,
    &mlt_command_init,
    &mlt_command_schema,
    &mlt_command_doctor,
    &mlt_command_completion,
    &mlt_command_version,
    NULL,
};

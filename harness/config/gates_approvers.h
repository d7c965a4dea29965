/* `approvers:` of a gates.yaml: who may sign, for which roles. */
#ifndef MLTEST_CONFIG_GATES_APPROVERS_H
#define MLTEST_CONFIG_GATES_APPROVERS_H

#include "harness/config/gates_reader.h"

/* Reads the people (NULL: there are none). With the signers' text at hand a role in which nobody
 * has a key there is a fault. */
bool mlt_gates_read_approvers(struct mlt_gates_reader *r,
                              const struct mlt_yaml *approvers) MLT_MUST_USE;

/* Once the gates are read: can every approval that they ask for be given at all? A person stands
 * for one role of an approval, never for two. */
bool mlt_gates_check_quorums(struct mlt_gates_reader *r,
                             const struct mlt_yaml *approvers) MLT_MUST_USE;

/* Does a signers' file (ALLOWED SIGNERS of ssh-keygen(1)) have a key for this person? */
bool mlt_gates_can_sign(const char *signers, const char *person);

#endif

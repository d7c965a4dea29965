/* The options of every command that signs. */
#ifndef MLTEST_CLI_SIGN_OPTIONS_H
#define MLTEST_CLI_SIGN_OPTIONS_H

#include "cli/opt.h"
#include "flows/sign.h"

#define MLT_SIGN_OPTIONS                                                                           \
    {"reason", 0, MLT_OPT_VALUE, "TEXT", "why, for the record (required)"},                        \
        {"ticket", 0, MLT_OPT_MANY, "ID", "a ticket that it belongs to; may be repeated"},         \
        {"as", 0, MLT_OPT_VALUE, "PERSON",                                                         \
         "whose key it is, as the signers' file has them (default: found by the key)"},            \
        {"key", 0, MLT_OPT_VALUE, "FILE",                                                          \
         "SSH key to sign with (default: the agent's, then ~/.ssh/id_ed25519)"},                   \
        {"yes", 'y', MLT_OPT_FLAG, NULL, "do not ask (needed in scripts)"},                        \
        {"statement-only", 0, MLT_OPT_FLAG, NULL,                                                  \
         "write the statement to -o FILE, to be signed elsewhere with ssh-keygen -Y sign"},        \
        {"output", 'o', MLT_OPT_VALUE, "FILE", "where --statement-only writes"},                   \
        {"signature", 0, MLT_OPT_VALUE, "FILE.sig",                                                \
         "take the statement FILE, signed elsewhere, with this signature"},                        \
        {"directory", 'C', MLT_OPT_VALUE, "DIR",                                                   \
         "folder of mltest.yaml (default: here or above)"},                                        \
        {"registry", 0, MLT_OPT_VALUE, "URL",                                                      \
         "registry (default: MLTEST_REGISTRY, then mltest.yaml)"},                                 \
    {                                                                                              \
        NULL, 0, MLT_OPT_FLAG, NULL, NULL                                                          \
    }

/* The request that the options make; asks on a terminal unless --yes was said. */
struct mlt_sign_request mlt_sign_options(struct mlt_cli *cli);
/* Prints what a flow made; the exit code, or -1. */
int mlt_sign_print(struct mlt_buf *out, bool ok, struct mlt_err *err);

#endif

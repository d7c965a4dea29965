#include "harness/config/gates_shape.h"

#include "harness/config/gates.h"

static const struct mlt_schema any_text = {.type = MLT_SCHEMA_TEXT};
static const struct mlt_schema duration = {.type = MLT_SCHEMA_DURATION};
static const struct mlt_schema share = {.type = MLT_SCHEMA_PERCENT};
static const struct mlt_schema one = {.type = MLT_SCHEMA_INTEGER, .min = 1, .max = 1};
static const struct mlt_schema positive = {.type = MLT_SCHEMA_INTEGER, .min = 1, .max = 1e9};
static const struct mlt_schema people = {.type = MLT_SCHEMA_INTEGER, .min = 1, .max = 100};
static const struct mlt_schema alpha = {.type = MLT_SCHEMA_NUMBER, .min = 1e-6, .max = 0.499999};
static const struct mlt_schema texts = {.type = MLT_SCHEMA_LIST, .item = &any_text};

static const char *const rule_words[] = {"non-inferior", "not-shown-worse", "point", NULL};
static const char *const correction_words[] = {"holm", "none", NULL};
static const char *const flaky_words[] = {"report", NULL};
static const struct mlt_schema rule = {.type = MLT_SCHEMA_WORD, .words = rule_words};
static const struct mlt_schema correction = {.type = MLT_SCHEMA_WORD, .words = correction_words};
static const struct mlt_schema flaky = {.type = MLT_SCHEMA_WORD, .words = flaky_words};

static const struct mlt_schema_key defaults_keys[] = {
    {"rule", &rule, false, "for whole data and named slices; default non-inferior"},
    {"slice_rule", &rule, false, "for slices found by column; default not-shown-worse"},
    {"alpha", &alpha, false, "default 0.05"},
    {"correction", &correction, false, "holm (default) or none"},
    {"max_age", &duration, false, "of evidence; default 30d"},
    {"flaky", &flaky, false, "what to do with a case that changes its mind"},
    {0},
};
static const struct mlt_schema defaults = {.type = MLT_SCHEMA_OBJECT, .keys = defaults_keys};

static const struct mlt_schema_key approval_keys[] = {
    {"stage", &any_text, true, "what is approved"},
    {"roles", &texts, true, "who may approve"},
    {"quorum", &people, false, "how many of each must; default as approvers.quorum says, else 1"},
    {0},
};
static const struct mlt_schema approval = {.type = MLT_SCHEMA_OBJECT, .keys = approval_keys};

static const struct mlt_schema_key asked_keys[] = {
    {"suites passed", &texts, false, "suites whose newest whole run must have passed"},
    {"record", &any_text, false, "a record that must have been added"},
    {"approval", &approval, false, "an approval by people"},
    {0},
};
static const struct mlt_schema asked = {.type = MLT_SCHEMA_OBJECT, .keys = asked_keys};
static const struct mlt_schema requirement = {
    .type = MLT_SCHEMA_SCALAR_OR, .scalar = &any_text, .item = &asked};
static const struct mlt_schema requirements = {.type = MLT_SCHEMA_LIST, .item = &requirement};

static const struct mlt_schema_key transition_keys[] = {
    {"require", &requirements, false, "what the transition asks for, instead of what is built in"},
    {"also", &requirements, false, "what it asks for beside what is built in"},
    {0},
};
static const struct mlt_schema transition = {.type = MLT_SCHEMA_OBJECT, .keys = transition_keys};
static const struct mlt_schema_key transitions_keys[] = {
    {"alpha", &transition, false, "internal testing"},
    {"beta", &transition, false, "selected customers"},
    {"rc", &transition, false, "release candidate"},
    {"production", &transition, false, "serving"},
    {"deprecated", &transition, false, "scheduled for removal"},
    {"archived", &transition, false, "no longer available"},
    {0},
};
static const struct mlt_schema transitions = {.type = MLT_SCHEMA_OBJECT, .keys = transitions_keys};

static const struct mlt_schema_key environment_keys[] = {
    {"name", &any_text, true, "development, staging, …"},
    {"requirements", &requirements, false, "what it asks for, instead of what is built in"},
    {"also", &requirements, false, "what it asks for beside what is built in"},
    {0},
};
static const struct mlt_schema environment = {.type = MLT_SCHEMA_OBJECT, .keys = environment_keys};
static const struct mlt_schema environments = {.type = MLT_SCHEMA_LIST, .item = &environment};
static const struct mlt_schema_key deployment_keys[] = {
    {"environments", &environments, true, "in the order in which versions pass them"},
    {0},
};
static const struct mlt_schema deployment = {.type = MLT_SCHEMA_OBJECT, .keys = deployment_keys};

static const struct mlt_schema_key anchor_keys[] = {
    {"version", &any_text, true, "the fixed version"},
    {"require", &texts, true, "margins against it"},
    {0},
};
static const struct mlt_schema anchor = {.type = MLT_SCHEMA_OBJECT, .keys = anchor_keys};

static const struct mlt_schema_key step_keys[] = {
    {"traffic", &share, true, "share of traffic"},
    {"hold", &duration, false, "how long the step lasts"},
    {0},
};
static const struct mlt_schema step = {.type = MLT_SCHEMA_OBJECT, .keys = step_keys};
static const struct mlt_schema steps = {.type = MLT_SCHEMA_LIST, .item = &step};
static const struct mlt_schema_key canary_keys[] = {
    {"steps", &steps, true, "rising shares of traffic"},
    {"require", &texts, false, "what must hold at each step"},
    {"min_requests", &positive, false, "below which a window says nothing"},
    {"dead_after", &duration, false, "without data for so long the canary aborts"},
    {"max_hold", &duration, false, "longest stay at one step"},
    {0},
};
static const struct mlt_schema canary = {.type = MLT_SCHEMA_OBJECT, .keys = canary_keys};

static const struct mlt_schema roles = {.type = MLT_SCHEMA_MAP, .item = &texts};
static const struct mlt_schema quorums = {.type = MLT_SCHEMA_MAP, .item = &people};
static const struct mlt_schema_key waivers_keys[] = {
    {"roles", &texts, true, "who may waive a criterion"},
    {"longest", &duration, false, "longest time that a waiver may excuse for"},
    {0},
};
static const struct mlt_schema waivers = {.type = MLT_SCHEMA_OBJECT, .keys = waivers_keys};
static const struct mlt_schema_key approvers_keys[] = {
    {"allowed_signers", &any_text, false, "file of SSH keys, beside this one: ssh-keygen(1)"},
    {"roles", &roles, false, "people by role, by the names of the signers' file"},
    {"owner", &any_text, false, "the role that approves another policy"},
    {"waivers", &waivers, false, "who may excuse what does not hold"},
    {"quorum", &quorums, false, "how many people of a role approve, by stage; default 1"},
    {0},
};
static const struct mlt_schema approvers = {.type = MLT_SCHEMA_OBJECT, .keys = approvers_keys};

static const struct mlt_schema_key root_keys[] = {
    {"policy", &one, false, "the form of this file: 1"},
    {"defaults", &defaults, false, "how sentences are judged"},
    {"transitions", &transitions, false, "what each lifecycle state asks for; else as built in"},
    {"deployment", &deployment, false, "what each environment asks for; else as built in"},
    {"anchor", &anchor, false, "a fixed version beside production"},
    {"canary", &canary, false, "steps of a canary"},
    {"rollback", &texts, false, "triggers"},
    {"approvers", &approvers, false, "who may approve"},
    {0},
};

const struct mlt_schema mlt_gates_shape = {
    .type = MLT_SCHEMA_OBJECT,
    .keys = root_keys,
    .doc = "What a model version must show before it moves on."};

bool mlt_gates_schema_print(struct mlt_buf *out, struct mlt_err *err)
{
    return mlt_schema_print(&mlt_gates_shape, "gates.yaml", out, err);
}

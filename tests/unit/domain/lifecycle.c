/* Expected steps: the model versioning protocol, "Lifecycle States", "State Transitions" and
 * "Version Qualifiers". */
#include "harness/domain/lifecycle.h"

#include <string.h>

#include "tests/unit/suite.h"

TCase *lifecycle_case(void);

/* One row per number: the states that may be left, each with where to ('d' Development, 'a' Alpha,
 * 'b' Beta, 'r' RC, 'p' Production, 'e' Deprecated, 'x' Archived). Every pair not in it is refused.
 */
static const struct {
    const char *version;
    const char *from[MLT_STATE_COUNT];
} legal[] = {
    {"1.1.0", {"", "a", "bd", "rd", "pd", "e", "x", "", ""}},
    {"1.1.0-rc.1", {"", "a", "bd", "rd", "d", "e", "x", "", ""}},
    {"1.1.0-beta", {"", "a", "bd", "d", "d", "e", "x", "", ""}},
    {"1.1.0-experiment-x", {"", "a", "bd", "d", "d", "e", "x", "", ""}},
    {"1.1.0-alpha", {"", "a", "d", "d", "d", "e", "x", "", ""}},
};
static const char letters[] = " dabrpex ";

static struct mlt_semver number(const char *text)
{
    struct mlt_semver version;
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_semver_parse(text, &version, &err));
    return version;
}

START_TEST(every_pair_of_states_is_a_step_or_refused)
{
    const struct mlt_semver version = number(legal[_i].version);
    size_t steps = 0;
    for (int from = 0; from < MLT_STATE_COUNT; from++)
        for (int to = 0; to < MLT_STATE_COUNT; to++) {
            struct mlt_err err = MLT_ERR_INIT;
            bool want = letters[to] != ' ' && strchr(legal[_i].from[from], letters[to]);
            bool got = mlt_lifecycle_step((enum mlt_state)from, (enum mlt_state)to, &version, &err);
            ck_assert_msg(got == want, "%s: %s to %s", legal[_i].version,
                          mlt_state_name((enum mlt_state)from), mlt_state_name((enum mlt_state)to));
            steps += got;
            ck_assert(got || err.kind == MLT_ERR_USAGE);
            ck_assert(got || strlen(err.text) > 20);
        }
    ck_assert_uint_ge(steps, 5);
}
END_TEST

START_TEST(refusals_name_the_step_that_is_open)
{
    static const struct {
        const char *version;
        enum mlt_state from, to;
        const char *says;
    } table[] = {
        {"1.1.0", MLT_STATE_DEVELOPMENT, MLT_STATE_RC,
         "one step at a time: its next step is to Alpha"},
        {"1.1.0", MLT_STATE_BETA, MLT_STATE_ALPHA,
         "goes back only to Development: its next step is to RC, or back to Development"},
        {"1.1.0", MLT_STATE_BETA, MLT_STATE_BETA,
         "1.1.0 is in Beta already: its next step is to RC"},
        {"1.1.0", MLT_STATE_PRODUCTION, MLT_STATE_DEVELOPMENT,
         "cannot go back any more: its next step is to Deprecated"},
        {"1.1.0", MLT_STATE_ARCHIVED, MLT_STATE_DEVELOPMENT, "is Archived, and that is final"},
        {"1.1.0", MLT_STATE_ROLLED_BACK, MLT_STATE_PRODUCTION, "is rolled-back, and that is final"},
        {"1.1.0", MLT_STATE_RC, MLT_STATE_ROLLED_BACK, "no version is moved to rolled-back"},
        {"1.1.0", MLT_STATE_RC, MLT_STATE_NONE, "no such state: expected alpha, beta"},
        {"1.1.0-alpha.2", MLT_STATE_ALPHA, MLT_STATE_BETA,
         "as far as an -alpha version goes: register 1.1.0 for what comes after; it can only go "
         "back to Development"},
        {"1.1.0-beta", MLT_STATE_BETA, MLT_STATE_RC, "as far as a -beta version goes"},
        {"1.1.0-experiment-q", MLT_STATE_BETA, MLT_STATE_RC, "as far as an -experiment version"},
        {"1.1.0-rc", MLT_STATE_RC, MLT_STATE_PRODUCTION, "as far as a -rc version goes"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        const struct mlt_semver version = number(table[i].version);
        ck_fails(mlt_lifecycle_step(table[i].from, table[i].to, &version, &err), MLT_ERR_USAGE,
                 table[i].says);
    }
}
END_TEST

START_TEST(states_are_read_in_either_spelling)
{
    for (int i = MLT_STATE_DEVELOPMENT; i < MLT_STATE_COUNT; i++) {
        const char *key = mlt_state_key((enum mlt_state)i);
        ck_assert_int_eq(mlt_state_parse(mlt_state_name((enum mlt_state)i)), i);
        ck_assert(!key || mlt_state_parse(key) == (enum mlt_state)i);
    }
    ck_assert_int_eq(mlt_state_parse("development"), MLT_STATE_DEVELOPMENT);
    ck_assert_ptr_null(mlt_state_key(MLT_STATE_DEVELOPMENT));
    static const char *const none[] = {"", "ALPHA", "not registered", "prod", "alpha ", NULL};
    for (size_t i = 0; none[i]; i++)
        ck_assert_int_eq(mlt_state_parse(none[i]), MLT_STATE_NONE);
    ck_assert_int_eq(mlt_state_parse(NULL), MLT_STATE_NONE);
}
END_TEST

/* For every state: whether production takes the version, for everybody and for a cohort. */
START_TEST(production_takes_what_its_number_and_state_allow)
{
    static const struct {
        const char *version, *everybody, *cohort; /* letters of the states */
    } table[] = {
        {"1.1.0", "p", ""},      {"1.1.0-rc.1", "p", ""},        {"1.1.0-beta", "", "b"},
        {"1.1.0-alpha", "", ""}, {"1.1.0-experiment-x", "", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (int state = 0; state < MLT_STATE_COUNT; state++)
            for (int with = 0; with < 2; with++) {
                struct mlt_err err = MLT_ERR_INIT;
                const struct mlt_semver version = number(table[i].version);
                const char *states = with ? table[i].cohort : table[i].everybody;
                bool want = letters[state] != ' ' && strchr(states, letters[state]);
                bool got = mlt_lifecycle_deploy((enum mlt_state)state, &version, "production",
                                                with ? "first-clients" : NULL, &err);
                ck_assert_msg(got == want, "%s in %s%s", table[i].version,
                              mlt_state_name((enum mlt_state)state), with ? ", cohort" : "");
            }
}
END_TEST

START_TEST(other_environments_take_all_but_what_is_barred)
{
    for (int state = 0; state < MLT_STATE_COUNT; state++) {
        struct mlt_err err = MLT_ERR_INIT;
        const struct mlt_semver version = number("1.1.0-experiment-x");
        bool want = state != MLT_STATE_NONE && state != MLT_STATE_ARCHIVED &&
                    state != MLT_STATE_ROLLED_BACK;
        ck_assert_msg(
            mlt_lifecycle_deploy((enum mlt_state)state, &version, "staging", NULL, &err) == want,
            "%s", mlt_state_name((enum mlt_state)state));
    }
    struct mlt_err err = MLT_ERR_INIT;
    const struct mlt_semver beta = number("1.1.0-beta");
    ck_fails(mlt_lifecycle_deploy(MLT_STATE_BETA, &beta, "staging", "c", &err), MLT_ERR_USAGE,
             "--cohort is for a -beta version on its way to production");
    ck_fails(mlt_lifecycle_deploy(MLT_STATE_BETA, &beta, "production", "../c", &err), MLT_ERR_USAGE,
             "no name of a cohort");
    ck_fails(mlt_lifecycle_deploy(MLT_STATE_BETA, &beta, "production", NULL, &err), MLT_ERR_USAGE,
             "--cohort NAME");
}
END_TEST

TCase *lifecycle_case(void)
{
    TCase *tc = tcase_create("lifecycle");
    tcase_add_loop_test(tc, every_pair_of_states_is_a_step_or_refused, 0,
                        sizeof legal / sizeof *legal);
    tcase_add_test(tc, refusals_name_the_step_that_is_open);
    tcase_add_test(tc, states_are_read_in_either_spelling);
    tcase_add_test(tc, production_takes_what_its_number_and_state_allow);
    tcase_add_test(tc, other_environments_take_all_but_what_is_barred);
    return tc;
}

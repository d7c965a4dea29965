/* Two versions and their numbers. */
#include <math.h>
#include <string.h>

#include "tests/unit/compat/bench.h"

TCase *release_case(void);

#define HASH_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct mlt_metadata metadata(const char *changelog)
{
    return (struct mlt_metadata){
        .framework = "xgboost",
        .framework_version = "1.7.4",
        .training_dataset = "weekly",
        .training_dataset_hash = HASH_A,
        .changelog = changelog,
        .hyperparameters = "{\"depth\":6,\"eta\":0.1,\"tree\":{\"bins\":64}}",
    };
}

static struct mlt_compat_report compare(const char *a, const struct mlt_contract *from,
                                        const struct mlt_metadata *was, const char *b,
                                        const struct mlt_contract *to,
                                        const struct mlt_metadata *is)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_compat_report report;
    const struct mlt_release old = {a, from, was}, new = {b, to, is};
    ck_ok(mlt_compat_compare(&old, &new, &bench_arena, &report, &err));
    return report;
}

/* The same model under two numbers, one input changed. */
static struct mlt_compat_report with_input(const char *a, const char *from, const char *b,
                                           const char *to, const char *changelog)
{
    struct mlt_contract *old = mlt_arena_alloc(&bench_arena, sizeof *old);
    struct mlt_contract *new = mlt_arena_alloc(&bench_arena, sizeof *new);
    struct mlt_metadata m = metadata(changelog);
    *old = bench_contract("input", from);
    *new = bench_contract("input", to);
    return compare(a, old, &m, b, new, &m);
}

#define X(more) "{\"name\":\"x\",\"type\":\"number\"" more "}"

static const struct {
    const char *from, *to; /* versions */
    const char *was, *is;  /* the input */
    enum mlt_bump needs;
    bool accepted;
    const char *next;
} numbers[] = {
    {"1.1.0", "1.1.1", X(""), X(""), MLT_BUMP_PATCH, true, "1.1.1"},
    {"1.1.0", "1.1.1", X(""), X(",\"required\":false"), MLT_BUMP_MINOR, false, "1.2.0"},
    {"1.1.0", "1.2.0", X(""), X(",\"required\":false"), MLT_BUMP_MINOR, true, "1.2.0"},
    {"1.1.1", "1.1.2", X(""), "{\"name\":\"x_usd\",\"type\":\"number\"}", MLT_BUMP_MAJOR, false,
     "2.0.0"},
    {"1.1.1", "1.2.0", X(""), "{\"name\":\"x_usd\",\"type\":\"number\"}", MLT_BUMP_MAJOR, false,
     "2.0.0"},
    {"1.1.1", "2.0.0", X(""), "{\"name\":\"x_usd\",\"type\":\"number\"}", MLT_BUMP_MAJOR, true,
     "2.0.0"},
    {"1.1.1", "3.0.0", X(""), X(""), MLT_BUMP_PATCH, true, "1.1.2"},
    /* While MAJOR is 0 anything may change, in a MINOR version. */
    {"0.4.1", "0.4.2", X(""), "", MLT_BUMP_MINOR, false, "0.5.0"},
    {"0.4.1", "0.5.0", X(""), "", MLT_BUMP_MINOR, true, "0.5.0"},
    {"0.4.1", "1.0.0", X(""), "", MLT_BUMP_MAJOR, true, "1.0.0"},
    /* A pre-release promises nothing; a pre-release has to keep the promises of releases. */
    {"1.2.0-beta", "1.2.0", X(""), "", MLT_BUMP_MAJOR, true, "2.0.0"},
    {"1.1.0", "1.1.1-beta", X(""), "", MLT_BUMP_MAJOR, false, "2.0.0"},
    {"1.1.0", "2.0.0-rc.1", X(""), "", MLT_BUMP_MAJOR, true, "2.0.0"},
};

START_TEST(a_number_is_high_enough_or_it_is_refused)
{
    char next[MLT_SEMVER_CHARS];
    struct mlt_compat_report r =
        with_input(numbers[_i].from, numbers[_i].was, numbers[_i].to, numbers[_i].is, "nothing");
    ck_assert_int_eq(r.needs, numbers[_i].needs);
    ck_assert_int_eq(r.accepted, numbers[_i].accepted);
    ck_assert_str_eq(mlt_semver_format(&r.next, next), numbers[_i].next);
    ck_assert_int_eq(r.reason_count == 0, r.accepted);
}
END_TEST

START_TEST(the_gravest_reason_comes_first)
{
    struct mlt_compat_report r =
        with_input("1.1.1", X(",\"max\":1,\"required\":false"), "1.1.2",
                   X(",\"max\":0.5,\"required\":false,\"nullable\":true"), "");
    ck_assert_uint_eq(r.reason_count, 2);
    ck_assert_str_eq(r.reasons[0], "input `x`: max 1 became max 0.5: callers that send what lies "
                                   "outside are refused: needs a MAJOR version");
    ck_assert(strstr(r.reasons[1], "null admitted: callers may leave it out: needs a MINOR"));
}
END_TEST

START_TEST(what_beta_fields_change_the_changelog_names)
{
    static const char beta[] = ",\"stability\":\"beta\"";
    const char *was = mlt_arena_printf(&bench_arena, X("%s,\"max\":2"), beta);
    const char *is = mlt_arena_printf(&bench_arena, X("%s,\"max\":1"), beta);
    struct mlt_compat_report r = with_input("1.1.0", was, "1.2.0", is, "faster; see max");
    ck_assert(!r.accepted);
    ck_assert(strstr(r.reasons[0], "the changelog in metadata.json has to name `x`"));
    ck_assert(with_input("1.1.0", was, "1.2.0", is, "x is at most 1 now").accepted);
    ck_assert(with_input("1.1.0", was, "1.2.0", is, "At most 1: `x`.").accepted);
    ck_assert(!with_input("1.1.0", was, "1.1.1", is, "x is at most 1 now").accepted);
    ck_assert(with_input("1.1.0", was, "2.0.0", is, "all new").accepted);
}
END_TEST

START_TEST(a_converter_makes_another_output_a_minor_change)
{
    struct mlt_contract from = bench_contract("output", "{\"name\":\"score\",\"type\":\"number\"}");
    struct mlt_contract to =
        bench_contract("output", "{\"name\":\"score\",\"type\":\"probability\"}");
    struct mlt_metadata m = metadata("score is a probability now; convert.py gives the old one");
    static const char *const command[] = {"./convert.py", NULL};
    struct mlt_compat_report without = compare("1.1.0", &from, &m, "1.2.0", &to, &m);
    to.converter = command;
    struct mlt_compat_report with = compare("1.1.0", &from, &m, "1.2.0", &to, &m);
    ck_assert(!without.accepted && without.needs == MLT_BUMP_MAJOR);
    ck_assert(with.accepted && with.needs == MLT_BUMP_MINOR && with.changes[0].converted);
    ck_assert(!compare("1.1.0", &from, &m, "1.1.1", &to, &m).accepted);
}
END_TEST

static struct mlt_compat_report lineage(struct mlt_metadata was, struct mlt_metadata is)
{
    struct mlt_contract c = bench_contract("input", "");
    return compare("1.1.0", &c, &was, "1.1.1", &c, &is);
}

START_TEST(tuning_needs_minor_and_another_architecture_major)
{
    struct mlt_metadata was = metadata(""), is = metadata("");
    ck_assert(lineage(was, is).accepted);
    is.hyperparameters = "{\"tree\":{\"bins\":64},\"eta\":0.1,\"depth\":6}";
    ck_assert(lineage(was, is).accepted); /* the order of members is nothing */
    is.hyperparameters = "{\"depth\":7,\"eta\":0.1,\"tree\":{\"bins\":64}}";
    struct mlt_compat_report r = lineage(was, is);
    ck_assert_int_eq(r.needs, MLT_BUMP_MINOR);
    ck_assert_str_eq(r.reasons[0], "hyperparameter `depth`: 6 became 7: the same callers get other "
                                   "answers: needs a MINOR version");
    is.hyperparameters = "{\"depth\":6,\"eta\":0.1,\"tree\":{\"bins\":32}}";
    ck_assert_str_eq(lineage(was, is).changes[0].field, "tree.bins");
    is.hyperparameters =
        "{\"depth\":6,\"eta\":0.1,\"tree\":{\"bins\":64},\"architecture\":\"mlp\"}";
    ck_assert_int_eq(lineage(was, is).needs, MLT_BUMP_MAJOR);
}
END_TEST

START_TEST(other_data_are_substantially_other_unless_it_is_said)
{
    struct mlt_metadata was = metadata(""), is = metadata("");
    is.training_dataset_hash = HASH_B;
    struct mlt_compat_report r = lineage(was, is);
    ck_assert_int_eq(r.needs, MLT_BUMP_MAJOR);
    ck_assert(strstr(r.reasons[0],
                     "training data: weekly sha256:aaaaaaaa… became weekly "
                     "sha256:bbbbbbbb… (training_data_change does not say how much)"));
    is.data_change_because = "one more week";
    r = lineage(was, is);
    ck_assert_int_eq(r.needs, MLT_BUMP_MINOR);
    ck_assert(strstr(r.reasons[0], "(declared: one more week)"));
    is.data_change_substantial = true;
    ck_assert_int_eq(lineage(was, is).needs, MLT_BUMP_MAJOR);
}
END_TEST

/* A column of 4,000 rows in two bins. */
static struct mlt_data_profile two_bins(uint64_t first)
{
    static const double edges[] = {0.5};
    uint64_t *counts = mlt_arena_calloc(&bench_arena, 2, sizeof *counts);
    struct mlt_profile_column *column = mlt_arena_alloc(&bench_arena, sizeof *column);
    counts[0] = first;
    counts[1] = 4000 - first;
    *column = (struct mlt_profile_column){"price", 2, edges, NULL, counts, 0};
    return (struct mlt_data_profile){HASH_A, 4000, NAN, column, 1};
}

static const struct {
    uint64_t was, is;
    const char *because; /* declared; NULL: nothing */
    bool substantial;
    const char *to;
    bool accepted;
    const char *kind, *says;
} measured[] = {
    {2000, 2010, NULL, false, "1.2.0", true, "data-changed", "measured: price PSI 2.5e-05"},
    {2000, 2010, NULL, false, "1.1.1", false, "data-changed", "differ little"},
    {2000, 3500, NULL, false, "1.2.0", false, "data-changed-substantially", "PSI 0.72"},
    {2000, 3500, NULL, false, "2.0.0", true, "data-changed-substantially", "PSI 0.72"},
    {2000, 3500, "more of it", false, "1.2.0", false, "data-change-denied",
     "(declared: more of it): the metadata deny what the profiles show (measured: price PSI 0.72"},
    {2000, 3500, "more of it", false, "2.0.0", false, "data-change-denied", "PSI"},
    {2000, 3500, "another market", true, "2.0.0", true, "data-changed-substantially", "PSI"},
    /* The author may know more than the columns tell. */
    {2000, 2010, "another market", true, "1.2.0", false, "data-changed-substantially", "PSI"},
    {2000, 2010, "a week", false, "1.2.0", true, "data-changed", "(declared: a week)"},
};

START_TEST(what_was_measured_is_not_talked_down)
{
    struct mlt_contract c = bench_contract("input", "");
    struct mlt_metadata was = metadata(""), is = metadata("");
    struct mlt_data_profile old = two_bins(measured[_i].was), new = two_bins(measured[_i].is);
    struct mlt_buf text = MLT_BUF_INIT;
    was.data_profile = &old;
    is.data_profile = &new;
    is.training_dataset_hash = HASH_B;
    is.data_change_because = measured[_i].because;
    is.data_change_substantial = measured[_i].substantial;
    struct mlt_compat_report r = compare("1.1.0", &c, &was, measured[_i].to, &c, &is);
    ck_assert_uint_eq(r.count, 1);
    mlt_compat_print(&r.changes[0], &text);
    ck_assert_str_eq(mlt_compat_kind_name(r.changes[0].kind), measured[_i].kind);
    ck_assert_msg(strstr(text.data, measured[_i].says) != NULL, "%s", text.data);
    ck_assert_int_eq(r.accepted, measured[_i].accepted);
    ck_assert_int_eq(r.denied != NULL, r.changes[0].kind == MLT_COMPAT_DATA_DENIED);
    ck_assert_int_eq(r.reason_count == 0, r.accepted);
    mlt_buf_free(&text);
}
END_TEST

START_TEST(framework_and_dependencies)
{
    struct mlt_metadata was = metadata(""), is = metadata("");
    struct mlt_dependency one[] = {{"text_encoder", "2.0.1"}}, two[] = {{"text_encoder", "^2.1.0"}};
    is.framework_version = "1.7.5";
    ck_assert(lineage(was, is).accepted);
    ck_assert_uint_eq(lineage(was, is).count, 1);
    is.framework = "pytorch";
    ck_assert_int_eq(lineage(was, is).needs, MLT_BUMP_MAJOR);
    is = metadata("");
    was.dependencies = one;
    was.dependency_count = 1;
    ck_assert_int_eq(lineage(was, is).needs, MLT_BUMP_MINOR);
    is.dependencies = two;
    is.dependency_count = 1;
    struct mlt_compat_report r = lineage(was, is);
    ck_assert_int_eq(r.needs, MLT_BUMP_MINOR);
    ck_assert_str_eq(r.changes[0].to, "^2.1.0");
}
END_TEST

START_TEST(versions_are_named_in_their_order)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_contract c = bench_contract("input", "");
    struct mlt_metadata m = metadata("");
    struct mlt_compat_report report;
    const struct mlt_release old = {"1.2.0", &c, &m}, new = {"1.2.0", &c, &m},
                             earlier = {"1.2.0-rc", &c, &m};
    ck_fails(mlt_compat_compare(&old, &new, &bench_arena, &report, &err), MLT_ERR_USAGE,
             "1.2.0 does not come after 1.2.0");
    err = (struct mlt_err)MLT_ERR_INIT;
    ck_fails(mlt_compat_compare(&old, &earlier, &bench_arena, &report, &err), MLT_ERR_USAGE,
             "name the older one first");
}
END_TEST

/* The protocol's examples of its own numbers. */
START_TEST(the_next_version_by_each_bump)
{
    static const struct {
        const char *from;
        enum mlt_bump bump;
        const char *next;
    } steps[] = {
        {"1.0.0", MLT_BUMP_PATCH, "1.0.1"},
        {"1.0.1", MLT_BUMP_MINOR, "1.1.0"},
        {"1.1.0", MLT_BUMP_MAJOR, "2.0.0"},
        {"1.1.0-beta", MLT_BUMP_PATCH, "1.1.0"},
        {"2.0.0-experiment-quantized", MLT_BUMP_MINOR, "2.1.0"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        struct mlt_semver from, next;
        char text[MLT_SEMVER_CHARS];
        ck_ok(mlt_semver_parse(steps[i].from, &from, &err));
        next = mlt_compat_next(&from, steps[i].bump);
        ck_assert_str_eq(mlt_semver_format(&next, text), steps[i].next);
    }
}
END_TEST

TCase *release_case(void)
{
    TCase *tc = tcase_create("release");
    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_loop_test(tc, a_number_is_high_enough_or_it_is_refused, 0,
                        sizeof numbers / sizeof *numbers);
    tcase_add_test(tc, the_gravest_reason_comes_first);
    tcase_add_test(tc, what_beta_fields_change_the_changelog_names);
    tcase_add_test(tc, a_converter_makes_another_output_a_minor_change);
    tcase_add_test(tc, tuning_needs_minor_and_another_architecture_major);
    tcase_add_test(tc, other_data_are_substantially_other_unless_it_is_said);
    tcase_add_loop_test(tc, what_was_measured_is_not_talked_down, 0,
                        sizeof measured / sizeof *measured);
    tcase_add_test(tc, framework_and_dependencies);
    tcase_add_test(tc, versions_are_named_in_their_order);
    tcase_add_test(tc, the_next_version_by_each_bump);
    return tc;
}

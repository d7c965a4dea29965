/* What each change of a contract means and needs: the table that docs/compatibility.md tells. */
#include <string.h>

#include "tests/unit/compat/bench.h"

TCase *changes_case(void);

enum { N = MLT_BUMP_NONE, P = MLT_BUMP_PATCH, I = MLT_BUMP_MINOR, A = MLT_BUMP_MAJOR };

#define NUM(more) "{\"name\":\"x\",\"type\":\"number\"" more "}"
#define INT(more) "{\"name\":\"x\",\"type\":\"integer\"" more "}"
#define TEXT(more) "{\"name\":\"x\",\"type\":\"string\"" more "}"
#define CAT(more) "{\"name\":\"x\",\"type\":\"category\"" more "}"
#define BOOL(more) "{\"name\":\"x\",\"type\":\"boolean\"" more "}"
#define BETA ",\"stability\":\"beta\""
#define TRIAL ",\"stability\":\"experimental\""
#define OUT(type, more) "{\"name\":\"score\",\"type\":\"" type "\"" more "}"

static const struct {
    const char *part, *from, *to;
    const char *kind; /* the only one, or the first of `kinds` */
    int needs;        /* of all together */
    size_t kinds;
    const char *sentence; /* of the first */
} table[] = {
    /* Inputs that come and go. */
    {"input", "", NUM(""), "added-demanded", A, 1,
     "input `x`: added-demanded: callers that do not send it are refused"},
    {"input", "", NUM(",\"required\":false"), "added", I, 1, "callers may send it"},
    {"input", "", NUM(",\"nullable\":true"), "added", I, 1, "callers may send it"},
    {"input", "", NUM(",\"default\":3"), "added", I, 1, "callers may send it"},
    {"input", "", NUM(TRIAL), "added-demanded", A, 1, "are refused"},
    {"input", "", NUM(BETA ",\"required\":false"), "added", I, 1, "callers may send it"},
    {"input", "", NUM(TRIAL ",\"required\":false"), "added", P, 1, "callers may send it"},
    {"input", NUM(""), "", "removed", A, 1, "input `x`: removed: callers that send it are refused"},
    {"input", NUM(",\"required\":false"), "", "removed", A, 1, "refused, or ignored unawares"},
    {"input", NUM(BETA), "", "removed", I, 1, "removed"},
    {"input", NUM(TRIAL), "", "removed", P, 1, "removed"},
    {"input", NUM(",\"unit\":\"USD\""), "{\"name\":\"x_usd\",\"type\":\"number\",\"unit\":\"USD\"}",
     "renamed", A, 1, "input `x`: x became x_usd: callers still send the old name"},
    {"input", NUM(BETA), "{\"name\":\"x2\",\"type\":\"number\",\"stability\":\"beta\"}", "renamed",
     I, 1, "callers still send the old name"},
    {"input", NUM(",\"max\":3"), "{\"name\":\"quite_other\",\"type\":\"category\"}", "removed", A,
     2, "removed"},
    {"input", NUM(",\"required\":false"), "{\"name\":\"x1\",\"type\":\"number\"}", "removed", A, 2,
     "removed"},
    /* Types of inputs. */
    {"input", INT(""), NUM(""), "type-widened", I, 1,
     "input `x`: integer became number: what callers send stays valid"},
    {"input", NUM(""), INT(""), "type-narrowed", A, 1,
     "input `x`: number became integer: values that callers send are refused"},
    {"input", CAT(""), TEXT(""), "type-widened", I, 1, "category became string"},
    {"input", TEXT(""), CAT(""), "type-narrowed", A, 1, "string became category"},
    {"input", NUM(""), TEXT(""), "type-changed", A, 1, "what callers send is refused"},
    {"input", BOOL(""), INT(""), "type-changed", A, 1, "boolean became integer"},
    {"input", INT(BETA), TEXT(BETA), "type-changed", I, 1, "integer became string"},
    {"input", INT(TRIAL), BOOL(TRIAL), "type-changed", P, 1, "integer became boolean"},
    /* Units. */
    {"input", NUM(",\"unit\":\"USD\""), NUM(",\"unit\":\"EUR\""), "unit-changed", A, 1,
     "USD became EUR: the numbers that callers send mean something else"},
    {"input", NUM(""), NUM(",\"unit\":\"EUR\""), "unit-declared", P, 1,
     "only said, the numbers stay"},
    {"input", NUM(",\"unit\":\"USD\""), NUM(""), "unit-dropped", I, 1, "no longer told"},
    /* Ranges. */
    {"input", NUM(",\"max\":0.2"), NUM(",\"max\":0.1"), "range-tightened", A, 1,
     "input `x`: max 0.2 became max 0.1: callers that send what lies outside are refused"},
    {"input", NUM(",\"max\":0.1"), NUM(",\"max\":0.2"), "range-widened", I, 1,
     "what callers send stays valid"},
    {"input", NUM(",\"min\":0"), NUM(",\"min\":1"), "range-tightened", A, 1, "min 0 became min 1"},
    {"input", NUM(",\"min\":1"), NUM(",\"min\":0"), "range-widened", I, 1, "min 1 became min 0"},
    {"input", NUM(""), NUM(",\"max\":5"), "range-tightened", A, 1, "no max became max 5"},
    {"input", NUM(",\"max\":5"), NUM(""), "range-widened", I, 1, "max 5 became no max"},
    {"input", NUM(",\"min\":0,\"max\":1"), NUM(",\"min\":1,\"max\":2"), "range-tightened", A, 2,
     "min 0 became min 1"},
    {"input", NUM(",\"max\":2" BETA), NUM(",\"max\":1" BETA), "range-tightened", I, 1,
     "max 2 became max 1"},
    /* Null, absence and defaults. */
    {"input", NUM(",\"required\":false"), NUM(",\"required\":false,\"nullable\":true"),
     "null-admitted", I, 1, "callers may leave it out"},
    {"input", NUM(",\"required\":false,\"nullable\":true"), NUM(",\"required\":false"),
     "null-refused", A, 1, "callers that send nothing are refused"},
    {"input", NUM(""), NUM(",\"nullable\":true"), "null-admitted", I, 2,
     "null refused became null admitted"},
    {"input", NUM(",\"nullable\":true"), NUM(""), "null-refused", A, 2,
     "null admitted became null refused"},
    {"input", NUM(""), NUM(",\"required\":false"), "made-optional", I, 1,
     "required became optional: callers may leave it out"},
    {"input", NUM(",\"required\":false"), NUM(""), "made-demanded", A, 1,
     "callers that leave it out are refused"},
    {"input", NUM(",\"required\":false,\"nullable\":true"), NUM(",\"nullable\":true"), NULL, N, 0,
     NULL},
    {"input", NUM(",\"default\":1"), NUM(",\"default\":2"), "default-changed", I, 1,
     "1 became 2: callers that leave it out are answered otherwise"},
    {"input", NUM(""), NUM(",\"default\":2"), "made-optional", I, 2, "required became optional"},
    {"input", NUM(",\"default\":2"), NUM(""), "made-demanded", A, 2, "are refused"},
    {"input", NUM(",\"default\":2"), NUM(",\"required\":false"), "default-removed", I, 1,
     "no longer counts"},
    /* Values. */
    {"input", CAT(",\"enum\":[\"a\",\"b\"]"), CAT(",\"enum\":[\"a\",\"b\",\"c\"]"), "values-added",
     I, 1, "(c): callers may send more values"},
    {"input", CAT(",\"enum\":[\"a\",\"b\",\"c\"]"), CAT(",\"enum\":[\"a\",\"b\"]"),
     "values-removed", A, 1, "(c): callers that send one of these are refused"},
    {"input", CAT(",\"enum\":[\"a\",\"b\"]"), CAT(",\"enum\":[\"b\",\"c\"]"), "values-removed", A,
     2, "(a)"},
    {"input", CAT(",\"enum\":[\"a\",\"b\"]"), CAT(",\"enum\":[\"b\",\"a\"]"), NULL, N, 0, NULL},
    {"input", CAT(""), CAT(",\"enum\":[\"a\"]"), "values-closed", A, 1,
     "any value became listed values"},
    {"input", CAT(",\"enum\":[\"a\"]"), CAT(""), "values-opened", I, 1,
     "callers may send any value"},
    {"input", INT(",\"enum\":[1,2]"), INT(",\"enum\":[2]"), "values-removed", A, 1, "(1)"},
    {"input", CAT(",\"enum\":[\"a\",\"b\"]" TRIAL), CAT(",\"enum\":[\"a\"]" TRIAL),
     "values-removed", P, 1, "(b)"},
    /* Promises. */
    {"input", NUM(BETA), NUM(""), "promise-raised", I, 1, "beta became stable"},
    {"input", NUM(TRIAL), NUM(BETA), "promise-raised", I, 1, "experimental became beta"},
    {"input", NUM(""), NUM(BETA), "promise-lowered", A, 1,
     "stable became beta: callers rely on it"},
    {"input", NUM(BETA), NUM(TRIAL), "promise-lowered", I, 1, "beta became experimental"},
    {"input", NUM(""), NUM(TRIAL ",\"max\":1"), "range-tightened", A, 2, "no max became max 1"},
    /* Outputs. */
    {"output", OUT("number", ""), OUT("number", ",\"max\":5"), "range-tightened", A, 1,
     "output `score`: no max became max 5: values that callers act on come no more"},
    {"output", OUT("number", ",\"max\":5"), OUT("number", ",\"max\":6"), "range-widened", A, 1,
     "callers meet values they were promised not to"},
    {"output", OUT("number", ""), OUT("probability", ""), "type-narrowed", A, 1,
     "number became probability: callers are given less"},
    {"output", OUT("probability", ""), OUT("number", ""), "type-widened", A, 1,
     "callers meet values of a kind they were never given"},
    {"output", OUT("number", ""), OUT("label", ",\"labels\":[\"a\"]"), "type-changed", A, 1,
     "callers cannot read the answer"},
    {"output", OUT("number", ",\"unit\":\"USD\""), OUT("number", ",\"unit\":\"EUR\""),
     "unit-changed", A, 1, "that callers read mean something else"},
    {"output", OUT("number", ""), "{\"name\":\"points\",\"type\":\"number\"}", "renamed", A, 1,
     "score became points: callers still read the old name"},
    {"output", OUT("label", ",\"labels\":[\"a\",\"b\"]"),
     OUT("label", ",\"labels\":[\"a\",\"b\",\"c\"]"), "values-added", A, 1,
     "callers meet values they do not know"},
    {"output", OUT("label", ",\"labels\":[\"a\",\"b\"]"), OUT("label", ",\"labels\":[\"a\"]"),
     "values-removed", A, 1, "(b): values that callers act on come no more"},
    {"output", OUT("label", ",\"labels\":[\"a\",\"b\"]"), OUT("label", ",\"labels\":[\"b\",\"a\"]"),
     NULL, N, 0, NULL},
    {"output", OUT("probabilities", ",\"labels\":[\"a\",\"b\"]"),
     OUT("probabilities", ",\"labels\":[\"b\",\"a\"]"), "values-reordered", A, 1,
     "\"a\" in place 1 became \"b\" in place 1: callers read each probability as another label's"},
    {"output", OUT("number", BETA), OUT("number", ",\"max\":5" BETA), "range-tightened", I, 1,
     "no max became max 5"},
    {"output", OUT("number", TRIAL), OUT("label", ",\"labels\":[\"a\"]" TRIAL), "type-changed", P,
     1, "number became label"},
    {"output", OUT("number", ""), OUT("number", BETA), "promise-lowered", A, 1,
     "callers rely on it"},
    /* Settings. */
    {"setting", "", NUM(""), "added-demanded", A, 1,
     "setting `x`: added-demanded: a configuration without it no longer loads"},
    {"setting", "", NUM(",\"default\":1"), "added", I, 1, "it may be set"},
    {"setting", NUM(",\"default\":1"), "", "removed", A, 1,
     "a configuration that sets it no longer loads"},
    {"setting", NUM(",\"default\":1"), "{\"name\":\"x0\",\"type\":\"number\",\"default\":1}",
     "renamed", A, 1, "configurations still set the old name"},
    {"setting", NUM(",\"default\":1"), NUM(",\"default\":2"), "default-changed", I, 1,
     "who does not set it gets another behaviour"},
    {"setting", NUM(",\"max\":9,\"default\":1"), NUM(",\"max\":8,\"default\":1"), "range-tightened",
     A, 1, "configurations that lie outside no longer load"},
    {"setting", TEXT(",\"enum\":[\"a\",\"b\"],\"default\":\"a\""),
     TEXT(",\"enum\":[\"a\"],\"default\":\"a\""), "values-removed", A, 1,
     "configurations that set one of these no longer load"},
    {"setting", NUM(TRIAL ",\"default\":1"), "", "removed", P, 1, "removed"},
};

static enum mlt_bump needs_of(const struct mlt_compat_change *changes, size_t count)
{
    enum mlt_bump needs = MLT_BUMP_NONE;
    for (size_t i = 0; i < count; i++)
        if (changes[i].needs > needs)
            needs = changes[i].needs;
    return needs;
}

START_TEST(each_change_has_its_bump_and_its_sentence)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_contract from = bench_contract(table[_i].part, table[_i].from);
    struct mlt_contract to = bench_contract(table[_i].part, table[_i].to);
    struct mlt_compat_change *changes;
    struct mlt_buf text = MLT_BUF_INIT;
    size_t count;
    ck_ok(mlt_compat_diff(&from, &to, false, &bench_arena, &changes, &count, &err));
    ck_assert_msg(count == table[_i].kinds, "%zu changes from %s to %s", count, table[_i].from,
                  table[_i].to);
    ck_assert_int_eq(needs_of(changes, count), table[_i].needs);
    if (count == 0)
        return;
    ck_assert_str_eq(mlt_compat_kind_name(changes[0].kind), table[_i].kind);
    ck_assert_int_eq(changes[0].part, bench_part(table[_i].part));
    mlt_compat_print(&changes[0], &text);
    ck_assert_msg(strstr(text.data, table[_i].sentence) != NULL, "\"%s\" is not in \"%s\"",
                  table[_i].sentence, text.data);
    mlt_buf_free(&text);
}
END_TEST

TCase *changes_case(void)
{
    TCase *tc = tcase_create("changes");
    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_loop_test(tc, each_change_has_its_bump_and_its_sentence, 0,
                        sizeof table / sizeof *table);
    return tc;
}

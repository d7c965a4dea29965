/* What holds for any two contracts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/rng.h"
#include "tests/unit/compat/bench.h"

TCase *properties_case(void);

enum { ROUNDS = 3000, MOST = 6 };

static const char *const letters[] = {"a", "b", "c", "d", "e"};
static const char *const units[] = {NULL, "USD", "share"};
static const char *const stabilities[] = {"stable", "beta", "experimental"};

static double bound(struct mlt_rng *rng)
{
    uint64_t at = mlt_rng_below(rng, 4);
    return at == 3 ? (double)NAN : (double)at;
}

static struct mlt_input any_input(struct mlt_rng *rng, const char *name)
{
    const char **values = mlt_arena_calloc(&bench_arena, 5, sizeof *values);
    size_t count = 0;
    bool listed = mlt_rng_below(rng, 3) == 0;
    for (size_t i = 0; listed && i < 5; i++)
        if (mlt_rng_below(rng, 2))
            values[count++] = letters[i];
    return (struct mlt_input){
        .name = name,
        .type = (enum mlt_input_type)mlt_rng_below(rng, 5),
        .unit = units[mlt_rng_below(rng, 3)],
        .min = bound(rng),
        .max = bound(rng),
        .nullable = mlt_rng_below(rng, 2),
        .required = mlt_rng_below(rng, 2),
        .categories = values,
        .category_count = count,
        .stability = stabilities[mlt_rng_below(rng, 3)],
        .fallback = mlt_rng_below(rng, 3) ? NULL : letters[mlt_rng_below(rng, 5)],
    };
}

/* Names so unlike that none passes for another's new one. */
static const char *const names[MOST] = {"alpha",  "budget", "country",
                                        "device", "epoch",  "frequency"};

static struct mlt_input *any_list(struct mlt_rng *rng, size_t *count)
{
    struct mlt_input *list = mlt_arena_calloc(&bench_arena, MOST, sizeof *list);
    *count = 0;
    for (size_t i = 0; i < MOST; i++)
        if (mlt_rng_below(rng, 4))
            list[(*count)++] = any_input(rng, names[i]);
    return list;
}

static struct mlt_contract any_contract(struct mlt_rng *rng)
{
    struct mlt_contract c = {0};
    struct mlt_input like = any_input(rng, "score");
    c.inputs = any_list(rng, &c.input_count);
    c.settings = any_list(rng, &c.setting_count);
    c.output = (struct mlt_output){
        .name = "score",
        .type = (enum mlt_output_type)mlt_rng_below(rng, 4),
        .unit = like.unit,
        .min = like.min,
        .max = like.max,
        .labels = like.categories,
        .label_count = like.category_count,
        .stability = like.stability,
    };
    return c;
}

static size_t diff(const struct mlt_contract *a, const struct mlt_contract *b,
                   struct mlt_compat_change **out)
{
    struct mlt_err err = MLT_ERR_INIT;
    size_t count;
    ck_ok(mlt_compat_diff(a, b, false, &bench_arena, out, &count, &err));
    return count;
}

START_TEST(a_version_is_compatible_with_itself)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 1);
    for (int i = 0; i < ROUNDS; i++) {
        struct mlt_contract c = any_contract(&rng);
        struct mlt_compat_change *changes;
        ck_assert_uint_eq(diff(&c, &c, &changes), 0);
        mlt_arena_free(&bench_arena);
    }
}
END_TEST

START_TEST(the_order_of_fields_is_no_change)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 2);
    for (int i = 0; i < ROUNDS; i++) {
        struct mlt_contract c = any_contract(&rng), turned = c;
        struct mlt_compat_change *changes;
        turned.inputs = mlt_arena_calloc(&bench_arena, MOST, sizeof *turned.inputs);
        for (size_t k = 0; k < c.input_count; k++)
            turned.inputs[k] = c.inputs[c.input_count - 1 - k];
        ck_assert_uint_eq(diff(&c, &turned, &changes), 0);
        mlt_arena_free(&bench_arena);
    }
}
END_TEST

static enum mlt_compat_kind mirrored(enum mlt_compat_kind kind)
{
    static const enum mlt_compat_kind pairs[][2] = {
        {MLT_COMPAT_TYPE_WIDENED, MLT_COMPAT_TYPE_NARROWED},
        {MLT_COMPAT_UNIT_DECLARED, MLT_COMPAT_UNIT_DROPPED},
        {MLT_COMPAT_RANGE_WIDENED, MLT_COMPAT_RANGE_TIGHTENED},
        {MLT_COMPAT_NULL_ADMITTED, MLT_COMPAT_NULL_REFUSED},
        {MLT_COMPAT_MADE_DEMANDED, MLT_COMPAT_MADE_OPTIONAL},
        {MLT_COMPAT_VALUES_ADDED, MLT_COMPAT_VALUES_REMOVED},
        {MLT_COMPAT_VALUES_OPENED, MLT_COMPAT_VALUES_CLOSED},
        {MLT_COMPAT_DEFAULT_ADDED, MLT_COMPAT_DEFAULT_REMOVED},
        {MLT_COMPAT_PROMISE_RAISED, MLT_COMPAT_PROMISE_LOWERED},
        {MLT_COMPAT_ADDED_DEMANDED, MLT_COMPAT_REMOVED},
        {MLT_COMPAT_ADDED_OPTIONAL, MLT_COMPAT_REMOVED},
        {MLT_COMPAT_REMOVED, MLT_COMPAT_REMOVED}, /* an addition of either kind: see is_mirror() */
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (kind == pairs[i][0])
            return pairs[i][1];
        if (kind == pairs[i][1])
            return pairs[i][0];
    }
    return kind;
}

static bool is_mirror(const struct mlt_compat_change *a, const struct mlt_compat_change *b)
{
    bool added = b->kind == MLT_COMPAT_ADDED_DEMANDED || b->kind == MLT_COMPAT_ADDED_OPTIONAL;
    bool kinds = a->kind == MLT_COMPAT_REMOVED ? added : b->kind == mirrored(a->kind);
    if (!kinds || a->part != b->part)
        return false;
    if (a->kind == MLT_COMPAT_RENAMED)
        return strcmp(a->from, b->to) == 0 && strcmp(a->to, b->from) == 0;
    if (!a->from || !a->to)
        return strcmp(a->field, b->field) == 0;
    return strcmp(a->from, b->to) == 0 && strcmp(a->to, b->from) == 0;
}

START_TEST(there_and_back_are_mirror_images)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 3);
    for (int i = 0; i < ROUNDS; i++) {
        struct mlt_contract a = any_contract(&rng), b = any_contract(&rng);
        struct mlt_compat_change *there, *back;
        size_t count = diff(&a, &b, &there);
        ck_assert_uint_eq(diff(&b, &a, &back), count);
        for (size_t k = 0; k < count; k++) {
            size_t found = 0;
            for (size_t m = 0; m < count; m++)
                found += is_mirror(&there[k], &back[m]);
            ck_assert_uint_ge(found, 1);
        }
        mlt_arena_free(&bench_arena);
    }
}
END_TEST

/* The input, admitting at least what it admitted. */
static struct mlt_input widened(struct mlt_rng *rng, struct mlt_input in)
{
    const char **values = mlt_arena_calloc(&bench_arena, 5, sizeof *values);
    if (in.type == MLT_INPUT_INTEGER && mlt_rng_below(rng, 2))
        in.type = MLT_INPUT_NUMBER;
    if (in.type == MLT_INPUT_CATEGORY && mlt_rng_below(rng, 2))
        in.type = MLT_INPUT_STRING;
    if (mlt_rng_below(rng, 2))
        in.min = mlt_rng_below(rng, 2) ? (double)NAN : in.min - 1;
    if (mlt_rng_below(rng, 2))
        in.max = mlt_rng_below(rng, 2) ? (double)NAN : in.max + 1;
    in.nullable = in.nullable || mlt_rng_below(rng, 2);
    in.required = in.required && mlt_rng_below(rng, 2);
    if (in.category_count && mlt_rng_below(rng, 2)) {
        in.category_count = mlt_rng_below(rng, 2) ? 0 : 5;
        memcpy(values, letters, sizeof letters);
        in.categories = values;
    }
    return in;
}

START_TEST(admitting_more_never_breaks_an_input)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 4);
    for (int i = 0; i < ROUNDS; i++) {
        struct mlt_contract a = any_contract(&rng), b = a;
        struct mlt_compat_change *changes;
        b.inputs = mlt_arena_calloc(&bench_arena, MOST, sizeof *b.inputs);
        b.settings = mlt_arena_calloc(&bench_arena, MOST, sizeof *b.settings);
        for (size_t k = 0; k < a.input_count; k++)
            b.inputs[k] = widened(&rng, a.inputs[k]);
        for (size_t k = 0; k < a.setting_count; k++)
            b.settings[k] = widened(&rng, a.settings[k]);
        size_t count = diff(&a, &b, &changes);
        for (size_t k = 0; k < count; k++)
            ck_assert_int_le(changes[k].needs, MLT_BUMP_MINOR);
        mlt_arena_free(&bench_arena);
    }
}
END_TEST

static bool admits(const struct mlt_contract *c, double value)
{
    const struct mlt_value v = {.kind = MLT_VALUE_NUMBER, .number = value};
    char why[256];
    return mlt_contract_admits(&c->inputs[0], &v, why);
}

/* The rule against the thing itself: a change of an input that breaks nobody is one after which
 * every value that was admitted still is. */
START_TEST(what_does_not_need_major_admits_all_that_was_admitted)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 5);
    size_t compatible = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct mlt_input one = any_input(&rng, "x"), two = any_input(&rng, "x");
        one.stability = two.stability = "stable";
        one.category_count = two.category_count = 0;
        one.type = mlt_rng_below(&rng, 2) ? MLT_INPUT_NUMBER : MLT_INPUT_INTEGER;
        two.type = mlt_rng_below(&rng, 2) ? MLT_INPUT_NUMBER : MLT_INPUT_INTEGER;
        two.unit = one.unit;
        struct mlt_contract a = {.inputs = &one, .input_count = 1, .output = {.name = "y"}};
        struct mlt_contract b = {.inputs = &two, .input_count = 1, .output = {.name = "y"}};
        struct mlt_compat_change *changes;
        size_t count = diff(&a, &b, &changes);
        bool breaks = false;
        for (size_t k = 0; k < count; k++)
            breaks = breaks || changes[k].needs == MLT_BUMP_MAJOR;
        for (double value = -1; !breaks && value <= 4; value += 0.5)
            ck_assert(!admits(&a, value) || admits(&b, value));
        compatible += !breaks;
        mlt_arena_free(&bench_arena);
    }
    ck_assert_uint_gt(compatible, ROUNDS / 50);
}
END_TEST

START_TEST(ten_thousand_fields_are_compared_at_once)
{
    enum { MANY = 10000 };
    struct mlt_contract a = {.output = {.name = "y"}}, b = {.output = {.name = "y"}};
    struct mlt_compat_change *changes;
    a.inputs = mlt_arena_calloc(&bench_arena, MANY, sizeof *a.inputs);
    b.inputs = mlt_arena_calloc(&bench_arena, MANY, sizeof *b.inputs);
    a.input_count = b.input_count = MANY;
    for (size_t i = 0; i < MANY; i++) {
        a.inputs[i].name = mlt_arena_printf(&bench_arena, "field_%zu", i);
        b.inputs[i].name = mlt_arena_printf(&bench_arena, "other_%zu", MANY - i);
        a.inputs[i].stability = b.inputs[i].stability = "stable";
    }
    ck_assert_uint_eq(diff(&a, &b, &changes), MANY);
    ck_assert_int_eq(changes[0].kind, MLT_COMPAT_RENAMED);
}
END_TEST

TCase *properties_case(void)
{
    TCase *tc = tcase_create("properties");
    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_test(tc, a_version_is_compatible_with_itself);
    tcase_add_test(tc, the_order_of_fields_is_no_change);
    tcase_add_test(tc, there_and_back_are_mirror_images);
    tcase_add_test(tc, admitting_more_never_breaks_an_input);
    tcase_add_test(tc, what_does_not_need_major_admits_all_that_was_admitted);
    tcase_add_test(tc, ten_thousand_fields_are_compared_at_once);
    return tc;
}

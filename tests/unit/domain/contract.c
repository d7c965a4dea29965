#include <math.h>
#include <string.h>

#include "harness/domain/contract.h"
#include "tests/unit/suite.h"

TCase *contract_case(void);

static struct mlt_arena arena;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static bool decode(const char *text, struct mlt_contract *out, struct mlt_err *err)
{
    struct mlt_json *config;
    if (!mlt_json_parse("config.json", text, strlen(text), &config, err))
        return false;
    bool ok = mlt_contract_decode("config.json", config, &arena, out, err);
    mlt_json_free(config);
    return ok;
}

#define OUTPUT ",\"output\":{\"name\":\"score\",\"type\":\"number\",\"min\":0,\"max\":20}}"
static const char good[] =
    "{\"inputs\":[{\"name\":\"price\",\"type\":\"number\",\"unit\":\"USD\",\"min\":0,\"max\":1},"
    "{\"name\":\"brand\",\"type\":\"integer\",\"enum\":[1,2,3],\"stability\":\"beta\"},"
    "{\"name\":\"plan\",\"type\":\"category\",\"enum\":[\"a\",\"b\",7],\"nullable\":true},"
    "{\"name\":\"text\",\"type\":\"string\",\"required\":false},"
    "{\"name\":\"vip\",\"type\":\"boolean\"}]" OUTPUT;

START_TEST(contract_reads_inputs_and_output)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_contract c;
    ck_ok(decode(good, &c, &err));
    ck_assert_uint_eq(c.input_count, 5);
    ck_assert_str_eq(c.inputs[0].unit, "USD");
    ck_assert_str_eq(c.inputs[1].categories[2], "3");
    ck_assert_str_eq(c.inputs[1].stability, "beta");
    ck_assert(isnan(c.inputs[1].min));
    ck_assert(c.inputs[0].required && !c.inputs[3].required);
    ck_assert_int_eq(c.output.type, MLT_OUTPUT_NUMBER);
    ck_assert_ptr_null(mlt_contract_find(&c, "prize"));
    ck_assert_ptr_eq(mlt_contract_find(&c, "vip"), &c.inputs[4]);
}
END_TEST

static const struct {
    const char *text, *phrase;
} refused[] = {
    {"{}", "inputs must be a list"},
    {"{\"inputs\":[]" OUTPUT, "inputs must be a list"},
    {"{\"inputs\":[1]" OUTPUT, "inputs[0]"},
    {"{\"inputs\":[{\"type\":\"number\"}]" OUTPUT, "name must be text"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"float\"}]" OUTPUT,
     "inputs[0] (a): type must be one of number, integer, string, category, boolean, found "
     "\"float\""},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"number\",\"mni\":1}]" OUTPUT,
     "did you mean \"min\"?"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"number\",\"min\":2,\"max\":1}]" OUTPUT,
     "min 2 is above max 1"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"number\",\"min\":\"0\"}]" OUTPUT,
     "min must be a number"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"number\",\"nullable\":1}]" OUTPUT,
     "nullable must be true or false"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"category\",\"enum\":[]}]" OUTPUT, "enum must be"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"category\",\"enum\":[true]}]" OUTPUT, "enum must be"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"number\",\"stability\":\"solid\"}]" OUTPUT,
     "stability must be one of stable"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"number\"},{\"name\":\"a\",\"type\":\"number\"}"
     "]" OUTPUT,
     "the name \"a\" stands there twice"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"number\"}]}", "output must be an object"},
    {"{\"inputs\":[{\"name\":\"a\",\"type\":\"number\"}],\"output\":{\"type\":\"label\"}}",
     "labels must be"},
};

START_TEST(contract_names_the_wrong_member)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        struct mlt_contract c;
        ck_fails(decode(refused[i].text, &c, &err), MLT_ERR_USAGE, refused[i].phrase);
    }
}
END_TEST

static bool admits(const char *input, struct mlt_value value, const char *phrase)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_contract c;
    char why[256];
    ck_ok(decode(good, &c, &err));
    bool ok = mlt_contract_admits(mlt_contract_find(&c, input), &value, why);
    ck_assert_msg(strstr(why, phrase) != NULL, "'%s' is not in '%s'", phrase, why);
    return ok;
}

#define NUMBER(x) ((struct mlt_value){.kind = MLT_VALUE_NUMBER, .number = (x)})
#define TEXT(x) ((struct mlt_value){.kind = MLT_VALUE_TEXT, .text = (x), .len = strlen(x)})

START_TEST(contract_admits_what_it_declares_and_nothing_else)
{
    const struct mlt_value absent = {.kind = MLT_VALUE_ABSENT}, null = {.kind = MLT_VALUE_NULL},
                           yes = {.kind = MLT_VALUE_BOOL, .boolean = true};
    ck_assert(admits("price", NUMBER(1), ""));
    ck_assert(!admits("price", NUMBER(1.5), "expected at most 1, found 1.5"));
    ck_assert(!admits("price", NUMBER(-0.5), "expected at least 0, found -0.5"));
    ck_assert(!admits("price", NUMBER(NAN), "found NaN"));
    ck_assert(!admits("price", NUMBER(INFINITY), "infinity"));
    ck_assert(!admits("price", TEXT("1"), "expected a number, found \"1\""));
    ck_assert(!admits("price", absent, "absent"));
    ck_assert(!admits("price", null, "found null"));
    ck_assert(admits("brand", NUMBER(3), ""));
    ck_assert(!admits("brand", NUMBER(4), "one of the declared values, found 4"));
    ck_assert(!admits("brand", NUMBER(1.5), "whole number"));
    ck_assert(admits("plan", TEXT("a"), ""));
    ck_assert(admits("plan", NUMBER(7), ""));
    ck_assert(admits("plan", null, ""));
    ck_assert(admits("plan", absent, ""));
    ck_assert(!admits("plan", TEXT("A"), "declared categories"));
    ck_assert(!admits("plan", NUMBER(NAN), "category"));
    ck_assert(admits("text", absent, ""));
    ck_assert(!admits("text", null, "found null"));
    ck_assert(!admits("text", NUMBER(1), "expected text"));
    ck_assert(admits("vip", yes, ""));
    ck_assert(!admits("vip", NUMBER(1), "true or false"));
}
END_TEST

START_TEST(contract_checks_predictions)
{
    static const char *const labels[] = {"no", "yes", "1"};
    static const double sums[] = {0.5, 0.25, 0.25}, short_of[] = {0.5, 0.25, 0.2},
                        negative[] = {1.5, -0.5, 0}, missing[] = {0.5, NAN, 0.5};
    struct mlt_output number = {.type = MLT_OUTPUT_NUMBER, .min = 0, .max = NAN};
    struct mlt_output probability = {.type = MLT_OUTPUT_PROBABILITY, .min = NAN, .max = NAN};
    struct mlt_output label = {.type = MLT_OUTPUT_LABEL, .labels = labels, .label_count = 3};
    struct mlt_output vector = {
        .type = MLT_OUTPUT_PROBABILITIES, .labels = labels, .label_count = 3};
    struct mlt_output text = {.type = MLT_OUTPUT_TEXT};
    struct mlt_prediction p = {.answer = MLT_ANSWER_OK, .kind = MLT_PREDICTION_NUMBER, .number = 1};
    struct mlt_prediction none = {.answer = MLT_ANSWER_REFUSED, .error = "too cold"};
    char why[256];
    ck_assert(mlt_contract_output_ok(&number, &p, why));
    ck_assert(mlt_contract_output_ok(&probability, &p, why));
    ck_assert(mlt_contract_output_ok(&label, &p, why)); /* the label "1" as a number */
    ck_assert(!mlt_contract_output_ok(&vector, &p, why));
    ck_assert(!mlt_contract_output_ok(&text, &p, why));
    ck_assert_ptr_nonnull(strstr(why, "expected text"));
    ck_assert(!mlt_contract_output_ok(&text, &none, why));
    ck_assert(!mlt_contract_output_ok(&number, &none, why));
    ck_assert_ptr_nonnull(strstr(why, "too cold"));
    p.number = 1.0000001;
    ck_assert(!mlt_contract_output_ok(&probability, &p, why));
    p.number = NAN;
    ck_assert(!mlt_contract_output_ok(&number, &p, why));
    ck_assert(!mlt_contract_output_ok(&label, &p, why));
    p = (struct mlt_prediction){.kind = MLT_PREDICTION_LABEL, .label = "yes", .number = NAN};
    ck_assert(mlt_contract_output_ok(&label, &p, why));
    p.label = "maybe";
    ck_assert(!mlt_contract_output_ok(&label, &p, why));
    ck_assert(mlt_contract_output_ok(&text, &p, why));
    p = (struct mlt_prediction){.kind = MLT_PREDICTION_VECTOR, .vector = sums, .vector_len = 3};
    ck_assert(mlt_contract_output_ok(&vector, &p, why));
    p.vector_len = 2;
    ck_assert(!mlt_contract_output_ok(&vector, &p, why));
    p.vector_len = 3;
    p.vector = short_of;
    ck_assert(!mlt_contract_output_ok(&vector, &p, why));
    p.vector = negative;
    ck_assert(!mlt_contract_output_ok(&vector, &p, why));
    p.vector = missing;
    ck_assert(!mlt_contract_output_ok(&vector, &p, why));
}
END_TEST

TCase *contract_case(void)
{
    TCase *tc = tcase_create("contract");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, contract_reads_inputs_and_output);
    tcase_add_test(tc, contract_names_the_wrong_member);
    tcase_add_test(tc, contract_admits_what_it_declares_and_nothing_else);
    tcase_add_test(tc, contract_checks_predictions);
    return tc;
}

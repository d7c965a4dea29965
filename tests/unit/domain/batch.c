#include <math.h>
#include <string.h>

#include "harness/domain/batch.h"
#include "tests/unit/suite.h"

TCase *batch_case(void);

static struct mlt_arena arena;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

START_TEST(batch_row_survives_encoding)
{
    static const char text[] =
        "{\"a\":1.5,\"b\":null,\"c\":true,\"d\":\"x\\ny\",\"e\":[1,{\"f\":2}]}";
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *object;
    struct mlt_batch batch;
    struct mlt_buf out = MLT_BUF_INIT;
    struct mlt_json_out json;
    ck_ok(mlt_json_parse("row", text, strlen(text), &object, &err));
    ck_ok(mlt_batch_decode_row(object, &arena, &batch, &err));
    mlt_json_free(object);
    mlt_json_out_init(&json, &out, false);
    mlt_batch_encode_row(&batch, 0, &json);
    ck_ok(mlt_json_out_finish(&json, &err));
    ck_assert_str_eq(out.data, text);
    mlt_buf_free(&out);
}
END_TEST

START_TEST(batch_spells_numbers_that_json_lacks_and_leaves_absent_fields_out)
{
    static const char *const fields[] = {"a", "b", "c", "d"};
    const struct mlt_value cells[] = {{.kind = MLT_VALUE_NUMBER, .number = 0},
                                      {.kind = MLT_VALUE_NULL},
                                      {.kind = MLT_VALUE_NULL},
                                      {.kind = MLT_VALUE_NULL},
                                      {.kind = MLT_VALUE_NUMBER, .number = NAN},
                                      {.kind = MLT_VALUE_NUMBER, .number = INFINITY},
                                      {.kind = MLT_VALUE_NUMBER, .number = -INFINITY},
                                      {.kind = MLT_VALUE_ABSENT}};
    const struct mlt_batch batch = {.rows = 2, .field_count = 4, .fields = fields, .cells = cells};
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf out = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &out, false);
    mlt_batch_encode_row(&batch, 1, &json);
    ck_ok(mlt_json_out_finish(&json, &err));
    ck_assert_str_eq(out.data, "{\"a\":\"NaN\",\"b\":\"Infinity\",\"c\":\"-Infinity\"}");
    mlt_buf_free(&out);
}
END_TEST

static bool predict(const char *text, struct mlt_prediction *out, struct mlt_err *err)
{
    struct mlt_json *node;
    ck_assert(mlt_json_parse("answer", text, strlen(text), &node, err));
    bool ok = mlt_prediction_decode(node, "score", &arena, out, err);
    mlt_json_free(node);
    return ok;
}

START_TEST(prediction_is_a_number_a_label_a_list_or_a_named_output)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_prediction p;
    ck_ok(predict("0.25", &p, &err));
    ck_assert_int_eq(p.kind, MLT_PREDICTION_NUMBER);
    ck_assert_int_eq(p.answer, MLT_ANSWER_OK);
    ck_ok(predict("\"yes\"", &p, &err));
    ck_assert_str_eq(p.label, "yes");
    ck_ok(predict("[0.25,0.75]", &p, &err));
    ck_assert_uint_eq(p.vector_len, 2);
    ck_ok(predict("{\"other\":1,\"score\":3}", &p, &err));
    ck_assert_double_eq(p.number, 3);
}
END_TEST

START_TEST(prediction_refuses_everything_else)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_prediction p = {.answer = MLT_ANSWER_NONE};
    ck_fails(predict("null", &p, &err), MLT_ERR_EVIDENCE, "expected a number");
    ck_fails(predict("true", &p, &err), MLT_ERR_EVIDENCE, "expected a number");
    ck_fails(predict("[]", &p, &err), MLT_ERR_EVIDENCE, "empty list");
    ck_fails(predict("[1,\"2\"]", &p, &err), MLT_ERR_EVIDENCE, "item 2");
    ck_fails(predict("{}", &p, &err), MLT_ERR_EVIDENCE, "no output \"score\"");
    ck_fails(predict("{\"scor\":1}", &p, &err), MLT_ERR_EVIDENCE, "it has \"scor\"");
    ck_fails(predict("{\"score\":{\"score\":1}}", &p, &err), MLT_ERR_EVIDENCE, "an object");
    ck_assert_int_eq(p.answer, MLT_ANSWER_NONE);
}
END_TEST

START_TEST(predictions_are_the_same_to_the_last_bit_or_not)
{
    static const double a[] = {0.25, 0.75}, b[] = {0.25, 0.75}, c[] = {0.75, 0.25};
    struct mlt_prediction none = {.answer = MLT_ANSWER_TIMEOUT};
    struct mlt_prediction x = {.kind = MLT_PREDICTION_NUMBER, .number = 0.1 + 0.2},
                          y = {.kind = MLT_PREDICTION_NUMBER, .number = 0.3};
    ck_assert(!mlt_prediction_same(&none, &none));
    ck_assert(mlt_prediction_same(&x, &x));
    ck_assert(!mlt_prediction_same(&x, &y));
    x.number = 0.0;
    y.number = -0.0;
    ck_assert(!mlt_prediction_same(&x, &y));
    x = (struct mlt_prediction){.kind = MLT_PREDICTION_VECTOR, .vector = a, .vector_len = 2};
    y = (struct mlt_prediction){.kind = MLT_PREDICTION_VECTOR, .vector = b, .vector_len = 2};
    ck_assert(mlt_prediction_same(&x, &y));
    y.vector = c;
    ck_assert(!mlt_prediction_same(&x, &y));
    y.vector = b;
    y.vector_len = 1;
    ck_assert(!mlt_prediction_same(&x, &y));
}
END_TEST

TCase *batch_case(void)
{
    TCase *tc = tcase_create("batch");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, batch_row_survives_encoding);
    tcase_add_test(tc, batch_spells_numbers_that_json_lacks_and_leaves_absent_fields_out);
    tcase_add_test(tc, prediction_is_a_number_a_label_a_list_or_a_named_output);
    tcase_add_test(tc, prediction_refuses_everything_else);
    tcase_add_test(tc, predictions_are_the_same_to_the_last_bit_or_not);
    return tc;
}

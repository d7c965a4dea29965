#include <stdio.h>
#include <string.h>

#include "harness/adapter/adapter.h"
#include "tests/unit/suite.h"

TCase *predictions_cases(void);

static struct mlt_adapter *opened(const char *text, struct mlt_err *err)
{
    static struct mlt_adapter_spec spec;
    static struct mlt_subject subject;
    struct mlt_adapter *adapter = NULL;
    spec = (struct mlt_adapter_spec){.type = "predictions", .candidate_file = unit_path("p.csv")};
    unit_write_text(spec.candidate_file, text);
    struct mlt_adapter_target target = {&spec, &subject, MLT_CANDIDATE, NULL};
    return mlt_adapter_predictions.open(&target, &adapter, err) ? adapter : NULL;
}

START_TEST(predictions_are_found_by_id_and_every_gap_is_typed)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_prediction out[5] = {{0}};
    struct mlt_adapter *a = opened("id,score\na,0.5\nb,\nc,NaN\nd,1e-3\n", &err);
    ck_assert_msg(a != NULL, "%s", err.text);
    const char *const ids[] = {"d", "a", "b", "c", "nobody"};
    struct mlt_batch batch = {.rows = 5, .ids = ids};
    ck_ok(a->ops->predict(a, &batch, &arena, out, &err));
    ck_assert_int_eq(out[0].answer, MLT_ANSWER_OK);
    ck_assert_double_eq(out[0].number, 1e-3);
    ck_assert_double_eq(out[1].number, 0.5);
    ck_assert_int_eq(out[2].answer, MLT_ANSWER_MALFORMED);
    ck_assert_int_eq(out[3].answer, MLT_ANSWER_MALFORMED);
    ck_assert_int_eq(out[4].answer, MLT_ANSWER_MISSING);
    batch.ids = NULL;
    ck_ok(a->ops->predict(a, &batch, &arena, out, &err));
    ck_assert_int_eq(out[0].answer, MLT_ANSWER_REFUSED);
    a->ops->close(a);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(predictions_may_be_json_lines)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_adapter *a = NULL;
    struct mlt_subject subject = {0};
    struct mlt_adapter_spec spec = {.type = "predictions", .candidate_file = unit_path("p.jsonl")};
    struct mlt_adapter_target target = {&spec, &subject, MLT_CANDIDATE, NULL};
    unit_write_text(spec.candidate_file,
                    "{\"id\":\"a\",\"score\":0.5}\n{\"id\":7,\"score\":[0.25,0.75]}\n"
                    "{\"id\":\"n\",\"score\":null}\n");
    ck_ok(mlt_adapter_predictions.open(&target, &a, &err));
    const char *const ids[] = {"a", "7", "n"};
    struct mlt_batch batch = {.rows = 3, .ids = ids};
    struct mlt_prediction out[3] = {{0}};
    ck_ok(a->ops->predict(a, &batch, &arena, out, &err));
    ck_assert_double_eq(out[0].number, 0.5);
    ck_assert_int_eq(out[1].answer, MLT_ANSWER_OK);
    ck_assert_int_eq(out[2].answer, MLT_ANSWER_MALFORMED);
    a->ops->close(a);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(predictions_survive_thousands_of_ids)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "id,score\n");
    for (int i = 0; i < 5000; i++)
        mlt_buf_printf(&text, "row-%d,%d\n", i, i * 3);
    struct mlt_adapter *a = opened(text.data, &err);
    ck_assert_msg(a != NULL, "%s", err.text);
    for (int i = 0; i < 5000; i++) {
        char id[32];
        snprintf(id, sizeof id, "row-%d", i);
        const char *const ids[] = {id};
        struct mlt_batch batch = {.rows = 1, .ids = ids};
        struct mlt_prediction out = {0};
        ck_ok(a->ops->predict(a, &batch, &arena, &out, &err));
        ck_assert_double_eq(out.number, i * 3);
    }
    a->ops->close(a);
    mlt_buf_free(&text);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(predictions_refuse_files_that_cannot_be_meant)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_fails(opened("id,score\na,1\na,2\n", &err), MLT_ERR_EVIDENCE, "twice");
    ck_assert_ptr_nonnull(strstr(err.text, "p.csv:3"));
    ck_fails(opened("id,value\na,1\n", &err), MLT_ERR_EVIDENCE, "no column score");
    ck_fails(opened("id,score\n", &err), MLT_ERR_EVIDENCE, "no predictions");
    ck_fails(opened("id,score\n,1\n", &err), MLT_ERR_EVIDENCE, "no id");
}
END_TEST

TCase *predictions_cases(void)
{
    TCase *tcase = tcase_create("predictions");
    tcase_add_checked_fixture(tcase, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(tcase, predictions_are_found_by_id_and_every_gap_is_typed);
    tcase_add_test(tcase, predictions_may_be_json_lines);
    tcase_add_test(tcase, predictions_survive_thousands_of_ids);
    tcase_add_test(tcase, predictions_refuse_files_that_cannot_be_meant);
    return tcase;
}

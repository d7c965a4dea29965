#include <math.h>
#include <string.h>

#include "tests/unit/metrics/rows.h"
#include "tests/unit/suite.h"

TCase *find_case(void);

static struct mlt_arena arena;
static struct mlt_err err;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static void check_kind(const struct mlt_metric_ops *ops)
{
    bool means = ops->kind == MLT_METRIC_OF_MEANS, columns = ops->kind == MLT_METRIC_OF_COLUMNS;
    ck_assert_msg(means == (ops->terms != NULL && ops->combine != NULL), "%s", ops->name);
    ck_assert_msg(columns == (ops->open != NULL && ops->value != NULL && ops->close != NULL), "%s",
                  ops->name);
    ck_assert_msg((ops->kind == MLT_METRIC_OF_QUERIES) == (ops->of_query != NULL), "%s", ops->name);
    if (columns && ops->method != MLT_INTERVAL_BOOTSTRAP && ops->method != MLT_INTERVAL_NONE)
        ck_assert_msg(ops->influence != NULL, "%s", ops->name);
    size_t terms = 0;
    while (means && ops->terms[terms] != NULL)
        terms++;
    ck_assert_msg(terms <= MLT_METRIC_MAX_TERMS, "%s", ops->name);
    if (ops->method == MLT_INTERVAL_SHARE)
        ck_assert_msg(means && ops->terms[0]->whole && (terms < 2 || ops->terms[1]->of_label), "%s",
                      ops->name);
}

START_TEST(every_table_entry_is_complete_and_listed)
{
    for (size_t i = 0; mlt_metrics[i] != NULL; i++) {
        const struct mlt_metric_ops *ops = mlt_metrics[i];
        ck_assert_uint_eq(ops->abi, MLT_METRIC_ABI);
        ck_assert_msg(ops->doc != NULL && ops->reference != NULL && ops->interval != NULL, "%s",
                      ops->name);
        ck_assert_msg(ops->min_rows > 0 && ops->min_clusters > 0 && ops->least < ops->most, "%s",
                      ops->name);
        check_kind(ops);
        bool listed = false;
        for (const char *const *name = mlt_metric_names(); *name != NULL; name++)
            listed = listed || strcmp(*name, ops->name) == 0;
        ck_assert_msg(listed, "%s", ops->name);
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(strcmp(mlt_metrics[k]->name, ops->name) != 0 ||
                              (mlt_metrics[k]->tasks & ops->tasks) == 0,
                          "%s is there twice", ops->name);
    }
}
END_TEST

START_TEST(every_listed_name_is_a_metric_and_tested)
{
    size_t listed = 0, known = 0;
    for (const char *const *name = mlt_metric_names(); *name != NULL; name++, listed++) {
        bool found = false;
        for (size_t i = 0; mlt_metrics[i] != NULL; i++)
            found = found || strcmp(mlt_metrics[i]->name, *name) == 0;
        ck_assert_msg(found, "%s", *name);
    }
    for (size_t i = 0; mlt_metrics[i] != NULL; i++) {
        bool tested = false;
        const char *const *name = rows_metrics((enum mlt_task)mlt_metrics[i]->tasks);
        for (; *name != NULL; name++) {
            struct mlt_metric metric;
            ck_ok(mlt_metric_find(*name, (enum mlt_task)mlt_metrics[i]->tasks, &arena, &metric,
                                  &err));
            tested = tested || metric.ops == mlt_metrics[i];
        }
        ck_assert_msg(tested, "%s", mlt_metrics[i]->name);
        known++;
    }
    ck_assert_uint_eq(known, 46);
    ck_assert_uint_eq(listed,
                      42); /* accuracy, balanced_accuracy, logloss and mcc are of two tasks */
}
END_TEST

START_TEST(a_parameter_stands_behind_the_at)
{
    struct mlt_metric metric;
    ck_ok(mlt_metric_find("ndcg@10", MLT_TASK_RANKING, &arena, &metric, &err));
    ck_assert_str_eq(metric.name, "ndcg@10");
    ck_assert_str_eq(metric.ops->name, "ndcg");
    ck_assert(metric.parameter == 10);
    ck_ok(mlt_metric_find("ndcg", MLT_TASK_RANKING, &arena, &metric, &err));
    ck_assert(isinf(metric.parameter));
    ck_ok(mlt_metric_find("ece", MLT_TASK_BINARY, &arena, &metric, &err));
    ck_assert(metric.parameter == 15);
    ck_ok(mlt_metric_find("pinball@0.05", MLT_TASK_REGRESSION, &arena, &metric, &err));
    ck_assert(metric.parameter == 0.05);
    ck_ok(mlt_metric_find("rmse", MLT_TASK_REGRESSION, &arena, &metric, &err));
    ck_assert(isnan(metric.parameter));
}
END_TEST

static void refused(const char *name, enum mlt_task task, const char *phrase)
{
    struct mlt_metric metric;
    ck_fails(mlt_metric_find(name, task, &arena, &metric, &err), MLT_ERR_USAGE, phrase);
}

START_TEST(wrong_names_are_answered_with_the_right_word)
{
    refused("rsme", MLT_TASK_REGRESSION, "did you mean 'rmse'?");
    refused("ndgc@10", MLT_TASK_RANKING, "did you mean 'ndcg'?");
    refused("rmse", MLT_TASK_BINARY, "the metric 'rmse' is for regression data, not for binary");
    refused("accuracy", MLT_TASK_TEXT, "is for binary and multiclass data");
    refused("happiness", MLT_TASK_TEXT, "there are exact_match, token_f1");
    refused("", MLT_TASK_TEXT, "empty");
    refused(NULL, MLT_TASK_TEXT, "empty");
    refused("rmse\x1b[31m", MLT_TASK_BINARY, "\\x1b");
}
END_TEST

START_TEST(wrong_parameters_are_answered_with_their_range)
{
    refused("rmse@2", MLT_TASK_REGRESSION, "takes nothing behind an @");
    refused("pinball", MLT_TASK_REGRESSION, "from 0 to 1 behind its @");
    refused("pinball@1.5", MLT_TASK_REGRESSION, "found '1.5'");
    refused("pinball@", MLT_TASK_REGRESSION, "found ''");
    refused("ndcg@2.5", MLT_TASK_RANKING, "whole number");
    refused("ndcg@0", MLT_TASK_RANKING, "from 1");
    refused("ndcg@nan", MLT_TASK_RANKING, "found 'nan'");
    refused("f@1e400", MLT_TASK_BINARY, "found '1e400'");
}
END_TEST

START_TEST(tasks_have_names)
{
    enum mlt_task task;
    for (unsigned bit = MLT_TASK_REGRESSION; bit <= MLT_TASK_TEXT; bit *= 2) {
        ck_assert(mlt_task_parse(mlt_task_name((enum mlt_task)bit), &task));
        ck_assert_uint_eq(task, bit);
    }
    ck_assert(!mlt_task_parse("Binary", &task) && !mlt_task_parse(NULL, &task));
}
END_TEST

TCase *find_case(void)
{
    TCase *tcase = tcase_create("find");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, every_table_entry_is_complete_and_listed);
    tcase_add_test(tcase, every_listed_name_is_a_metric_and_tested);
    tcase_add_test(tcase, a_parameter_stands_behind_the_at);
    tcase_add_test(tcase, wrong_names_are_answered_with_the_right_word);
    tcase_add_test(tcase, wrong_parameters_are_answered_with_their_range);
    tcase_add_test(tcase, tasks_have_names);
    return tcase;
}

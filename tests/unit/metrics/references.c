/* Estimates: scikit-learn 1.2.1, SciPy 1.10.1 and, where neither has the metric, NumPy 1.24.2 by
 * its definition, on the rows of rows.h. Variances: NumPy, from the definition named beside them;
 * "jackknife" ones are another method and agree to the order 1/n. */
#include <math.h>
#include <string.h>

#include "tests/unit/metrics/rows.h"
#include "tests/unit/suite.h"

TCase *references_case(void);

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

static void near_to(const char *what, double value, double expected, double tolerance)
{
    ck_assert_msg(fabs(value - expected) <= tolerance * fabs(expected), "%s: %.17g is not %.17g",
                  what, value, expected);
}

static struct mlt_measurement measure(const char *name, const struct mlt_metric_rows *rows)
{
    struct mlt_measurement m = mlt_measurement_none();
    struct mlt_metric metric;
    ck_ok(mlt_metric_find(name, rows->task, &arena, &metric, &err));
    ck_ok(mlt_metric_measure(&metric, rows, &arena, &m, &err));
    return m;
}

struct reference {
    const char *name;
    double candidate, baseline;
};

static void check_all(const struct mlt_metric_rows *rows, const struct reference *known,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mlt_measurement m = measure(known[i].name, rows);
        near_to(known[i].name, m.candidate, known[i].candidate, 1e-12);
        near_to(known[i].name, m.baseline, known[i].baseline, 1e-12);
        ck_assert_str_eq(m.metric, known[i].name);
        ck_assert_uint_eq(m.rows, ROWS);
        ck_assert_ptr_null(m.undefined);
    }
}

START_TEST(regression_metrics_match_scikit_learn_and_scipy)
{
    static const struct reference known[] = {
        {"rmse", 0.4260281680828158, 0.5135509399282944},
        {"mae", 0.36999999999999994, 0.4435185185185185},
        {"median_ae", 0.37499999999999956, 0.44444444444444464},
        {"smape", 0.2183520414013934, 0.2367183926884128},
        {"r2", 0.9786382558302621, 0.9689596122962945},
        {"bias", -0.003333333333333318, 0.10648148148148147},
        {"pinball@0.9", 0.18633333333333332, 0.17916666666666664},
        {"max_error", 0.7000000000000002, 0.9444444444444446},
        {"spearman", 0.9894415115309809, 0.9911086412892472},
        {"kendall", 0.9367231638418079, 0.9367231638418079},
    };
    struct mlt_metric_rows rows = rows_regression();
    check_all(&rows, known, sizeof known / sizeof known[0]);
    ck_assert(measure("rmse", &rows).df == ROWS - 1);
    struct mlt_measurement m = measure("mape", &rows); /* the first label is 0 */
    ck_assert(isnan(m.candidate));
    ck_assert_str_eq(m.undefined, "a label is 0");
}
END_TEST

START_TEST(binary_metrics_match_scikit_learn_and_scipy)
{
    static const struct reference known[] = {
        {"auc", 0.579685746352413, 0.6240179573512907},
        {"pr_auc", 0.5852200530775484, 0.6490748776746347},
        {"logloss", 1.2901809832641813, 0.6892248770649301},
        {"brier", 0.273265, 0.24946244855967076},
        {"accuracy", 0.5333333333333333, 0.5833333333333334},
        {"balanced_accuracy", 0.5286195286195287, 0.5774410774410774},
        {"precision", 0.48148148148148145, 0.5384615384615384},
        {"recall", 0.48148148148148145, 0.5185185185185185},
        {"f1", 0.48148148148148145, 0.5283018867924528},
        {"f@2", 0.4814814814814814, 0.5223880597014925},
        {"specificity", 0.5757575757575758, 0.6363636363636364},
        {"mcc", 0.05723905723905724, 0.1554941669103437},
        {"ks", 0.14814814814814814, 0.23232323232323232},
        {"ece@5", 0.11254089617436039, 0.16715084125412386},
        {"ace@5", 0.13214862360009202, 0.11095156911370915},
        {"lift@0.25", 1.1851851851851851, 1.4814814814814814},
        {"recall_at_precision@0.5", 0.7407407407407407, 0.6666666666666666},
    };
    struct mlt_metric_rows rows = rows_binary();
    check_all(&rows, known, sizeof known / sizeof known[0]);
    struct mlt_measurement m = measure("accuracy", &rows);
    ck_assert_uint_eq(m.successes, 32);
    ck_assert_uint_eq(m.trials, ROWS);
    ck_assert_uint_eq(m.positives, 27);
    ck_assert_int_eq(m.method, MLT_INTERVAL_SHARE);
    m = measure("recall", &rows);
    ck_assert(m.has_pairs);
    ck_assert_uint_eq(m.successes, 13);
    ck_assert_uint_eq(m.trials, 27);
    ck_assert_int_eq((int)m.only_candidate - (int)m.only_baseline, 13 - 14);
}
END_TEST

START_TEST(multiclass_metrics_match_scikit_learn)
{
    static const struct reference known[] = {
        {"accuracy", 0.5333333333333333, 0.6833333333333333},
        {"top@2", 0.75, 0.8333333333333334},
        {"logloss", 1.1679932660708845, 1.200111373899574},
        {"macro_f1", 0.31495589414595027, 0.39332844574780057},
        {"micro_f1", 0.5333333333333333, 0.6833333333333333},
        {"weighted_f1", 0.634121892542101, 0.7738269794721406},
        {"balanced_accuracy", 0.5314285714285714, 0.6942857142857143},
        {"kappa", 0.28358208955223885, 0.47706422018348615},
        {"mcc", 0.31381543095857517, 0.5095957958520263},
        {"ovr_auc", 0.7942857142857143, 0.7605714285714287},
    };
    struct mlt_metric_rows rows = rows_multiclass();
    check_all(&rows, known, sizeof known / sizeof known[0]);
}
END_TEST

START_TEST(ranking_metrics_match_scikit_learn_and_all_orders_of_ties)
{
    /* ndcg: scikit-learn's ndcg_score, of 2^grade - 1 or of the grade; the others: the mean over
     * all orders of equal scores (NumPy). */
    static const struct reference known[] = {
        {"ndcg", 0.9335880349735266, 0.8784190122930663},
        {"ndcg@3", 0.9038964230331743, 0.792163656365067},
        {"ndcg_linear@3", 0.9263182549844713, 0.8065596286448752},
        {"map", 0.9615895061728393, 0.904398148148148},
        {"mrr", 1.0, 0.9814814814814815},
        {"recall_at@2", 0.4666666666666667, 0.4222222222222222},
        {"precision_at@2", 1.0, 0.9074074074074073},
    };
    struct mlt_metric_rows rows = rows_ranking();
    check_all(&rows, known, sizeof known / sizeof known[0]);
    struct mlt_measurement m = measure("map", &rows);
    ck_assert_uint_eq(m.clusters, 9);
    ck_assert(m.df == 8);
    ck_assert_ptr_nonnull(strstr(m.definition, "1 of 10 queries have no relevant row"));
}
END_TEST

static void check_variances(const struct mlt_measurement *m, double candidate, double baseline,
                            double covariance, double tolerance)
{
    double scale = sqrt(candidate * baseline);
    near_to(m->metric, m->var_candidate, candidate, tolerance);
    near_to(m->metric, m->var_baseline, baseline, tolerance);
    ck_assert_msg(fabs(m->covariance - covariance) <= tolerance * scale, "%s: %.17g is not %.17g",
                  m->metric, m->covariance, covariance);
}

START_TEST(smooth_metrics_have_the_variance_of_the_delta_method)
{
    struct mlt_metric_rows rows = rows_regression();
    struct mlt_measurement m = measure("rmse", &rows);
    check_variances(&m, 0.00059074566932810373, 0.00099129130444524532, 3.382978268367932e-05,
                    1e-11);
    m = measure("r2", &rows);
    check_variances(&m, 1.1310822662070669e-05, 2.6119638612778773e-05, 8.3146197656367795e-06,
                    1e-11);
}
END_TEST

START_TEST(clustered_rows_have_the_variance_of_their_sums)
{
    struct mlt_metric_rows rows = rows_regression();
    rows.cluster = rows_clusters();
    rows.n_clusters = 25; /* an upper bound */
    struct mlt_measurement m = measure("rmse", &rows);
    check_variances(&m, 0.00053979588548966481, 0.00015337773276980038, -9.2936755794066362e-05,
                    1e-11);
    ck_assert_uint_eq(m.clusters, 20);
    ck_assert_uint_eq(m.min_clusters, 20);
    ck_assert(m.df == 19);
}
END_TEST

START_TEST(auc_has_the_variance_of_delong)
{
    /* DeLong et al. 1988 by its definition, all 27 x 33 pairs, in NumPy. */
    struct mlt_metric_rows rows = rows_binary();
    struct mlt_measurement m = measure("auc", &rows);
    check_variances(&m, 0.0056779378410036852, 0.0055215175632309941, -0.00083470476053715845,
                    1e-11);
    ck_assert_int_eq(m.method, MLT_INTERVAL_DELONG);
}
END_TEST

START_TEST(ratios_have_about_the_variance_of_the_jackknife)
{
    struct mlt_metric_rows rows = rows_binary();
    static const struct {
        const char *name;
        double candidate, baseline, covariance;
    } known[] = {
        {"precision", 0.00980532, 0.0101662, 0.00449536},
        {"recall", 0.00980532, 0.00980532, 0.000377128},
        {"f1", 0.00735615, 0.00724765, 0.00127585},
        {"balanced_accuracy", 0.00438645, 0.0042846, 7.24572e-05},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct mlt_measurement m = measure(known[i].name, &rows);
        check_variances(&m, known[i].candidate, known[i].baseline, known[i].covariance, 0.05);
    }
    rows = rows_multiclass();
    struct mlt_measurement m = measure("macro_f1", &rows);
    check_variances(&m, 0.00103614, 0.000617911, 0.000159637, 0.05);
}
END_TEST

TCase *references_case(void)
{
    TCase *tcase = tcase_create("references");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, regression_metrics_match_scikit_learn_and_scipy);
    tcase_add_test(tcase, binary_metrics_match_scikit_learn_and_scipy);
    tcase_add_test(tcase, multiclass_metrics_match_scikit_learn);
    tcase_add_test(tcase, ranking_metrics_match_scikit_learn_and_all_orders_of_ties);
    tcase_add_test(tcase, smooth_metrics_have_the_variance_of_the_delta_method);
    tcase_add_test(tcase, clustered_rows_have_the_variance_of_their_sums);
    tcase_add_test(tcase, auc_has_the_variance_of_delong);
    tcase_add_test(tcase, ratios_have_about_the_variance_of_the_jackknife);
    return tcase;
}

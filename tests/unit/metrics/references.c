/* Estimates: scikit-learn 1.2.1 on the rows of rows.h. Variances: NumPy 1.24.2, from the definition
 * named beside them; "jackknife" ones are another method and agree to the order 1/n. */
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
    const struct mlt_metric_ops *metric = mlt_metric_find(name, rows->task);
    ck_assert_ptr_nonnull(metric);
    ck_ok(mlt_metric_measure(metric, rows, &arena, &m, &err));
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
        ck_assert_uint_eq(m.rows, ROWS);
        ck_assert_ptr_null(m.undefined);
        ck_assert(m.df == ROWS - 1);
    }
}

START_TEST(regression_metrics_match_scikit_learn)
{
    static const struct reference known[] = {
        {"rmse", 0.42602816808281579, 0.51355093992829437},
        {"mae", 0.37, 0.44351851851851848},
        {"r2", 0.97863825583026209, 0.96895961229629446},
        {"bias", -0.0033333333333333179, 0.10648148148148147},
    };
    struct mlt_metric_rows rows = rows_regression();
    check_all(&rows, known, sizeof known / sizeof known[0]);
}
END_TEST

START_TEST(binary_metrics_match_scikit_learn)
{
    static const struct reference known[] = {
        {"auc", 0.57968574635241299, 0.62401795735129073},
        /* log_loss(…, eps=1e-15): one row has probability 0 for what happened */
        {"logloss", 1.2901809832641813, 0.68922487706493007},
        {"brier", 0.27326499999999998, 0.24946244855967076},
        {"accuracy", 0.53333333333333333, 0.58333333333333337},
        {"precision", 0.48148148148148145, 0.53846153846153844},
        {"recall", 0.48148148148148145, 0.51851851851851849},
        {"f1", 0.48148148148148145, 0.52830188679245282},
        {"balanced_accuracy", 0.52861952861952866, 0.57744107744107742},
        {"specificity", 0.5757575757575758, 0.63636363636363635},
    };
    struct mlt_metric_rows rows = rows_binary();
    check_all(&rows, known, sizeof known / sizeof known[0]);
    struct mlt_measurement m = measure("accuracy", &rows);
    ck_assert_uint_eq(m.successes, 32);
    ck_assert_uint_eq(m.positives, 27);
    ck_assert_int_eq(m.method, MLT_INTERVAL_SHARE);
}
END_TEST

START_TEST(multiclass_metrics_match_scikit_learn)
{
    static const struct reference known[] = {
        {"accuracy", 0.53333333333333333, 0.68333333333333335},
        {"logloss", 1.1679932660708845, 1.2001113738995739},
        {"macro_f1", 0.31495589414595027, 0.39332844574780057},
    };
    struct mlt_metric_rows rows = rows_multiclass();
    check_all(&rows, known, sizeof known / sizeof known[0]);
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
    tcase_add_test(tcase, regression_metrics_match_scikit_learn);
    tcase_add_test(tcase, binary_metrics_match_scikit_learn);
    tcase_add_test(tcase, multiclass_metrics_match_scikit_learn);
    tcase_add_test(tcase, smooth_metrics_have_the_variance_of_the_delta_method);
    tcase_add_test(tcase, clustered_rows_have_the_variance_of_their_sums);
    tcase_add_test(tcase, auc_has_the_variance_of_delong);
    tcase_add_test(tcase, ratios_have_about_the_variance_of_the_jackknife);
    return tcase;
}

#include "flows/ab_power.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/stats/power.h"
#include "reports/sample_size.h"

static bool usage(struct mlt_err *err, const char *text)
{
    return mlt_err_set(err, MLT_ERR_USAGE, "%s", text);
}

/* "2%" of the baseline's size, or a number in the metric's own unit. */
static bool read_size(const char *text, double baseline, double *out, struct mlt_err *err)
{
    size_t len = strlen(text);
    bool relative = len > 0 && text[len - 1] == '%';
    if (!mlt_str_parse_double(text, relative ? len - 1 : len, out))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%.60s\" is no effect: write 2%% (of the baseline) or 0.002", text);
    if (relative && baseline == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%.60s of a baseline of 0 is nothing: give an absolute number", text);
    if (relative)
        *out = *out / 100 * fabs(baseline);
    return true;
}

static bool read_log(const struct mlt_ab_power_request *request, struct mlt_arena *arena,
                     struct mlt_sample_report *report, struct mlt_err *err)
{
    struct mlt_sample_question *q = &report->question;
    struct mlt_sample_baseline *from = mlt_arena_alloc(arena, sizeof *from);
    struct mlt_experiment_metric metric;
    if (from == NULL)
        return mlt_err_oom(err);
    if (request->unit == NULL || request->metric == NULL)
        return usage(err, "--from needs --unit and --metric");
    if (!mlt_experiment_metric_parse(request->metric, arena, &metric, err))
        return false;
    struct mlt_experiment experiment = {.events = request->from,
                                        .unit = request->unit,
                                        .metric = &metric,
                                        .missing_is_zero = request->missing_is_zero};
    if (!mlt_sample_baseline_read(&experiment, from, err))
        return false;
    q->is_share = metric.kind == MLT_EXPERIMENT_PROPORTION;
    q->baseline = from->estimate;
    q->deviation = from->deviation;
    q->factor = 1 - from->rho2;
    report->from = from;
    return true;
}

static bool set_baseline(const struct mlt_ab_power_request *request, struct mlt_arena *arena,
                         struct mlt_sample_report *report, struct mlt_err *err)
{
    struct mlt_sample_question *q = &report->question;
    bool rate = !isnan(request->rate), mean = !isnan(request->mean);
    if (rate + mean + (request->from != NULL) != 1)
        return usage(err, "give one baseline: --baseline-rate, or --mean with --sd, or --from");
    if (mean != !isnan(request->deviation))
        return usage(err, "--mean and --sd go together");
    q->factor = 1;
    if (request->from != NULL)
        return read_log(request, arena, report, err);
    q->is_share = rate;
    q->baseline = rate ? request->rate : request->mean;
    q->deviation = request->deviation;
    if (rate && !(q->baseline > 0 && q->baseline < 1))
        return usage(err, "--baseline-rate lies between 0 and 1");
    return rate || q->deviation > 0 || usage(err, "--sd must be above 0");
}

static bool set_level(const struct mlt_ab_power_request *request, struct mlt_sample_report *report,
                      struct mlt_err *err)
{
    struct mlt_sample_question *q = &report->question;
    if (!(request->alpha > 0 && request->alpha < 0.5))
        return usage(err, "--alpha lies between 0 and 0.5");
    if (!(request->power > 0 && request->power < 1))
        return usage(err, "--power lies between 0 and 1");
    if (request->metrics == 0)
        return usage(err, "--metrics is 1 or more");
    report->alpha = request->alpha;
    report->metrics = request->metrics;
    report->two_sided = request->two_sided;
    q->power = request->power;
    q->alpha = mlt_divided_alpha(request->alpha / (request->two_sided ? 2 : 1), request->metrics);
    if (isnan(request->rho))
        return true;
    if (report->from != NULL && report->from->rho2 > 0)
        return usage(err, "--cuped-rho and a metric with cuped(COLUMN) say the same thing twice");
    if (!(fabs(request->rho) < 1))
        return usage(err, "--cuped-rho lies between -1 and 1");
    q->factor = mlt_covariate_factor(request->rho);
    return true;
}

/* The smallest treatment is the one that must be enough. */
static bool set_shares(const struct mlt_ab_power_request *request, struct mlt_arena *arena,
                       struct mlt_sample_report *report, struct mlt_err *err)
{
    const char *text = request->allocation == NULL ? "1:1" : request->allocation;
    size_t arms = 1;
    for (const char *at = text; *at != '\0'; at++)
        arms += *at == ':' || *at == '/';
    const double *planned;
    double *share = mlt_arena_calloc(arena, arms, sizeof *share);
    if (share == NULL)
        return mlt_err_oom(err);
    if (arms < 2 || arms > MLT_EXPERIMENT_MAX_ARMS)
        return usage(err,
                     "--allocation has a share for the control and for each treatment, as 50:50");
    if (!mlt_experiment_allocation_parse(text, arms, arena, &planned, err))
        return false;
    double total = 0;
    for (size_t a = 0; a < arms; a++)
        total += planned[a];
    for (size_t a = 0; a < arms; a++)
        share[a] = planned[a] / total;
    report->question.control = share[0];
    report->question.treatment = share[1];
    for (size_t a = 2; a < arms; a++)
        report->question.treatment = fmin(report->question.treatment, share[a]);
    report->share = share;
    report->arms = arms;
    return true;
}

static bool set_margin(const struct mlt_ab_power_request *request, struct mlt_sample_report *report,
                       struct mlt_err *err)
{
    struct mlt_sample_question *q = &report->question;
    if (request->margin == NULL)
        return true;
    return read_size(request->margin, q->baseline, &q->margin, err) &&
           (q->margin > 0 || usage(err, "a margin must be greater than 0"));
}

static bool check_effect(const struct mlt_sample_question *q, double effect, struct mlt_err *err)
{
    double treatment = q->baseline + effect;
    if (effect == 0 && q->margin == 0)
        return usage(err, "an effect of 0 is shown by no number of units");
    if (q->margin + effect <= 0 && q->margin > 0)
        return usage(err, "a treatment that is worse by the margin cannot be shown not to be");
    if (q->is_share && !(treatment >= 0 && treatment <= 1))
        return mlt_err_set(err, MLT_ERR_USAGE, "an effect of %.6g makes the rate %.6g", effect,
                           treatment);
    return true;
}

static void add_row(struct mlt_sample_report *report, struct mlt_sample_row *row, double effect,
                    double margin, double units)
{
    struct mlt_sample_question q = report->question;
    q.margin = margin;
    row[report->rows++] =
        (struct mlt_sample_row){effect, margin, units, mlt_sample_power(&q, effect, units)};
}

/* The smallest effect, and the smallest margin around an equal treatment. */
static void add_detectable(struct mlt_sample_report *report, struct mlt_sample_row *row,
                           double units)
{
    add_row(report, row, mlt_sample_detectable(&report->question, false, units), 0, units);
    add_row(report, row, 0, mlt_sample_detectable(&report->question, true, units), units);
}

static bool add_rows(const struct mlt_ab_power_request *request, struct mlt_arena *arena,
                     struct mlt_sample_report *report, struct mlt_err *err)
{
    /* Without an effect a margin is asked about an equal treatment. */
    static const char *const equal[] = {"0"};
    const struct mlt_sample_question *q = &report->question;
    bool assume_equal = request->mdes == 0 && q->margin > 0;
    const char *const *mde = assume_equal ? equal : request->mde;
    size_t mdes = assume_equal ? 1 : request->mdes, n = request->units_count;
    size_t most = (mdes + 2) * (n + 1);
    struct mlt_sample_row *row = mlt_arena_calloc(arena, most, sizeof *row);
    if (row == NULL)
        return mlt_err_oom(err);
    report->row = row;
    if (mdes == 0 && n == 0)
        return usage(err, "give an effect (--mde 2%) or how many units there are (--units 10000)");
    for (size_t i = 0; mdes == 0 && i < n; i++)
        add_detectable(report, row, request->units[i]);
    for (size_t i = 0; i < mdes; i++) {
        double effect;
        if (!read_size(mde[i], q->baseline, &effect, err) || !check_effect(q, effect, err))
            return false;
        for (size_t k = 0; k < n; k++)
            add_row(report, row, effect, q->margin, request->units[k]);
        if (n == 0)
            add_row(report, row, effect, q->margin, mlt_sample_units(q, effect));
    }
    return true;
}

static bool check_numbers(const struct mlt_ab_power_request *request, struct mlt_err *err)
{
    for (size_t i = 0; i < request->units_count; i++)
        if (!(request->units[i] >= 4))
            return usage(err, "--units is 4 or more");
    if (!isnan(request->per_day) && !(request->per_day > 0))
        return usage(err, "--per-day must be above 0");
    const char *format = request->format;
    return format == NULL || strcmp(format, "console") == 0 || strcmp(format, "json") == 0 ||
           mlt_err_set(err, MLT_ERR_USAGE, "ab knows the formats console and json, not \"%.40s\"",
                       format);
}

bool mlt_flow_ab_power(const struct mlt_ab_power_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_sample_report report = {.color = request->color, .width = request->width};
    if (!check_numbers(request, err) || !set_shares(request, arena, &report, err) ||
        !set_baseline(request, arena, &report, err) || !set_level(request, &report, err) ||
        !set_margin(request, &report, err) || !add_rows(request, arena, &report, err))
        return false;
    report.per_day = isnan(request->per_day) ? 0 : request->per_day;
    bool json = request->format != NULL && strcmp(request->format, "json") == 0;
    return json ? mlt_sample_report_json(&report, out, err)
                : mlt_sample_report_console(&report, out, err);
}

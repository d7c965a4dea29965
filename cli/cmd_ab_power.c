#include "cli/commands.h"

#include <math.h>
#include <string.h>

#include "flows/ab_power.h"
#include "harness/base/str.h"

static const struct mlt_opt options[] = {
    {"baseline-rate", 0, MLT_OPT_VALUE, "RATE", "share of units in the control: 0.1 or 10%"},
    {"mean", 0, MLT_OPT_VALUE, "NUMBER", "mean per unit in the control, with --sd"},
    {"sd", 0, MLT_OPT_VALUE, "NUMBER", "standard deviation over units"},
    {"from", 0, MLT_OPT_VALUE, "EVENTS", "an event log of the present, with --unit and --metric"},
    {"unit", 'u', MLT_OPT_VALUE, "COLUMN", "of --from: who will be randomised"},
    {"metric", 'm', MLT_OPT_VALUE, "METRIC", "of --from: as in mltest ab analyze"},
    {"missing", 0, MLT_OPT_VALUE, "POLICY", "of --from: missing values: error (default) or zero"},
    {"mde", 'e', MLT_OPT_MANY, "EFFECT", "to be shown: 2% of the baseline, or 0.002"},
    {"units", 'n', MLT_OPT_MANY, "COUNT", "in all arms: what do they show?"},
    {"margin", 0, MLT_OPT_VALUE, "MARGIN", "non-inferiority within 2%, or 0.002"},
    {"power", 0, MLT_OPT_VALUE, "CHANCE", "of showing it; default 0.8"},
    {"alpha", 0, MLT_OPT_VALUE, "NUMBER", "default 0.05, in one tail"},
    {"two-sided", 0, MLT_OPT_FLAG, NULL, "alpha is of both tails together"},
    {"allocation", 0, MLT_OPT_VALUE, "SHARES", "control first: 50:50 (default), 80:10:10"},
    {"metrics", 0, MLT_OPT_VALUE, "COUNT", "that share alpha (Holm)"},
    {"cuped-rho", 0, MLT_OPT_VALUE, "NUMBER", "correlation with a value from before"},
    {"per-day", 0, MLT_OPT_VALUE, "COUNT", "units that come in a day"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default), json"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

/* A number or a percentage; `out` keeps its value when the option is absent. */
static bool read_text(const char *name, const char *value, double *out, struct mlt_err *err)
{
    if (value == NULL)
        return true;
    size_t len = strlen(value);
    bool percent = value[len - 1] == '%';
    if (!mlt_str_parse_double(value, percent ? len - 1 : len, out))
        return mlt_err_set(err, MLT_ERR_USAGE, "--%s \"%.60s\" is not a number", name, value);
    if (percent)
        *out /= 100;
    return true;
}

static bool read_number(const struct mlt_cli *cli, const char *name, double *out,
                        struct mlt_err *err)
{
    return read_text(name, mlt_opt_value(cli, name), out, err);
}

static bool read_units(const struct mlt_cli *cli, struct mlt_ab_power_request *out,
                       struct mlt_err *err)
{
    const char **text = mlt_opt_values(cli, "units", &out->units_count);
    double *units = mlt_arena_calloc(cli->arena, out->units_count, sizeof *units);
    if (text == NULL || units == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < out->units_count; i++)
        if (!read_text("units", text[i], &units[i], err))
            return false;
    out->units = units;
    return true;
}

static bool read_words(const struct mlt_cli *cli, struct mlt_ab_power_request *out,
                       struct mlt_err *err)
{
    const char *missing = mlt_opt_value(cli, "missing"), *metrics = mlt_opt_value(cli, "metrics");
    out->missing_is_zero = missing != NULL && strcmp(missing, "zero") == 0;
    if (missing != NULL && !out->missing_is_zero && strcmp(missing, "error") != 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "--missing is error or zero, not \"%.60s\"",
                           missing);
    if (metrics != NULL && !mlt_str_parse_uint(metrics, 1000000, &out->metrics))
        return mlt_err_set(err, MLT_ERR_USAGE, "--metrics \"%.60s\" is not a count", metrics);
    out->mde = mlt_opt_values(cli, "mde", &out->mdes);
    return out->mde != NULL || mlt_err_oom(err);
}

static bool read_request(const struct mlt_cli *cli, struct mlt_ab_power_request *out,
                         struct mlt_err *err)
{
    *out = (struct mlt_ab_power_request){.rate = NAN,
                                         .mean = NAN,
                                         .deviation = NAN,
                                         .from = mlt_opt_value(cli, "from"),
                                         .unit = mlt_opt_value(cli, "unit"),
                                         .metric = mlt_opt_value(cli, "metric"),
                                         .margin = mlt_opt_value(cli, "margin"),
                                         .allocation = mlt_opt_value(cli, "allocation"),
                                         .alpha = 0.05,
                                         .power = 0.8,
                                         .two_sided = mlt_opt_flag(cli, "two-sided"),
                                         .metrics = 1,
                                         .rho = NAN,
                                         .per_day = NAN,
                                         .format = mlt_opt_value(cli, "format"),
                                         .color = cli->color_out,
                                         .width = cli->width};
    return read_number(cli, "baseline-rate", &out->rate, err) &&
           read_number(cli, "mean", &out->mean, err) &&
           read_number(cli, "sd", &out->deviation, err) &&
           read_number(cli, "alpha", &out->alpha, err) &&
           read_number(cli, "power", &out->power, err) &&
           read_number(cli, "cuped-rho", &out->rho, err) &&
           read_number(cli, "per-day", &out->per_day, err) && read_units(cli, out, err) &&
           read_words(cli, out, err);
}

static int power(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_ab_power_request request;
    struct mlt_buf out = MLT_BUF_INIT;
    if (!read_request(cli, &request, err))
        return -1;
    bool ok = mlt_flow_ab_power(&request, cli->arena, &out, err);
    if (ok)
        fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? 0 : -1;
}

const struct mlt_command mlt_command_ab_power = {
    .name = "ab power",
    .summary = "plan an experiment: units and days for an effect",
    .arguments = "",
    .examples =
        "  mltest ab power --baseline-rate 10% --mde 2% --mde 5% --per-day 20000\n"
        "  mltest ab power --mean 10 --sd 20 --units 50000          the smallest effect they show\n"
        "  mltest ab power --mean 120 --sd 80 --margin 1%           to show that nothing gets "
        "worse\n"
        "  mltest ab power --from events.csv --unit user_id \\\n"
        "      --metric 'revenue=mean(revenue) cuped(pre_revenue)' --mde 2%\n",
    .details = "--mde without --units gives units, --units without --mde the smallest effect, both "
               "the power.\nalpha is of one tail, as `mltest ab analyze` judges; --two-sided plans "
               "for a two-sided test.",
    .options = options,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = power,
};

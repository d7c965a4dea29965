#include "cli/commands.h"

#include <string.h>

#include "flows/ab.h"
#include "harness/base/str.h"

static const struct mlt_opt options[] = {
    {"unit", 'u', MLT_OPT_VALUE, "COLUMN", "who was randomised: events are summed by it"},
    {"variant", 'v', MLT_OPT_VALUE, "COLUMN", "the arm of the unit"},
    {"control", 'a', MLT_OPT_VALUE, "ARM", "what is compared against"},
    {"treatment", 'b', MLT_OPT_MANY, "ARM", "what is tried; may be repeated"},
    {"metric", 'm', MLT_OPT_MANY, "METRIC", "NAME=mean(COL), proportion(COL) or ratio(COL/COL)"},
    {"require", 'r', MLT_OPT_MANY, "SENTENCE", "judge: the exit code is the verdict"},
    {"allocation", 0, MLT_OPT_VALUE, "SHARES", "planned, control first: 50:50 (default: equal)"},
    {"alpha", 0, MLT_OPT_VALUE, "NUMBER", "level of each tail; default 0.05 (90 % intervals)"},
    {"mixed-units", 0, MLT_OPT_VALUE, "POLICY", "units in two arms: error (default) or exclude"},
    {"missing", 0, MLT_OPT_VALUE, "POLICY", "missing values: error (default) or zero"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default), json"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

static bool want(const struct mlt_cli *cli, const char *name, const char **out, struct mlt_err *err)
{
    *out = mlt_opt_value(cli, name);
    return *out != NULL ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "mltest ab analyze needs --%s (try mltest ab analyze --help)", name);
}

/* One of two words, of which the first is the default. */
static bool choose(const struct mlt_cli *cli, const char *name, const char *first,
                   const char *second, bool *out, struct mlt_err *err)
{
    const char *value = mlt_opt_value(cli, name);
    *out = value != NULL && strcmp(value, second) == 0;
    return value == NULL || *out || strcmp(value, first) == 0 ||
           mlt_err_set(err, MLT_ERR_USAGE, "--%s is %s or %s, not \"%.60s\"", name, first, second,
                       value);
}

static bool read_alpha(const struct mlt_cli *cli, double *out, struct mlt_err *err)
{
    const char *value = mlt_opt_value(cli, "alpha");
    *out = 0.05;
    if (value == NULL)
        return true;
    return (mlt_str_parse_double(value, strlen(value), out) && *out > 0 && *out < 0.5) ||
           mlt_err_set(err, MLT_ERR_USAGE, "--alpha is a number between 0 and 0.5, not \"%.60s\"",
                       value);
}

static bool read_request(struct mlt_cli *cli, struct mlt_ab_request *out, struct mlt_err *err)
{
    *out = (struct mlt_ab_request){.events = cli->arguments[0],
                                   .allocation = mlt_opt_value(cli, "allocation"),
                                   .format = mlt_opt_value(cli, "format"),
                                   .color = cli->color_out,
                                   .width = cli->width};
    out->treatment = mlt_opt_values(cli, "treatment", &out->treatments);
    out->metric = mlt_opt_values(cli, "metric", &out->metrics);
    out->require = mlt_opt_values(cli, "require", &out->requires);
    if (!out->treatment || !out->metric || !out->require)
        return mlt_err_oom(err);
    const char *one;
    return want(cli, "unit", &out->unit, err) && want(cli, "variant", &out->variant, err) &&
           want(cli, "control", &out->control, err) && want(cli, "treatment", &one, err) &&
           want(cli, "metric", &one, err) &&
           choose(cli, "mixed-units", "error", "exclude", &out->exclude_mixed, err) &&
           choose(cli, "missing", "error", "zero", &out->missing_is_zero, err) &&
           read_alpha(cli, &out->alpha, err);
}

static int analyze(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_ab_request request;
    struct mlt_buf out = MLT_BUF_INIT;
    int code = 0;
    if (!read_request(cli, &request, err))
        return -1;
    bool ok = mlt_flow_ab_analyze(&request, cli->arena, &out, &code, err);
    if (ok)
        fwrite(out.data, 1, out.len, stdout);
    mlt_buf_free(&out);
    return ok ? code : -1;
}

const struct mlt_command mlt_command_ab_analyze = {
    .name = "ab analyze",
    .summary = "analyse an experiment: sample ratio, effects, verdict",
    .arguments = "EVENTS",
    .examples =
        "  mltest ab analyze events.csv --unit user_id --variant arm --control A --treatment B \\\n"
        "      --metric 'conversion=proportion(converted)' \\\n"
        "      --metric 'revenue=mean(revenue) cuped(pre_revenue)' \\\n"
        "      --metric 'ctr=ratio(clicks/views)' --metric 'wait=mean(ms) lower' \\\n"
        "      --require 'conversion better than control' --require 'wait within 2% of control'\n",
    .details =
        "EVENTS (.csv, .tsv, .jsonl, each also .gz or .zst; - is standard input) has one row per "
        "event or\nper unit. Without --require the exit code is 0, or 4 when the arms do not hold "
        "the planned shares\nand nothing may be concluded. For the 95 % intervals of two-sided "
        "tests at 0.05 give --alpha 0.025.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = analyze,
};

#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/eval_options.h"
#include "harness/base/str.h"
#include "harness/domain/slice.h"

static const struct mlt_opt options[] = {
    {"label", 'l', MLT_OPT_VALUE, "COLUMN", "the truth"},
    {"score", 's', MLT_OPT_VALUE, "COLUMNS",
     "the candidate's predictions (class probabilities: one column per class)"},
    {"baseline", 'b', MLT_OPT_VALUE, "COLUMNS", "the same of the version to compare with"},
    {"baseline-file", 0, MLT_OPT_VALUE, "FILE", "where those are, by --id, when in another file"},
    {"metrics", 'm', MLT_OPT_VALUE, "NAMES",
     "auc,logloss,ndcg@10,… (default: the task's usual ones)"},
    {"slices", 0, MLT_OPT_VALUE, "COLUMNS", "also by each of these; country*platform crosses two"},
    {"find-slices", 0, MLT_OPT_VALUE, "N",
     "search the other columns, and pairs of them, for the N weakest slices; never judged"},
    {"require", 'r', MLT_OPT_MANY, "SENTENCE",
     "\"auc within 2% of baseline\", \"rmse by brand <= 0.7\""},
    {"define", 0, MLT_OPT_MANY, "METRIC",
     "\"cost:lower = if(label > score, 3, 1) * abs(label - score)\""},
    {"task", 0, MLT_OPT_VALUE, "TASK",
     "regression, binary, multiclass, ranking or text (default: told by metrics and labels)"},
    {"positive", 0, MLT_OPT_VALUE, "LABEL", "binary: the label that counts as 1"},
    {"classes", 0, MLT_OPT_VALUE, "LABELS", "multiclass: the labels, in the order of the scores"},
    {"query", 0, MLT_OPT_VALUE, "COLUMN", "ranking: which rows are ranked against each other"},
    {"threshold", 0, MLT_OPT_VALUE, "NUMBER",
     "binary: predicted 1 from here on (default 0.5); best-f1 or best-j: chosen on the baseline"},
    {"cluster", 0, MLT_OPT_VALUE, "COLUMN", "rows that belong together (account, week)"},
    {"weights", 0, MLT_OPT_VALUE, "COLUMN", "importance of each row"},
    {"frequencies", 0, MLT_OPT_VALUE, "COLUMN", "how many equal rows each row stands for"},
    {"id", 0, MLT_OPT_VALUE, "COLUMN", "tells rows apart; makes random draws independent of order"},
    {"missing", 0, MLT_OPT_VALUE, "POLICY",
     "rows without label or weight: error (default), or drop and count"},
    {"max-candidate-missing", 0, MLT_OPT_VALUE, "PERCENT",
     "rows only the candidate may leave out (default 0%)"},
    {"min-rows", 0, MLT_OPT_VALUE, "N", "smaller slices are pooled as (other)"},
    {"alpha", 0, MLT_OPT_VALUE, "NUMBER", "risk of each one-sided statement (default 0.05)"},
    {"rule", 0, MLT_OPT_VALUE, "RULE", "of sentences without one (default non-inferior)"},
    {"correction", 0, MLT_OPT_VALUE, "NAME", "for many comparisons: holm (default) or none"},
    {"replicates", 0, MLT_OPT_VALUE, "N", "bootstrap replicates (default 2000)"},
    {"estimates-only", 0, MLT_OPT_FLAG, NULL, "no intervals: faster on very many rows"},
    {"format", 'f', MLT_OPT_VALUE, "FORMAT", "console (default) or json"},
    {"output", 'o', MLT_OPT_VALUE, "FILE", "write there instead of standard output"},
    {"input-format", 0, MLT_OPT_VALUE, "FORMAT", "csv, tsv or jsonl (default: by the file's name)"},
    {"shard", 0, MLT_OPT_VALUE, "I/N", "only every N-th part of the rows, with --partial"},
    {"partial", 0, MLT_OPT_VALUE, "FILE", "write a partial result for mltest merge, which decides"},
    {"threads", 'j', MLT_OPT_VALUE, "N", "default: one per processor"},
    {"memory", 0, MLT_OPT_VALUE, "SIZE",
     "of rows that must be kept, before they go to disk (1GiB)"},
    {"quiet", 'q', MLT_OPT_FLAG, NULL, "no progress on stderr"},
    {NULL, 0, MLT_OPT_FLAG, NULL, NULL},
};

/* "a,b,c"; a name that holds a comma can stand in double quotes, as in CSV. */
static bool read_list(const struct mlt_cli *cli, const char *name, struct mlt_texts *out,
                      struct mlt_err *err)
{
    const char *text = mlt_opt_value(cli, name);
    *out = (struct mlt_texts){0};
    if (text == NULL)
        return true;
    out->items = mlt_slice_split(text, cli->arena, &out->count);
    if (out->items == NULL && strchr(text, '"') == NULL)
        return mlt_err_oom(err); /* else a quote that is not closed */
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i][0] == '\0')
            out->count = 0;
    return out->count > 0 ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "--%s wants names with commas between them, got \"%.80s\"", name, text);
}

/* A number; with `percent`, "2%" is 0.02. */
static bool read_number(const struct mlt_cli *cli, const char *name, bool percent, double *out,
                        struct mlt_err *err)
{
    const char *text = mlt_opt_value(cli, name);
    *out = NAN;
    if (text == NULL)
        return true;
    size_t len = strlen(text);
    bool share = percent && len > 0 && text[len - 1] == '%';
    if (!mlt_str_parse_double(text, len - share, out))
        return mlt_err_set(err, MLT_ERR_USAGE, "--%s wants a number, got \"%.40s\"", name, text);
    *out = share ? *out / 100 : *out;
    if (percent && !(*out >= 0 && *out <= 1))
        return mlt_err_set(err, MLT_ERR_USAGE, "--%s wants 0%% to 100%%, got \"%.40s\"", name,
                           text);
    return true;
}

/* A number, or the name of a rule, which the plan checks. */
static bool read_threshold(const struct mlt_cli *cli, struct mlt_eval_request *r,
                           struct mlt_err *err)
{
    const char *text = mlt_opt_value(cli, "threshold");
    r->threshold = NAN;
    if (text != NULL && strncmp(text, "best", 4) == 0)
        r->threshold_rule = text;
    else
        return read_number(cli, "threshold", false, &r->threshold, err);
    return true;
}

static bool read_shard(const struct mlt_cli *cli, struct mlt_eval_settings *out,
                       struct mlt_err *err)
{
    const char *text = mlt_opt_value(cli, "shard");
    uint64_t shard, shards;
    char first[16];
    if (text == NULL)
        return true;
    size_t len = strcspn(text, "/");
    if (len > 0 && len < sizeof first && text[len] == '/') {
        memcpy(first, text, len);
        first[len] = '\0';
        if (mlt_str_parse_uint(first, 1000000, &shard) &&
            mlt_str_parse_uint(text + len + 1, 1000000, &shards) && shard >= 1 && shard <= shards) {
            out->shard = (unsigned)shard;
            out->shards = (unsigned)shards;
            return true;
        }
    }
    return mlt_err_set(err, MLT_ERR_USAGE, "--shard wants I/N with I from 1 to N, got \"%.40s\"",
                       text);
}

static bool read_request(struct mlt_cli *cli, struct mlt_eval_request *r, struct mlt_err *err)
{
    *r = (struct mlt_eval_request){
        .file = cli->arguments[0],
        .baseline_file = mlt_opt_value(cli, "baseline-file"),
        .format = mlt_opt_value(cli, "input-format"),
        .task = mlt_opt_value(cli, "task"),
        .label = mlt_opt_value(cli, "label"),
        .positive = mlt_opt_value(cli, "positive"),
        .weights = mlt_opt_value(cli, "weights"),
        .frequencies = mlt_opt_value(cli, "frequencies"),
        .cluster = mlt_opt_value(cli, "cluster"),
        .query = mlt_opt_value(cli, "query"),
        .id = mlt_opt_value(cli, "id"),
        .missing = mlt_opt_value(cli, "missing"),
        .rule = mlt_opt_value(cli, "rule"),
        .correction = mlt_opt_value(cli, "correction"),
        .estimates_only = mlt_opt_flag(cli, "estimates-only"),
    };
    r->largest_loss = NAN;
    r->requires.items = (const char *const *)mlt_opt_values(cli, "require", &r->requires.count);
    r->defines.items = (const char *const *)mlt_opt_values(cli, "define", &r->defines.count);
    if (r->requires.items == NULL || r->defines.items == NULL)
        return mlt_err_oom(err);
    if (!read_list(cli, "score", &r->scores, err) ||
        !read_list(cli, "baseline", &r->baselines, err))
        return false;
    if (r->baseline_file != NULL && r->baselines.count == 0)
        r->baselines = r->scores;
    return read_list(cli, "classes", &r->classes, err) &&
           read_list(cli, "slices", &r->slices, err) &&
           read_list(cli, "metrics", &r->metrics, err) && read_threshold(cli, r, err) &&
           read_number(cli, "alpha", false, &r->alpha, err) &&
           read_number(cli, "max-candidate-missing", true, &r->max_candidate_missing, err) &&
           mlt_eval_option_count(cli, "min-rows", 1000000000, &r->min_rows, err) &&
           mlt_eval_option_count(cli, "find-slices", 1000, &r->find_slices, err) &&
           mlt_eval_option_count(cli, "replicates", MLT_MAX_REPLICATES, &r->replicates, err);
}

static int eval(struct mlt_cli *cli, struct mlt_err *err)
{
    struct mlt_eval_request request;
    struct mlt_eval_settings settings;
    struct mlt_eval_outcome outcome;
    struct mlt_buf out = MLT_BUF_INIT;
    if (!read_request(cli, &request, err) || !mlt_eval_settings_read(cli, &settings, err) ||
        !read_shard(cli, &settings, err))
        return -1;
    settings.partial = mlt_opt_value(cli, "partial");
    bool ok = mlt_flow_eval(&request, &settings, cli->arena, &out, &outcome, err);
    int code = ok ? mlt_eval_exit(&out, &outcome) : -1;
    mlt_buf_free(&out);
    return code;
}

const struct mlt_command mlt_command_eval = {
    .name = "eval",
    .summary = "measure predictions in a file, and judge them: no registry, no YAML",
    .arguments = "FILE",
    .examples = "  mltest eval preds.csv --label y --score cand --baseline base\n"
                "  mltest eval preds.csv --label y --score cand --baseline base --slices "
                "country,platform \\\n"
                "      --metrics auc,logloss --require \"auc within 2% of baseline\"\n"
                "  mltest eval preds.jsonl.gz -l clicked -s p --require \"auc >= 0.75\" --format "
                "json | jq .verdict\n"
                "  mltest eval big.csv -l y -s p --shard 2/8 --partial 2.mlp    (then: mltest "
                "merge *.mlp)\n",
    .details = "FILE is CSV, TSV or JSON lines, plain, .gz or .zst; - is standard input. The exit "
               "code is the\n"
               "verdict of the sentences: 0 pass, 1 fail, 3 inconclusive, 4 invalid; without any "
               "it is 0.\n"
               "docs/metrics.md lists the metrics, docs/statistics.md how intervals and verdicts "
               "are made.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = eval,
};

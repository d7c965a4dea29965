#include "flows/eval.h"

#include <signal.h>
#include <string.h>

#include "flows/eval_definitions.h"
#include "flows/eval_part.h"
#include "flows/eval_read.h"
#include "flows/eval_report.h"
#include "flows/eval_search.h"
#include "flows/eval_threshold.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"

enum { PROGRESS_EVERY_NS = 100000000, PROGRESS_AFTER_NS = 500000000 };

/* The progress line of a long read: nothing for what is done in half a second. */
struct reading_line {
    const struct mlt_eval_settings *settings;
    uint64_t started_ns, shown_ns;
    bool shown;
};

static void show(struct reading_line *line, uint64_t done, uint64_t total, uint64_t now)
{
    FILE *stream = line->settings->progress;
    double seconds = (double)(now - line->started_ns) / 1e9;
    fprintf(stream, "\r\x1b[Kreading %.0f MB", (double)done / 1e6);
    if (total > 0)
        fprintf(stream, " of %.0f MB (%.0f %%)", (double)total / 1e6,
                100 * (double)done / (double)total);
    fprintf(stream, ", %.0f MB/s", (double)done / 1e6 / seconds);
    fflush(stream);
    line->shown = true;
    line->shown_ns = now;
}

static bool on_progress(void *context, uint64_t done, uint64_t total)
{
    struct reading_line *line = context;
    const struct mlt_eval_settings *s = line->settings;
    if (s->interrupted != NULL && *s->interrupted != 0)
        return false;
    if (s->progress == NULL || !s->progress_live)
        return true;
    uint64_t now = mlt_clock_monotonic_ns();
    if (now - line->started_ns > PROGRESS_AFTER_NS && now - line->shown_ns > PROGRESS_EVERY_NS)
        show(line, done, total, now);
    return true;
}

static void erase(struct reading_line *line)
{
    if (!line->shown)
        return;
    fputs("\r\x1b[K", line->settings->progress);
    fflush(line->settings->progress);
}

static bool make_plan(const struct mlt_eval_request *request, struct mlt_arena *arena,
                      struct mlt_eval_plan *out, struct mlt_err *err)
{
    bool undecided;
    if (!mlt_eval_plan_make(request, arena, out, &undecided, err))
        return false;
    if (!undecided)
        return true;
    struct mlt_eval_request told = *request;
    if (request->label == NULL)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "which column holds the truth? name it with --label");
    return mlt_eval_sniff_task(request, &told.task, err) &&
           mlt_eval_plan_make(&told, arena, out, &undecided, err);
}

static bool write_shard(const struct mlt_evaluation_set *set, const struct mlt_eval_data *data,
                        const struct mlt_eval_settings *settings, struct mlt_arena *arena,
                        struct mlt_err *err)
{
    unsigned shards = settings->shards > 0 ? settings->shards : 1;
    bool *has = mlt_arena_calloc(arena, shards, sizeof *has);
    if (has == NULL)
        return mlt_err_oom(err);
    has[settings->shards > 0 ? settings->shard - 1 : 0] = true;
    struct mlt_eval_part part = {.path = settings->partial,
                                 .request_json = data->request_json,
                                 .sha256 = data->sha256,
                                 .rows = data->rows,
                                 .shards = shards,
                                 .has = has};
    return mlt_eval_part_encode(set, &part, err);
}

/* The baseline's own file, when there is one, and the digest of both. */
static bool open_baseline(const struct mlt_eval_plan *plan,
                          const struct mlt_eval_settings *settings, struct mlt_eval_join **join,
                          char sha256[65], struct mlt_err *err)
{
    sha256[0] = '\0';
    if (plan->baseline_file == NULL)
        return true;
    if (settings->partial != NULL)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--partial and --baseline-file do not go together: put both predictions "
                           "into one file, then shard it");
    return mlt_eval_join_open(plan, join, sha256, err);
}

/* Every row into the evaluation; the progress line is gone afterwards. */
static bool read_file(const struct mlt_eval_plan *plan, const struct mlt_evaluation_set *set,
                      struct mlt_eval_join *join, const struct mlt_eval_settings *settings,
                      struct mlt_reader_summary *out, struct mlt_err *err)
{
    struct reading_line line = {.settings = settings, .started_ns = mlt_clock_monotonic_ns()};
    const struct mlt_eval_reading reading = {.threads = plan->spec.workers,
                                             .shard = settings->shard,
                                             .shards = settings->shards,
                                             .join = join,
                                             .progress = on_progress,
                                             .progress_context = &line};
    bool ok = mlt_eval_read(plan, &reading, set, out, err);
    erase(&line);
    if (!ok && err->kind == MLT_ERR_EVIDENCE)
        mlt_eval_explain_labels(plan, err);
    if (!ok && err->kind == MLT_ERR_INTERRUPTED && settings->interrupted != NULL)
        err->signal = (int)*settings->interrupted;
    return ok;
}

/* The same columns of the same bytes: a version against itself shows nothing. */
static bool check_sides(const struct mlt_eval_plan *plan, const char *sha256,
                        const char *baseline_sha256, struct mlt_err *err)
{
    bool same = plan->baseline_file != NULL && strcmp(sha256, baseline_sha256) == 0 &&
                plan->scores.count == plan->baselines.count;
    for (size_t i = 0; same && i < plan->scores.count; i++)
        same = strcmp(plan->scores.items[i], plan->baselines.items[i]) == 0;
    return !same || mlt_err_set(err, MLT_ERR_USAGE,
                                "%s and %s have the same bytes, and --score and --baseline the "
                                "same columns: the baseline must not be the candidate",
                                plan->file, plan->baseline_file);
}

static bool read_and_report(struct mlt_eval_plan *plan, const struct mlt_evaluation_set *set,
                            const char *request_json, const struct mlt_eval_settings *settings,
                            struct mlt_arena *arena, struct mlt_buf *out,
                            struct mlt_eval_outcome *outcome, struct mlt_err *err)
{
    struct mlt_reader_summary summary;
    struct mlt_eval_join *join = NULL;
    char baseline_sha256[65];
    bool ok = open_baseline(plan, settings, &join, baseline_sha256, err) &&
              read_file(plan, set, join, settings, &summary, err);
    mlt_eval_join_close(join);
    if (!ok)
        return false;
    const struct mlt_eval_data data = {plan->file, summary.sha256, baseline_sha256,
                                       summary.file_rows, request_json};
    ok = check_sides(plan, summary.sha256, baseline_sha256, err);
    ok = !ok ? false
         : settings->partial != NULL
             ? write_shard(set, &data, settings, arena, err)
             : mlt_eval_choose_seed(plan, set, &data, err) &&
                   mlt_eval_report(plan, set, &data, settings, arena, out, outcome, err);
    mlt_reader_summary_free(&summary);
    return ok;
}

/* What is written takes the place of a file that is there: never that of the data. */
static bool check_target(const struct mlt_eval_request *request, const char *target,
                         struct mlt_err *err)
{
    const char *const data[] = {request->file, request->baseline_file};
    for (size_t i = 0; target != NULL && i < 2; i++)
        if (data[i] != NULL && strcmp(data[i], "-") != 0 && mlt_fs_same(data[i], target))
            return mlt_err_set(err, MLT_ERR_USAGE, "%s would replace the data itself", target);
    return true;
}

static bool check_settings(const struct mlt_eval_request *request,
                           const struct mlt_eval_settings *settings, struct mlt_err *err)
{
    if (!check_target(request, settings->output, err) ||
        !check_target(request, settings->partial, err))
        return false;
    if (settings->partial != NULL && (settings->output != NULL || settings->format != NULL))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--partial and --%s do not go together: a partial result is no report; "
                           "mltest merge makes one of all parts",
                           settings->output != NULL ? "output" : "format");
    if (settings->shards > 0 && settings->partial == NULL)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "--shard measures a part of the rows only: write it with --partial FILE, "
            "and put the parts together with mltest merge");
    return mlt_eval_check_format(settings, err);
}

/* Everything that must be known before the rows are read, and the request as it is then. */
static bool prepare(const struct mlt_eval_request *request,
                    const struct mlt_eval_settings *settings, struct mlt_arena *arena,
                    struct mlt_eval_plan *plan, const char **request_json, struct mlt_err *err)
{
    struct mlt_eval_request settled = *request;
    struct reading_line line = {.settings = settings, .started_ns = mlt_clock_monotonic_ns()};
    const struct mlt_eval_reading reading = {.progress = on_progress, .progress_context = &line};
    if (!make_plan(request, arena, plan, err) || !mlt_eval_definitions_parse(plan, arena, err))
        return false;
    bool ok = mlt_eval_choose_threshold(plan, &reading, err);
    if (plan->threshold_rule != MLT_THRESHOLD_FIXED)
        settled.threshold = plan->search.spec.threshold = plan->spec.threshold;
    ok = ok && mlt_eval_search_survey(plan, &reading, &settled, arena, err);
    erase(&line);
    return ok && mlt_eval_request_text(&settled, plan->spec.task, arena, request_json, err);
}

bool mlt_flow_eval(const struct mlt_eval_request *request, const struct mlt_eval_settings *settings,
                   struct mlt_arena *arena, struct mlt_buf *out, struct mlt_eval_outcome *outcome,
                   struct mlt_err *err)
{
    struct mlt_eval_plan *plan = mlt_arena_alloc(arena, sizeof *plan);
    struct mlt_evaluation_set set;
    const char *request_json;
    *outcome = (struct mlt_eval_outcome){false, MLT_VERDICT_INVALID};
    if (plan == NULL)
        return mlt_err_oom(err);
    if (!check_settings(request, settings, err) ||
        !prepare(request, settings, arena, plan, &request_json, err))
        return false;
    plan->spec.workers = mlt_eval_threads(settings);
    plan->spec.memory_bytes = settings->memory_bytes;
    plan->spec.interrupted = settings->interrupted;
    if (!mlt_evaluation_set_open(&plan->spec, &plan->definitions, arena, &set, err))
        return false;
    bool ok = (plan->search.most == 0 ||
               mlt_evaluation_set_search(&set, &plan->search.spec, plan->spec.workers, err)) &&
              read_and_report(plan, &set, request_json, settings, arena, out, outcome, err);
    mlt_evaluation_set_close(&set);
    return ok;
}

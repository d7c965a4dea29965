#include <string.h>

#include "flows/eval.h"
#include "flows/eval_part.h"
#include "flows/eval_report.h"

/* The parts at hand. */
struct merging {
    struct mlt_eval_part *parts;
    struct mlt_buf *files;
    size_t count;
    size_t first; /* the part with the lowest shard */
    bool *has;    /* [shards] */
    bool complete;
};

static bool open_parts(const char *const *paths, struct merging *m, struct mlt_arena *arena,
                       struct mlt_err *err)
{
    for (size_t i = 0; i < m->count; i++)
        if (!mlt_eval_part_read(paths[i], arena, &m->files[i], &m->parts[i], err))
            return false;
    return true;
}

/* The request with the name of the file left out: machines may call it differently. */
static bool without_file(const char *json_text, struct mlt_arena *arena, const char **out,
                         struct mlt_err *err)
{
    struct mlt_json *json;
    struct mlt_eval_request request;
    enum mlt_task task;
    if (!mlt_json_parse("request", json_text, strlen(json_text), &json, err))
        return false;
    bool ok = mlt_eval_request_decode(json, arena, &request, err);
    mlt_json_free(json);
    if (!ok)
        return false;
    if (!mlt_task_parse(request.task, &task))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "a partial result of no task");
    request.file = "";
    return mlt_eval_request_text(&request, task, arena, out, err);
}

static bool check_fit(const struct merging *m, size_t i, const char *first_request,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_eval_part *a = &m->parts[0], *b = &m->parts[i];
    const char *request;
    if (strcmp(a->sha256, b->sha256) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s and %s are of different data", a->path,
                           b->path);
    if (a->rows != b->rows)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is of data with %llu rows, %s with %llu",
                           a->path, (unsigned long long)a->rows, b->path,
                           (unsigned long long)b->rows);
    if (a->shards != b->shards)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is of %u shards, %s of %u", a->path,
                           a->shards, b->path, b->shards);
    if (!without_file(b->request_json, arena, &request, err))
        return mlt_err_prefix(err, "%s", b->path);
    if (strcmp(request, first_request) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s and %s answer different requests (columns, metrics, sentences or "
                           "options)",
                           a->path, b->path);
    return true;
}

static bool check_parts(struct merging *m, struct mlt_arena *arena, struct mlt_err *err)
{
    unsigned shards = m->parts[0].shards, lowest = shards, total = 0;
    const char *first_request;
    m->has = mlt_arena_calloc(arena, shards, sizeof *m->has);
    if (m->has == NULL)
        return mlt_err_oom(err);
    if (!without_file(m->parts[0].request_json, arena, &first_request, err))
        return mlt_err_prefix(err, "%s", m->parts[0].path);
    for (size_t i = 0; i < m->count; i++) {
        if (!check_fit(m, i, first_request, arena, err))
            return false;
        for (unsigned s = 0; s < shards; s++) {
            if (!m->parts[i].has[s])
                continue;
            if (m->has[s])
                return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: shard %u of %u is there twice",
                                   m->parts[i].path, s + 1, shards);
            m->has[s] = true;
            total++;
            if (s < lowest) {
                lowest = s;
                m->first = i;
            }
        }
    }
    m->complete = total == shards;
    return true;
}

/* The parts' rows are those of the data: not more of them, all of them when every shard is there,
 * none behind its end, and no part begins where another does, as one would that goes by the name of
 * another shard. */
static bool check_rows(const struct merging *m, const struct mlt_evaluation_set *set,
                       struct mlt_arena *arena, struct mlt_err *err)
{
    const uint64_t rows = m->parts[0].rows;
    uint64_t *first = mlt_arena_calloc(arena, m->count, sizeof *first), total = 0;
    if (first == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < m->count; i++) {
        struct mlt_evaluation_counts n =
            mlt_evaluation_worker_counts(set->task, (unsigned)i, &first[i]);
        uint64_t here = n.paired + n.left_out + n.candidate_missing + n.baseline_missing;
        total += here;
        if (here > rows || (first[i] != UINT64_MAX && first[i] >= rows))
            return mlt_err_set(
                err, MLT_ERR_EVIDENCE,
                "%s: the partial result contradicts itself: it has rows that data of "
                "%llu rows cannot have",
                m->parts[i].path, (unsigned long long)rows);
        for (size_t k = 0; first[i] != UINT64_MAX && k < i; k++)
            if (first[k] == first[i])
                return mlt_err_set(err, MLT_ERR_EVIDENCE,
                                   "%s and %s have the same rows, as different shards",
                                   m->parts[k].path, m->parts[i].path);
    }
    if (total == rows || (total < rows && !m->complete))
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the parts have %llu rows together, of data that has %llu: at least one of "
                       "them is not what its header says",
                       (unsigned long long)total, (unsigned long long)rows);
}

static bool merge_evaluation(const struct merging *m, struct mlt_eval_plan *plan,
                             const struct mlt_evaluation_set *set,
                             const struct mlt_eval_settings *settings, struct mlt_arena *arena,
                             struct mlt_buf *out, struct mlt_eval_outcome *outcome,
                             struct mlt_err *err)
{
    const struct mlt_eval_part *first = &m->parts[m->first];
    for (size_t i = 0; i < m->count; i++) {
        if (!mlt_evaluation_set_decode(set, (unsigned)i, m->parts[i].payload,
                                       m->parts[i].payload_bytes, err))
            return mlt_err_prefix(err, "%s", m->parts[i].path);
        mlt_buf_free(&m->files[i]);
    }
    if (!check_rows(m, set, arena, err))
        return false;
    if (settings->partial != NULL) {
        struct mlt_eval_part part = *first;
        part.path = settings->partial;
        part.has = m->has;
        return mlt_eval_part_encode(set, &part, err);
    }
    const struct mlt_eval_data data = {plan->file, first->sha256, "", first->rows,
                                       first->request_json};
    return mlt_eval_choose_seed(plan, set, &data, err) &&
           mlt_eval_report(plan, set, &data, settings, arena, out, outcome, err);
}

static bool merge_parts(const struct merging *m, const struct mlt_eval_settings *settings,
                        struct mlt_arena *arena, struct mlt_buf *out,
                        struct mlt_eval_outcome *outcome, struct mlt_err *err)
{
    struct mlt_eval_plan *plan = mlt_arena_alloc(arena, sizeof *plan);
    struct mlt_eval_request request;
    struct mlt_evaluation_set set;
    struct mlt_json *json;
    bool undecided;
    const char *text = m->parts[m->first].request_json;
    if (plan == NULL)
        return mlt_err_oom(err);
    if (!mlt_json_parse("request", text, strlen(text), &json, err))
        return false;
    bool ok = mlt_eval_request_decode(json, arena, &request, err);
    mlt_json_free(json);
    if (!ok || !mlt_eval_plan_make(&request, arena, plan, &undecided, err))
        return false;
    plan->spec.workers = (unsigned)m->count;
    plan->spec.threads = mlt_eval_threads(settings);
    plan->spec.memory_bytes = settings->memory_bytes;
    plan->spec.interrupted = settings->interrupted;
    if (!mlt_evaluation_set_open(&plan->spec, &plan->definitions, arena, &set, err))
        return false;
    ok = (plan->search.most == 0 ||
          mlt_evaluation_set_search(&set, &plan->search.spec, plan->spec.workers, err)) &&
         merge_evaluation(m, plan, &set, settings, arena, out, outcome, err);
    mlt_evaluation_set_close(&set);
    return ok;
}

static bool missing_shards(const struct merging *m, struct mlt_err *err)
{
    unsigned shards = m->parts[0].shards, missing = 0, first = 0;
    for (unsigned s = shards; s-- > 0;)
        if (!m->has[s]) {
            missing++;
            first = s + 1;
        }
    return mlt_err_set(
        err, MLT_ERR_EVIDENCE,
        "%u of %u shards are missing, the first is shard %u: nothing is decided on a "
        "part; write it with -o FILE and merge the rest later",
        missing, shards, first);
}

bool mlt_flow_merge(const char *const *paths, size_t count,
                    const struct mlt_eval_settings *settings, struct mlt_arena *arena,
                    struct mlt_buf *out, struct mlt_eval_outcome *outcome, struct mlt_err *err)
{
    struct merging m = {.count = count};
    *outcome = (struct mlt_eval_outcome){false, MLT_VERDICT_INVALID};
    m.parts = mlt_arena_calloc(arena, count, sizeof *m.parts);
    m.files = mlt_arena_calloc(arena, count, sizeof *m.files);
    if (m.parts == NULL || m.files == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        m.files[i] = (struct mlt_buf)MLT_BUF_INIT;
    bool ok = mlt_eval_check_format(settings, err) && open_parts(paths, &m, arena, err) &&
              check_parts(&m, arena, err) &&
              (m.complete || settings->partial != NULL ? true : missing_shards(&m, err)) &&
              merge_parts(&m, settings, arena, out, outcome, err);
    for (size_t i = 0; i < count; i++)
        mlt_buf_free(&m.files[i]);
    return ok;
}

#include "harness/runner/message.h"

#include <string.h>

#include "harness/codec/json.h"

bool mlt_message_broken(struct mlt_err *err, const char *what)
{
    return mlt_err_set(err, MLT_ERR_INFRA, "a broken frame (%s)", what);
}

bool mlt_message_end(struct mlt_buf *buf, size_t begin, const char *what, struct mlt_err *err)
{
    if (mlt_frame_end(buf, begin))
        return true;
    if (buf->oom)
        return mlt_err_oom(err);
    return mlt_err_set(err, MLT_ERR_INFRA, "%s is larger than %d MiB", what,
                       MLT_FRAME_MAX_BYTES / (1024 * 1024));
}

static struct mlt_unpack payload_of(const struct mlt_frame *frame)
{
    return (struct mlt_unpack){frame->payload, frame->len, false};
}

static void pack_subject(struct mlt_buf *buf, const struct mlt_subject *subject)
{
    mlt_pack_u64(buf, subject != NULL);
    if (!subject)
        return;
    mlt_pack_text(buf, subject->model);
    mlt_pack_text(buf, subject->version);
    mlt_pack_text(buf, subject->dir);
    mlt_pack_text(buf, subject->artifact);
    mlt_pack_bytes(buf, subject->digest, sizeof subject->digest);
    mlt_pack_bytes(buf, subject->artifact_digest, sizeof subject->artifact_digest);
    mlt_pack_text(buf, subject->config_json);
    mlt_pack_text(buf, subject->metadata_json);
    mlt_pack_u64(buf, subject->contract != NULL);
}

bool mlt_message_put_job(struct mlt_buf *buf, const struct mlt_job_context *job,
                         const char *scratch_dir, struct mlt_err *err)
{
    size_t begin = mlt_frame_begin(buf, MLT_FRAME_JOB);
    mlt_pack_text(buf, job->config_path);
    mlt_pack_bytes(buf, job->config_text ? job->config_text : "", job->config_len);
    pack_subject(buf, job->candidate);
    pack_subject(buf, job->baseline);
    mlt_pack_text(buf, job->registry_url);
    mlt_pack_text(buf, scratch_dir);
    mlt_pack_u64(buf, job->seed);
    mlt_pack_u64(buf, job->dataset_count);
    for (size_t i = 0; i < job->dataset_count; i++) {
        mlt_pack_text(buf, job->datasets[i].name);
        mlt_pack_bytes(buf, job->datasets[i].sha256, sizeof job->datasets[i].sha256);
    }
    return mlt_message_end(buf, begin, "the job", err);
}

/* Copies a lent text; NULL stays NULL. */
static const char *copied(struct mlt_unpack *in, struct mlt_arena *arena, bool *oom)
{
    const char *text = mlt_unpack_text(in);
    char *copy = mlt_arena_strdup(arena, text);
    if (text && !copy)
        *oom = true;
    return copy;
}

static void unpack_digest(struct mlt_unpack *in, char out[MLT_SHA256_HEX])
{
    size_t len;
    const char *digest = mlt_unpack_bytes(in, &len);
    if (digest && len == MLT_SHA256_HEX)
        memcpy(out, digest, MLT_SHA256_HEX);
    else
        in->broken = true;
}

static bool decode_contract(struct mlt_subject *subject, struct mlt_arena *arena,
                            struct mlt_err *err)
{
    struct mlt_json *json;
    const char *text = subject->config_json ? subject->config_json : "";
    struct mlt_contract *contract = mlt_arena_alloc(arena, sizeof *contract);
    if (!contract)
        return mlt_err_oom(err);
    if (!mlt_json_parse("config.json", text, strlen(text), &json, err))
        return false;
    bool ok = mlt_contract_decode("config.json", json, arena, contract, err);
    mlt_json_free(json);
    subject->contract = contract;
    return ok;
}

static bool unpack_subject(struct mlt_unpack *in, struct mlt_arena *arena, struct mlt_subject *out,
                           bool *present, struct mlt_err *err)
{
    bool oom = false;
    *present = mlt_unpack_u64(in) != 0;
    if (!*present)
        return true;
    out->model = copied(in, arena, &oom);
    out->version = copied(in, arena, &oom);
    out->dir = copied(in, arena, &oom);
    out->artifact = copied(in, arena, &oom);
    unpack_digest(in, out->digest);
    unpack_digest(in, out->artifact_digest);
    out->config_json = copied(in, arena, &oom);
    out->metadata_json = copied(in, arena, &oom);
    bool has_contract = mlt_unpack_u64(in) != 0;
    if (oom)
        return mlt_err_oom(err);
    return in->broken || !has_contract || decode_contract(out, arena, err);
}

static bool unpack_datasets(struct mlt_unpack *in, struct mlt_arena *arena, struct mlt_job *out,
                            bool *oom, struct mlt_err *err)
{
    uint64_t count = mlt_unpack_u64(in);
    if (in->broken || count > in->left)
        return mlt_message_broken(err, "data sets of the job");
    out->datasets = mlt_arena_calloc(arena, count, sizeof *out->datasets);
    if (!out->datasets)
        return mlt_err_oom(err);
    for (; out->dataset_count < count; out->dataset_count++) {
        struct mlt_run_dataset *dataset = &out->datasets[out->dataset_count];
        dataset->name = copied(in, arena, oom);
        unpack_digest(in, dataset->sha256);
        if (in->broken || (!dataset->name && !*oom))
            return mlt_message_broken(err, "data sets of the job");
    }
    return true;
}

bool mlt_message_get_job(const struct mlt_frame *frame, struct mlt_arena *arena, struct mlt_job *out,
                         struct mlt_err *err)
{
    struct mlt_unpack in = payload_of(frame);
    bool oom = false, has_candidate;
    *out = (struct mlt_job){0};
    out->config_path = copied(&in, arena, &oom);
    const char *text = mlt_unpack_bytes(&in, &out->config_len);
    out->config_text = text ? mlt_arena_strndup(arena, text, out->config_len) : NULL;
    if (!unpack_subject(&in, arena, &out->candidate, &has_candidate, err) ||
        !unpack_subject(&in, arena, &out->baseline, &out->has_baseline, err))
        return false;
    out->registry_url = copied(&in, arena, &oom);
    out->scratch_dir = copied(&in, arena, &oom);
    out->seed = mlt_unpack_u64(&in);
    if (!unpack_datasets(&in, arena, out, &oom, err))
        return false;
    if (!mlt_unpack_done(&in) || !text || !has_candidate || !out->scratch_dir || !out->config_path)
        return mlt_message_broken(err, "job");
    return (!oom && out->config_text) || mlt_err_oom(err);
}

bool mlt_message_put_case(struct mlt_buf *buf, const struct mlt_case_plan *test, struct mlt_err *err)
{
    size_t begin = mlt_frame_begin(buf, MLT_FRAME_CASE);
    mlt_pack_text(buf, test->id);
    mlt_pack_text(buf, test->suite);
    mlt_pack_text(buf, test->name);
    mlt_pack_text(buf, test->spec);
    mlt_pack_u64(buf, test->timeout_ns);
    mlt_pack_u64(buf, test->exclusive);
    mlt_pack_u64(buf, test->fresh);
    mlt_pack_u64(buf, test->require_count);
    for (size_t i = 0; i < test->require_count; i++)
        mlt_pack_text(buf, test->require[i]);
    return mlt_message_end(buf, begin, "the plan of a case", err);
}

bool mlt_message_get_case(const struct mlt_frame *frame, struct mlt_arena *arena,
                          struct mlt_case_plan *out, struct mlt_err *err)
{
    struct mlt_unpack in = payload_of(frame);
    bool oom = false;
    *out = (struct mlt_case_plan){0};
    out->id = copied(&in, arena, &oom);
    out->suite = copied(&in, arena, &oom);
    out->name = copied(&in, arena, &oom);
    out->spec = copied(&in, arena, &oom);
    out->timeout_ns = mlt_unpack_u64(&in);
    out->exclusive = mlt_unpack_u64(&in) != 0;
    out->fresh = mlt_unpack_u64(&in) != 0;
    uint64_t count = mlt_unpack_u64(&in);
    if (in.broken || count > in.left)
        return mlt_message_broken(err, "case");
    const char **require = mlt_arena_calloc(arena, count, sizeof *require);
    if (!require)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        require[i] = copied(&in, arena, &oom);
    out->require = require;
    out->require_count = count;
    if (!mlt_unpack_done(&in) || !out->id || !out->suite || !out->name)
        return mlt_message_broken(err, "case");
    return !oom || mlt_err_oom(err);
}

bool mlt_message_put_measurement(struct mlt_buf *buf, const struct mlt_measurement *m,
                                 struct mlt_err *err)
{
    struct mlt_json_out json;
    size_t begin = mlt_frame_begin(buf, MLT_FRAME_MEASUREMENT);
    mlt_json_out_init(&json, buf, false);
    mlt_measurement_encode(m, &json);
    if (!mlt_json_out_finish(&json, err)) {
        buf->len = begin;
        return false;
    }
    return mlt_message_end(buf, begin, "a measurement", err);
}

bool mlt_message_get_measurement(const struct mlt_frame *frame, struct mlt_arena *arena,
                                 struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_json *json;
    if (!mlt_json_parse("measurement", frame->payload, frame->len, &json, err))
        return mlt_message_broken(err, "measurement");
    bool ok = mlt_measurement_decode(json, arena, out, err);
    mlt_json_free(json);
    return ok || mlt_err_prefix(err, "a broken frame (measurement)");
}

bool mlt_message_put_rows(struct mlt_buf *buf, const struct mlt_paired_row *rows, size_t count,
                          struct mlt_err *err)
{
    size_t begin = mlt_frame_begin(buf, MLT_FRAME_ROWS);
    mlt_pack_u64(buf, count);
    for (size_t i = 0; i < count; i++) {
        mlt_pack_text(buf, rows[i].id);
        mlt_pack_text(buf, rows[i].cluster);
        mlt_pack_text(buf, rows[i].slices);
        mlt_pack_text(buf, rows[i].label);
        mlt_pack_double(buf, rows[i].candidate);
        mlt_pack_double(buf, rows[i].baseline);
        mlt_pack_text(buf, rows[i].candidate_text);
        mlt_pack_text(buf, rows[i].baseline_text);
        mlt_pack_double(buf, rows[i].weight);
        mlt_pack_text(buf, rows[i].query);
        mlt_pack_text(buf, rows[i].numbers);
    }
    return mlt_message_end(buf, begin, "a block of paired rows", err);
}

bool mlt_message_get_rows(const struct mlt_frame *frame, struct mlt_arena *arena,
                          struct mlt_paired_row **out, size_t *count, struct mlt_err *err)
{
    struct mlt_unpack in = payload_of(frame);
    uint64_t n = mlt_unpack_u64(&in);
    if (in.broken || n > MLT_MESSAGE_ROWS_MAX)
        return mlt_message_broken(err, "paired rows");
    struct mlt_paired_row *rows = mlt_arena_calloc(arena, n, sizeof *rows);
    if (!rows)
        return mlt_err_oom(err);
    for (size_t i = 0; i < n; i++) {
        rows[i].id = mlt_unpack_want_text(&in);
        rows[i].cluster = mlt_unpack_text(&in);
        rows[i].slices = mlt_unpack_text(&in);
        rows[i].label = mlt_unpack_text(&in);
        rows[i].candidate = mlt_unpack_double(&in);
        rows[i].baseline = mlt_unpack_double(&in);
        rows[i].candidate_text = mlt_unpack_text(&in);
        rows[i].baseline_text = mlt_unpack_text(&in);
        rows[i].weight = mlt_unpack_double(&in);
        rows[i].query = mlt_unpack_text(&in);
        rows[i].numbers = mlt_unpack_text(&in);
    }
    *out = rows;
    *count = n;
    return mlt_unpack_done(&in) || mlt_message_broken(err, "paired rows");
}

bool mlt_message_put_outcome(struct mlt_buf *buf, const struct mlt_outcome *outcome,
                             struct mlt_err *err)
{
    size_t begin = mlt_frame_begin(buf, MLT_FRAME_OUTCOME);
    mlt_pack_u64(buf, outcome->state);
    mlt_pack_text(buf, outcome->message);
    mlt_pack_text(buf, outcome->diagnostics);
    return mlt_message_end(buf, begin, "an outcome", err);
}

bool mlt_message_get_outcome(const struct mlt_frame *frame, struct mlt_outcome *out,
                             struct mlt_err *err)
{
    struct mlt_unpack in = payload_of(frame);
    uint64_t state = mlt_unpack_u64(&in);
    *out = (struct mlt_outcome){0};
    out->message = mlt_unpack_text(&in);
    out->diagnostics = mlt_unpack_text(&in);
    if (!mlt_unpack_done(&in) || state > MLT_OUTCOME_SKIPPED)
        return mlt_message_broken(err, "outcome");
    out->state = (enum mlt_outcome_state)state;
    return true;
}

#include "harness/runner/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "harness/runner/guard.h"
#include "harness/runner/message.h"

enum { READ_BYTES = 64 * 1024, MODEL_WORDS_BYTES = 8 * 1024, SIDES = 2 };

struct side {
    struct mlt_adapter_target target;
    struct mlt_adapter *adapter;
    struct mlt_err fault; /* why it could not be opened: once is enough */
};

struct worker {
    int in_fd, out_fd;
    const struct mlt_worker_tables *tables;
    struct mlt_buf in;
    struct mlt_arena arena; /* the job's */
    struct mlt_job job;
    struct mlt_config config;
    const struct mlt_contract *contract;
    struct side sides[SIDES];
    uint64_t cases_run;
};

/* The sink of one case. */
struct sink {
    struct mlt_sink base;
    struct worker *worker;
    const struct mlt_case_plan *test;
    struct mlt_buf out;
};

struct context {
    struct mlt_case_context base;
    struct worker *worker;
};

static bool send_frame(struct sink *s, bool packed, struct mlt_err *err)
{
    bool ok = packed && mlt_buf_check(&s->out, err);
    if (ok && !mlt_fs_write_all(s->worker->out_fd, s->out.data, s->out.len)) {
        /* Nobody is there to run anything for: the guard ends the models and this program, even if
         * the suite goes on. */
        ok = mlt_err_sys(err, errno, "cannot write to the pool");
        kill(getpid(), SIGTERM);
    }
    mlt_buf_clear(&s->out);
    return ok;
}

static bool sink_measurement(struct mlt_sink *self, const struct mlt_measurement *m,
                             struct mlt_err *err)
{
    struct sink *s = (struct sink *)self;
    struct mlt_measurement ours = *m;
    ours.case_id = s->test->id;
    return send_frame(s, mlt_message_put_measurement(&s->out, &ours, err), err);
}

static bool sink_rows(struct mlt_sink *self, const struct mlt_paired_row *rows, size_t count,
                      struct mlt_err *err)
{
    struct sink *s = (struct sink *)self;
    for (size_t at = 0; at < count; at += MLT_MESSAGE_ROWS_MAX) {
        size_t n = count - at < MLT_MESSAGE_ROWS_MAX ? count - at : MLT_MESSAGE_ROWS_MAX;
        if (!send_frame(s, mlt_message_put_rows(&s->out, rows + at, n, err), err))
            return false;
    }
    return true;
}

static bool sink_series(struct mlt_sink *self, const char *name, double x, double y,
                        struct mlt_err *err)
{
    struct sink *s = (struct sink *)self;
    size_t begin = mlt_frame_begin(&s->out, MLT_FRAME_SERIES);
    mlt_pack_text(&s->out, name);
    mlt_pack_double(&s->out, x);
    mlt_pack_double(&s->out, y);
    return send_frame(s, mlt_message_end(&s->out, begin, "a point of a series", err), err);
}

static bool sink_attachment(struct mlt_sink *self, const char *name, const char *media_type,
                            const void *data, size_t len, struct mlt_err *err)
{
    struct sink *s = (struct sink *)self;
    size_t begin = mlt_frame_begin(&s->out, MLT_FRAME_ATTACHMENT);
    mlt_pack_text(&s->out, name);
    mlt_pack_text(&s->out, media_type);
    mlt_pack_bytes(&s->out, data ? data : "", len);
    return send_frame(s, mlt_message_end(&s->out, begin, "an attachment", err), err);
}

static bool sink_progress(struct mlt_sink *self, double share, struct mlt_err *err)
{
    struct sink *s = (struct sink *)self;
    size_t begin = mlt_frame_begin(&s->out, MLT_FRAME_PROGRESS);
    mlt_pack_double(&s->out, share > 0 ? (share < 1 ? share : 1) : 0);
    return send_frame(s, mlt_message_end(&s->out, begin, "progress", err), err);
}

static struct mlt_adapter *open_side(struct mlt_case_context *self, enum mlt_side side,
                                     struct mlt_err *err)
{
    struct worker *w = ((struct context *)self)->worker;
    struct side *s = &w->sides[side];
    const struct mlt_adapter_spec *spec = &w->config.adapter;
    if (s->adapter)
        return s->adapter;
    if (s->fault.kind == MLT_ERR_NONE && side == MLT_BASELINE && !w->job.has_baseline)
        mlt_err_set(&s->fault, MLT_ERR_EVIDENCE, "there is no baseline");
    if (s->fault.kind == MLT_ERR_NONE) {
        const struct mlt_adapter_ops *ops = mlt_adapter_find(w->tables->adapters, spec->type);
        s->target = (struct mlt_adapter_target){
            .spec = spec,
            .subject = side == MLT_BASELINE ? &w->job.baseline : &w->job.candidate,
            .side = side,
        };
        if (!ops)
            mlt_err_set(&s->fault, MLT_ERR_USAGE, "there is no adapter named %s", spec->type);
        else if (ops->open(&s->target, &s->adapter, &s->fault))
            return s->adapter;
        else
            s->adapter = NULL;
    }
    *err = s->fault;
    return NULL;
}

static bool open_with(struct mlt_case_context *self, enum mlt_side side, const char *settings,
                      struct mlt_adapter **out, struct mlt_err *err)
{
    struct worker *w = ((struct context *)self)->worker;
    const struct mlt_adapter_spec *spec = &w->config.adapter;
    const struct mlt_adapter_ops *ops = mlt_adapter_find(w->tables->adapters, spec->type);
    struct mlt_adapter_target *target = mlt_arena_alloc(self->arena, sizeof *target);
    if (!target)
        return mlt_err_oom(err);
    if (!ops)
        return mlt_err_set(err, MLT_ERR_USAGE, "there is no adapter named %s", spec->type);
    if (side == MLT_BASELINE && !w->job.has_baseline)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "there is no baseline");
    *target = (struct mlt_adapter_target){
        .spec = spec,
        .subject = side == MLT_BASELINE ? &w->job.baseline : &w->job.candidate,
        .side = side,
        .settings = settings,
    };
    return ops->open(target, out, err);
}

/* What the models said, for a case that did not pass: the end of it. */
static bool model_words(const struct worker *w, struct mlt_arena *arena, const char **out)
{
    struct mlt_buf all = MLT_BUF_INIT;
    for (int side = 0; side < SIDES; side++) {
        struct mlt_buf words = MLT_BUF_INIT;
        if (w->sides[side].adapter)
            w->sides[side].adapter->ops->diagnostics(w->sides[side].adapter, &words);
        size_t skip = words.len > MODEL_WORDS_BYTES ? words.len - MODEL_WORDS_BYTES : 0;
        mlt_buf_append(&all, words.data + skip, words.len - skip);
        mlt_buf_free(&words);
    }
    for (size_t i = 0; i < all.len; i++)
        if (all.data[i] == '\0')
            all.data[i] = ' ';
    *out = all.len ? mlt_arena_strndup(arena, all.data, all.len) : NULL;
    bool ok = !all.oom && (*out || all.len == 0);
    mlt_buf_free(&all);
    return ok;
}

static bool run_suite(struct worker *w, struct context *context, const struct mlt_case_plan *test,
                      struct mlt_outcome *out, struct mlt_err *err)
{
    for (const struct mlt_suite_ops *const *suite = w->tables->suites; *suite; suite++)
        if (strcmp((*suite)->name, test->suite) == 0)
            return (*suite)->run(&context->base, test, out, err);
    return mlt_err_set(err, MLT_ERR_INFRA, "this worker has no suite named %s", test->suite);
}

static bool run_case(struct worker *w, const struct mlt_case_plan *test, struct mlt_arena *arena,
                     const char *scratch, struct sink *sink, struct mlt_err *err)
{
    struct mlt_outcome outcome = {0};
    struct mlt_err fault = MLT_ERR_INIT;
    struct context context = {
        .base = {.config = &w->config,
                 .candidate = &w->job.candidate,
                 .baseline = w->job.has_baseline ? &w->job.baseline : NULL,
                 .contract = w->contract,
                 .registry_url = w->job.registry_url,
                 .scratch_dir = scratch,
                 .seed = w->job.seed,
                 .arena = arena,
                 .sink = &sink->base,
                 .adapter = open_side,
                 .open = open_with},
        .worker = w,
    };
    if (!run_suite(w, &context, test, &outcome, &fault))
        outcome = (struct mlt_outcome){.state = MLT_OUTCOME_BROKEN, .message = fault.text};
    if (outcome.state != MLT_OUTCOME_PASSED && !outcome.diagnostics &&
        !model_words(w, arena, &outcome.diagnostics))
        return mlt_err_oom(err);
    return send_frame(sink, mlt_message_put_outcome(&sink->out, &outcome, err), err);
}

static bool serve_case(struct worker *w, const struct mlt_frame *frame, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_case_plan test;
    char *scratch =
        mlt_arena_printf(&arena, "%s/%" PRIu64, w->job.scratch_dir, ++w->cases_run);
    struct sink sink = {
        .base = {sink_measurement, sink_rows, sink_series, sink_attachment, sink_progress},
        .worker = w,
        .test = &test,
        .out = MLT_BUF_INIT,
    };
    bool ok = scratch ? mlt_message_get_case(frame, &arena, &test, err) &&
                            mlt_fs_mkdirs(scratch, err) &&
                            run_case(w, &test, &arena, scratch, &sink, err) &&
                            mlt_fs_remove_tree(scratch, err)
                      : mlt_err_oom(err);
    mlt_buf_free(&sink.out);
    mlt_arena_free(&arena);
    return ok;
}

/* What the run recorded of its data sets holds for the rows that are read here. */
static void pin_datasets(struct worker *w)
{
    for (size_t i = 0; i < w->config.dataset_count; i++)
        for (size_t k = 0; k < w->job.dataset_count; k++)
            if (strcmp(w->config.datasets[i].name, w->job.datasets[k].name) == 0)
                memcpy(w->config.datasets[i].sha256, w->job.datasets[k].sha256, MLT_SHA256_HEX);
}

static bool serve_job(struct worker *w, const struct mlt_frame *frame, struct mlt_err *err)
{
    if (!mlt_message_get_job(frame, &w->arena, &w->job, err) ||
        !mlt_config_parse(w->job.config_path, w->job.config_text, w->job.config_len,
                          w->tables->config, &w->arena, &w->config, err))
        return false;
    pin_datasets(w);
    w->contract = w->config.has_contract ? &w->config.contract : w->job.candidate.contract;
    return true;
}

static bool dispatch(struct worker *w, const struct mlt_frame *frame, struct mlt_err *err)
{
    bool has_job = w->job.config_path != NULL;
    if (frame->type == MLT_FRAME_JOB && !has_job)
        return serve_job(w, frame, err);
    if (frame->type == MLT_FRAME_CASE && has_job)
        return serve_case(w, frame, err);
    return mlt_message_broken(err, "out of order");
}

/* Runs the whole frames that were read. */
static bool take_frames(struct worker *w, struct mlt_err *err)
{
    size_t at = 0, taken;
    struct mlt_frame frame;
    while (w->in.len > at) {
        enum mlt_frame_found found = mlt_frame_find(w->in.data + at, w->in.len - at, &frame, &taken);
        if (found == MLT_FRAME_PARTIAL)
            break;
        if (found == MLT_FRAME_BROKEN)
            return mlt_message_broken(err, "no frame begins so");
        if (!dispatch(w, &frame, err))
            return false;
        at += taken;
    }
    mlt_buf_consume(&w->in, at);
    return true;
}

static bool serve(struct worker *w, struct mlt_err *err)
{
    for (;;) {
        char *room = mlt_buf_reserve(&w->in, READ_BYTES);
        if (!room)
            return mlt_err_oom(err);
        ssize_t got = read(w->in_fd, room, READ_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mlt_err_sys(err, errno, "cannot read from the pool");
        if (got == 0)
            return true;
        mlt_buf_wrote(&w->in, (size_t)got);
        if (!take_frames(w, err))
            return false;
    }
}

int mlt_worker_serve(int in_fd, int out_fd, const struct mlt_worker_tables *tables)
{
    struct worker w = {.in_fd = in_fd, .out_fd = out_fd, .tables = tables, .in = MLT_BUF_INIT};
    struct mlt_err err = MLT_ERR_INIT;
    fcntl(in_fd, F_SETFD, FD_CLOEXEC);
    fcntl(out_fd, F_SETFD, FD_CLOEXEC);
    bool ok = mlt_guard_start(&err) && serve(&w, &err);
    for (int side = 0; side < SIDES; side++)
        if (w.sides[side].adapter)
            w.sides[side].adapter->ops->close(w.sides[side].adapter);
    mlt_buf_free(&w.in);
    mlt_arena_free(&w.arena);
    /* The pool keeps what a worker says here as its last words. */
    if (!ok)
        dprintf(STDERR_FILENO, "%s\n", err.text);
    return ok ? 0 : (int)err.kind;
}

bool mlt_outcome_set(struct mlt_case_context *context, struct mlt_outcome *out,
                     enum mlt_outcome_state state, struct mlt_err *err, const char *fmt, ...)
{
    struct mlt_buf text = MLT_BUF_INIT;
    va_list args;
    out->state = state;
    out->message = NULL;
    if (!fmt)
        return true;
    va_start(args, fmt);
    mlt_buf_vprintf(&text, fmt, args);
    va_end(args);
    if (mlt_buf_check(&text, err))
        out->message = mlt_arena_strndup(context->arena, text.data, text.len);
    mlt_buf_free(&text);
    return out->message || mlt_err_oom(err);
}

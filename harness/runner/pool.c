#include "harness/runner/pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/base/clock.h"
#include "harness/runner/pool_worker.h"

enum { TICK_MS = 100, MAX_JOBS = 256 };
#define TICK_NS 100000000ULL
#define EOF_TO_EXIT_NS 300000000ULL /* a worker that dies closes its channel a moment before */
#define LEAVE_NS 5000000000ULL /* for an idle worker and its models to go by themselves */

enum case_state { PENDING = 0, RUNNING, DONE };

struct pool {
    const struct mlt_plan *plan;
    const struct mlt_job_context *job;
    const struct mlt_pool_options *options;
    const struct mlt_pool_observer *observer;
    enum case_state *states; /* [plan->count] */
    size_t done;
    struct mlt_pool_worker *workers; /* [jobs] */
    struct pollfd *fds;              /* [jobs * MLT_POOL_WORKER_FDS] */
    size_t jobs;
    bool failing_fast;
    bool halted; /* the run is given up: nobody is told anything more */
    uint64_t last_tick_ns;
};

static bool is_there(const struct mlt_pool_worker *w)
{
    return w->stage != MLT_WORKER_NONE;
}

static size_t index_of(const struct pool *p, const struct mlt_case_plan *test)
{
    return (size_t)(test - p->plan->cases);
}

/* One state for the end of a case, told once. */
static bool tell_end(struct pool *p, const struct mlt_case_plan *test,
                     const struct mlt_outcome *outcome, struct mlt_err *err)
{
    p->states[index_of(p, test)] = DONE;
    p->done++;
    return p->halted || p->observer->outcome(p->observer->context, test, outcome, err);
}

static bool fail_fast(struct pool *p, struct mlt_err *err)
{
    const struct mlt_outcome not_run = {.state = MLT_OUTCOME_NOT_RUN, .message = "fail-fast"};
    p->failing_fast = true;
    for (size_t i = 0; i < p->plan->count; i++)
        if (p->states[i] == PENDING && !tell_end(p, &p->plan->cases[i], &not_run, err))
            return false;
    for (size_t i = 0; i < p->jobs; i++) {
        struct mlt_pool_worker *w = &p->workers[i];
        if (!is_there(w) || !w->test)
            continue;
        w->verdict = MLT_OUTCOME_NOT_RUN;
        snprintf(w->reason, sizeof w->reason, "fail-fast");
        mlt_pool_worker_end(w, p->options->grace_ns);
    }
    return true;
}

/* The worker's stderr behind the model's, as text: a NUL would end it too early. */
static void add_errors(struct mlt_buf *diagnostics, const struct mlt_pool_worker *w)
{
    size_t skip =
        w->errors.len > MLT_DIAGNOSTICS_BYTES ? w->errors.len - MLT_DIAGNOSTICS_BYTES : 0;
    size_t from = diagnostics->len;
    mlt_buf_append(diagnostics, w->errors.data + skip, w->errors.len - skip);
    for (size_t i = from; i < diagnostics->len; i++)
        if (diagnostics->data[i] == '\0')
            diagnostics->data[i] = ' ';
}

static bool end_case(struct pool *p, struct mlt_pool_worker *w, const struct mlt_outcome *said,
                     struct mlt_err *err)
{
    const struct mlt_case_plan *test = w->test;
    struct mlt_outcome outcome = *said;
    struct mlt_buf diagnostics = MLT_BUF_INIT;
    if (said->diagnostics)
        mlt_buf_puts(&diagnostics, said->diagnostics);
    add_errors(&diagnostics, w);
    outcome.diagnostics = diagnostics.len ? diagnostics.data : NULL;
    outcome.duration_ns = mlt_clock_monotonic_ns() - w->began_ns;
    w->test = NULL;
    bool ok = mlt_buf_check(&diagnostics, err) && tell_end(p, test, &outcome, err);
    mlt_buf_free(&diagnostics);
    bool bad = outcome.state == MLT_OUTCOME_FAILED || outcome.state == MLT_OUTCOME_BROKEN;
    if (ok && bad && p->options->fail_fast && !p->failing_fast && !p->halted)
        ok = fail_fast(p, err);
    return ok;
}

/* A case whose worker is gone: it is this side that says how. */
static bool end_lost_case(struct pool *p, struct mlt_pool_worker *w, struct mlt_err *err)
{
    struct mlt_buf message = MLT_BUF_INIT;
    char status[64];
    if (w->reason[0]) {
        mlt_buf_puts(&message, w->reason);
    } else {
        mlt_buf_printf(&message, "the worker ended with %s",
                       mlt_subprocess_status_text(w->child.status, status));
        if (WIFSIGNALED(w->child.status) && WTERMSIG(w->child.status) == SIGKILL)
            mlt_buf_puts(&message, ", perhaps for want of memory");
    }
    if (w->verdict == MLT_OUTCOME_BROKEN)
        mlt_pool_worker_last_words(w, &message);
    const struct mlt_outcome outcome = {.state = w->verdict, .message = message.data};
    bool ok = mlt_buf_check(&message, err) && end_case(p, w, &outcome, err);
    mlt_buf_free(&message);
    return ok;
}

static bool tell_series(const struct mlt_pool_observer *o, const struct mlt_case_plan *test,
                        struct mlt_unpack *in, struct mlt_err *err)
{
    const char *name = mlt_unpack_want_text(in);
    double x = mlt_unpack_double(in), y = mlt_unpack_double(in);
    if (!mlt_unpack_done(in))
        return mlt_message_broken(err, "series");
    return !o->series || o->series(o->context, test, name, x, y, err);
}

static bool tell_attachment(const struct mlt_pool_observer *o, const struct mlt_case_plan *test,
                            struct mlt_unpack *in, struct mlt_err *err)
{
    size_t len;
    const char *name = mlt_unpack_want_text(in), *type = mlt_unpack_want_text(in);
    const void *data = mlt_unpack_bytes(in, &len);
    if (!mlt_unpack_done(in) || !data)
        return mlt_message_broken(err, "attachment");
    return !o->attachment || o->attachment(o->context, test, name, type, data, len, err);
}

/* A frame between the start of a case and its outcome. `*broken`: the worker's fault, not ours. */
static bool tell_finding(const struct pool *p, const struct mlt_case_plan *test,
                         const struct mlt_frame *frame, struct mlt_arena *arena, bool *broken,
                         struct mlt_err *err)
{
    const struct mlt_pool_observer *o = p->observer;
    struct mlt_unpack in = {frame->payload, frame->len, false};
    struct mlt_measurement m;
    struct mlt_paired_row *rows;
    size_t count;
    double share;
    bool ok;
    switch (frame->type) {
    case MLT_FRAME_PROGRESS:
        share = mlt_unpack_double(&in);
        *broken = !mlt_unpack_done(&in) || !(share >= 0 && share <= 1);
        if (*broken)
            return mlt_message_broken(err, "progress");
        return !o->progress || o->progress(o->context, test, share, err);
    case MLT_FRAME_MEASUREMENT:
        *broken = !mlt_message_get_measurement(frame, arena, &m, err);
        m.case_id = test->id;
        return !*broken && (!o->measurement || o->measurement(o->context, test, &m, err));
    case MLT_FRAME_ROWS:
        *broken = !mlt_message_get_rows(frame, arena, &rows, &count, err);
        return !*broken && (!o->rows || o->rows(o->context, test, rows, count, err));
    case MLT_FRAME_SERIES:
        ok = tell_series(o, test, &in, err);
        *broken = in.broken || in.left > 0;
        return ok;
    case MLT_FRAME_ATTACHMENT:
        ok = tell_attachment(o, test, &in, err);
        *broken = in.broken || in.left > 0;
        return ok;
    default:
        *broken = true;
        return mlt_message_broken(err, "of a type that no worker sends");
    }
}

static bool take_frame(struct pool *p, struct mlt_pool_worker *w, const struct mlt_frame *frame,
                       bool *broken, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_outcome outcome;
    bool ok;
    if (!w->test) {
        *broken = true;
        return mlt_message_broken(err, "while it ran nothing");
    }
    if (frame->type != MLT_FRAME_OUTCOME) {
        ok = tell_finding(p, w->test, frame, &arena, broken, err);
    } else if (!mlt_message_get_outcome(frame, &outcome, err)) {
        *broken = true;
        ok = false;
    } else {
        if (outcome.state == MLT_OUTCOME_NOT_RUN)
            outcome = (struct mlt_outcome){.state = MLT_OUTCOME_BROKEN,
                                           .message = "the suite ended without saying how"};
        ok = end_case(p, w, &outcome, err);
    }
    mlt_arena_free(&arena);
    return ok;
}

static void break_worker(struct mlt_pool_worker *w, const char *what)
{
    if (w->test && !w->reason[0])
        snprintf(w->reason, sizeof w->reason, "the worker %.480s", what);
    mlt_pool_worker_end(w, 0);
}

/* What a worker says once it is being ended is not listened to: its case has its end already. */
static bool take_frames(struct pool *p, struct mlt_pool_worker *w, struct mlt_err *err)
{
    size_t at = 0, taken;
    struct mlt_frame frame;
    struct mlt_err fault = MLT_ERR_INIT;
    char what[300];
    while (w->in.len > at && w->stage != MLT_WORKER_TERMINATED && w->stage != MLT_WORKER_KILLED) {
        enum mlt_frame_found found =
            mlt_frame_find(w->in.data + at, w->in.len - at, &frame, &taken);
        bool broken = found == MLT_FRAME_BROKEN;
        if (found == MLT_FRAME_PARTIAL)
            break;
        if (broken) {
            mlt_message_broken(&fault, "no frame begins so");
        } else {
            at += taken;
            if (!take_frame(p, w, &frame, &broken, &fault) && !broken) {
                *err = fault;
                return false;
            }
        }
        if (broken) {
            snprintf(what, sizeof what, "sent %.280s", fault.text);
            break_worker(w, what);
        }
    }
    mlt_buf_consume(&w->in, at);
    return !w->in.oom || mlt_err_oom(err);
}

static bool serve_worker(struct pool *p, struct mlt_pool_worker *w, const struct pollfd *fds,
                         struct mlt_err *err)
{
    bool ended = mlt_pool_worker_serve(w, fds);
    if (!take_frames(p, w, err))
        return false;
    if (!ended) {
        if (w->out_ended && w->test && mlt_clock_monotonic_ns() - w->out_ended_ns > EOF_TO_EXIT_NS)
            break_worker(w, "closed its channel in the middle of the case");
        return true;
    }
    bool ok = !w->test || end_lost_case(p, w, err);
    mlt_pool_worker_bury(w);
    return ok;
}

static void check_deadlines(struct pool *p)
{
    uint64_t now = mlt_clock_monotonic_ns();
    char took[32];
    for (size_t i = 0; i < p->jobs; i++) {
        struct mlt_pool_worker *w = &p->workers[i];
        if (!is_there(w))
            continue;
        mlt_pool_worker_press(w, now, p->options->grace_ns);
        if (w->stage != MLT_WORKER_SERVING || !w->test || now < w->deadline_ns)
            continue;
        snprintf(w->reason, sizeof w->reason, "timed out after %s",
                 mlt_clock_format_duration(w->deadline_ns - w->began_ns, took));
        mlt_pool_worker_end(w, p->options->grace_ns);
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static int wait_ms(const struct pool *p)
{
    uint64_t now = mlt_clock_monotonic_ns(), until = p->last_tick_ns + TICK_NS;
    for (size_t i = 0; i < p->jobs; i++) {
        const struct mlt_pool_worker *w = &p->workers[i];
        if (w->stage == MLT_WORKER_SERVING && w->test)
            until = earlier(until, w->deadline_ns);
        else if (w->stage > MLT_WORKER_SERVING)
            until = earlier(until, w->stage_deadline_ns);
    }
    return until > now ? (int)((until - now) / 1000000 + 1) : 0;
}

/* One turn of the loop: waits for anything to happen and deals with it. */
static bool turn(struct pool *p, struct mlt_err *err)
{
    for (size_t i = 0; i < p->jobs; i++)
        mlt_pool_worker_fill(&p->workers[i], &p->fds[i * MLT_POOL_WORKER_FDS]);
    if (poll(p->fds, p->jobs * MLT_POOL_WORKER_FDS, wait_ms(p)) < 0 && errno != EINTR)
        return mlt_err_sys(err, errno, "cannot wait for the workers");
    for (size_t i = 0; i < p->jobs; i++)
        if (is_there(&p->workers[i]) &&
            !serve_worker(p, &p->workers[i], &p->fds[i * MLT_POOL_WORKER_FDS], err))
            return false;
    check_deadlines(p);
    uint64_t now = mlt_clock_monotonic_ns();
    if (now - p->last_tick_ns < TICK_NS)
        return true;
    p->last_tick_ns = now;
    return p->halted || !p->observer->tick || p->observer->tick(p->observer->context, err);
}

/* The next case to start: those that share first, then the exclusive ones, each alone. */
static const struct mlt_case_plan *next_case(const struct pool *p, bool anybody_busy)
{
    const struct mlt_case_plan *exclusive = NULL;
    for (size_t i = 0; i < p->plan->count; i++) {
        if (p->states[i] != PENDING)
            continue;
        if (!p->plan->cases[i].exclusive)
            return &p->plan->cases[i];
        if (!exclusive)
            exclusive = &p->plan->cases[i];
    }
    return anybody_busy ? NULL : exclusive;
}

static struct mlt_pool_worker *idle_worker(const struct pool *p, bool fresh)
{
    for (size_t i = 0; i < p->jobs; i++) {
        struct mlt_pool_worker *w = &p->workers[i];
        if (w->stage == MLT_WORKER_SERVING && !w->test && !(fresh && w->used))
            return w;
    }
    return NULL;
}

/* A worker for the case, started if need be; `*out` is NULL when none is free yet. */
static bool find_worker(struct pool *p, bool fresh, struct mlt_pool_worker **out,
                        struct mlt_err *err)
{
    *out = idle_worker(p, fresh);
    for (size_t i = 0; i < p->jobs && !*out; i++) {
        if (is_there(&p->workers[i]))
            continue;
        if (!mlt_pool_worker_start(&p->workers[i], p->options->worker, p->job, err))
            return mlt_err_prefix(err, "cannot start a worker");
        *out = &p->workers[i];
    }
    /* Every place is taken by workers that have run something: one of them makes room. */
    struct mlt_pool_worker *used = *out ? NULL : idle_worker(p, false);
    if (used)
        mlt_pool_worker_leave(used, LEAVE_NS);
    return true;
}

static bool dispatch(struct pool *p, struct mlt_err *err)
{
    for (;;) {
        bool busy = false, exclusive = false;
        for (size_t i = 0; i < p->jobs; i++) {
            const struct mlt_case_plan *test = p->workers[i].test;
            busy |= test != NULL;
            exclusive |= test && test->exclusive;
        }
        const struct mlt_case_plan *test = exclusive ? NULL : next_case(p, busy);
        struct mlt_pool_worker *w = NULL;
        if (!test)
            return true;
        if (!find_worker(p, test->fresh, &w, err))
            return false;
        if (!w)
            return true;
        uint64_t timeout = test->timeout_ns ? test->timeout_ns : p->options->case_timeout_ns;
        if (!mlt_pool_worker_give(w, test, timeout ? timeout : UINT64_MAX, err))
            return false;
        p->states[index_of(p, test)] = RUNNING;
        if (p->observer->started && !p->observer->started(p->observer->context, test, err))
            return false;
    }
}

static bool interrupted(const struct pool *p, struct mlt_err *err)
{
    int signal_number = p->options->interrupted ? (int)*p->options->interrupted : 0;
    if (signal_number == 0)
        return false;
    mlt_err_set(err, MLT_ERR_INTERRUPTED, "interrupted by %s", strsignal(signal_number));
    err->signal = signal_number;
    return true;
}

/* Nobody is left behind, however this run ended. */
static void dismiss(struct pool *p, bool in_order)
{
    struct mlt_err ignored = MLT_ERR_INIT;
    p->halted = true;
    for (size_t i = 0; i < p->jobs; i++) {
        if (in_order)
            mlt_pool_worker_leave(&p->workers[i], LEAVE_NS);
        else
            mlt_pool_worker_end(&p->workers[i], p->options->grace_ns);
    }
    for (size_t i = 0; i < p->jobs; i++)
        while (is_there(&p->workers[i])) {
            if (!turn(p, &ignored))
                mlt_pool_worker_bury(&p->workers[i]);
            if (in_order && interrupted(p, &ignored))
                mlt_pool_worker_end(&p->workers[i], p->options->grace_ns);
        }
}

static bool run(struct pool *p, struct mlt_err *err)
{
    bool ok = true;
    while (ok && p->done < p->plan->count)
        ok = !interrupted(p, err) && dispatch(p, err) && turn(p, err);
    dismiss(p, ok);
    return ok;
}

bool mlt_pool_run(const struct mlt_plan *plan, const struct mlt_job_context *job,
                  const struct mlt_pool_options *options, const struct mlt_pool_observer *observer,
                  struct mlt_err *err)
{
    struct pool p = {.plan = plan, .job = job, .options = options, .observer = observer};
    p.jobs = options->jobs < 1 ? 1 : options->jobs > MAX_JOBS ? MAX_JOBS : options->jobs;
    if (p.jobs > plan->count)
        p.jobs = plan->count;
    if (plan->count == 0)
        return true;
    p.states = calloc(plan->count, sizeof *p.states);
    p.workers = calloc(p.jobs, sizeof *p.workers);
    p.fds = calloc(p.jobs * MLT_POOL_WORKER_FDS, sizeof *p.fds);
    p.last_tick_ns = mlt_clock_monotonic_ns();
    bool ok = (p.states && p.workers && p.fds) ? run(&p, err) : mlt_err_oom(err);
    free(p.states);
    free(p.workers);
    free(p.fds);
    return ok;
}

/* One worker as the pool sees it: its program, its pipes, what it runs, and how it is being ended. */
#ifndef MLTEST_RUNNER_POOL_WORKER_H
#define MLTEST_RUNNER_POOL_WORKER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/base/subprocess.h"
#include "harness/runner/message.h"
#include "harness/runner/pool.h"

enum { MLT_DIAGNOSTICS_BYTES = 16 * 1024, MLT_POOL_WORKER_FDS = 4 };

/* Each stage has a deadline after which the next one follows. */
enum mlt_worker_stage {
    MLT_WORKER_NONE = 0, /* the place is free */
    MLT_WORKER_SERVING,
    MLT_WORKER_LEAVING,    /* its input was closed: it goes by itself */
    MLT_WORKER_TERMINATED, /* TERM was sent: it takes its models with it */
    MLT_WORKER_KILLED,
};

struct mlt_pool_worker {
    enum mlt_worker_stage stage;
    uint64_t stage_deadline_ns;
    struct mlt_subprocess child;
    int exit_fd;
    struct mlt_arena arena;
    char mark[32];             /* see family.h */
    const char *scratch;
    struct mlt_buf in, out;    /* frames from it, frames to it */
    struct mlt_buf errors;     /* its stderr since the case began, the last part */
    bool out_ended;            /* it closed its channel, or has ended */
    uint64_t out_ended_ns;
    bool used;                 /* has run a case */
    const struct mlt_case_plan *test; /* what it runs; NULL: idle */
    uint64_t began_ns, deadline_ns;
    enum mlt_outcome_state verdict; /* BROKEN or NOT_RUN, when the pool ends the case */
    char reason[512];          /* why; "" when it is for the worker's end to say */
};

/* Starts the program and packs the job. MLT_ERR_INFRA. */
bool mlt_pool_worker_start(struct mlt_pool_worker *w, const char *program,
                           const struct mlt_job_context *job, struct mlt_err *err) MLT_MUST_USE;
bool mlt_pool_worker_give(struct mlt_pool_worker *w, const struct mlt_case_plan *test,
                          uint64_t timeout_ns, struct mlt_err *err) MLT_MUST_USE;
/* What to poll for: MLT_POOL_WORKER_FDS entries. */
void mlt_pool_worker_fill(const struct mlt_pool_worker *w, struct pollfd *fds);
/* Writes and reads what is possible now; returns whether the program has ended (then all it wrote has
 * been read). */
bool mlt_pool_worker_serve(struct mlt_pool_worker *w, const struct pollfd *fds);
/* Lets an idle worker go by itself. */
void mlt_pool_worker_leave(struct mlt_pool_worker *w, uint64_t grace_ns);
/* Ends it: TERM now, KILL after `grace_ns` (0: at once). */
void mlt_pool_worker_end(struct mlt_pool_worker *w, uint64_t grace_ns);
/* Moves to the next stage when the present one's time is up. */
void mlt_pool_worker_press(struct mlt_pool_worker *w, uint64_t now_ns, uint64_t grace_ns);
/* After its end: kills whoever it left behind, removes its folder, frees the place. */
void mlt_pool_worker_bury(struct mlt_pool_worker *w);

/* Appends ` (its last words: "…")` from its stderr, one safe line; nothing when it said nothing. */
void mlt_pool_worker_last_words(const struct mlt_pool_worker *w, struct mlt_buf *out);

#endif

/* The messages between pool and worker: one encode and one decode for each. Encoders append a whole
 * frame; decoders get a payload, whose strings they lend unless an arena is given. */
#ifndef MLTEST_RUNNER_MESSAGE_H
#define MLTEST_RUNNER_MESSAGE_H

#include "harness/base/arena.h"
#include "harness/domain/run.h"
#include "harness/domain/subject.h"
#include "harness/runner/frame.h"
#include "harness/runner/pool.h"
#include "mltest/err.h"

/* The job as the worker holds it. */
struct mlt_job {
    const char *config_path, *config_text;
    size_t config_len;
    struct mlt_subject candidate, baseline;
    bool has_baseline;
    const char *registry_url, *scratch_dir;
    uint64_t seed;
    struct mlt_run_dataset *datasets; /* name and digest only */
    size_t dataset_count;
};

enum { MLT_MESSAGE_ROWS_MAX = 4096 }; /* paired rows in one frame */

bool mlt_message_put_job(struct mlt_buf *buf, const struct mlt_job_context *job,
                         const char *scratch_dir, struct mlt_err *err) MLT_MUST_USE;
/* Copies into the arena; contracts are decoded from the versions' config.json. */
bool mlt_message_get_job(const struct mlt_frame *frame, struct mlt_arena *arena, struct mlt_job *out,
                         struct mlt_err *err) MLT_MUST_USE;

bool mlt_message_put_case(struct mlt_buf *buf, const struct mlt_case_plan *test,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_message_get_case(const struct mlt_frame *frame, struct mlt_arena *arena,
                          struct mlt_case_plan *out, struct mlt_err *err) MLT_MUST_USE;

bool mlt_message_put_measurement(struct mlt_buf *buf, const struct mlt_measurement *m,
                                 struct mlt_err *err) MLT_MUST_USE;
bool mlt_message_get_measurement(const struct mlt_frame *frame, struct mlt_arena *arena,
                                 struct mlt_measurement *out, struct mlt_err *err) MLT_MUST_USE;

/* At most MLT_MESSAGE_ROWS_MAX. */
bool mlt_message_put_rows(struct mlt_buf *buf, const struct mlt_paired_row *rows, size_t count,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_message_get_rows(const struct mlt_frame *frame, struct mlt_arena *arena,
                          struct mlt_paired_row **out, size_t *count,
                          struct mlt_err *err) MLT_MUST_USE;

/* The other sinks are plain fields: series is name, x, y; attachment is name, media type, bytes;
 * progress is the share; an outcome is state, message, diagnostics. */
bool mlt_message_put_outcome(struct mlt_buf *buf, const struct mlt_outcome *outcome,
                             struct mlt_err *err) MLT_MUST_USE;
bool mlt_message_get_outcome(const struct mlt_frame *frame, struct mlt_outcome *out,
                             struct mlt_err *err) MLT_MUST_USE;

/* Ends a frame; too large or out of memory is the error, naming `what`. */
bool mlt_message_end(struct mlt_buf *buf, size_t begin, const char *what,
                     struct mlt_err *err) MLT_MUST_USE;
/* MLT_ERR_INFRA "a broken frame (…)". Returns false. */
bool mlt_message_broken(struct mlt_err *err, const char *what);

#endif

#include "flows/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "config.h"
#include "flows/judge.h"
#include "harness/base/clock.h"
#include "harness/base/rng.h"
#include "harness/base/str.h"
#include "harness/net/hmac.h"
#include "harness/net/http.h"
#include "harness/net/retry.h"
#include "harness/results/results.h"
#include "reports/cell.h"
#include "reports/decision_words.h"
#include "reports/event.h"
#include "reports/summary.h"

enum {
    URLS = 32,
    SECRET_BYTES = 4096,
    BUDGET_S = 30,
    MOST_BUDGET_S = 600,
    ATTEMPT_MS = 10000,
    CONNECT_MS = 5000,
    ANSWER_BYTES = 4096,
    MOST_EVENTS = 2,
};

/* The addresses of MLTEST_NOTIFY, NULL-terminated: one more than may be, where there are too many.
 */
static const char **split(const char *text, struct mlt_arena *arena, size_t *out_count)
{
    const char **urls = mlt_arena_calloc(arena, URLS + 2, sizeof *urls);
    *out_count = 0;
    while (urls && *(text += strspn(text, " \t\n")) && *out_count <= URLS) {
        size_t len = strcspn(text, " \t\n");
        if (!(urls[(*out_count)++] = mlt_arena_strndup(arena, text, len)))
            return NULL;
        text += len;
    }
    return urls;
}

static bool check_secret(const char *name, const char *value, struct mlt_err *err)
{
    size_t len = value ? strlen(value) : 0;
    for (size_t i = 0; i < len; i++)
        if (value[i] < 0x20 || value[i] >= 0x7f)
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "%s holds a character that no header may hold (a line end?)", name);
    return len <= SECRET_BYTES ? true
                               : mlt_err_set(err, MLT_ERR_USAGE, "%s is longer than %d characters",
                                             name, SECRET_BYTES);
}

static bool check_urls(const struct mlt_notify_to *to, struct mlt_err *err)
{
    if (to->count > URLS)
        return mlt_err_set(err, MLT_ERR_USAGE, "--notify takes %d addresses at most", URLS);
    for (size_t i = 0; i < to->count; i++) {
        if (!mlt_http_check_url(to->urls[i], err))
            return mlt_err_prefix(err, "--notify, address %zu", i + 1);
        if (to->token && !mlt_http_is_private(to->urls[i]))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "--notify, address %zu: MLTEST_NOTIFY_TOKEN would go there in the "
                               "clear: use https://",
                               i + 1);
    }
    return true;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool read_budget(struct mlt_notify_to *out, struct mlt_err *err)
{
    const char *text = variable("MLTEST_NOTIFY_TIMEOUT");
    uint64_t seconds = BUDGET_S;
    if (text && (!mlt_str_parse_uint(text, MOST_BUDGET_S, &seconds) || seconds == 0))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "MLTEST_NOTIFY_TIMEOUT wants whole seconds from 1 to %d, got \"%.40s\"",
                           MOST_BUDGET_S, text);
    out->budget_ms = seconds * 1000;
    return true;
}

bool mlt_notify_prepare(const char *const *urls, size_t count, bool required,
                        struct mlt_arena *arena, struct mlt_notify_to *out, struct mlt_err *err)
{
    const char *more = variable("MLTEST_NOTIFY");
    *out = (struct mlt_notify_to){.urls = urls,
                                  .count = count,
                                  .token = variable("MLTEST_NOTIFY_TOKEN"),
                                  .secret = variable("MLTEST_NOTIFY_SECRET")};
    if (count == 0 && more) {
        out->urls = split(more, arena, &out->count);
        if (!out->urls)
            return mlt_err_oom(err);
    }
    if (required && out->count == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--require-publish has nobody to publish to: --notify URL or "
                           "MLTEST_NOTIFY");
    return out->count == 0 || (check_secret("MLTEST_NOTIFY_TOKEN", out->token, err) &&
                               check_secret("MLTEST_NOTIFY_SECRET", out->secret, err) &&
                               check_urls(out, err) && read_budget(out, err));
}

/* RFC 9562, version 4. */
static const char *new_id(struct mlt_arena *arena, struct mlt_err *err)
{
    unsigned char b[16];
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b) {
        mlt_err_sys(err, errno, "no random numbers from the system");
        return NULL;
    }
    b[6] = (unsigned char)(0x40 | (b[6] & 0x0f));
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
    const char *id = mlt_arena_printf(
        arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
        b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    if (!id)
        mlt_err_oom(err);
    return id;
}

static const char *keep(struct mlt_buf *text, struct mlt_arena *arena, struct mlt_err *err)
{
    const char *kept = text->oom ? NULL : mlt_arena_strdup(arena, text->data);
    mlt_buf_free(text);
    if (!kept)
        mlt_err_oom(err);
    return kept;
}

static void set_side(const struct mlt_run_side *side, struct mlt_event *out)
{
    out->model = side->model;
    out->version = side->version;
    out->digest = side->digest;
    out->artifact_digest = side->artifact_digest;
}

static bool event_of_run(const struct mlt_announcement *what, struct mlt_arena *arena,
                         struct mlt_event *out, struct mlt_err *err)
{
    struct mlt_run *run = mlt_arena_alloc(arena, sizeof *run);
    struct mlt_findings findings = {0};
    struct mlt_report_summary summary;
    struct mlt_buf words = MLT_BUF_INIT;
    if (!run)
        return mlt_err_oom(err);
    if (!mlt_results_load(what->results, arena, run, err) ||
        !mlt_flow_judge_run(run, arena, &findings, &out->verdict, err))
        return false;
    const struct mlt_report_input in = {.run = run,
                                        .findings = findings.items,
                                        .finding_count = findings.count,
                                        .verdict = out->verdict};
    if (!mlt_report_summary_make(&in, &summary, err))
        return false;
    mlt_report_summary_words(&in, &summary, &words);
    mlt_report_summary_free(&summary);
    set_side(&run->candidate, out);
    out->kind = MLT_EVENT_RUN_FINISHED;
    out->run_id = run->run_id;
    out->suites = run->suites;
    out->suite_count = run->suite_count;
    out->words = keep(&words, arena, err);
    return out->words && mlt_ci_notes_of_run(&in, arena, &out->notes, &out->note_count, err);
}

static bool event_of_decision(const struct mlt_announcement *what, struct mlt_arena *arena,
                              struct mlt_event *out, struct mlt_err *err)
{
    struct mlt_buf words = MLT_BUF_INIT;
    const struct mlt_evidence *evidence = what->decision->evidence;
    set_side(&evidence->subject, out);
    out->kind = MLT_EVENT_GATE_DECIDED;
    out->verdict = what->decision->verdict;
    out->gate_kind = evidence->gate_kind;
    out->gate = evidence->gate;
    out->advisory = what->advisory;
    out->decision_digest = what->decision_digest[0] ? what->decision_digest : NULL;
    mlt_decision_words(what->decision, &words);
    out->words = keep(&words, arena, err);
    return out->words &&
           mlt_ci_notes_of_decision(what->decision, arena, &out->notes, &out->note_count, err);
}

static bool make_events(const struct mlt_announcement *what, struct mlt_arena *arena,
                        struct mlt_event events[MOST_EVENTS], size_t *count, struct mlt_err *err)
{
    char *now = mlt_arena_alloc(arena, MLT_TIME_CHARS);
    *count = 0;
    if (!now)
        return mlt_err_oom(err);
    mlt_clock_format(mlt_clock_wall_s(), now);
    if (what->decision && !event_of_decision(what, arena, &events[(*count)++], err))
        return false;
    if (what->decision && what->acted) {
        events[1] = events[0];
        events[1].kind = mlt_str_eq(events[0].gate_kind, "environment")
                             ? MLT_EVENT_SERVICE_DEPLOYED
                             : MLT_EVENT_VERSION_PROMOTED;
        *count = 2;
    }
    if (!what->decision && what->results && !event_of_run(what, arena, &events[(*count)++], err))
        return false;
    for (size_t i = 0; i < *count; i++) {
        events[i].time = now;
        events[i].tool_version = PACKAGE_VERSION;
        events[i].id = new_id(arena, err);
        if (!events[i].id)
            return false;
    }
    return true;
}

static bool stopped(const struct mlt_notify_to *to)
{
    return to->interrupted && *to->interrupted;
}

/* False when a signal asked us to stop. */
static bool pause_ms(const struct mlt_notify_to *to, uint64_t ms)
{
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    while (!stopped(to) && nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
    return !stopped(to);
}

/* One event on its way to one address. */
struct delivery {
    const struct mlt_notify_to *to;
    const char *url;
    const char *const *headers;
    const struct mlt_buf *body;
    uint64_t deadline_ns;
    unsigned attempts;
};

static uint64_t left_ms(const struct delivery *d)
{
    uint64_t now = mlt_clock_monotonic_ns();
    return now < d->deadline_ns ? (d->deadline_ns - now) / 1000000 : 0;
}

/* One attempt: delivered, or why not, and whether another one may help, after how many seconds. */
static bool attempt(struct mlt_http *http, struct delivery *d, bool *again, int64_t *retry_after_s,
                    struct mlt_err *err)
{
    uint64_t left = left_ms(d);
    const struct mlt_http_request request = {
        .method = "POST",
        .url = d->url,
        .headers = d->headers,
        .body = d->body->data,
        .body_bytes = d->body->len,
        .connect_timeout_ms = left < CONNECT_MS ? left + 1 : CONNECT_MS,
        .timeout_ms = left < ATTEMPT_MS ? left + 1 : ATTEMPT_MS,
        .max_body_bytes = ANSWER_BYTES,
        .interrupted = d->to->interrupted,
    };
    struct mlt_http_answer answer;
    d->attempts++;
    *retry_after_s = -1;
    *again = true;
    if (!mlt_http_send(http, &request, &answer, err)) {
        *again = err->kind == MLT_ERR_INFRA;
        return false;
    }
    mlt_buf_free(&answer.body);
    if (answer.status >= 200 && answer.status < 300)
        return true;
    *again = mlt_retry_status(answer.status);
    *retry_after_s = answer.retry_after_s;
    struct mlt_buf host = MLT_BUF_INIT;
    mlt_http_redact(d->url, &host);
    mlt_err_set(err, MLT_ERR_INFRA, "%s answers %ld%s", host.data, answer.status,
                answer.status >= 300 && answer.status < 400 ? " (redirects are not followed)" : "");
    mlt_buf_free(&host);
    return false;
}

static bool deliver(struct mlt_http *http, struct delivery *d, struct mlt_err *err)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, mlt_rng_fresh_seed());
    d->deadline_ns = mlt_clock_monotonic_ns() + d->to->budget_ms * 1000000;
    for (;;) {
        bool again;
        int64_t retry_after_s;
        struct mlt_err why = MLT_ERR_INIT;
        if (attempt(http, d, &again, &retry_after_s, &why))
            return true;
        uint64_t delay = mlt_retry_delay_ms(d->attempts + 1, retry_after_s, mlt_rng_uniform(&rng));
        if (!again || delay >= left_ms(d) || !pause_ms(d->to, delay)) {
            *err = why;
            return false;
        }
    }
}

/* The headers of one body, in the arena. */
static const char *const *make_headers(const struct mlt_notify_to *to, const struct mlt_buf *body,
                                       struct mlt_arena *arena, struct mlt_err *err)
{
    const char **lines = mlt_arena_calloc(arena, 4, sizeof *lines);
    size_t count = 0;
    char code[MLT_SHA256_HEX];
    bool ok = lines != NULL;
    if (ok)
        lines[count++] = "Content-Type: " MLT_EVENT_MEDIA_TYPE;
    if (ok && to->token)
        ok = (lines[count++] = mlt_arena_printf(arena, "Authorization: Bearer %s", to->token)) !=
             NULL;
    if (ok && to->secret) {
        if (!mlt_hmac_sha256(to->secret, strlen(to->secret), body->data, body->len, code, err))
            return NULL;
        lines[count] = mlt_arena_printf(arena, "X-Hub-Signature-256: sha256=%s", code);
        ok = lines[count] != NULL;
    }
    if (!ok)
        mlt_err_oom(err);
    return ok ? lines : NULL;
}

static bool publish(struct mlt_http *http, const struct mlt_notify_to *to,
                    const struct mlt_event *event, struct mlt_arena *arena, struct mlt_buf *said,
                    bool *delivered, struct mlt_err *err)
{
    struct mlt_buf body = MLT_BUF_INIT;
    const char *const *headers = NULL;
    bool ok = mlt_event_write(event, &body, err) &&
              (headers = make_headers(to, &body, arena, err)) != NULL;
    for (size_t i = 0; ok && i < to->count; i++) {
        struct delivery d = {.to = to, .url = to->urls[i], .headers = headers, .body = &body};
        struct mlt_err why = MLT_ERR_INIT;
        if (deliver(http, &d, &why))
            continue;
        *delivered = false;
        mlt_buf_printf(said,
                       "mltest: the event %s was not delivered: ", mlt_event_type(event->kind));
        mlt_cell_safe(said, why.text, sizeof why.text);
        mlt_buf_printf(said, " (%u attempt%s)\n", d.attempts, d.attempts == 1 ? "" : "s");
    }
    mlt_buf_free(&body);
    return ok;
}

bool mlt_flow_notify(const struct mlt_notify_to *to, const struct mlt_announcement *what,
                     struct mlt_arena *arena, struct mlt_buf *said, bool *delivered,
                     struct mlt_err *err)
{
    struct mlt_event events[MOST_EVENTS] = {0};
    struct mlt_http *http = NULL;
    size_t count = 0;
    *delivered = true;
    if (to->count == 0)
        return true;
    bool ok = make_events(what, arena, events, &count, err) && mlt_http_open(&http, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = publish(http, to, &events[i], arena, said, delivered, err);
    mlt_http_close(http);
    return ok && mlt_buf_check(said, err);
}

#include "harness/adapter/adapter.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/adapter/process_child.h"
#include "harness/adapter/process_wire.h"
#include "harness/base/clock.h"

enum { MAX_LINE_BYTES = 16 * 1024 * 1024, TICK_MS = 10, DRAIN_ROUNDS = 32 };
#define DEFAULT_REQUEST_S 30.0
#define DEFAULT_START_S 60.0
#define LEAVE_NS 1000000000ULL      /* an orderly model ends within this once its input is closed */
#define EOF_TO_EXIT_NS 300000000ULL /* from the end of its output to its death */

struct process {
    struct mlt_adapter base;
    struct mlt_arena arena;
    struct mlt_process_child child;
    const struct mlt_subject *subject;
    const char *output_name;
    uint64_t request_ns, start_ns;
    size_t max_batch_wanted;
    struct mlt_process_hello hello;
    uint64_t next_id;      /* never used twice, not even by the next start */
    struct mlt_buf to_send, lines;
    size_t scanned;        /* bytes of `lines` known to hold no newline */
    bool out_ended;        /* the model closed its stdout */
    uint64_t out_ended_ns;
};

enum request_state { WAITING = 0, ANSWERED, EXPIRED };

struct request {
    size_t first, rows;
    uint64_t deadline_ns;
    enum request_state state;
};

/* One predict(). */
struct call {
    struct process *p;
    const struct mlt_batch *batch;
    struct mlt_arena *arena;
    struct mlt_prediction *out;
    uint64_t first_id;
    struct request *requests; /* [count], by id - first_id */
    size_t count, capacity, waiting;
    size_t oldest;            /* none before it is waiting; deadlines rise with the ids */
    size_t next_row;          /* rows from here on were not asked yet */
    size_t *again;            /* rows of refused requests, asked again one by one */
    size_t again_count, again_capacity;
    bool stuck;               /* a request expired: nothing more is sent */
    bool lost;                /* every row has its answer; the program must go */
    bool oom;
};

static bool running(const struct process *p)
{
    return p->child.process.pid > 0;
}

static void end(struct process *p, uint64_t patience_ns)
{
    mlt_process_child_stop(&p->child, patience_ns);
    mlt_buf_clear(&p->to_send);
    mlt_buf_clear(&p->lines);
    p->scanned = 0;
    p->out_ended = false;
}

static int wait_ms(const struct process *p, uint64_t deadline_ns)
{
    uint64_t now = mlt_clock_monotonic_ns();
    uint64_t ms = deadline_ns > now ? (deadline_ns - now) / 1000000 + 1 : 0;
    if (p->child.exit_fd < 0 && ms > TICK_MS)
        return TICK_MS;
    return ms > 1000 ? 1000 : (int)ms;
}

static void write_some(struct process *p)
{
    struct mlt_subprocess *child = &p->child.process;
    if (child->in_fd < 0 || p->to_send.len == 0)
        return;
    ssize_t wrote = mlt_subprocess_write(child, p->to_send.data, p->to_send.len);
    if (wrote >= 0) {
        mlt_buf_consume(&p->to_send, (size_t)wrote);
    } else if (errno != EAGAIN) {
        /* It does not listen any more. What it still says, or that it ends, is the answer. */
        close(child->in_fd);
        child->in_fd = -1;
        mlt_buf_clear(&p->to_send);
    }
}

/* Reads once from stdout; false when there was nothing now. */
static bool read_some(struct process *p)
{
    struct mlt_subprocess *child = &p->child.process;
    if (child->out_fd < 0 || p->out_ended)
        return false;
    char *room = mlt_buf_reserve(&p->lines, MLT_PROCESS_READ_BYTES);
    if (!room)
        return false;
    ssize_t got = read(child->out_fd, room, MLT_PROCESS_READ_BYTES);
    if (got > 0) {
        mlt_buf_wrote(&p->lines, (size_t)got);
        return true;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    p->out_ended = true;
    p->out_ended_ns = mlt_clock_monotonic_ns();
    return false;
}

/* Waits for any of the pipes, or the program's end, and serves them once. Returns whether the program
 * has ended; then all that it wrote has been read. */
static bool serve(struct process *p, uint64_t deadline_ns)
{
    struct mlt_subprocess *child = &p->child.process;
    struct pollfd fds[] = {
        {p->to_send.len ? child->in_fd : -1, POLLOUT, 0},
        {p->out_ended ? -1 : child->out_fd, POLLIN, 0},
        {child->err_fd, POLLIN, 0},
        {p->child.exit_fd, POLLIN, 0},
    };
    poll(fds, 4, wait_ms(p, deadline_ns));
    if (fds[2].revents)
        mlt_process_child_listen(&p->child);
    if (fds[0].revents)
        write_some(p);
    bool ended = mlt_subprocess_poll(child);
    if (fds[1].revents && !ended)
        read_some(p);
    /* Bounded: a grandchild that holds the pipe and goes on writing is not listened to. */
    for (int i = 0; ended && i < DRAIN_ROUNDS && read_some(p); i++)
        ;
    if (ended)
        mlt_process_child_listen(&p->child);
    return ended;
}

/* The next whole line of what was read, or false. It is lent until `lines` is read into again. */
static bool next_line(struct process *p, size_t *at, const char **line, size_t *len)
{
    size_t from = p->scanned > *at ? p->scanned : *at;
    const char *newline = memchr(p->lines.data + from, '\n', p->lines.len - from);
    if (!newline) {
        p->scanned = p->lines.len;
        return false;
    }
    *line = p->lines.data + *at;
    *len = (size_t)(newline - *line);
    *at += *len + 1;
    return true;
}

static void drop_lines(struct process *p, size_t at)
{
    mlt_buf_consume(&p->lines, at);
    p->scanned = p->scanned > at ? p->scanned - at : 0;
}

static bool no_hello(struct process *p, struct mlt_err *err, const char *what)
{
    struct mlt_buf words = MLT_BUF_INIT;
    mlt_process_child_listen(&p->child);
    mlt_process_child_last_words(&p->child, &words);
    mlt_err_set(err, MLT_ERR_EVIDENCE, "the model program %s %s%s", p->child.argv[0], what,
                words.data);
    mlt_buf_free(&words);
    return false;
}

static bool await_hello(struct process *p, struct mlt_err *err)
{
    uint64_t deadline = mlt_clock_monotonic_ns() + p->start_ns;
    const char *line;
    char status[64], what[128], took[32];
    size_t len, at = 0;
    for (;;) {
        bool ended = serve(p, deadline);
        if (next_line(p, &at, &line, &len))
            break;
        if (p->lines.oom)
            return mlt_err_oom(err);
        if (p->lines.len > MAX_LINE_BYTES)
            return no_hello(p, err, "sent 16 MiB without an end of line instead of its hello");
        if (ended) {
            mlt_subprocess_status_text(p->child.process.status, status);
            snprintf(what, sizeof what, "ended before its hello, with %s", status);
            return no_hello(p, err, what);
        }
        if (p->out_ended && mlt_clock_monotonic_ns() > p->out_ended_ns + EOF_TO_EXIT_NS)
            return no_hello(p, err, "closed its output before its hello");
        if (mlt_clock_monotonic_ns() >= deadline) {
            snprintf(what, sizeof what, "said no hello within %s",
                     mlt_clock_format_duration(p->start_ns, took));
            return no_hello(p, err, what);
        }
    }
    bool ok = mlt_process_hello_decode(line, len, p->subject, &p->hello, err);
    drop_lines(p, at);
    if (!ok)
        return false;
    if (p->max_batch_wanted > 0 && p->hello.max_batch > p->max_batch_wanted)
        p->hello.max_batch = p->max_batch_wanted;
    return true;
}

static bool start(struct process *p, struct mlt_err *err)
{
    if (!mlt_process_child_start(&p->child, err))
        return false;
    if (await_hello(p, err))
        return true;
    end(p, 0);
    return false;
}

static void answer_rows(struct call *c, size_t first, size_t rows, enum mlt_answer answer,
                        const char *why)
{
    for (size_t i = 0; i < rows; i++)
        c->out[first + i] = (struct mlt_prediction){.answer = answer, .error = why};
}

static const char *keep(struct call *c, const char *text)
{
    char *copy = mlt_arena_strdup(c->arena, text);
    if (!copy)
        c->oom = true;
    return copy;
}

/* The program cannot be trusted or reached any more: what it still owes is answered with `answer`,
 * what it was never asked is missing. */
static void lose(struct call *c, enum mlt_answer answer, const char *why)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (c->lost)
        return;
    c->lost = true;
    mlt_process_child_listen(&c->p->child);
    mlt_buf_puts(&text, why);
    mlt_process_child_last_words(&c->p->child, &text);
    const char *owed = keep(c, text.data);
    mlt_buf_clear(&text);
    mlt_buf_printf(&text, "not asked, because %s", why);
    const char *unasked = keep(c, text.data);
    mlt_buf_free(&text);
    for (size_t i = 0; i < c->count; i++)
        if (c->requests[i].state == WAITING)
            answer_rows(c, c->requests[i].first, c->requests[i].rows, answer, owed);
    for (size_t i = 0; i < c->again_count; i++)
        answer_rows(c, c->again[i], 1, MLT_ANSWER_MISSING, unasked);
    answer_rows(c, c->next_row, c->batch->rows - c->next_row, MLT_ANSWER_MISSING, unasked);
    c->waiting = c->again_count = 0;
    c->next_row = c->batch->rows;
}

/* A whole batch was refused: perhaps for one of its rows. */
static bool ask_again(struct call *c, const struct request *request)
{
    for (size_t i = 0; i < request->rows; i++) {
        size_t *again = mlt_arena_grow(c->arena, c->again, c->again_count, &c->again_capacity,
                                       sizeof *again);
        if (!again)
            return false;
        c->again = again;
        c->again[c->again_count++] = request->first + request->rows - 1 - i;
    }
    return true;
}

static void take_answer(struct call *c, struct mlt_process_reply *reply)
{
    struct mlt_err err = MLT_ERR_INIT;
    char why[128];
    bool asked = reply->id < c->p->next_id;
    struct request *request =
        asked && reply->id >= c->first_id ? &c->requests[reply->id - c->first_id] : NULL;
    if (!asked) {
        snprintf(why, sizeof why, "it answered id \"%llu\", which was never asked",
                 (unsigned long long)reply->id);
        lose(c, MLT_ANSWER_WRONG_ID, why);
    } else if (!request || request->state == ANSWERED) {
        snprintf(why, sizeof why, "it answered id \"%llu\" twice", (unsigned long long)reply->id);
        const char *kept = keep(c, why);
        if (request)
            answer_rows(c, request->first, request->rows, MLT_ANSWER_DUPLICATE, kept);
        lose(c, MLT_ANSWER_DUPLICATE, why);
    } else if (request->state == WAITING) {
        bool refused;
        request->state = ANSWERED;
        c->waiting--;
        if (!mlt_process_answer_decode(reply->document, c->p->output_name, request->rows, c->arena,
                                       c->out + request->first, &refused, &err))
            c->oom = true;
        else if (refused && request->rows > 1 && !c->stuck && !ask_again(c, request))
            c->oom = true;
    }
    /* EXPIRED: too late; the row has its timeout already. */
}

static void take_broken(struct call *c, const struct mlt_process_reply *reply)
{
    bool ours = reply->has_id && reply->id >= c->first_id && reply->id < c->p->next_id;
    struct request *request = ours ? &c->requests[reply->id - c->first_id] : NULL;
    if (!request || request->state != WAITING) {
        lose(c, MLT_ANSWER_MALFORMED, reply->why);
        return;
    }
    request->state = ANSWERED;
    c->waiting--;
    answer_rows(c, request->first, request->rows, MLT_ANSWER_MALFORMED, keep(c, reply->why));
}

static void take_line(struct call *c, const char *line, size_t len)
{
    struct mlt_process_reply reply;
    if (len > 0 && line[len - 1] == '\r')
        len--;
    if (len == 0)
        return;
    if (len > MAX_LINE_BYTES) {
        lose(c, MLT_ANSWER_TOO_LARGE, "it sent a line of more than 16 MiB");
        return;
    }
    switch (mlt_process_line_read(line, len, &reply)) {
    case MLT_PROCESS_LINE_ANSWER:
        take_answer(c, &reply);
        mlt_json_free(reply.document);
        break;
    case MLT_PROCESS_LINE_FOREIGN:
        lose(c, MLT_ANSWER_WRONG_ID, reply.why);
        break;
    case MLT_PROCESS_LINE_BROKEN:
        take_broken(c, &reply);
        break;
    }
}

static void take_lines(struct call *c)
{
    const char *line;
    size_t len, at = 0;
    while (!c->lost && next_line(c->p, &at, &line, &len))
        take_line(c, line, len);
    drop_lines(c->p, at);
    if (!c->lost && c->p->lines.len > MAX_LINE_BYTES)
        lose(c, MLT_ANSWER_TOO_LARGE, "it sent more than 16 MiB without an end of line");
}

static bool send_one(struct call *c, size_t first, size_t rows, struct mlt_err *err)
{
    struct process *p = c->p;
    struct request *requests =
        mlt_arena_grow(c->arena, c->requests, c->count, &c->capacity, sizeof *requests);
    if (!requests)
        return mlt_err_oom(err);
    c->requests = requests;
    if (!mlt_process_request_encode(p->next_id, c->batch, first, rows, &p->to_send, err))
        return false;
    c->requests[c->count++] = (struct request){
        .first = first, .rows = rows, .deadline_ns = mlt_clock_monotonic_ns() + p->request_ns};
    p->next_id++;
    c->waiting++;
    return true;
}

static bool send_more(struct call *c, struct mlt_err *err)
{
    const struct mlt_process_hello *hello = &c->p->hello;
    while (!c->stuck && c->waiting < hello->window) {
        size_t left = c->batch->rows - c->next_row;
        if (c->again_count > 0) {
            if (!send_one(c, c->again[--c->again_count], 1, err))
                return false;
        } else if (left > 0) {
            size_t rows = left < hello->max_batch ? left : hello->max_batch;
            if (!send_one(c, c->next_row, rows, err))
                return false;
            c->next_row += rows;
        } else {
            break;
        }
    }
    write_some(c->p);
    return true;
}

static const struct request *oldest_waiting(struct call *c)
{
    while (c->oldest < c->count && c->requests[c->oldest].state != WAITING)
        c->oldest++;
    return c->oldest < c->count ? &c->requests[c->oldest] : NULL;
}

static uint64_t next_deadline(struct call *c)
{
    const struct request *oldest = oldest_waiting(c);
    uint64_t earliest = oldest ? oldest->deadline_ns : UINT64_MAX;
    if (c->p->out_ended && c->p->out_ended_ns + EOF_TO_EXIT_NS < earliest)
        earliest = c->p->out_ended_ns + EOF_TO_EXIT_NS;
    return earliest;
}

/* Requests whose time is up. Those beside them may still be answered within theirs; then the program
 * goes, because nobody can tell what a late answer would do. */
static void expire(struct call *c)
{
    uint64_t now = mlt_clock_monotonic_ns();
    char took[32], why[96];
    for (const struct request *oldest; (oldest = oldest_waiting(c)) && now >= oldest->deadline_ns;) {
        c->requests[c->oldest].state = EXPIRED;
        c->waiting--;
        c->stuck = true;
        snprintf(why, sizeof why, "no answer within %s",
                 mlt_clock_format_duration(c->p->request_ns, took));
        answer_rows(c, oldest->first, oldest->rows, MLT_ANSWER_TIMEOUT, keep(c, why));
    }
    if (c->stuck && c->waiting == 0)
        lose(c, MLT_ANSWER_TIMEOUT, "an earlier request got no answer in time");
}

static void check_end(struct call *c, bool ended)
{
    struct process *p = c->p;
    char status[64], why[128];
    if (c->lost)
        return;
    if (ended) {
        mlt_subprocess_status_text(p->child.process.status, status);
        snprintf(why, sizeof why, "the model ended with %s", status);
        lose(c, MLT_ANSWER_DIED, why);
    } else if (p->out_ended && mlt_clock_monotonic_ns() > p->out_ended_ns + EOF_TO_EXIT_NS) {
        lose(c, MLT_ANSWER_MISSING, "the model closed its output");
    }
}

static bool converse(struct call *c, struct mlt_err *err)
{
    for (;;) {
        if (!send_more(c, err))
            return false;
        if (c->waiting == 0)
            return true;
        bool ended = serve(c->p, next_deadline(c));
        take_lines(c);
        if (c->waiting > 0 || ended)
            check_end(c, ended);
        if (!c->lost)
            expire(c);
        if (c->oom || c->p->lines.oom || c->p->to_send.oom)
            return mlt_err_oom(err);
        if (c->lost)
            return true;
    }
}

static bool predict(struct mlt_adapter *self, const struct mlt_batch *batch, struct mlt_arena *arena,
                    struct mlt_prediction *out, struct mlt_err *err)
{
    struct process *p = (struct process *)self;
    struct mlt_err fault = MLT_ERR_INIT;
    struct call c = {
        .p = p, .batch = batch, .arena = arena, .out = out, .first_id = p->next_id};
    if (running(p) && mlt_subprocess_poll(&p->child.process))
        end(p, 0);
    if (!running(p) && !start(p, &fault)) {
        const char *why = keep(&c, fault.text);
        answer_rows(&c, 0, batch->rows, MLT_ANSWER_DIED, why);
        return why || mlt_err_oom(err);
    }
    bool ok = converse(&c, err);
    if (!ok || c.lost)
        end(p, 0);
    return ok;
}

static uint64_t seconds_ns(double seconds, double otherwise)
{
    if (!(seconds > 0))
        seconds = otherwise;
    return seconds > 1e9 ? (uint64_t)1e18 : (uint64_t)(seconds * 1e9);
}

static void close_process(struct mlt_adapter *self)
{
    struct process *p = (struct process *)self;
    end(p, LEAVE_NS);
    mlt_process_child_free(&p->child);
    mlt_buf_free(&p->to_send);
    mlt_buf_free(&p->lines);
    mlt_arena_free(&p->arena);
    free(p);
}

static bool open_process(const struct mlt_adapter_target *target, struct mlt_adapter **out,
                         struct mlt_err *err)
{
    struct process *p = calloc(1, sizeof *p);
    if (!p)
        return mlt_err_oom(err);
    p->base.ops = &mlt_adapter_process;
    p->to_send = p->lines = (struct mlt_buf)MLT_BUF_INIT;
    p->subject = target->subject;
    p->output_name = target->subject->contract ? target->subject->contract->output.name : NULL;
    p->request_ns = seconds_ns(target->spec->request_timeout_s, DEFAULT_REQUEST_S);
    p->start_ns = seconds_ns(target->spec->start_timeout_s, DEFAULT_START_S);
    p->max_batch_wanted = target->spec->max_batch;
    p->next_id = 1;
    if (!mlt_process_child_init(&p->child, target, &p->arena, err) || !start(p, err)) {
        close_process(&p->base);
        return false;
    }
    *out = &p->base;
    return true;
}

static pid_t child_pid(struct mlt_adapter *self)
{
    return ((struct process *)self)->child.process.pid;
}

static void diagnostics(struct mlt_adapter *self, struct mlt_buf *out)
{
    struct process *p = (struct process *)self;
    mlt_process_child_listen(&p->child);
    const struct mlt_buf *errors = &p->child.errors;
    size_t skip = errors->len > MLT_PROCESS_STDERR_BYTES ? errors->len - MLT_PROCESS_STDERR_BYTES : 0;
    mlt_buf_append(out, errors->data + skip, errors->len - skip);
}

const struct mlt_adapter_ops mlt_adapter_process = {
    .abi = MLT_ADAPTER_ABI,
    .name = "process",
    .doc = "any program that answers JSON lines on its standard streams",
    .open = open_process,
    .predict = predict,
    .pid = child_pid,
    .diagnostics = diagnostics,
    .close = close_process,
};

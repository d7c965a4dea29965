#include "reports/console_progress.h"

#include <math.h>
#include <string.h>

#include "harness/base/clock.h"
#include "reports/cell.h"
#include "reports/paint.h"

enum { MESSAGE_BYTES = 300 };

void mlt_progress_start(struct mlt_progress *p, FILE *stream, bool live, bool color, unsigned width,
                        size_t total, uint64_t now_ns)
{
    *p = (struct mlt_progress){.stream = stream,
                               .live = live,
                               .color = color,
                               .total = total,
                               .width = width < 40    ? 80
                                        : width > 200 ? 200
                                                      : width,
                               .started_ns = now_ns};
}

static void cut_id(const struct mlt_case_plan *test, char out[MLT_PROGRESS_NAME_BYTES])
{
    snprintf(out, MLT_PROGRESS_NAME_BYTES, "%s", test->id ? test->id : "?");
}

/* The slot of a running case; with "" a free one; NULL when there is none. */
static int slot(const struct mlt_progress *p, const char *id)
{
    for (int i = 0; i < MLT_PROGRESS_RUNNING; i++)
        if (strcmp(p->running[i].id, id) == 0)
            return i;
    return -1;
}

void mlt_progress_case_started(struct mlt_progress *p, const struct mlt_case_plan *test)
{
    int free_slot = slot(p, "");
    if (free_slot < 0)
        return;
    cut_id(test, p->running[free_slot].id);
    p->running[free_slot].share = NAN;
}

void mlt_progress_case_share(struct mlt_progress *p, const struct mlt_case_plan *test, double share)
{
    char id[MLT_PROGRESS_NAME_BYTES];
    cut_id(test, id);
    int at = slot(p, id);
    if (at >= 0 && share >= 0 && share <= 1)
        p->running[at].share = share;
}

static void erase(struct mlt_progress *p)
{
    if (p->shown)
        fputs("\r\x1b[K", p->stream);
    p->shown = false;
}

static void emit(struct mlt_progress *p, struct mlt_buf *line)
{
    if (!line->oom)
        fwrite(line->data, 1, line->len, p->stream);
    fflush(p->stream);
    mlt_buf_free(line);
}

static void ended_line(struct mlt_progress *p, const struct mlt_case_plan *test,
                       const struct mlt_outcome *outcome, struct mlt_buf *line)
{
    char time[32];
    mlt_buf_printf(line, "[%zu/%zu] ", p->ended, p->total);
    mlt_paint(line, p->color, mlt_paint_of_state(outcome->state));
    mlt_buf_printf(line, "%s %-7s", mlt_mark_of_state(outcome->state),
                   mlt_outcome_state_name(outcome->state));
    mlt_paint(line, p->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(line, ' ');
    mlt_cell_safe(line, test->id, 200);
    mlt_buf_printf(line, "  %s", mlt_clock_format_duration(outcome->duration_ns, time));
    if (outcome->state != MLT_OUTCOME_PASSED && outcome->message) {
        mlt_buf_puts(line, "  ");
        mlt_cell_safe(line, outcome->message, MESSAGE_BYTES);
    }
    mlt_buf_putc(line, '\n');
}

void mlt_progress_case_ended(struct mlt_progress *p, const struct mlt_case_plan *test,
                             const struct mlt_outcome *outcome, uint64_t now_ns)
{
    char id[MLT_PROGRESS_NAME_BYTES];
    cut_id(test, id);
    int at = slot(p, id);
    if (at >= 0)
        p->running[at].id[0] = '\0';
    bool trouble = outcome->state != MLT_OUTCOME_PASSED && outcome->state != MLT_OUTCOME_SKIPPED;
    p->ended++;
    p->troubled += trouble;
    if (!p->stream)
        return;
    if (!p->live || trouble) {
        struct mlt_buf line = MLT_BUF_INIT;
        erase(p);
        ended_line(p, test, outcome, &line);
        emit(p, &line);
    }
    mlt_progress_tick(p, now_ns);
}

static void bar(const struct mlt_progress *p, struct mlt_buf *line)
{
    enum { COLUMNS = 20 };
    double done = (double)p->ended;
    for (int i = 0; i < MLT_PROGRESS_RUNNING; i++)
        if (p->running[i].id[0] && p->running[i].share > 0)
            done += p->running[i].share;
    double share = p->total ? done / (double)p->total : 0;
    unsigned full = share >= 1 ? COLUMNS : (unsigned)(share * COLUMNS);
    mlt_paint(line, p->color, p->troubled ? MLT_PAINT_BAD : MLT_PAINT_GOOD);
    for (unsigned i = 0; i < COLUMNS; i++)
        mlt_buf_puts(line, i < full ? "━" : "╌");
    mlt_paint(line, p->color, MLT_PAINT_PLAIN);
}

static void names(const struct mlt_progress *p, struct mlt_buf *text)
{
    for (int i = 0; i < MLT_PROGRESS_RUNNING; i++) {
        if (!p->running[i].id[0])
            continue;
        if (text->len > 0)
            mlt_buf_puts(text, ", ");
        mlt_cell_safe(text, p->running[i].id, MLT_PROGRESS_NAME_BYTES);
        if (!isnan(p->running[i].share))
            mlt_buf_printf(text, " %.0f %%", 100 * p->running[i].share);
    }
}

void mlt_progress_tick(struct mlt_progress *p, uint64_t now_ns)
{
    if (!p->stream || !p->live)
        return;
    char time[32], count[64];
    struct mlt_buf line = MLT_BUF_INIT, text = MLT_BUF_INIT;
    uint64_t elapsed = now_ns > p->started_ns ? now_ns - p->started_ns : 0;
    int used = snprintf(count, sizeof count, " %zu/%zu  %s  ", p->ended, p->total,
                        mlt_clock_format_duration(elapsed, time));
    names(p, &text);
    mlt_buf_puts(&line, "\r\x1b[K");
    bar(p, &line);
    mlt_buf_puts(&line, count);
    /* One column stays free: a full line would wrap, and \r would not find its beginning. */
    unsigned room = p->width - 21 - (unsigned)used;
    if (room > 0 && room < p->width)
        mlt_cell_put(&line, text.data, room, MLT_ALIGN_LEFT);
    mlt_buf_free(&text);
    p->shown = true;
    emit(p, &line);
}

void mlt_progress_stop(struct mlt_progress *p)
{
    if (!p->stream)
        return;
    erase(p);
    fflush(p->stream);
}

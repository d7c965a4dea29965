#include "reports/ci.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/str.h"
#include "reports/decision_words.h"
#include "reports/figures.h"
#include "reports/summary.h"

bool mlt_ci_notes_of_decision(const struct mlt_decision *d, struct mlt_arena *arena,
                              const struct mlt_ci_note **out, size_t *out_count,
                              struct mlt_err *err)
{
    struct mlt_ci_note *notes = mlt_arena_calloc(arena, d->criterion_count, sizeof *notes);
    size_t count = 0;
    if (!notes)
        return mlt_err_oom(err);
    for (size_t k = 0; k < MLT_DECISION_ORDER; k++) {
        if (mlt_decision_order[k] == MLT_VERDICT_PASS)
            continue;
        for (size_t i = 0; i < d->criterion_count; i++)
            if (d->criteria[i].verdict == mlt_decision_order[k])
                notes[count++] = (struct mlt_ci_note){.verdict = d->criteria[i].verdict,
                                                      .title = d->criteria[i].criterion,
                                                      .text = d->criteria[i].reason};
    }
    *out = notes;
    *out_count = count;
    return true;
}

static enum mlt_verdict verdict_of_case(enum mlt_outcome_state state)
{
    return state == MLT_OUTCOME_FAILED ? MLT_VERDICT_FAIL : MLT_VERDICT_INVALID;
}

static bool is_trouble(const struct mlt_run_case *test)
{
    return test->outcome.state != MLT_OUTCOME_PASSED && test->outcome.state != MLT_OUTCOME_SKIPPED;
}

/* "rmse within 5% of production, brand = 3" */
static const char *finding_title(const struct mlt_finding *f, struct mlt_arena *arena)
{
    struct mlt_buf slice = MLT_BUF_INIT;
    mlt_figures_slice(&slice, f);
    const char *title = mlt_arena_printf(arena, "%s%s%s", f->criterion ? f->criterion : "?",
                                         slice.len ? ", " : "", slice.data);
    if (slice.oom)
        title = NULL;
    mlt_buf_free(&slice);
    return title;
}

static bool add_notes(const struct mlt_report_input *in, const struct mlt_report_summary *s,
                      enum mlt_verdict verdict, struct mlt_arena *arena, struct mlt_ci_note *notes,
                      size_t *count)
{
    for (size_t i = 0; i < in->run->case_count; i++) {
        const struct mlt_run_case *test = &in->run->cases[i];
        if (!is_trouble(test) || verdict_of_case(test->outcome.state) != verdict)
            continue;
        const char *text = mlt_arena_printf(
            arena, "%s%s%s", mlt_outcome_state_name(test->outcome.state),
            test->outcome.message ? ": " : "", test->outcome.message ? test->outcome.message : "");
        if (!text)
            return false;
        notes[(*count)++] =
            (struct mlt_ci_note){.verdict = verdict, .title = test->plan.id, .text = text};
    }
    for (size_t i = 0; i < s->finding_count; i++) {
        const struct mlt_finding *f = &s->findings[i];
        if (f->verdict != verdict)
            continue;
        struct mlt_ci_note note = {
            .verdict = verdict, .title = finding_title(f, arena), .text = f->reason};
        if (note.title && f->reason)
            note.text = mlt_arena_strdup(arena, f->reason);
        if (!note.title || (f->reason && !note.text))
            return false;
        notes[(*count)++] = note;
    }
    return true;
}

bool mlt_ci_notes_of_run(const struct mlt_report_input *in, struct mlt_arena *arena,
                         const struct mlt_ci_note **out, size_t *out_count, struct mlt_err *err)
{
    struct mlt_report_summary s;
    if (!mlt_report_summary_make(in, &s, err))
        return false;
    struct mlt_ci_note *notes =
        mlt_arena_calloc(arena, in->run->case_count + s.finding_count, sizeof *notes);
    size_t count = 0;
    bool ok = notes != NULL;
    for (size_t k = 0; ok && k < MLT_DECISION_ORDER; k++)
        if (mlt_decision_order[k] != MLT_VERDICT_PASS)
            ok = add_notes(in, &s, mlt_decision_order[k], arena, notes, &count);
    mlt_report_summary_free(&s);
    if (!ok)
        return mlt_err_oom(err);
    *out = notes;
    *out_count = count;
    return true;
}

void mlt_ci_prefix(const char *command, struct mlt_buf *out)
{
    mlt_buf_puts(out, "MLTEST_");
    for (; *command; command++)
        mlt_buf_putc(out, isalnum((unsigned char)*command) ? (char)toupper((unsigned char)*command)
                                                           : '_');
    mlt_buf_putc(out, '_');
}

void mlt_ci_plain(struct mlt_buf *out, const char *text, size_t max_bytes)
{
    for (size_t i = 0; text && text[i] && i < max_bytes; i++)
        mlt_buf_putc(out, isalnum((unsigned char)text[i]) || strchr("._/@:+,-", text[i]) ? text[i]
                                                                                         : '_');
}

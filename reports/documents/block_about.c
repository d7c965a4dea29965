/* Where a version comes from, and how it was made. */
#include <math.h>
#include <string.h>

#include "harness/codec/json.h"
#include "reports/documents/phrase.h"
#include "reports/documents/template.h"
#include "reports/quantity.h"

static void print_dependencies(const struct mlt_metadata *m, struct mlt_buf *out)
{
    for (size_t i = 0; i < m->dependency_count; i++) {
        mlt_buf_puts(out, i ? ", " : "- Needs ");
        mlt_phrase_code(out, m->dependencies[i].name);
        mlt_buf_putc(out, ' ');
        mlt_phrase_text(out, m->dependencies[i].version);
    }
    if (m->dependency_count > 0)
        mlt_buf_putc(out, '\n');
}

bool mlt_block_about(const struct mlt_document_source *source, struct mlt_arena *arena,
                     struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_metadata *m = source->facts->now.metadata;
    (void)arena;
    mlt_buf_puts(out, "- Made on ");
    mlt_phrase_day(out, m->created_at);
    mlt_buf_puts(out, " by ");
    mlt_phrase_text(out, m->created_by);
    mlt_buf_puts(out, " with ");
    mlt_phrase_text(out, m->framework);
    mlt_buf_putc(out, ' ');
    mlt_phrase_text(out, m->framework_version);
    mlt_buf_putc(out, '\n');
    if (*source->facts->artifact) {
        mlt_buf_puts(out, "- Model file: ");
        mlt_phrase_code(out, source->facts->artifact);
        mlt_buf_putc(out, '\n');
    }
    mlt_buf_puts(out, "- Trained on ");
    mlt_phrase_code(out, m->training_dataset);
    mlt_buf_printf(out, " (%.19s…)\n", m->training_dataset_hash);
    print_dependencies(m, out);
    if (m->documentation_url && *m->documentation_url) {
        mlt_buf_puts(out, "- Documentation: ");
        mlt_phrase_address(out, m->documentation_url);
        mlt_buf_putc(out, '\n');
    }
    return mlt_buf_check(out, err);
}

static bool print_value(const struct mlt_json *node, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    if (!node)
        return true;
    if (mlt_json_string(node)) {
        mlt_phrase_text(out, mlt_json_string(node));
        return true;
    }
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_node(&json, node);
    bool ok = mlt_json_out_finish(&json, err);
    mlt_phrase_text(out, text.data);
    mlt_buf_free(&text);
    return ok;
}

static bool print_training(const struct mlt_document_facts *f, const struct mlt_json *now,
                           const struct mlt_json *before, struct mlt_buf *out, struct mlt_err *err)
{
    if (mlt_json_count(now) == 0)
        return true;
    mlt_buf_printf(out, "\n| hyperparameter | %s |", f->now.version);
    if (before)
        mlt_buf_printf(out, " %s |", f->before->version);
    mlt_buf_puts(out, before ? "\n|---|---|---|\n" : "\n|---|---|\n");
    for (const struct mlt_json *at = mlt_json_first(now); at; at = mlt_json_next(at)) {
        mlt_buf_puts(out, "| ");
        mlt_phrase_code(out, mlt_json_key(at));
        mlt_buf_puts(out, " | ");
        if (!print_value(at, out, err))
            return false;
        mlt_buf_puts(out, before ? " | " : "");
        if (before && !print_value(mlt_json_get(before, mlt_json_key(at)), out, err))
            return false;
        mlt_buf_puts(out, " |\n");
    }
    return true;
}

bool mlt_block_training(const struct mlt_document_source *source, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    const struct mlt_metadata *m = f->now.metadata;
    const char *old = f->before ? f->before->metadata->hyperparameters : NULL;
    struct mlt_json *now, *before = NULL;
    (void)arena;
    mlt_buf_puts(out, "Trained on ");
    mlt_phrase_code(out, m->training_dataset);
    mlt_buf_puts(out, " with ");
    mlt_phrase_text(out, m->framework);
    mlt_buf_putc(out, ' ');
    mlt_phrase_text(out, m->framework_version);
    mlt_buf_puts(out, ".\n");
    if (!mlt_json_parse("hyperparameters", m->hyperparameters, strlen(m->hyperparameters), &now,
                        err))
        return false;
    bool ok = (!old || mlt_json_parse("hyperparameters", old, strlen(old), &before, err)) &&
              print_training(f, now, before, out, err);
    mlt_json_free(before);
    mlt_json_free(now);
    return ok;
}

static bool has_states(const struct mlt_document_facts *f)
{
    for (size_t i = 1; i < f->history_count; i++)
        if (f->history[i].state[0])
            return true;
    return false;
}

bool mlt_block_history(const struct mlt_document_source *source, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    const bool states = has_states(f);
    (void)arena;
    mlt_buf_puts(out, states ? "| version | made on | state | what changed |\n|---|---|---|---|\n"
                             : "| version | made on | what changed |\n|---|---|---|\n");
    for (size_t i = 0; i < f->history_count; i++) {
        const struct mlt_document_past *past = &f->history[i];
        mlt_buf_printf(out, i ? "| %s | " : "| **%s** | ", past->version);
        mlt_phrase_day(out, past->created_at);
        mlt_buf_puts(out, " | ");
        if (states) {
            mlt_phrase_text(out, i ? past->state : "this version");
            mlt_buf_puts(out, " | ");
        }
        mlt_phrase_prose(out, past->changelog);
        mlt_buf_puts(out, " |\n");
    }
    if (states)
        mlt_buf_puts(out, "\nStates are those of the day on which this was written.\n");
    return mlt_buf_check(out, err);
}

bool mlt_block_limitations(const struct mlt_document_source *source, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_outline_section *from;
    bool carried;
    if (!mlt_template_read(source, MLT_DOCUMENT_LIMITATIONS, MLT_SECTION_LIMITATIONS, NULL, arena,
                           &from, &carried, err))
        return false;
    for (size_t i = 0; i < from->count; i++) {
        const struct mlt_outline_piece *piece = &from->pieces[i];
        if (piece->generated || mlt_outline_is_open(piece))
            continue;
        mlt_buf_puts(out, out->len > 0 ? "\n" : "");
        mlt_buf_append(out, piece->text, piece->len);
        mlt_buf_putc(out, '\n');
    }
    return mlt_buf_check(out, err);
}

/* What goes in and what comes out, as the contract has it. Columns in which nothing stands are left
 * out. */
#include <math.h>
#include <string.h>

#include "reports/documents/phrase.h"
#include "reports/documents/template.h"

static const char *const input_types[] = {"number", "integer", "string", "category", "boolean"};
static const char *const output_types[] = {"number", "probability", "label", "probabilities",
                                           "text"};

struct columns {
    bool unit, min, max, values, fallback;
};

static struct columns columns_of(const struct mlt_input *fields, size_t count)
{
    struct columns c = {0};
    for (size_t i = 0; i < count; i++) {
        c.unit |= fields[i].unit != NULL;
        c.min |= !isnan(fields[i].min);
        c.max |= !isnan(fields[i].max);
        c.values |= fields[i].category_count > 0;
        c.fallback |= fields[i].fallback != NULL;
    }
    return c;
}

static void print_values(const char *const *values, size_t count, struct mlt_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        mlt_buf_puts(out, i ? ", " : "");
        mlt_phrase_text(out, values[i]);
    }
}

static void cell_text(struct mlt_buf *out, bool shown, const char *text)
{
    if (!shown)
        return;
    mlt_phrase_text(out, text);
    mlt_buf_puts(out, " | ");
}

static void cell_number(struct mlt_buf *out, bool shown, double value)
{
    if (!shown)
        return;
    mlt_phrase_number(out, value);
    mlt_buf_puts(out, " | ");
}

static void print_head(const char *what, const struct columns *c, struct mlt_buf *out)
{
    const struct {
        bool shown;
        const char *name;
    } heads[] = {{true, what},       {true, "type"},     {c->unit, "unit"},
                 {c->min, "min"},    {c->max, "max"},    {c->values, "values"},
                 {true, "nullable"}, {true, "required"}, {c->fallback, "default"},
                 {true, "stability"}};
    const size_t count = sizeof heads / sizeof *heads;
    mlt_buf_putc(out, '|');
    for (size_t i = 0; i < count; i++)
        if (heads[i].shown)
            mlt_buf_printf(out, " %s |", heads[i].name);
    mlt_buf_puts(out, "\n|");
    for (size_t i = 0; i < count; i++)
        if (heads[i].shown)
            mlt_buf_puts(out, "---|");
    mlt_buf_putc(out, '\n');
}

static void print_fields(const char *what, const struct mlt_input *fields, size_t count,
                         struct mlt_buf *out)
{
    const struct columns c = columns_of(fields, count);
    print_head(what, &c, out);
    for (size_t i = 0; i < count; i++) {
        const struct mlt_input *f = &fields[i];
        mlt_buf_puts(out, "| ");
        mlt_phrase_code(out, f->name);
        mlt_buf_printf(out, " | %s | ", input_types[f->type]);
        cell_text(out, c.unit, f->unit);
        cell_number(out, c.min, f->min);
        cell_number(out, c.max, f->max);
        if (c.values)
            print_values(f->categories, f->category_count, out);
        mlt_buf_printf(out, "%s%s | %s | ", c.values ? " | " : "", f->nullable ? "yes" : "no",
                       f->required ? "yes" : "no");
        cell_text(out, c.fallback, f->fallback);
        mlt_buf_printf(out, "%s |\n", f->stability);
    }
}

static void print_output(const struct mlt_output *o, struct mlt_buf *out)
{
    const bool min = !isnan(o->min), max = !isnan(o->max), labels = o->label_count > 0;
    mlt_buf_printf(out, "| output | type |%s%s%s%s stability |\n|---|---|%s%s%s%s---|\n| ",
                   o->unit ? " unit |" : "", min ? " min |" : "", max ? " max |" : "",
                   labels ? " values |" : "", o->unit ? "---|" : "", min ? "---|" : "",
                   max ? "---|" : "", labels ? "---|" : "");
    mlt_phrase_code(out, o->name);
    mlt_buf_printf(out, " | %s | ", output_types[o->type]);
    cell_text(out, o->unit != NULL, o->unit);
    cell_number(out, min, o->min);
    cell_number(out, max, o->max);
    print_values(o->labels, o->label_count, out);
    mlt_buf_printf(out, "%s%s |\n", labels ? " | " : "", o->stability ? o->stability : "stable");
}

static bool any_nullable(const struct mlt_contract *c)
{
    for (size_t i = 0; i < c->input_count; i++)
        if (c->inputs[i].nullable)
            return true;
    return false;
}

static const char *answer_of(const struct mlt_output *o)
{
    switch (o->type) {
    case MLT_OUTPUT_PROBABILITY:
        return "The answer is the probability of the positive class:";
    case MLT_OUTPUT_LABEL:
        return "The answer is one of its values:";
    case MLT_OUTPUT_PROBABILITIES:
        return "The answer is one probability for each of its values:";
    case MLT_OUTPUT_TEXT:
        return "The answer is text:";
    default:
        return "The answer is a number:";
    }
}

bool mlt_block_api(const struct mlt_document_source *source, struct mlt_arena *arena,
                   struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_contract *c = source->facts->now.contract;
    (void)arena;
    mlt_buf_puts(out, "One instance is a JSON object with these fields:\n\n");
    print_fields("input", c->inputs, c->input_count, out);
    mlt_buf_printf(out,
                   "\nWhat is missing, of another type or outside its bounds is refused with the "
                   "reason.%s\n",
                   any_nullable(c) ? " Where nullable is yes, null and a missing field are values "
                                     "that the model knows."
                                   : "");
    mlt_buf_printf(out, "\n%s\n\n", answer_of(&c->output));
    print_output(&c->output, out);
    if (c->setting_count > 0) {
        mlt_buf_puts(out, "\nWho runs the model can set:\n\n");
        print_fields("setting", c->settings, c->setting_count, out);
    }
    return mlt_buf_check(out, err);
}

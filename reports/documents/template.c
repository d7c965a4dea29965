#include "reports/documents/template.h"

static const struct mlt_outline_section nothing = {.section = -1};

static bool read_from(const struct mlt_document_set *set, enum mlt_document_kind kind, int section,
                      const char *title, struct mlt_arena *arena,
                      const struct mlt_outline_section **out, struct mlt_err *err)
{
    struct mlt_outline outline;
    *out = NULL;
    if (!set || !set->document[kind].text)
        return true;
    if (!mlt_outline_make(set->document[kind].text, set->document[kind].len, arena, &outline, err))
        return false;
    *out = mlt_outline_find(&outline, section, title);
    return true;
}

bool mlt_template_read(const struct mlt_document_source *source, enum mlt_document_kind kind,
                       int section, const char *title, struct mlt_arena *arena,
                       const struct mlt_outline_section **out, bool *carried, struct mlt_err *err)
{
    const struct mlt_outline_section *before = NULL;
    const bool is_there = source->old && source->old->document[kind].text;
    *carried = false;
    if (!read_from(source->old, kind, section, title, arena, out, err) ||
        (!mlt_outline_is_written(*out) &&
         !read_from(source->before, kind, section, title, arena, &before, err)))
        return false;
    if (!mlt_outline_is_written(*out)) {
        *carried = mlt_outline_is_written(before);
        /* A document that is not there yet has the form of the one before. */
        if (*carried || (before && !is_there))
            *out = before;
    }
    if (!*out)
        *out = &nothing;
    return true;
}

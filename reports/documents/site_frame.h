/* What every page of the site has: head, place, foot; and texts from outside, made harmless. */
#ifndef MLTEST_REPORTS_DOCUMENTS_SITE_FRAME_H
#define MLTEST_REPORTS_DOCUMENTS_SITE_FRAME_H

#include "reports/documents/site.h"

extern const char mlt_site_style[];

/* Where a page stands. The root is `depth` folders above it. */
struct mlt_site_place {
    int depth;
    const char *model, *version; /* NULL: above that */
    const char *here;            /* the page's own name in the trail; NULL: its folder's index */
};

/* Opens the document up to and with <main>; `title` is plain text. */
bool mlt_site_open_page(const struct mlt_site_place *place, const char *title, struct mlt_buf *out,
                        struct mlt_err *err) MLT_MUST_USE;
void mlt_site_close_page(struct mlt_buf *out);

/* Plain text as content, or between the quotes of an attribute: escaped, control characters and
 * overrides of direction spelt out, at most some thousand bytes. Line breaks become <br> in
 * content. */
void mlt_site_put_text(struct mlt_buf *out, const char *text);
void mlt_site_put_attribute(struct mlt_buf *out, const char *text);
/* As content, with what stands between backticks as code. */
void mlt_site_put_sentence(struct mlt_buf *out, const char *text);
/* "<time>" of an RFC 3339 time: its day. */
void mlt_site_put_day(struct mlt_buf *out, const char *at);

/* State, "serves production", "latest", and the step that the number is. */
void mlt_site_put_badges(struct mlt_buf *out, const struct mlt_site_version *version);

/* The last revision up to `number` that brought the document; -1: none did. */
long long mlt_site_revision_of(const struct mlt_site_version *version, enum mlt_document_kind kind,
                               long long number);

/* Appends the HTML of a document's Markdown for the site: tables scroll, headings can be linked,
 * links to other documents lead to their pages (`prefix` before them), and what the site does not
 * hold is no link. */
bool mlt_site_put_markdown(const char *file, const char *text, size_t len, const char *prefix,
                           struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif

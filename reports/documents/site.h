/* The documentation site of a registry: pages of HTML that need nothing but themselves.
 *
 * Addresses, relative to the site's folder:
 *
 *   index.html, contents.html                      models; every document of every version
 *   MODEL/index.html                               the version history
 *   MODEL/VERSION/index.html, MODEL/VERSION/WORD.html   a version, and its document as it is now
 *   MODEL/VERSION/revisions/N/WORD.html            a document as revision N brought it
 *   MODEL/latest/…, MODEL/production/…             lead to the version that they mean
 *
 * Whatever stands in names, changelogs and documents is shown, never obeyed: it is escaped, and the
 * pages' Content-Security-Policy admits their own style and nothing else. No page asks the network
 * for anything. The same input gives the same bytes. */
#ifndef MLTEST_REPORTS_DOCUMENTS_SITE_H
#define MLTEST_REPORTS_DOCUMENTS_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/compat/release.h"
#include "harness/registry/documents.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

enum mlt_site_documents {
    MLT_SITE_NOT_CHECKED,
    MLT_SITE_COMPLETE,
    MLT_SITE_FAULTY,
};

struct mlt_site_version {
    const struct mlt_version_entry *entry;
    const struct mlt_version_words *words;
    bool latest;
    const char *before;                            /* the release before it; NULL: none */
    const struct mlt_compat_report *changes;       /* since then; NULL with `before` */
    const struct mlt_document_revision *revisions; /* oldest first */
    size_t revision_count;
    const struct mlt_deployment *deployments; /* oldest first */
    size_t deployment_count;
    enum mlt_site_documents documents;
    const char *const *faults; /* of the newest documents */
    size_t fault_count;
};

struct mlt_site_model {
    const char *name;
    const struct mlt_site_version *versions; /* highest first */
    size_t count;
};

struct mlt_site {
    const struct mlt_site_model *models;
    size_t count;
};

bool mlt_site_print_home(const struct mlt_site *site, struct mlt_buf *out,
                         struct mlt_err *err) MLT_MUST_USE;
bool mlt_site_print_contents(const struct mlt_site *site, struct mlt_buf *out,
                             struct mlt_err *err) MLT_MUST_USE;
bool mlt_site_print_model(const struct mlt_site_model *model, struct mlt_buf *out,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_site_print_version(const struct mlt_site_model *model,
                            const struct mlt_site_version *version, struct mlt_buf *out,
                            struct mlt_err *err) MLT_MUST_USE;

struct mlt_site_page {
    const struct mlt_site_model *model;
    const struct mlt_site_version *version;
    enum mlt_document_kind kind;
    /* The revision that brought this text; -1: the version has no such document. */
    long long revision;
    bool permanent; /* the page of this revision, not that of the newest */
    const char *text;
    size_t len;
};
/* One document. Markdown that cannot be read as such is shown as plain text. */
bool mlt_site_print_document(const struct mlt_site_page *page, struct mlt_buf *out,
                             struct mlt_err *err) MLT_MUST_USE;

/* A page that leads to `target`, an address relative to it. */
bool mlt_site_print_redirect(const char *target, const char *title, struct mlt_buf *out,
                             struct mlt_err *err) MLT_MUST_USE;

#endif

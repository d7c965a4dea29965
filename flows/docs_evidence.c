#include "flows/docs_evidence.h"

#include <string.h>

#include "flows/docs.h"

static const char *text_of(const struct mlt_document_fault *fault, struct mlt_arena *arena)
{
    return fault->line > 0
               ? mlt_arena_printf(arena, "%s:%d: %s", fault->path, fault->line, fault->what)
               : mlt_arena_printf(arena, "%s: %s", fault->path, fault->what);
}

static bool keep(const struct mlt_document_fault *faults, size_t count,
                 const struct mlt_document_revision *revision, const struct mlt_version *version,
                 struct mlt_arena *arena, struct mlt_evidence_documents *out, struct mlt_err *err)
{
    const char **texts = mlt_arena_calloc(arena, count, sizeof *texts);
    if (!texts)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!(texts[i] = text_of(&faults[i], arena)))
            return mlt_err_oom(err);
    *out = (struct mlt_evidence_documents){
        .looked = true, .revision = revision->number, .faults = texts, .fault_count = count};
    /* Documents in a folder are named by the digest of the folder. */
    strcpy(out->digest, revision->digest[0] ? revision->digest : version->digest);
    return true;
}

bool mlt_docs_evidence(const struct mlt_docs_facts_request *request, struct mlt_arena *arena,
                       struct mlt_evidence_documents *out, struct mlt_err *err)
{
    struct mlt_arena local = MLT_ARENA_INIT;
    struct mlt_document_set set;
    struct mlt_document_revision revision;
    struct mlt_document_fault *faults;
    size_t count;
    bool ok = mlt_docs_check(request, &local, &set, &revision, &faults, &count, err) &&
              keep(faults, count, &revision, request->version, arena, out, err);
    mlt_arena_free(&local);
    return ok;
}

#include "harness/ledger/intoto.h"

#include <string.h>

#include "harness/base/hash.h"

void mlt_intoto_begin(struct mlt_json_out *out, const struct mlt_intoto_subject *subjects,
                      size_t count, const char *predicate_type)
{
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "_type", MLT_INTOTO_STATEMENT);
    mlt_json_out_key(out, "subject");
    mlt_json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        mlt_json_out_object(out);
        mlt_json_out_kstring(out, "name", subjects[i].name);
        mlt_json_out_key(out, "digest");
        mlt_json_out_object(out);
        mlt_json_out_kstring(out, "sha256", subjects[i].sha256);
        mlt_json_out_object_end(out);
        mlt_json_out_object_end(out);
    }
    mlt_json_out_array_end(out);
    mlt_json_out_kstring(out, "predicateType", predicate_type);
    mlt_json_out_key(out, "predicate");
}

void mlt_intoto_end(struct mlt_json_out *out)
{
    mlt_json_out_object_end(out);
}

/* Lends strings of the document. */
static bool read_subjects(const struct mlt_json *list, struct mlt_arena *arena,
                          struct mlt_intoto *out, struct mlt_err *err)
{
    out->subjects = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *out->subjects);
    if (!out->subjects)
        return mlt_err_oom(err);
    for (const struct mlt_json *n = mlt_json_first(list); n; n = mlt_json_next(n)) {
        const char *name = mlt_json_string(mlt_json_get(n, "name"));
        const char *sha256 = mlt_json_string(mlt_json_get(mlt_json_get(n, "digest"), "sha256"));
        if (sha256 && mlt_hash_is_hex(sha256))
            out->subjects[out->subject_count++] =
                (struct mlt_intoto_subject){name ? name : "", sha256};
    }
    return true;
}

static bool read_statement(const char *file, struct mlt_arena *arena, struct mlt_intoto *out,
                           struct mlt_err *err)
{
    const char *type = mlt_json_string(mlt_json_get(out->document, "_type"));
    const struct mlt_json *subject = mlt_json_get(out->document, "subject");
    out->predicate_type = mlt_json_string(mlt_json_get(out->document, "predicateType"));
    out->predicate = mlt_json_get(out->document, "predicate");
    if (!type || strcmp(type, MLT_INTOTO_STATEMENT) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: the statement is of type \"%.60s\", expected " MLT_INTOTO_STATEMENT,
                           file, type ? type : "");
    if (!subject || mlt_json_type(subject) != MLT_JSON_ARRAY || !out->predicate_type ||
        !out->predicate || mlt_json_type(out->predicate) != MLT_JSON_OBJECT)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: a statement has \"subject\", \"predicateType\" and \"predicate\"",
                           file);
    return read_subjects(subject, arena, out, err);
}

bool mlt_intoto_parse(const char *file, const struct mlt_dsse *envelope, struct mlt_arena *arena,
                      struct mlt_intoto *out, struct mlt_err *err)
{
    struct mlt_intoto statement = {0};
    if (strcmp(envelope->payload_type, MLT_DSSE_IN_TOTO) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: the payload is of type \"%.60s\", expected " MLT_DSSE_IN_TOTO, file,
                           envelope->payload_type);
    if (!mlt_json_parse_kept(file, envelope->payload, envelope->payload_len, &statement.document,
                             err))
        return false;
    if (!read_statement(file, arena, &statement, err)) {
        mlt_intoto_free(&statement);
        return false;
    }
    *out = statement;
    return true;
}

void mlt_intoto_free(struct mlt_intoto *statement)
{
    mlt_json_free(statement->document);
    *statement = (struct mlt_intoto){0};
}

bool mlt_intoto_is_about(const struct mlt_intoto *statement, const char *sha256)
{
    for (size_t i = 0; i < statement->subject_count; i++)
        if (strcmp(statement->subjects[i].sha256, sha256) == 0)
            return true;
    return false;
}

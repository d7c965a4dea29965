#include "harness/domain/statement.h"

#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/domain/field.h"
#include "harness/domain/semver.h"

enum {
    FORMAT = 1,
    TEXT_BYTES = 4 * 1024 * 1024,
    EVIDENCE_MAX = 10000,
    TICKETS_MAX = 64,
    NAME_BYTES = 200,
    CRITERION_BYTES = 1000,
    REASON_BYTES = 2000,
    PERSON_BYTES = 255,
};

enum field {
    VERSION = 1 << 0, /* with digest and artifact_digest */
    STAGE = 1 << 1,
    POLICY = 1 << 2,
    EVIDENCE = 1 << 3,
    CRITERION = 1 << 4, /* with expires, and at least one ticket */
    RECORD = 1 << 5,    /* with outcome */
    FILE_FIELD = 1 << 6,
    REVOKES = 1 << 7,
};

/* What each kind says, and what it may say; model, person, reason and at are everybody's, and so
 * are tickets. */
static const struct shape {
    const char *name;
    unsigned must, may;
    bool any_model; /* "*" will do: it is about every model without a policy of its own */
} shapes[] = {
    [MLT_STATEMENT_NONE] = {NULL, 0, 0, false},
    [MLT_STATEMENT_APPROVAL] = {"approval", VERSION | STAGE | POLICY, EVIDENCE, false},
    [MLT_STATEMENT_REJECTION] = {"rejection", VERSION | STAGE | POLICY, EVIDENCE, false},
    [MLT_STATEMENT_REVOCATION] = {"revocation", REVOKES, VERSION, true},
    [MLT_STATEMENT_WAIVER] = {"waiver", VERSION | POLICY | CRITERION, EVIDENCE, false},
    [MLT_STATEMENT_RECORD] = {"record", VERSION | RECORD, FILE_FIELD, false},
    [MLT_STATEMENT_POLICY] = {"policy", POLICY, 0, true},
};
enum { KINDS = sizeof shapes / sizeof *shapes };

const char *mlt_statement_kind_name(enum mlt_statement_kind kind)
{
    return (unsigned)kind < KINDS && shapes[kind].name ? shapes[kind].name : "none";
}

/* One statement while it is checked: made here it is the caller's fault, read it is evidence. */
struct checking {
    const struct mlt_statement *s;
    enum mlt_err_kind fault;
    struct mlt_err *err;
};

static bool says(const char *text)
{
    return text && *text;
}

static bool wrong(const struct checking *c, const char *field, const char *expected)
{
    return mlt_err_set(c->err, c->fault, "a statement's \"%s\" is not %s", field, expected);
}

/* What is signed reads the same everywhere: no control character, nothing that turns the writing
 * around, nothing that is not UTF-8. */
static bool is_plain(const char *text, size_t most)
{
    struct mlt_buf shown = MLT_BUF_INIT;
    size_t len = strlen(text);
    mlt_str_append_safe(&shown, text, len, most + 1);
    bool plain = len > 0 && len <= most && text[0] != ' ' && text[len - 1] != ' ' && !shown.oom &&
                 strcmp(shown.data, text) == 0;
    mlt_buf_free(&shown);
    return plain;
}

bool mlt_statement_is_person(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > PERSON_BYTES || strchr("-#@", text[0]))
        return false;
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at > '~' || strchr("*?!,\"'\\", *at))
            return false;
    return true;
}

/* One field that is there exactly when its kind has it. */
static bool check_there(const struct checking *c, const char *field, bool there, unsigned which)
{
    const struct shape *shape = &shapes[c->s->kind];
    if (there && !((shape->must | shape->may) & which))
        return mlt_err_set(c->err, c->fault, "a statement of kind \"%s\" says no \"%s\"",
                           shape->name, field);
    if (!there && (shape->must & which))
        return mlt_err_set(c->err, c->fault, "a statement of kind \"%s\" lacks \"%s\"", shape->name,
                           field);
    return true;
}

static bool check_shape(const struct checking *c)
{
    const struct mlt_statement *s = c->s;
    if ((unsigned)s->kind >= KINDS || !shapes[s->kind].name)
        return wrong(c, "kind", "one that there is");
    if (says(s->version) != says(s->digest) || says(s->version) != says(s->artifact_digest))
        return mlt_err_set(c->err, c->fault,
                           "a statement says all of \"version\", \"digest\" and "
                           "\"artifact_digest\", or none");
    if (says(s->criterion) != says(s->expires))
        return mlt_err_set(c->err, c->fault,
                           "a statement says both \"criterion\" and \"expires\", or neither");
    if (says(s->record) != says(s->outcome))
        return mlt_err_set(c->err, c->fault,
                           "a statement says both \"record\" and \"outcome\", or neither");
    if (says(s->file_name) != says(s->file_sha256) || (s->file_bytes && !says(s->file_name)))
        return wrong(c, "file", "whole: name, bytes, sha256");
    return check_there(c, "version", says(s->version), VERSION) &&
           check_there(c, "stage", says(s->stage), STAGE) &&
           check_there(c, "policy", says(s->policy), POLICY) &&
           check_there(c, "evidence", s->evidence_count > 0, EVIDENCE) &&
           check_there(c, "criterion", says(s->criterion), CRITERION) &&
           check_there(c, "record", says(s->record), RECORD) &&
           check_there(c, "file", says(s->file_name), FILE_FIELD) &&
           check_there(c, "revokes", says(s->revokes), REVOKES);
}

static bool check_version(const struct checking *c)
{
    const struct mlt_statement *s = c->s;
    struct mlt_semver semver;
    struct mlt_err ignored = MLT_ERR_INIT;
    bool any = shapes[s->kind].any_model && s->model && strcmp(s->model, "*") == 0;
    char canonical[MLT_SEMVER_CHARS];
    if (!s->model || (!any && !mlt_model_name_check(s->model, &ignored)))
        return wrong(c, "model", "the name of a model");
    if (!says(s->version))
        return true;
    if (any)
        return wrong(c, "version", "one of \"*\": a version belongs to one model");
    if (!mlt_semver_parse(s->version, &semver, &ignored) ||
        strcmp(mlt_semver_format(&semver, canonical), s->version) != 0)
        return wrong(c, "version", "a version such as 1.1.0");
    if (!mlt_hash_is_hex(s->digest) || !mlt_hash_is_hex(s->artifact_digest))
        return wrong(c, "digest", "a SHA-256 in 64 lower-case hex digits");
    return true;
}

static bool check_evidence(const struct checking *c)
{
    const struct mlt_statement *s = c->s;
    if (s->evidence_count > EVIDENCE_MAX)
        return wrong(c, "evidence", "a list of at most 10,000 digests");
    for (size_t i = 0; i < s->evidence_count; i++)
        if (!mlt_hash_is_hex(s->evidence[i]) ||
            (i && strcmp(s->evidence[i - 1], s->evidence[i]) >= 0))
            return wrong(c, "evidence", "a list of SHA-256 digests, ascending, each once");
    return true;
}

static bool check_record(const struct checking *c)
{
    const struct mlt_statement *s = c->s;
    if (!says(s->record))
        return true;
    const struct mlt_record_kind *kind = mlt_record_kind_find(s->record);
    if (!kind)
        return wrong(c, "record", "a kind of record that there is");
    bool known = false;
    for (size_t i = 0; kind->outcomes[i]; i++)
        known = known || strcmp(kind->outcomes[i], s->outcome) == 0;
    if (!known)
        return wrong(c, "outcome", "one that this kind of record has");
    if (kind->needs_file && !says(s->file_name))
        return mlt_err_set(c->err, c->fault, "a record of kind \"%s\" needs a file", kind->name);
    if (!says(s->file_name))
        return true;
    if (!is_plain(s->file_name, NAME_BYTES) || strchr(s->file_name, '/') ||
        !mlt_fs_is_inside(s->file_name))
        return wrong(c, "file", "named by one plain name without a folder");
    if (s->file_bytes > (uint64_t)1 << 53 || !mlt_hash_is_hex(s->file_sha256))
        return wrong(c, "file", "described by its size and its SHA-256");
    return true;
}

static bool check_tickets(const struct checking *c)
{
    const struct mlt_statement *s = c->s;
    if (s->ticket_count > TICKETS_MAX)
        return wrong(c, "tickets", "a list of at most 64");
    for (size_t i = 0; i < s->ticket_count; i++)
        if (!is_plain(s->tickets[i], NAME_BYTES))
            return wrong(c, "tickets", "a list of plain texts of at most 200 bytes");
    if (s->kind == MLT_STATEMENT_WAIVER && s->ticket_count == 0)
        return mlt_err_set(c->err, c->fault, "a waiver needs a ticket");
    return true;
}

static bool check(const struct checking *c)
{
    const struct mlt_statement *s = c->s;
    int64_t when;
    if (!check_shape(c) || !check_version(c) || !check_evidence(c) || !check_record(c) ||
        !check_tickets(c))
        return false;
    if (says(s->stage) && !is_plain(s->stage, NAME_BYTES))
        return wrong(c, "stage", "one line of plain text of at most 200 bytes");
    if (says(s->policy) && !mlt_hash_is_hex(s->policy))
        return wrong(c, "policy", "a SHA-256 in 64 lower-case hex digits");
    if (says(s->revokes) && !mlt_hash_is_hex(s->revokes))
        return wrong(c, "revokes", "a SHA-256 in 64 lower-case hex digits");
    if (says(s->criterion) && !is_plain(s->criterion, CRITERION_BYTES))
        return wrong(c, "criterion", "one line of plain text of at most 1,000 bytes");
    if (says(s->expires) && !mlt_clock_parse(s->expires, &when))
        return wrong(c, "expires", "a time such as 2026-01-31T00:00:00Z");
    if (!s->person || !mlt_statement_is_person(s->person))
        return wrong(c, "person",
                     "a name as in an allowed-signers file: visible ASCII without spaces, quotes, "
                     "commas and wildcards");
    if (!s->reason || !is_plain(s->reason, REASON_BYTES))
        return wrong(c, "reason", "one line of plain text of at most 2,000 bytes");
    if (!s->at || !mlt_clock_parse(s->at, &when))
        return wrong(c, "at", "a time such as 2026-01-31T00:00:00Z");
    return true;
}

static void put_text(struct mlt_json_out *json, const char *key, const char *text)
{
    if (says(text))
        mlt_json_out_kstring(json, key, text);
}

static void put_file(struct mlt_json_out *json, const struct mlt_statement *s)
{
    if (!says(s->file_name))
        return;
    mlt_json_out_key(json, "file");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "name", s->file_name);
    mlt_json_out_kint(json, "bytes", (int64_t)s->file_bytes);
    mlt_json_out_kstring(json, "sha256", s->file_sha256);
    mlt_json_out_object_end(json);
}

static bool encode(const struct mlt_statement *s, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, false);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "mltest_statement", FORMAT);
    mlt_json_out_kstring(&json, "kind", mlt_statement_kind_name(s->kind));
    mlt_json_out_kstring(&json, "model", s->model);
    put_text(&json, "version", s->version);
    put_text(&json, "digest", s->digest);
    put_text(&json, "artifact_digest", s->artifact_digest);
    put_text(&json, "stage", s->stage);
    put_text(&json, "policy", s->policy);
    if (s->evidence_count)
        mlt_json_out_kstrings(&json, "evidence", s->evidence, s->evidence_count);
    put_text(&json, "criterion", s->criterion);
    put_text(&json, "expires", s->expires);
    put_text(&json, "record", s->record);
    put_text(&json, "outcome", s->outcome);
    put_file(&json, s);
    put_text(&json, "revokes", s->revokes);
    mlt_json_out_kstring(&json, "person", s->person);
    mlt_json_out_kstring(&json, "reason", s->reason);
    if (s->ticket_count)
        mlt_json_out_kstrings(&json, "tickets", s->tickets, s->ticket_count);
    mlt_json_out_kstring(&json, "at", s->at);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err) && mlt_buf_check(out, err);
}

bool mlt_statement_encode(const struct mlt_statement *statement, struct mlt_buf *out,
                          struct mlt_err *err)
{
    const struct checking c = {statement, MLT_ERR_USAGE, err};
    return check(&c) && encode(statement, out, err);
}

static const char *text_if_there(struct mlt_field_reader *r, const char *key)
{
    return mlt_field_has(r, key) ? mlt_field_text(r, key) : NULL;
}

static const char *const *texts_if_there(struct mlt_field_reader *r, const char *key, size_t most,
                                         size_t *count)
{
    *count = 0;
    if (r->failed || !mlt_field_has(r, key))
        return NULL;
    const struct mlt_json *list = mlt_json_get(r->object, key);
    size_t size = mlt_json_count(list);
    if (mlt_json_type(list) != MLT_JSON_ARRAY || size > most) {
        mlt_field_fault(r, key, "a list that is not that long");
        return NULL;
    }
    const char **texts = mlt_arena_calloc(r->arena, size, sizeof *texts);
    for (const struct mlt_json *at = mlt_json_first(list); texts && at; at = mlt_json_next(at)) {
        if (!mlt_json_string(at)) {
            mlt_field_fault(r, key, "a list of texts");
            return NULL;
        }
        texts[*count] = mlt_arena_strdup(r->arena, mlt_json_string(at));
        if (!texts[(*count)++])
            texts = NULL;
    }
    if (!texts) {
        r->failed = true;
        mlt_err_oom(r->err);
    }
    return texts;
}

static void read_file(struct mlt_field_reader *r, struct mlt_statement *out)
{
    if (r->failed || !mlt_field_has(r, "file"))
        return;
    struct mlt_field_reader file =
        mlt_field_reader(mlt_json_get(r->object, "file"), "a statement's file", r->arena, r->err);
    out->file_name = mlt_field_text(&file, "name");
    out->file_bytes = mlt_field_count(&file, "bytes");
    out->file_sha256 = mlt_field_text(&file, "sha256");
    r->failed = file.failed;
}

static bool read_fields(const struct mlt_json *document, struct mlt_arena *arena,
                        struct mlt_statement *out, struct mlt_err *err)
{
    const char *names[KINDS];
    struct mlt_field_reader r = mlt_field_reader(document, "a statement", arena, err);
    for (int i = 0; i < KINDS; i++)
        names[i] = mlt_statement_kind_name((enum mlt_statement_kind)i);
    if (mlt_field_count(&r, "mltest_statement") != FORMAT && !r.failed)
        mlt_field_fault(&r, "mltest_statement", "1");
    out->kind = (enum mlt_statement_kind)mlt_field_name(&r, "kind", names, KINDS);
    out->model = mlt_field_text(&r, "model");
    out->version = text_if_there(&r, "version");
    out->digest = text_if_there(&r, "digest");
    out->artifact_digest = text_if_there(&r, "artifact_digest");
    out->stage = text_if_there(&r, "stage");
    out->policy = text_if_there(&r, "policy");
    out->evidence = texts_if_there(&r, "evidence", EVIDENCE_MAX, &out->evidence_count);
    out->criterion = text_if_there(&r, "criterion");
    out->expires = text_if_there(&r, "expires");
    out->record = text_if_there(&r, "record");
    out->outcome = text_if_there(&r, "outcome");
    read_file(&r, out);
    out->revokes = text_if_there(&r, "revokes");
    out->person = mlt_field_text(&r, "person");
    out->reason = mlt_field_text(&r, "reason");
    out->tickets = texts_if_there(&r, "tickets", TICKETS_MAX, &out->ticket_count);
    out->at = mlt_field_text(&r, "at");
    if (!out->version)
        out->version = out->digest = out->artifact_digest = "";
    return mlt_field_finish(&r);
}

/* The one form is the one that is written here: an unknown field, another order or another spelling
 * of a character gives other bytes. */
static bool is_canonical(const struct mlt_statement *s, const char *text, size_t len,
                         struct mlt_err *err)
{
    struct mlt_buf again = MLT_BUF_INIT;
    bool ok = encode(s, &again, err);
    if (ok && (again.len != len || memcmp(again.data, text, len) != 0))
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE,
                         "a statement is not written as mltest writes it: it has further fields, "
                         "another order, other spaces or other escapes");
    mlt_buf_free(&again);
    return ok;
}

bool mlt_statement_decode(const char *text, size_t len, struct mlt_arena *arena,
                          struct mlt_statement *out, struct mlt_err *err)
{
    struct mlt_json *document;
    struct mlt_statement s = {0};
    const struct checking c = {&s, MLT_ERR_EVIDENCE, err};
    if (len > TEXT_BYTES)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "a statement has %zu bytes: too many", len);
    if (!mlt_json_parse_kept("a statement", text, len, &document, err))
        return false;
    bool ok =
        read_fields(document, arena, &s, err) && check(&c) && is_canonical(&s, text, len, err);
    mlt_json_free(document);
    if (ok)
        *out = s;
    return ok;
}

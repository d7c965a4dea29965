#include <string.h>

#include "flows/approvals.h"
#include "flows/find_statement.h"
#include "flows/gate.h"
#include "gates/collect/usage.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"

static const struct mlt_record_kind *want_kind(const char *name, struct mlt_err *err)
{
    const struct mlt_record_kind *kind = mlt_record_kind_find(name);
    const char *names[64] = {NULL};
    if (kind)
        return kind;
    for (size_t i = 0; mlt_record_kinds[i].name && i < 63; i++)
        names[i] = mlt_record_kinds[i].name;
    const char *near = mlt_str_nearest(name, names);
    mlt_err_set(
        err, MLT_ERR_USAGE,
        "there is no record of kind \"%.80s\"%s%s%s (mltest evidence add --help lists them)", name,
        near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return NULL;
}

static bool want_outcome(const struct mlt_record_kind *kind, const char *outcome, const char **out,
                         struct mlt_err *err)
{
    struct mlt_buf all = MLT_BUF_INIT;
    *out = outcome ? NULL : kind->outcomes[0];
    for (size_t i = 0; kind->outcomes[i]; i++) {
        if (mlt_str_eq(kind->outcomes[i], outcome))
            *out = kind->outcomes[i];
        mlt_buf_printf(&all, "%s%s", i ? ", " : "", kind->outcomes[i]);
    }
    if (!*out)
        mlt_err_set(err, MLT_ERR_USAGE, "a %s has no outcome \"%.60s\": %s", kind->name, outcome,
                    all.data);
    mlt_buf_free(&all);
    return *out != NULL;
}

/* Figures that no gate could read are refused while somebody is there to mend them. */
static bool check_usage(const struct mlt_signing *signing, const char *path,
                        struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_usage_request request = {.version = signing->setting.version.version,
                                              .now_s = signing->request.now_s,
                                              .max_age_s = signing->policy.max_age_s};
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_usage usage;
    const char *fault = NULL;
    bool ok = mlt_fs_read(path, 16 << 20, &text, err) &&
              mlt_usage_parse(&request, text.data, text.len, arena, &usage, &fault, err);
    if (ok && fault)
        ok = mlt_err_set(err, MLT_ERR_USAGE, "%s: %s", path, fault);
    mlt_buf_free(&text);
    return ok;
}

static bool fill_file(const struct mlt_signing *signing, const char *path, struct mlt_statement *s,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    char *sha256 = mlt_arena_alloc(arena, MLT_SHA256_HEX);
    if (!path)
        return true;
    if (!sha256)
        return mlt_err_oom(err);
    s->file_name = mlt_fs_basename(path);
    s->file_sha256 = sha256;
    return mlt_hash_file(path, sha256, &s->file_bytes, err) &&
           (strcmp(s->record, "usage") != 0 || check_usage(signing, path, arena, err));
}

static bool add(const struct mlt_evidence_add_request *request, struct mlt_signing *signing,
                struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_statement s;
    struct mlt_buf shown = MLT_BUF_INIT;
    const struct mlt_record_kind *kind = want_kind(request->kind, err);
    const char *outcome;
    if (!kind || !want_outcome(kind, request->outcome, &outcome, err))
        return false;
    if (kind->needs_file && !request->sign.file)
        return mlt_err_set(err, MLT_ERR_USAGE, "a %s needs a file: --file FILE", kind->name);
    if (!mlt_signing_open(&request->sign, request->ref, "", false, arena, signing, err) ||
        !mlt_signing_start(signing, MLT_STATEMENT_RECORD, NULL, arena, &s, err))
        return false;
    s.record = kind->name;
    s.outcome = outcome;
    if (!fill_file(signing, request->sign.file, &s, arena, err))
        return false;
    mlt_buf_printf(&shown, "%s of %s@%s: %s\n  files       %s\n", kind->name, s.model, s.version,
                   outcome, s.digest);
    if (s.file_name)
        mlt_buf_printf(&shown, "  file        %s, %llu bytes, %s\n", s.file_name,
                       (unsigned long long)s.file_bytes, s.file_sha256);
    bool ok = mlt_buf_check(&shown, err) &&
              mlt_sign_statement(&request->sign, signing->setting.registry, &signing->policy, &s,
                                 shown.data, arena, out, err);
    mlt_buf_free(&shown);
    return ok;
}

bool mlt_flow_evidence_add(const struct mlt_evidence_add_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_signing signing = {.setting = {0}};
    bool ok = add(request, &signing, arena, out, err);
    mlt_setting_close(&signing.setting);
    return ok;
}

static bool write_file(struct mlt_registry *registry, const struct mlt_found_statement *found,
                       const char *path, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const struct mlt_statement *s = &found->stored.statement;
    if (found->stored.fault || !s->file_name)
        return mlt_err_set(err, MLT_ERR_USAGE, "statement %.12s names no file",
                           found->stored.digest);
    bool ok = mlt_registry_record_file(registry, s, &text, err) &&
              mlt_fs_write_atomic(path, text.data, text.len, err);
    mlt_buf_free(&text);
    return ok;
}

static bool show(const struct mlt_evidence_show_request *request, struct mlt_setting *setting,
                 struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_found_statement found;
    struct mlt_policy policy;
    const char *fault;
    bool advisory, tampered;
    if (!mlt_setting_registry(request->registry, request->dir, true, arena, &setting->registry,
                              err) ||
        !mlt_find_statement(setting->registry, request->digest, arena, &found, err))
        return false;
    setting->registry_url = mlt_registry_url(setting->registry);
    setting->version.model = found.model;
    if (!mlt_gate_policy(setting, NULL, true, arena, &policy, &advisory, err) ||
        !mlt_stored_statement_verify(&found.stored, found.model, policy.people.signers_text, arena,
                                     &fault, &tampered, err))
        return false;
    const struct mlt_stored_statement *s = &found.stored;
    mlt_buf_printf(out, "statement %s\nlogged at %s by %s\nsignature: %s%s\n\n", s->digest,
                   s->logged_at, s->by, fault ? "does not count: " : "good", fault ? fault : "");
    size_t len = strlen(s->text);
    mlt_str_append_safe(out, s->text, len && s->text[len - 1] == '\n' ? len - 1 : len, len);
    mlt_buf_puts(out, "\n\n");
    /* Of its lines each is shown as such. */
    for (const char *line = s->signature; *line;) {
        size_t size = strcspn(line, "\n");
        mlt_str_append_safe(out, line, size, size);
        mlt_buf_putc(out, '\n');
        line += size + (line[size] == '\n');
    }
    return !request->output || write_file(setting->registry, &found, request->output, err);
}

bool mlt_flow_evidence_show(const struct mlt_evidence_show_request *request,
                            struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_setting setting = {0};
    bool ok = show(request, &setting, arena, out, err);
    mlt_setting_close(&setting);
    return ok;
}

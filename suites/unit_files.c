#include <string.h>
#include <sys/stat.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/domain/manifest.h"
#include "suites/unit_checks.h"

enum { MANIFEST_BYTES = 64 << 20 };

static void add_fault(struct mlt_buf *faults, const char *what)
{
    mlt_buf_printf(faults, "%s%s", faults->len ? "; " : "", what);
}

static void want_file(const struct mlt_subject *subject, struct mlt_arena *arena, const char *name,
                      struct mlt_buf *faults)
{
    const char *path = mlt_fs_join(arena, subject->dir, name);
    struct stat st;
    if (!path || mlt_fs_kind(path) != MLT_FS_FILE) {
        mlt_buf_printf(faults, "%s%s is missing", faults->len ? "; " : "", name);
    } else if (stat(path, &st) == 0 && st.st_size == 0) {
        mlt_buf_printf(faults, "%s%s is empty", faults->len ? "; " : "", name);
    }
}

static bool has_model_card(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasestr(names[i], "model") && strcasestr(names[i], "card"))
            return true;
    return false;
}

static bool want_folders(const struct mlt_subject *subject, struct mlt_arena *arena,
                         struct mlt_buf *faults, struct mlt_err *err)
{
    const char *docs = mlt_fs_join(arena, subject->dir, "docs");
    const char *tests = mlt_fs_join(arena, subject->dir, "tests");
    char **names;
    size_t count;
    if (!docs || !tests)
        return mlt_err_oom(err);
    if (mlt_fs_kind(docs) != MLT_FS_DIR)
        add_fault(faults, "docs/ is missing");
    else if (!mlt_fs_list_names(docs, arena, &names, &count, err))
        return false;
    else if (!has_model_card(names, count))
        add_fault(faults, "docs/ holds no model card");
    if (mlt_fs_kind(tests) != MLT_FS_DIR)
        add_fault(faults, "tests/ is missing");
    else if (!mlt_fs_list_names(tests, arena, &names, &count, err))
        return false;
    else if (count == 0)
        add_fault(faults, "tests/ is empty");
    return true;
}

/* <model>-<version>.<ext>, or model.<ext>; an `artifact:` of mltest.yaml may be called anything. */
static void want_artifact_name(struct mlt_case_context *context, struct mlt_buf *faults)
{
    const struct mlt_subject *subject = context->candidate;
    const char *name = mlt_fs_basename(subject->artifact);
    const char *wanted =
        mlt_arena_printf(context->arena, "%s-%s.", subject->model, subject->version);
    if (wanted && !mlt_str_starts(name, wanted) && !mlt_str_starts(name, "model.") &&
        !mlt_str_eq(context->config->adapter.artifact, name))
        mlt_buf_printf(faults, "%sthe model file is named %s, not %s<ext> or model.<ext>",
                       faults->len ? "; " : "", name, wanted);
}

bool mlt_unit_artifacts(struct mlt_case_context *context, const struct mlt_json *spec,
                        struct mlt_outcome *out, struct mlt_err *err)
{
    (void)spec;
    const struct mlt_subject *subject = context->candidate;
    struct mlt_buf faults = MLT_BUF_INIT;
    struct stat st;
    if (stat(subject->artifact, &st) != 0 || !S_ISREG(st.st_mode))
        mlt_buf_printf(&faults, "the model file %s is missing", subject->artifact);
    else if (st.st_size == 0)
        mlt_buf_printf(&faults, "the model file %s is empty", subject->artifact);
    want_artifact_name(context, &faults);
    want_file(subject, context->arena, "config.json", &faults);
    want_file(subject, context->arena, "metadata.json", &faults);
    want_file(subject, context->arena, "metrics.json", &faults);
    bool ok = want_folders(subject, context->arena, &faults, err) && mlt_buf_check(&faults, err);
    if (ok && faults.len)
        ok = mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s: %s", subject->dir,
                             faults.data);
    else if (ok)
        out->state = MLT_OUTCOME_PASSED;
    mlt_buf_free(&faults);
    return ok;
}

/* A fault of evidence is the version's: the check fails. Anything else is ours: the case is broken.
 */
static bool ended(struct mlt_case_context *context, bool ok, struct mlt_outcome *out,
                  struct mlt_err *err)
{
    if (ok) {
        out->state = MLT_OUTCOME_PASSED;
        return true;
    }
    if (err->kind == MLT_ERR_INFRA || err->kind == MLT_ERR_INTERRUPTED)
        return false;
    struct mlt_err said = *err;
    *err = (struct mlt_err)MLT_ERR_INIT;
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s", said.text);
}

static bool verify_stated(const struct mlt_subject *subject, struct mlt_arena *arena,
                          struct mlt_err *err)
{
    const char *path = mlt_fs_join(arena, subject->dir, "MANIFEST.json");
    if (!path)
        return mlt_err_oom(err);
    if (mlt_fs_kind(path) == MLT_FS_ABSENT)
        return true;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_manifest manifest;
    bool ok = mlt_fs_read(path, MANIFEST_BYTES, &text, err) &&
              mlt_manifest_decode(path, text.data, text.len, arena, &manifest, err) &&
              mlt_manifest_verify(subject->dir, &manifest, err);
    mlt_buf_free(&text);
    return ok;
}

static bool digest_of_folder(const struct mlt_subject *subject, struct mlt_arena *arena,
                             char out[MLT_SHA256_HEX], struct mlt_err *err)
{
    struct mlt_manifest manifest;
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok =
        mlt_manifest_scan(subject->dir, subject->model, subject->version, arena, &manifest, err) &&
        mlt_manifest_encode(&manifest, &text, err) && mlt_hash_bytes(text.data, text.len, out, err);
    mlt_buf_free(&text);
    return ok;
}

static bool digests_agree(const struct mlt_subject *subject, struct mlt_arena *arena,
                          struct mlt_err *err)
{
    char artifact[MLT_SHA256_HEX], folder[MLT_SHA256_HEX];
    if (!verify_stated(subject, arena, err) ||
        !mlt_hash_file(subject->artifact, artifact, NULL, err) ||
        !digest_of_folder(subject, arena, folder, err))
        return false;
    if (strcmp(artifact, subject->artifact_digest) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s has changed since the run began: SHA-256 %.12s…, was %.12s…",
                           subject->artifact, artifact, subject->artifact_digest);
    if (strcmp(folder, subject->digest) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s has changed since the run began: the digest of its files is "
                           "%.12s…, was %.12s…",
                           subject->dir, folder, subject->digest);
    return true;
}

bool mlt_unit_digests(struct mlt_case_context *context, const struct mlt_json *spec,
                      struct mlt_outcome *out, struct mlt_err *err)
{
    (void)spec;
    return ended(context, digests_agree(context->candidate, context->arena, err), out, err);
}

static bool absent_text(struct mlt_case_context *context, const char *name, struct mlt_outcome *out,
                        struct mlt_err *err)
{
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err, "%s/%s is missing",
                           context->candidate->dir, name);
}

bool mlt_unit_metadata(struct mlt_case_context *context, const struct mlt_json *spec,
                       struct mlt_outcome *out, struct mlt_err *err)
{
    (void)spec;
    const struct mlt_subject *subject = context->candidate;
    struct mlt_metadata metadata;
    if (!subject->metadata_json)
        return absent_text(context, "metadata.json", out, err);
    bool ok =
        mlt_metadata_parse("metadata.json", subject->metadata_json, strlen(subject->metadata_json),
                           subject->model, subject->version, context->arena, &metadata, err);
    return ended(context, ok, out, err);
}

bool mlt_unit_config(struct mlt_case_context *context, const struct mlt_json *spec,
                     struct mlt_outcome *out, struct mlt_err *err)
{
    (void)spec;
    const char *text = context->candidate->config_json;
    if (!text)
        return absent_text(context, "config.json", out, err);
    struct mlt_json *config;
    struct mlt_contract contract;
    bool ok = mlt_json_parse("config.json", text, strlen(text), &config, err);
    if (!ok)
        return ended(context, false, out, err);
    bool declares = mlt_json_get(config, "inputs") || mlt_json_get(config, "output");
    if (mlt_json_type(config) != MLT_JSON_OBJECT)
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE, "config.json holds %s, not an object",
                         mlt_json_type_name(mlt_json_type(config)));
    else if (declares || !context->config->has_contract)
        ok = mlt_contract_decode("config.json", config, context->arena, &contract, err);
    mlt_json_free(config);
    return ended(context, ok, out, err);
}

#include "flows/replay.h"

#include <string.h>

#include "flows/builtins.h"
#include "flows/decision_file.h"
#include "gates/decide/decide.h"
#include "harness/base/fs.h"
#include "harness/codec/json.h"
#include "harness/config/gates.h"
#include "harness/results/results.h"

struct replay {
    const struct mlt_replay_request *request;
    struct mlt_arena *arena;
    const struct mlt_json *document;
    struct mlt_evidence evidence;
};

/* Does this file have the digest? A file that cannot be read does not. */
static bool is_file(const char *path, const char *sha256)
{
    char digest[MLT_SHA256_HEX];
    struct mlt_err ignored = MLT_ERR_INIT;
    return path && mlt_hash_file(path, digest, NULL, &ignored) && strcmp(digest, sha256) == 0;
}

/* The file with this digest: given by hand, or where the document last saw it. */
static const char *find_file(const struct replay *r, const char *sha256)
{
    for (size_t i = 0; i < r->request->evidence_count; i++)
        if (is_file(r->request->evidence[i], sha256))
            return r->request->evidence[i];
    const struct mlt_json *files = mlt_json_get(mlt_json_get(r->document, "context"), "files");
    for (const struct mlt_json *f = mlt_json_first(files); f; f = mlt_json_next(f)) {
        const char *named = mlt_json_string(mlt_json_get(f, "sha256"));
        const char *path = mlt_json_string(mlt_json_get(f, "path"));
        if (named && strcmp(named, sha256) == 0 && is_file(path, sha256))
            return path;
    }
    return NULL;
}

static bool load_run(void *context, const char *run_id, struct mlt_evidence_run *out,
                     struct mlt_err *err)
{
    struct replay *r = context;
    out->path = find_file(r, out->sha256);
    if (!out->path)
        return mlt_err_set(
            err, MLT_ERR_EVIDENCE,
            "run %.40s (SHA-256 %.12s…) is not to be found unaltered: give its results "
            "file with --evidence",
            run_id, out->sha256);
    struct mlt_run *run = mlt_arena_alloc(r->arena, sizeof *run);
    if (!run)
        return mlt_err_oom(err);
    out->run = run;
    return mlt_results_load(out->path, r->arena, run, err);
}

/* Decides again and compares with the document's own bytes, re-indented by the same writer. */
static bool decide_again(struct replay *r, const struct mlt_json *decided, struct mlt_buf *out,
                         enum mlt_verdict *verdict, struct mlt_err *err)
{
    const char *text, *tool;
    struct mlt_policy policy;
    struct mlt_decision decision;
    struct mlt_buf again = MLT_BUF_INIT, kept = MLT_BUF_INIT;
    struct mlt_json_out json;
    const char *const *words = mlt_builtin_requirement_words(r->arena);
    const char *signers = mlt_json_string(mlt_json_get(mlt_json_get(decided, "policy"), "signers"));
    if (!words)
        return mlt_err_oom(err);
    if (!mlt_json_want_string(mlt_json_get(decided, "policy"), "text", &text, err) ||
        !mlt_json_want_string(decided, "tool_version", &tool, err) ||
        !mlt_evidence_decode(decided, load_run, r, r->arena, &r->evidence, err) ||
        !mlt_gates_parse("the decision's policy", text, strlen(text), signers, words, r->arena,
                         &policy, err) ||
        !mlt_gate_decide(&policy, &r->evidence, tool, r->arena, &decision, err))
        return false;
    mlt_json_out_init(&json, &kept, true);
    mlt_json_out_node(&json, decided);
    bool ok = mlt_decision_encode_decided(&decision, &again, err) &&
              mlt_json_out_finish(&json, err) && mlt_buf_check(&again, err) &&
              mlt_buf_check(&kept, err);
    bool same = ok && again.len == kept.len && memcmp(again.data, kept.data, kept.len) == 0;
    if (ok && same) {
        *verdict = decision.verdict;
        mlt_buf_printf(out, "replayed: %s, the same bytes (%zu) from %zu run%s\n",
                       mlt_verdict_name(decision.verdict), kept.len, r->evidence.run_count,
                       r->evidence.run_count == 1 ? "" : "s");
    } else if (ok) {
        size_t at = 0;
        while (at < again.len && at < kept.len && again.data[at] == kept.data[at])
            at++;
        size_t line = 1;
        for (size_t i = 0; i < at; i++)
            line += kept.data[i] == '\n';
        *verdict = MLT_VERDICT_INVALID;
        mlt_buf_printf(
            out,
            "replayed: %s, but the bytes differ from the document's, first in line %zu of "
            "`decided`: the document was altered, or another version of mltest (%s) made it\n",
            mlt_verdict_name(decision.verdict), line, tool);
    }
    mlt_buf_free(&again);
    mlt_buf_free(&kept);
    return ok;
}

bool mlt_replay_document(const struct mlt_replay_request *request, const struct mlt_json *document,
                         struct mlt_arena *arena, struct mlt_buf *out, enum mlt_verdict *verdict,
                         struct mlt_err *err)
{
    struct replay r = {.request = request, .arena = arena, .document = document};
    if (decide_again(&r, mlt_json_get(document, "decided"), out, verdict, err))
        return true;
    if (err->kind == MLT_ERR_USAGE)
        err->kind = MLT_ERR_EVIDENCE;
    return false;
}

bool mlt_flow_replay(const struct mlt_replay_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, enum mlt_verdict *verdict, struct mlt_err *err)
{
    struct mlt_decision_file file;
    bool ok = mlt_decision_file_read(request->decision, arena, &file, err) &&
              mlt_replay_document(request, file.document, arena, out, verdict, err);
    mlt_decision_file_free(&file);
    return ok ? true : mlt_err_prefix(err, "%s", request->decision);
}

#include "harness/domain/kept_decision.h"

#include <string.h>

#include "harness/domain/field.h"

static const char *const verdict_names[] = {"invalid", "pass", "inconclusive", "fail"};

static void copy_digest(struct mlt_field_reader *in, const char *key, char out[MLT_SHA256_HEX])
{
    const char *text = mlt_field_text(in, key);
    if (text && mlt_hash_is_hex(text))
        memcpy(out, text, MLT_SHA256_HEX);
    else
        mlt_field_fault(in, key, "64 hexadecimal digits");
}

static bool read_side(const struct mlt_json *node, const char *record, struct mlt_arena *arena,
                      struct mlt_run_side *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, record, arena, err);
    out->model = mlt_field_text(&in, "model");
    out->version = mlt_field_text(&in, "version");
    copy_digest(&in, "digest", out->digest);
    copy_digest(&in, "artifact_digest", out->artifact_digest);
    return mlt_field_finish(&in);
}

/* The texts of a list; anything else in it is passed over. */
static const char *const *read_texts(const struct mlt_json *list, struct mlt_arena *arena,
                                     size_t *out_count)
{
    const char **texts = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *texts);
    *out_count = 0;
    for (const struct mlt_json *n = mlt_json_first(list); texts && n; n = mlt_json_next(n)) {
        const char *text = mlt_json_string(n);
        if (text && !(texts[(*out_count)++] = mlt_arena_strdup(arena, text)))
            return NULL;
    }
    return texts;
}

static bool read_datasets(const struct mlt_json *list, struct mlt_arena *arena, struct mlt_run *run,
                          struct mlt_err *err)
{
    run->datasets = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *run->datasets);
    if (!run->datasets)
        return mlt_err_oom(err);
    for (const struct mlt_json *n = mlt_json_first(list); n; n = mlt_json_next(n)) {
        struct mlt_field_reader in = mlt_field_reader(n, "data set", arena, err);
        struct mlt_run_dataset *out = &run->datasets[run->dataset_count++];
        out->name = mlt_field_text(&in, "name");
        copy_digest(&in, "sha256", out->sha256);
        out->rows = mlt_field_count(&in, "rows");
        if (!mlt_field_finish(&in))
            return false;
    }
    return true;
}

static bool read_run(const struct mlt_json *node, struct mlt_arena *arena,
                     struct mlt_evidence_run *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, "run", arena, err);
    struct mlt_run *run = mlt_arena_alloc(arena, sizeof *run);
    if (!run)
        return mlt_err_oom(err);
    run->run_id = mlt_field_text(&in, "run_id");
    run->started_at = mlt_field_text(&in, "started_at");
    copy_digest(&in, "config_digest", run->config_digest);
    copy_digest(&in, "sha256", out->sha256);
    out->run = run;
    if (!mlt_field_finish(&in))
        return false;
    out->suites = read_texts(mlt_json_get(node, "suites"), arena, &out->suite_count);
    return out->suites ? read_datasets(mlt_json_get(node, "datasets"), arena, run, err)
                       : mlt_err_oom(err);
}

static bool read_rejected(const struct mlt_json *node, struct mlt_arena *arena,
                          struct mlt_evidence_rejected *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, "rejected evidence", arena, err);
    out->what = mlt_field_text(&in, "what");
    out->why = mlt_field_text(&in, "why");
    out->tampered = mlt_field_bool(&in, "tampered");
    if (mlt_field_has(&in, "run_id"))
        out->run_id = mlt_field_optional_text(&in, "run_id");
    return mlt_field_finish(&in);
}

static bool read_deployment(const struct mlt_json *node, struct mlt_arena *arena,
                            struct mlt_evidence_deployment *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, "deployment", arena, err);
    out->environment = mlt_field_text(&in, "environment");
    out->digest = mlt_field_text(&in, "digest");
    out->decision_digest = mlt_field_text(&in, "decision_digest");
    return mlt_field_finish(&in);
}

static bool read_documents(const struct mlt_json *node, struct mlt_arena *arena,
                           struct mlt_evidence_documents *out, struct mlt_err *err)
{
    if (!node)
        return true;
    struct mlt_field_reader in = mlt_field_reader(node, "documents", arena, err);
    out->looked = true;
    out->revision = (long long)mlt_field_count(&in, "revision");
    copy_digest(&in, "digest", out->digest);
    if (!mlt_field_finish(&in))
        return false;
    out->faults = read_texts(mlt_json_get(node, "faults"), arena, &out->fault_count);
    return out->faults ? true : mlt_err_oom(err);
}

/* The first of these members that is a text. */
static const char *first_text(const struct mlt_json *node, const char *const *keys)
{
    for (; *keys; keys++) {
        const char *text = mlt_json_string(mlt_json_get(node, *keys));
        if (text)
            return text;
    }
    return NULL;
}

static bool read_papers(const struct mlt_json *evidence, const char *list, const char *what,
                        struct mlt_arena *arena, struct mlt_kept_decision *out, struct mlt_err *err)
{
    static const char *const about[] = {"criterion", "stage", "kind", NULL};
    const struct mlt_json *node = mlt_json_get(evidence, list);
    for (node = mlt_json_first(node); node; node = mlt_json_next(node)) {
        const char *words = first_text(node, about);
        bool rejects = false;
        (void)mlt_json_bool(mlt_json_get(node, "rejection"), &rejects);
        struct mlt_kept_paper *paper = &out->papers[out->paper_count++];
        *paper = (struct mlt_kept_paper){
            .what = rejects ? "rejection" : what,
            .about = mlt_arena_strdup(arena, words ? words : ""),
            .person = mlt_json_text(node, "person", arena),
            .at = mlt_json_text(node, "at", arena),
            .fault = mlt_json_text(node, "fault", arena),
        };
        if (!paper->about)
            return mlt_err_oom(err);
    }
    return true;
}

static bool read_all_papers(const struct mlt_json *evidence, struct mlt_arena *arena,
                            struct mlt_kept_decision *out, struct mlt_err *err)
{
    static const char *const lists[][2] = {
        {"records", "record"}, {"approvals", "approval"}, {"waivers", "waiver"}};
    enum { LISTS = sizeof lists / sizeof *lists };
    size_t count = 0;
    for (size_t i = 0; i < LISTS; i++)
        count += mlt_json_count(mlt_json_get(evidence, lists[i][0]));
    out->papers = mlt_arena_calloc(arena, count, sizeof *out->papers);
    if (!out->papers)
        return mlt_err_oom(err);
    for (size_t i = 0; i < LISTS; i++)
        if (!read_papers(evidence, lists[i][0], lists[i][1], arena, out, err))
            return false;
    return true;
}

/* Keeps a sentence and empties the buffer; nothing for an empty one. */
static bool add_fact(struct mlt_buf *words, struct mlt_arena *arena, struct mlt_kept_decision *out,
                     struct mlt_err *err)
{
    const char *kept = words->oom ? NULL : mlt_arena_strdup(arena, words->data);
    if (kept && *kept)
        out->facts[out->fact_count++] = kept;
    mlt_buf_free(words);
    return kept ? true : mlt_err_oom(err);
}

/* Words around a count that is more than 0; nothing else. */
static void put_count(struct mlt_buf *out, const struct mlt_json *node, const char *key,
                      const char *before, const char *behind)
{
    double count;
    if (mlt_json_number(mlt_json_get(node, key), &count) && count > 0)
        mlt_buf_printf(out, "%s%.0f%s", before, count, behind);
}

static void say_use(struct mlt_buf *out, const struct mlt_json *use)
{
    const char *name = mlt_json_string(mlt_json_get(use, "dataset"));
    mlt_buf_printf(out, "data set %s", name ? name : "?");
    put_count(out, use, "decided", ", earlier whole runs of this model on it: ", "");
    put_count(out, use, "looks",
              ", other data of its name this candidate was judged on before: ", "");
}

static void say_lifecycle(struct mlt_buf *out, const struct mlt_json *node)
{
    const char *state = mlt_json_string(mlt_json_get(node, "state"));
    const char *by = mlt_json_string(mlt_json_get(node, "created_by"));
    const char *successor = mlt_json_string(mlt_json_get(node, "successor"));
    if (state)
        mlt_buf_printf(out, "the version's state is %s", state);
    if (by)
        mlt_buf_printf(out, "%s made by %s", out->len ? "," : "the version is", by);
    if (successor) {
        mlt_buf_printf(out, "%s successor %s in Production", out->len ? ", its" : "its", successor);
        put_count(out, node, "successor_days", " for ", " days");
    }
}

static void say_anchor(struct mlt_buf *out, const struct mlt_json *evidence)
{
    const char *run = mlt_json_string(mlt_json_get(mlt_json_get(evidence, "anchor_run"), "run_id"));
    const char *fault = mlt_json_string(mlt_json_get(evidence, "anchor_fault"));
    if (run)
        mlt_buf_printf(out, "run %s compares with the anchor", run);
    else if (fault)
        mlt_buf_printf(out, "no run compares with the anchor: %s", fault);
}

static bool read_facts(const struct mlt_json *evidence, struct mlt_arena *arena,
                       struct mlt_kept_decision *out, struct mlt_err *err)
{
    const struct mlt_json *uses = mlt_json_get(evidence, "held_out");
    struct mlt_buf words = MLT_BUF_INIT;
    out->facts = mlt_arena_calloc(arena, mlt_json_count(uses) + 2, sizeof *out->facts);
    if (!out->facts)
        return mlt_err_oom(err);
    for (const struct mlt_json *n = mlt_json_first(uses); n; n = mlt_json_next(n)) {
        say_use(&words, n);
        if (!add_fact(&words, arena, out, err))
            return false;
    }
    say_lifecycle(&words, mlt_json_get(evidence, "lifecycle"));
    if (!add_fact(&words, arena, out, err))
        return false;
    say_anchor(&words, evidence);
    return add_fact(&words, arena, out, err);
}

static bool read_evidence(const struct mlt_json *node, struct mlt_arena *arena,
                          struct mlt_kept_decision *out, struct mlt_err *err)
{
    struct mlt_evidence *e = &out->evidence;
    const struct mlt_json *runs = mlt_json_get(node, "runs"), *n;
    const struct mlt_json *rejected = mlt_json_get(node, "rejected");
    const struct mlt_json *deployments = mlt_json_get(node, "deployments");
    e->runs = mlt_arena_calloc(arena, mlt_json_count(runs), sizeof *e->runs);
    e->rejected = mlt_arena_calloc(arena, mlt_json_count(rejected), sizeof *e->rejected);
    e->deployments = mlt_arena_calloc(arena, mlt_json_count(deployments), sizeof *e->deployments);
    if (!e->runs || !e->rejected || !e->deployments)
        return mlt_err_oom(err);
    for (n = mlt_json_first(runs); n; n = mlt_json_next(n))
        if (!read_run(n, arena, &e->runs[e->run_count++], err))
            return false;
    for (n = mlt_json_first(rejected); n; n = mlt_json_next(n))
        if (!read_rejected(n, arena, &e->rejected[e->rejected_count++], err))
            return false;
    for (n = mlt_json_first(deployments); n; n = mlt_json_next(n))
        if (!read_deployment(n, arena, &e->deployments[e->deployment_count++], err))
            return false;
    return read_documents(mlt_json_get(node, "documents"), arena, &e->documents, err) &&
           read_all_papers(node, arena, out, err) && read_facts(node, arena, out, err);
}

static bool read_criterion(const struct mlt_json *node, struct mlt_arena *arena,
                           struct mlt_criterion_result *out, struct mlt_err *err)
{
    struct mlt_field_reader in = mlt_field_reader(node, "criterion", arena, err);
    const struct mlt_json *findings = mlt_json_get(node, "findings"), *n;
    out->criterion = mlt_field_text(&in, "criterion");
    out->verdict = (enum mlt_verdict)mlt_field_name(&in, "verdict", verdict_names, 4);
    out->reason = mlt_field_optional_text(&in, "reason");
    out->waived = mlt_json_get(node, "waived") && mlt_field_bool(&in, "waived");
    if (!mlt_field_finish(&in))
        return false;
    out->findings = mlt_arena_calloc(arena, mlt_json_count(findings), sizeof *out->findings);
    if (!out->findings)
        return mlt_err_oom(err);
    for (n = mlt_json_first(findings); n; n = mlt_json_next(n))
        if (!mlt_finding_decode(n, arena, &out->findings[out->finding_count++], err))
            return false;
    return true;
}

static bool read_criteria(const struct mlt_json *list, struct mlt_arena *arena,
                          struct mlt_decision *out, struct mlt_err *err)
{
    enum mlt_verdict worst = mlt_json_count(list) ? MLT_VERDICT_PASS : MLT_VERDICT_INVALID;
    out->criteria = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *out->criteria);
    if (!out->criteria)
        return mlt_err_oom(err);
    for (const struct mlt_json *n = mlt_json_first(list); n; n = mlt_json_next(n)) {
        struct mlt_criterion_result *criterion = &out->criteria[out->criterion_count++];
        if (!read_criterion(n, arena, criterion, err))
            return false;
        worst = mlt_verdict_worst(worst, criterion->verdict);
    }
    if (mlt_verdict_worst(worst, out->verdict) == out->verdict)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "it says %s while its own criteria say %s: the document was altered",
                       mlt_verdict_name(out->verdict), mlt_verdict_name(worst));
}

static bool read_gate(const struct mlt_json *decided, struct mlt_arena *arena,
                      struct mlt_kept_decision *out, struct mlt_err *err)
{
    struct mlt_field_reader in =
        mlt_field_reader(mlt_json_get(decided, "gate"), "gate", arena, err);
    out->evidence.gate_kind = mlt_field_text(&in, "kind");
    out->evidence.gate = mlt_field_text(&in, "name");
    if (!mlt_field_finish(&in))
        return false;
    struct mlt_field_reader policy =
        mlt_field_reader(mlt_json_get(decided, "policy"), "policy", arena, err);
    copy_digest(&policy, "sha256", out->policy.digest);
    out->policy.text = mlt_field_text(&policy, "text");
    return mlt_field_finish(&policy);
}

static bool read_context(const struct mlt_json *context, struct mlt_arena *arena,
                         struct mlt_kept_decision *out, struct mlt_err *err)
{
    if (!context)
        return true;
    struct mlt_field_reader in = mlt_field_reader(context, "context", arena, err);
    out->has_context = true;
    out->context.decided_at = mlt_field_optional_text(&in, "decided_at");
    out->context.advisory = mlt_field_bool(&in, "advisory");
    return mlt_field_finish(&in);
}

bool mlt_kept_decision_decode(const struct mlt_json *decided, const struct mlt_json *context,
                              struct mlt_arena *arena, struct mlt_kept_decision *out,
                              struct mlt_err *err)
{
    *out = (struct mlt_kept_decision){
        .decision = {.policy = &out->policy, .evidence = &out->evidence}};
    const struct mlt_json *baseline = mlt_json_get(decided, "baseline");
    struct mlt_field_reader in = mlt_field_reader(decided, "decision", arena, err);
    out->decision.verdict = (enum mlt_verdict)mlt_field_name(&in, "verdict", verdict_names, 4);
    out->decision.tool_version = mlt_field_text(&in, "tool_version");
    out->evidence.has_baseline = baseline != NULL;
    return mlt_field_finish(&in) && read_gate(decided, arena, out, err) &&
           read_side(mlt_json_get(decided, "subject"), "subject", arena, &out->evidence.subject,
                     err) &&
           (!baseline || read_side(baseline, "baseline", arena, &out->evidence.baseline, err)) &&
           read_evidence(mlt_json_get(decided, "evidence"), arena, out, err) &&
           read_criteria(mlt_json_get(decided, "criteria"), arena, &out->decision, err) &&
           read_context(context, arena, out, err);
}

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "harness/registry/serve.h"

static char *encode(const struct mlt_deployment *d, const char *at, struct mlt_arena *arena,
                    struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "environment", d->environment);
    mlt_json_out_kstring(&json, "version", d->version);
    mlt_json_out_kstring(&json, "digest", d->digest);
    if (d->cohort)
        mlt_json_out_kstring(&json, "cohort", d->cohort);
    mlt_json_out_kstring(&json, "decision", d->decision_digest);
    mlt_json_out_kstring(&json, "at", at);
    mlt_json_out_kstring(&json, "by", d->by ? d->by : mlt_store_user(arena));
    mlt_json_out_kstring(&json, "reason", d->reason);
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, arena, err);
}

static bool check(const struct mlt_registry *registry, const struct mlt_deployment *d,
                  struct mlt_err *err)
{
    struct mlt_semver semver;
    if (!mlt_store_writable(registry, err) || !mlt_model_name_check(d->model, err) ||
        !mlt_semver_parse(d->version, &semver, err))
        return false;
    if (!mlt_str_is_name(d->environment))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%.60s\" is not an environment: expected a name such as staging",
                           d->environment);
    if (!d->digest || !mlt_hash_is_hex(d->digest) ||
        (d->decision_digest && !mlt_hash_is_hex(d->decision_digest)))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a deployment of %s@%s needs the SHA-256 of the version and of the "
                           "decision",
                           d->model, d->version);
    int64_t when;
    if (d->at && !mlt_clock_parse(d->at, &when))
        return mlt_err_set(err, MLT_ERR_USAGE, "\"%.60s\" is not the time of a deployment", d->at);
    return true;
}

/* May it go there, as the registry has it now? */
static bool allowed(const struct mlt_deployment *d, const struct mlt_version_record *version,
                    struct mlt_err *err)
{
    struct mlt_semver semver;
    if (!mlt_semver_parse(d->version, &semver, err) ||
        !mlt_lifecycle_deploy(mlt_state_parse(version->state), &semver, d->environment, d->cohort,
                              err))
        return false;
    return strcmp(version->digest, d->digest) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s@%s is registered as %.12s…, but the deployment is of %.12s…", d->model,
                       d->version, version->digest, d->digest);
}

static bool log_deployment(struct mlt_change *change, const struct mlt_deployment *d,
                           const char *previous, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "environment", d->environment);
    if (d->cohort)
        mlt_json_out_kstring(&json, "cohort", d->cohort);
    mlt_json_out_object_end(&json);
    const char *details = mlt_store_json(&json, change->arena, err);
    return details && mlt_change_log(change,
                                     &(struct mlt_log_entry){.what = "deploy",
                                                             .version = d->version,
                                                             .digest = d->digest,
                                                             .reason = d->reason,
                                                             .approvers = d->approvers,
                                                             .approver_count = d->approver_count,
                                                             .tickets = d->tickets,
                                                             .ticket_count = d->ticket_count,
                                                             .previous = previous,
                                                             .decision = d->decision_digest,
                                                             .details = details},
                                     err);
}

static bool deploy_once(struct mlt_registry *registry, const struct mlt_deployment *d,
                        const struct mlt_moment *moment, const char *at, struct mlt_arena *arena,
                        bool *raced, struct mlt_err *err)
{
    struct mlt_change change;
    struct mlt_version_record version;
    enum mlt_change_end end;
    if (!mlt_change_begin_at(registry, d->model, moment, arena, &change, raced, err))
        return false;
    if (*raced)
        return true;
    if (!mlt_version_record_want(registry, d->model, d->version, arena, &version, err) ||
        !allowed(d, &version, err))
        return false;
    char *value = encode(d, at, arena, err);
    char *key =
        mlt_arena_printf(arena, "deployment/%s/%s-%012" PRIu64, d->environment, at, change.number);
    if (!value)
        return false;
    if (!key)
        return mlt_err_oom(err);
    mlt_change_put(&change, key, value);
    const bool serves = strcmp(d->environment, "production") == 0 && !d->cohort;
    if ((serves && !mlt_serve_put(&change, d->version, err)) ||
        !log_deployment(&change, d, serves && moment->serving[0] ? moment->serving : NULL, err) ||
        !mlt_change_commit(&change, &end, err))
        return false;
    *raced = end != MLT_CHANGE_DONE;
    return true;
}

bool mlt_registry_record_deployment(struct mlt_registry *registry,
                                    const struct mlt_deployment *deployment,
                                    const struct mlt_moment *moment, bool *raced,
                                    struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    if (!check(registry, deployment, err))
        return false;
    const char *at = deployment->at ? deployment->at : mlt_store_now(&arena);
    bool ok =
        at ? deploy_once(registry, deployment, moment, at, &arena, raced, err) : mlt_err_oom(err);
    mlt_arena_free(&arena);
    return ok;
}

static bool decode(const struct mlt_record *record, struct mlt_arena *arena,
                   struct mlt_deployment *out, struct mlt_err *err)
{
    struct mlt_json *document;
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return false;
    *out = (struct mlt_deployment){
        .model = record->partition,
        .environment = mlt_json_text(document, "environment", arena),
        .version = mlt_json_text(document, "version", arena),
        .digest = mlt_json_text(document, "digest", arena),
        .cohort = mlt_json_text(document, "cohort", arena),
        .decision_digest = mlt_json_text(document, "decision", arena),
        .at = mlt_json_text(document, "at", arena),
        .by = mlt_json_text(document, "by", arena),
        .reason = mlt_json_text(document, "reason", arena),
    };
    mlt_json_free(document);
    if (!out->environment || !out->version || !out->digest || !out->at)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of %s is not one of a deployment",
                           record->key, record->partition);
    return true;
}

/* Keys end in "<at>-<n>", and n grows with every change of the model. */
static int by_time(const void *a, const void *b)
{
    const struct mlt_record *left = a, *right = b;
    return strcmp(strrchr(left->key, '/'), strrchr(right->key, '/'));
}

bool mlt_registry_deployments(struct mlt_registry *registry, const char *model, const char *version,
                              struct mlt_arena *arena, struct mlt_deployment **out,
                              size_t *out_count, struct mlt_err *err)
{
    struct mlt_record *records;
    size_t count, kept = 0;
    if (!mlt_model_name_check(model, err) ||
        !mlt_store_query(registry, model, "deployment/", arena, &records, &count, err))
        return false;
    struct mlt_deployment *deployments = mlt_arena_calloc(arena, count, sizeof *deployments);
    if (!deployments)
        return mlt_err_oom(err);
    if (count)
        qsort(records, count, sizeof *records, by_time);
    for (size_t i = 0; i < count; i++) {
        if (!decode(&records[i], arena, &deployments[kept], err))
            return false;
        if (strcmp(deployments[kept].version, version) == 0)
            kept++;
    }
    *out = deployments;
    *out_count = kept;
    return true;
}

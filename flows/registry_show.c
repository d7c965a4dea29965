#include <string.h>

#include "flows/format.h"
#include "flows/lifecycle.h"
#include "flows/registry.h"
#include "harness/base/str.h"

/* Metadata are their maker's: what a terminal would obey is shown as text. */
static void show_line(struct mlt_buf *out, const char *label, const char *text)
{
    mlt_buf_printf(out, "  %-12s ", label);
    mlt_str_append_safe(out, text, strlen(text), 4096);
    mlt_buf_putc(out, '\n');
}

static void show_pair(struct mlt_buf *out, const char *label, const char *a, const char *between,
                      const char *b)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "%s%s%s", a, between, b);
    show_line(out, label, text.data);
    mlt_buf_free(&text);
}

static void show_files(const struct mlt_manifest *manifest, struct mlt_buf *out)
{
    unsigned long long bytes = 0;
    for (size_t i = 0; i < manifest->count; i++) {
        const struct mlt_manifest_file *file = &manifest->files[i];
        mlt_buf_printf(out, "    %.12s %10llu  %s\n", file->sha256, (unsigned long long)file->bytes,
                       file->path);
        bytes += file->bytes;
    }
    mlt_buf_printf(out, "    %-12s %10llu  in %zu files\n", "", bytes, manifest->count);
}

/* What the registry keeps beside the version itself. */
struct facts {
    char serving[MLT_SEMVER_CHARS];
    struct mlt_deployment *deployments;
    size_t deployment_count, run_count;
};

/* Each environment once, in the order in which it was reached: the newest deployment there. */
static bool is_newest(const struct facts *facts, size_t index)
{
    for (size_t i = index + 1; i < facts->deployment_count; i++)
        if (strcmp(facts->deployments[i].environment, facts->deployments[index].environment) == 0)
            return false;
    return true;
}

static void show_deployments(const struct facts *facts, struct mlt_buf *out)
{
    for (size_t i = 0; i < facts->deployment_count; i++) {
        const struct mlt_deployment *d = &facts->deployments[i];
        if (is_newest(facts, i))
            mlt_buf_printf(out, "  deployed     %s%s%s at %s by %s\n", d->environment,
                           d->cohort ? " for the cohort " : "", d->cohort ? d->cohort : "", d->at,
                           d->by);
    }
}

static void show_text(const struct mlt_version *v, const struct facts *facts, struct mlt_buf *out)
{
    const struct mlt_metadata *m = &v->metadata;
    mlt_buf_printf(out, "%s@%s\n", v->model, v->version);
    show_pair(out, "state", v->state, "", v->serving ? ", serves production" : "");
    show_pair(out, "since", v->state_since ? v->state_since : "unknown", "", "");
    if (v->removal_date)
        show_pair(out, "removal on", v->removal_date, "", "");
    if (!v->serving)
        show_pair(out, "serving", facts->serving[0] ? facts->serving : "no version", "", "");
    show_line(out, "registered", v->registered_at);
    show_line(out, "digest", v->digest);
    show_pair(out, "created", m->created_at, " by ", m->created_by);
    show_pair(out, "framework", m->framework, " ", m->framework_version);
    show_line(out, "trained on", m->training_dataset);
    for (size_t i = 0; i < m->dependency_count; i++)
        show_pair(out, "needs", m->dependencies[i].name, " ", m->dependencies[i].version);
    if (m->source)
        show_pair(out, "source", m->source->repository, " ", m->source->commit);
    show_line(out, "changelog", m->changelog);
    mlt_buf_printf(out, "  runs kept    %zu\n", facts->run_count);
    show_deployments(facts, out);
    show_line(out, "folder", v->dir);
    show_files(&v->manifest, out);
}

static void deployments_json(const struct facts *facts, struct mlt_json_out *j)
{
    mlt_json_out_key(j, "deployments");
    mlt_json_out_array(j);
    for (size_t i = 0; i < facts->deployment_count; i++) {
        const struct mlt_deployment *d = &facts->deployments[i];
        mlt_json_out_object(j);
        mlt_json_out_kstring(j, "environment", d->environment);
        if (d->cohort)
            mlt_json_out_kstring(j, "cohort", d->cohort);
        mlt_json_out_kstring(j, "at", d->at);
        mlt_json_out_kstring(j, "by", d->by);
        mlt_json_out_kstring(j, "decision_digest", d->decision_digest);
        mlt_json_out_object_end(j);
    }
    mlt_json_out_array_end(j);
}

static void show_json(const struct mlt_version *v, const struct facts *facts, struct mlt_buf *out)
{
    struct mlt_json_out j;
    mlt_json_out_init(&j, out, true);
    mlt_json_out_object(&j);
    mlt_json_out_kstring(&j, "model", v->model);
    mlt_json_out_kstring(&j, "version", v->version);
    mlt_json_out_kstring(&j, "state", v->state);
    if (v->state_since)
        mlt_json_out_kstring(&j, "state_since", v->state_since);
    if (v->removal_date)
        mlt_json_out_kstring(&j, "removal_date", v->removal_date);
    mlt_json_out_kbool(&j, "serving", v->serving);
    if (facts->serving[0])
        mlt_json_out_kstring(&j, "serves_production", facts->serving);
    mlt_json_out_kstring(&j, "registered_at", v->registered_at);
    mlt_json_out_kstring(&j, "digest", v->digest);
    mlt_json_out_kstring(&j, "artifact_digest", v->artifact_digest);
    mlt_json_out_kstring(&j, "changelog", v->metadata.changelog);
    if (v->metadata.source) {
        mlt_json_out_key(&j, "source");
        mlt_source_write(v->metadata.source, &j);
    }
    mlt_json_out_kint(&j, "runs", (int64_t)facts->run_count);
    deployments_json(facts, &j);
    mlt_json_out_kstring(&j, "folder", v->dir);
    mlt_json_out_key(&j, "files");
    mlt_json_out_array(&j);
    for (size_t i = 0; i < v->manifest.count; i++) {
        mlt_json_out_object(&j);
        mlt_json_out_kstring(&j, "path", v->manifest.files[i].path);
        mlt_json_out_kint(&j, "bytes", (int64_t)v->manifest.files[i].bytes);
        mlt_json_out_kstring(&j, "sha256", v->manifest.files[i].sha256);
        mlt_json_out_object_end(&j);
    }
    mlt_json_out_array_end(&j);
    mlt_json_out_object_end(&j);
    mlt_buf_putc(out, '\n');
}

bool mlt_flow_registry_show(const struct mlt_registry_request *request, struct mlt_arena *arena,
                            struct mlt_buf *out, struct mlt_err *err)
{
    bool json;
    struct mlt_registry *registry;
    struct mlt_version version;
    if (!mlt_format_is_json(request->format, &json, err) ||
        !mlt_flow_registry_version(request, "", arena, &registry, &version, err))
        return false;
    struct facts facts;
    struct mlt_stored_run *runs;
    bool ok =
        mlt_registry_serving(registry, version.model, facts.serving, err) &&
        mlt_registry_deployments(registry, version.model, version.version, arena,
                                 &facts.deployments, &facts.deployment_count, err) &&
        mlt_registry_runs(registry, version.model, version.version, arena, &runs, &facts.run_count,
                          err) &&
        (!request->notes || mlt_lifecycle_warn(registry, &version, arena, request->notes, err));
    if (ok && json)
        show_json(&version, &facts, out);
    else if (ok)
        show_text(&version, &facts, out);
    mlt_registry_close(registry);
    return ok;
}

#include "harness/config/config.h"

#include <math.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/config/config_shape.h"
#include "harness/domain/semver.h"

enum { FILE_MAX_BYTES = 1024 * 1024 };

struct reader {
    const struct mlt_config_tables *tables;
    struct mlt_arena *arena;
    struct mlt_config *out;
    bool check_files; /* named files must be there */
    struct mlt_err *err;
};

/* A path relative to the file's folder, made absolute. */
static bool read_path(struct reader *r, const struct mlt_yaml *node, const char **out)
{
    const char *text;
    if (!mlt_schema_text(node, &text))
        return true;
    *out = mlt_fs_join(r->arena, r->out->dir, text);
    if (!*out)
        return mlt_err_oom(r->err);
    if (r->check_files && mlt_fs_kind(*out) != MLT_FS_FILE)
        return mlt_yaml_fault(node, r->err, "there is no file %.300s", *out);
    return true;
}

static bool read_model(struct reader *r, const struct mlt_yaml *node)
{
    mlt_schema_text(node, &r->out->model);
    return mlt_str_is_name(r->out->model) ||
           mlt_yaml_fault(node, r->err,
                          "model must be a name of letters, digits, '.', '_' and '-', found '%.60s'",
                          r->out->model);
}

static bool read_registry(struct reader *r, const struct mlt_yaml *node)
{
    const char *text;
    if (!mlt_schema_text(node, &text))
        return true;
    r->out->registry = strstr(text, "://") ? text : mlt_fs_join(r->arena, r->out->dir, text);
    return r->out->registry || mlt_err_oom(r->err);
}

static bool read_baseline(struct reader *r, const struct mlt_yaml *node)
{
    static const char *const words[] = {"production", "latest", "none", NULL};
    struct mlt_semver version;
    const char *text = "production";
    mlt_schema_text(node, &text);
    text += *text == '@';
    r->out->baseline = text;
    for (size_t i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return true;
    if (mlt_semver_parse(text, &version, r->err))
        return true;
    const char *nearest = mlt_str_nearest(text, words);
    return mlt_yaml_fault(node, r->err,
                          "baseline must be production, latest, none or a version such as 1.0.0, "
                          "found '%.60s'%s%s%s",
                          text, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                          nearest ? "'?" : "");
}

static bool read_env(struct reader *r, const struct mlt_yaml *node, const char *const **out)
{
    if (!node)
        return true;
    const char **env = mlt_arena_calloc(r->arena, node->count + 1, sizeof *env);
    for (size_t i = 0; env && i < node->count; i++) {
        const char *name = node->keys[i]->text;
        if (!*name || strchr(name, '='))
            return mlt_yaml_fault(node->keys[i], r->err, "'%.60s' cannot name a variable", name);
        env[i] = mlt_arena_printf(r->arena, "%s=%s", name, node->values[i]->text);
        if (!env[i])
            return mlt_err_oom(r->err);
    }
    *out = env;
    return env || mlt_err_oom(r->err);
}

/* Keys that mean something to one adapter only, and whether it needs them. */
static const struct {
    const char *key, *type;
    bool required;
} adapter_rules[] = {
    {"command", "process", true},        {"env", "process", false},
    {"candidate", "predictions", true},  {"baseline", "predictions", false},
    {"id", "predictions", false},        {"score", "predictions", false},
};

static bool check_adapter_keys(struct reader *r, const struct mlt_yaml *node, const char *type)
{
    for (size_t i = 0; i < sizeof adapter_rules / sizeof *adapter_rules; i++) {
        const struct mlt_yaml *value = mlt_yaml_get(node, adapter_rules[i].key);
        bool mine = strcmp(adapter_rules[i].type, type) == 0;
        if (value && !mine)
            return mlt_yaml_fault(value, r->err, "adapter.%s belongs to the adapter %s, not to %s",
                                  adapter_rules[i].key, adapter_rules[i].type, type);
        if (!value && mine && adapter_rules[i].required)
            return mlt_yaml_fault(node, r->err, "the key '%s' is missing in adapter: the adapter "
                                                "%s needs it",
                                  adapter_rules[i].key, type);
    }
    return true;
}

static void read_seconds(const struct mlt_yaml *node, double *out)
{
    uint64_t ns;
    if (mlt_schema_duration_ns(node, &ns))
        *out = (double)ns / 1e9;
}

static bool read_adapter(struct reader *r, const struct mlt_yaml *node)
{
    struct mlt_adapter_spec *spec = &r->out->adapter;
    const struct mlt_yaml *command = mlt_yaml_get(node, "command");
    int64_t batch;
    size_t count;
    mlt_schema_text(mlt_yaml_get(node, "type"), &spec->type);
    if (!check_adapter_keys(r, node, spec->type))
        return false;
    mlt_schema_text(mlt_yaml_get(node, "artifact"), &spec->artifact);
    if (command && !mlt_config_texts(command, r->arena, &spec->command, &count, r->err))
        return false;
    if (!read_env(r, mlt_yaml_get(node, "env"), &spec->env) ||
        !read_path(r, mlt_yaml_get(node, "candidate"), &spec->candidate_file) ||
        !read_path(r, mlt_yaml_get(node, "baseline"), &spec->baseline_file))
        return false;
    spec->id_column = "id";
    spec->score_column = "score";
    mlt_schema_text(mlt_yaml_get(node, "id"), &spec->id_column);
    mlt_schema_text(mlt_yaml_get(node, "score"), &spec->score_column);
    spec->config_dir = r->out->dir;
    spec->request_timeout_s = 30;
    spec->start_timeout_s = 60;
    read_seconds(mlt_yaml_get(node, "request_timeout"), &spec->request_timeout_s);
    read_seconds(mlt_yaml_get(node, "start_timeout"), &spec->start_timeout_s);
    if (mlt_schema_integer(mlt_yaml_get(node, "max_batch"), &batch))
        spec->max_batch = (size_t)batch;
    if (spec->artifact && !mlt_fs_is_inside(spec->artifact))
        return mlt_yaml_fault(mlt_yaml_get(node, "artifact"), r->err,
                              "adapter.artifact must be a file inside the version's folder, found "
                              "'%.100s'",
                              spec->artifact);
    return true;
}

/* "store,week" of [store, week]. */
static bool read_id(struct reader *r, const struct mlt_yaml *node, const char **out)
{
    const char *const *names;
    size_t count;
    if (!node)
        return true;
    if (!mlt_config_texts(node, r->arena, &names, &count, r->err))
        return false;
    const char *joined = names[0];
    for (size_t i = 1; joined && i < count; i++)
        joined = mlt_arena_printf(r->arena, "%s,%s", joined, names[i]);
    *out = joined;
    return joined || mlt_err_oom(r->err);
}

static bool read_dataset(struct reader *r, const char *name, const struct mlt_yaml *node,
                         struct mlt_dataset_config *out)
{
    const char *missing = "error";
    out->name = name;
    mlt_schema_text(mlt_yaml_get(node, "label"), &out->label);
    mlt_schema_text(mlt_yaml_get(node, "cluster"), &out->cluster);
    mlt_schema_text(mlt_yaml_get(node, "positive"), &out->positive);
    mlt_schema_text(mlt_yaml_get(node, "missing"), &missing);
    mlt_schema_share(mlt_yaml_get(node, "max_candidate_missing"), &out->max_candidate_missing);
    out->drop_missing = strcmp(missing, "drop") == 0;
    mlt_schema_text(mlt_yaml_get(node, "query"), &out->query);
    mlt_schema_text(mlt_yaml_get(node, "weights"), &out->weights);
    mlt_schema_text(mlt_yaml_get(node, "frequencies"), &out->frequencies);
    if (out->weights && out->frequencies)
        return mlt_yaml_fault(mlt_yaml_get(node, "frequencies"), r->err,
                              "weights (importance) and frequencies are two things: give one");
    return read_path(r, mlt_yaml_get(node, "path"), &out->path) &&
           read_id(r, mlt_yaml_get(node, "id"), &out->id) &&
           mlt_config_texts(mlt_yaml_get(node, "slices"), r->arena, &out->slices,
                            &out->slice_count, r->err);
}

static bool read_datasets(struct reader *r, const struct mlt_yaml *node)
{
    size_t count = node ? node->count : 0;
    r->out->datasets = mlt_arena_calloc(r->arena, count, sizeof *r->out->datasets);
    if (!r->out->datasets)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < count; i++, r->out->dataset_count++) {
        const char *name = node->keys[i]->text;
        if (!mlt_str_is_name(name))
            return mlt_yaml_fault(node->keys[i], r->err,
                                  "a data set's name has letters, digits, '.', '_' and '-', found "
                                  "'%.60s'",
                                  name);
        if (!read_dataset(r, name, node->values[i], &r->out->datasets[i]))
            return false;
    }
    return true;
}

/* `dataset: NAME` and `metrics: [NAMES]` of any suite's item name what there is. */
static bool check_item_names(struct reader *r, const struct mlt_yaml *item)
{
    const struct mlt_yaml *dataset = mlt_yaml_get(item, "dataset");
    const struct mlt_yaml *metrics = mlt_yaml_get(item, "metrics");
    const char *name, *nearest = NULL;
    if (mlt_schema_text(dataset, &name) && !mlt_config_dataset(r->out, name)) {
        const char **names = mlt_arena_calloc(r->arena, r->out->dataset_count + 1, sizeof *names);
        for (size_t i = 0; names && i < r->out->dataset_count; i++)
            names[i] = r->out->datasets[i].name;
        nearest = names ? mlt_str_nearest(name, names) : NULL;
        return mlt_yaml_fault(dataset, r->err, "there is no data set '%.60s' under datasets%s%s%s",
                              name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                              nearest ? "'?" : "");
    }
    for (size_t i = 0; r->tables->metrics && metrics && i < metrics->count; i++) {
        bool known = false;
        if (!mlt_schema_text(metrics->values[i], &name))
            continue;
        /* "ndcg@10" is ndcg with a parameter, which the suite reads. */
        size_t len = strcspn(name, "@");
        for (size_t k = 0; !known && r->tables->metrics[k]; k++)
            known = strlen(r->tables->metrics[k]) == len &&
                    strncmp(r->tables->metrics[k], name, len) == 0;
        nearest = known ? NULL : mlt_str_nearest(name, r->tables->metrics);
        if (!known)
            return mlt_yaml_fault(metrics->values[i], r->err, "there is no metric '%.60s'%s%s%s",
                                  name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                                  nearest ? "'?" : "");
    }
    return true;
}

static bool read_suites(struct reader *r, const struct mlt_yaml *node)
{
    if (node->count == 0)
        return mlt_yaml_fault(node, r->err, "suites must not be empty: nothing would be tested");
    r->out->suites = mlt_arena_calloc(r->arena, node->count, sizeof *r->out->suites);
    if (!r->out->suites)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < node->count; i++, r->out->suite_count++) {
        r->out->suites[i] = (struct mlt_suite_section){node->keys[i]->text, node->values[i]};
        for (size_t k = 0; k < node->values[i]->count; k++)
            if (!check_item_names(r, node->values[i]->values[k]))
                return false;
    }
    return true;
}

static void read_defaults(const struct mlt_yaml *node, struct mlt_judge_defaults *out)
{
    const char *text;
    if (mlt_schema_text(mlt_yaml_get(node, "rule"), &text))
        (void)mlt_rule_parse(text, &out->rule);
    if (mlt_schema_text(mlt_yaml_get(node, "slice_rule"), &text))
        (void)mlt_rule_parse(text, &out->slice_rule);
    mlt_schema_number(mlt_yaml_get(node, "alpha"), &out->alpha);
    if (mlt_schema_text(mlt_yaml_get(node, "correction"), &text) && strcmp(text, "none") == 0)
        out->correction = MLT_CORRECTION_NONE;
}

static bool read_all(struct reader *r, const struct mlt_yaml *root)
{
    struct mlt_config *out = r->out;
    const struct mlt_yaml *contract = mlt_yaml_get(root, "contract");
    if (!read_model(r, mlt_yaml_get(root, "model")) ||
        !read_registry(r, mlt_yaml_get(root, "registry")) ||
        !read_baseline(r, mlt_yaml_get(root, "baseline")) ||
        !read_adapter(r, mlt_yaml_get(root, "adapter")) ||
        !read_datasets(r, mlt_yaml_get(root, "datasets")) ||
        !read_suites(r, mlt_yaml_get(root, "suites")))
        return false;
    out->has_contract = contract != NULL;
    out->threshold = 0.5;
    mlt_schema_share(mlt_yaml_get(root, "threshold"), &out->threshold);
    read_defaults(mlt_yaml_get(root, "defaults"), &out->defaults);
    return !contract || mlt_config_contract(contract, r->arena, &out->contract, r->err);
}

/* Absolute where it can be told; a file that is gone keeps the name it had. */
static bool name_file(const char *path, struct mlt_arena *arena, struct mlt_config *out,
                      struct mlt_err *err)
{
    struct mlt_err ignored = MLT_ERR_INIT;
    out->path = path[0] == '/' ? NULL : mlt_fs_absolute(arena, path, &ignored);
    if (!out->path)
        out->path = mlt_arena_strdup(arena, path);
    out->dir = out->path ? mlt_fs_dirname(arena, out->path) : NULL;
    return out->dir || mlt_err_oom(err);
}

static bool parse(const char *path, const char *text, size_t len, bool check_files,
                  const struct mlt_config_tables *tables, struct mlt_arena *arena,
                  struct mlt_config *out, struct mlt_err *err)
{
    struct mlt_config config = {.len = len, .text = mlt_arena_strndup(arena, text, len)};
    struct mlt_yaml *root;
    const struct mlt_schema *shape = mlt_config_shape(tables, arena);
    if (!config.text || !shape)
        return mlt_err_oom(err);
    struct reader r = {tables, arena, &config, check_files, err};
    if (!name_file(path, arena, &config, err) ||
        !mlt_hash_bytes(text, len, config.digest, err) ||
        !mlt_yaml_parse(path, text, len, arena, &root, err) ||
        !mlt_schema_check(shape, root, path, err) || !read_all(&r, root))
        return false;
    *out = config;
    return true;
}

bool mlt_config_parse(const char *path, const char *text, size_t len,
                      const struct mlt_config_tables *tables, struct mlt_arena *arena,
                      struct mlt_config *out, struct mlt_err *err)
{
    return parse(path, text, len, false, tables, arena, out, err);
}

bool mlt_config_load(const char *path, const struct mlt_config_tables *tables,
                     struct mlt_arena *arena, struct mlt_config *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok = mlt_fs_read(path, FILE_MAX_BYTES, &text, err) &&
              parse(path, text.data, text.len, true, tables, arena, out, err);
    mlt_buf_free(&text);
    return ok;
}

char *mlt_config_find(const char *dir, struct mlt_arena *arena)
{
    struct mlt_err ignored = MLT_ERR_INIT;
    char *at = mlt_fs_absolute(arena, dir, &ignored);
    while (at) {
        char *path = mlt_fs_join(arena, at, "mltest.yaml");
        if (!path || mlt_fs_kind(path) == MLT_FS_FILE)
            return path;
        if (strcmp(at, "/") == 0)
            break;
        at = mlt_fs_dirname(arena, at);
    }
    return NULL;
}

const struct mlt_dataset_config *mlt_config_dataset(const struct mlt_config *config,
                                                    const char *name)
{
    for (size_t i = 0; i < config->dataset_count; i++)
        if (strcmp(config->datasets[i].name, name) == 0)
            return &config->datasets[i];
    return NULL;
}

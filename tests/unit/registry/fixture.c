#include "tests/unit/registry/fixture.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/fs.h"

struct mlt_registry *registry;
struct mlt_arena arena;

static const char config[] = "{\"model\":\"m\",\"inputs\":[{\"name\":\"x\",\"type\":\"number\"}],"
                             "\"output\":{\"name\":\"y\",\"type\":\"number\"}}";
static const char metadata[] =
    "{\"model_name\":\"m\",\"version\":\"%s\",\"created_at\":\"2023-04-15T14:32:00Z\","
    "\"created_by\":\"jane\",\"framework\":\"none\",\"framework_version\":\"1\","
    "\"python_version\":\"3.9\",\"training_dataset\":\"d\",\"training_dataset_hash\":"
    "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
    "\"hyperparameters\":{},\"performance_metrics\":{},\"dependencies\":[],\"tags\":[],"
    "\"changelog\":\"first\"}";

void registry_setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    unit_folder_setup();
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    ck_ok(mlt_registry_init(unit_path("registry"), &err));
    ck_ok(mlt_registry_open(unit_path("registry"), false, &registry, &err));
}

void registry_teardown(void)
{
    mlt_registry_close(registry);
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static void put(const char *dir, const char *name, const char *text)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    unit_write_text(path, text);
}

const char *version_folder(const char *name, const char *version, const char *weights)
{
    struct mlt_err err = MLT_ERR_INIT;
    char text[2048];
    char *dir = mlt_arena_strdup(&arena, unit_path(name));
    char *below = mlt_arena_printf(&arena, "%s/docs", dir);
    ck_ok(mlt_fs_mkdirs(below, &err));
    below = mlt_arena_printf(&arena, "%s/tests", dir);
    ck_ok(mlt_fs_mkdirs(below, &err));
    snprintf(text, sizeof text, metadata, version);
    put(dir, "metadata.json", text);
    put(dir, "config.json", config);
    put(dir, "metrics.json", "{\"rmse\": 0.1}");
    put(dir, "model.bin", weights);
    put(dir, "docs/model_card.md", "# m");
    put(dir, "tests/golden.jsonl", "{}");
    return dir;
}

void registered(const char *version)
{
    struct mlt_err err = MLT_ERR_INIT;
    char name[128];
    snprintf(name, sizeof name, "source-%s", version);
    const char *dir = version_folder(name, version, version);
    ck_ok(mlt_registry_register(registry, "m", version, dir, &err));
}

static void collect(void *context, const char *what)
{
    mlt_buf_printf(context, "%s\n", what);
}

const char *faults_of(const char *model, const char *version)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    size_t checked;
    const struct mlt_verify_request request = {
        .model = model, .version = version, .threads = 3, .fault = collect, .context = &text};
    ck_ok(mlt_registry_verify(registry, &request, &checked, &err));
    const char *kept = mlt_arena_strdup(&arena, text.data);
    mlt_buf_free(&text);
    return kept;
}

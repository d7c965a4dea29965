#include "tests/unit/documents-render/version.h"

#include <math.h>
#include <string.h>

#include "harness/codec/json.h"
#include "harness/domain/contract.h"

struct version version;
unsigned version_carried, version_open;

static const char configs[2][600] = {
    "{\"inputs\":[{\"name\":\"price\",\"type\":\"number\",\"unit\":\"USD\",\"min\":0,\"max\":2,"
    "\"required\":true,\"stability\":\"stable\"},"
    "{\"name\":\"plan\",\"type\":\"category\",\"enum\":[\"a\",\"b\"],\"nullable\":true,"
    "\"required\":true,\"stability\":\"beta\"}],"
    "\"output\":{\"name\":\"score\",\"type\":\"number\",\"min\":0,\"max\":20}}",
    "{\"inputs\":[{\"name\":\"price\",\"type\":\"number\",\"unit\":\"USD\",\"min\":0,\"max\":2.5,"
    "\"required\":true,\"stability\":\"stable\"},"
    "{\"name\":\"plan\",\"type\":\"category\",\"enum\":[\"a\",\"b\",\"c\"],\"nullable\":true,"
    "\"required\":true,\"stability\":\"beta\"}],"
    "\"output\":{\"name\":\"score\",\"type\":\"number\",\"min\":0,\"max\":20},"
    "\"settings\":[{\"name\":\"threads\",\"type\":\"integer\",\"min\":1,\"max\":8,\"default\":1,"
    "\"required\":false,\"stability\":\"stable\"}]}"};

static struct mlt_metrics_value figures[2][2] = {{{"validation_rmse", 0.625}, {"bias", -0.5}},
                                                 {{"validation_rmse", 0.5}, {"bias", -0.25}}};
static struct mlt_metrics_value whole[] = {{"rmse", 0.5}, {"mae", 0.4037}};
static struct mlt_metrics_value sliced[] = {{"rmse", 0.75}};
static struct mlt_metrics_slice slices[] = {{"brand", "3", 1234, sliced, 1}};
static struct mlt_document_figure measured[] = {
    {"regression/holdout", "rmse", "", 0.5001, 0.4801, 0.5201, 0.6251, 11586},
    {"regression/holdout", "rmse", "brand = 3", 0.75, NAN, NAN, NAN, 1234}};
static struct mlt_document_past past[] = {
    {"1.1.0", "2026-02-16T09:00:00Z", "The plan c joins.", ""},
    {"1.0.0", "2026-01-12T09:00:00Z", "The first.", "Production"}};
static const char *const command[] = {"serve", "--model", "{artifact}", NULL};

static void make_side(int which)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *config;
    ck_ok(mlt_json_parse("config.json", configs[which], strlen(configs[which]), &config, &err));
    ck_ok(mlt_contract_decode("config.json", config, &version.arena, &version.contracts[which],
                              &err));
    mlt_json_free(config);
    version.metadata[which] = (struct mlt_metadata){
        .model_name = "demo",
        .version = past[1 - which].version,
        .created_at = past[1 - which].created_at,
        .created_by = "ann@example.org",
        .framework = "xgboost",
        .framework_version = "1.7.4",
        .training_dataset = "weekly",
        .training_dataset_hash =
            "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        .changelog = past[1 - which].changelog,
        .hyperparameters = which ? "{\"depth\":6,\"eta\":0.1}" : "{\"depth\":4,\"eta\":0.1}",
        .performance_metrics = figures[which],
        .performance_metric_count = 2,
    };
}

void version_setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    version = (struct version){.arena = MLT_ARENA_INIT};
    make_side(0);
    make_side(1);
    version.metrics = (struct mlt_metrics_file){"holdout", 11586, whole, 2, slices, 1};
    version.before =
        (struct mlt_document_side){"1.0.0", &version.metadata[0], &version.contracts[0], NULL};
    const struct mlt_release from = {"1.0.0", &version.contracts[0], &version.metadata[0]};
    const struct mlt_release to = {"1.1.0", &version.contracts[1], &version.metadata[1]};
    ck_ok(mlt_compat_compare(&from, &to, &version.arena, &version.changes, &err));
    version.run = (struct mlt_document_run){"01RUN", "2026-03-01T08:00:00Z", "1.0.0", measured, 2};
    version.facts = (struct mlt_document_facts){
        .model = "demo",
        .artifact = "demo-1.1.0.bin",
        .adapter = "process",
        .command = command,
        .now = {"1.1.0", &version.metadata[1], &version.contracts[1], &version.metrics},
        .before = &version.before,
        .changes = &version.changes,
        .runs = &version.run,
        .run_count = 1,
        .history = past,
        .history_count = 2,
        .instance = "{\"price\":1.5,\"plan\":null}",
        .prediction = "8.842440605163574",
    };
}

void version_teardown(void)
{
    mlt_arena_free(&version.arena);
}

void version_make_first(void)
{
    version.facts.before = NULL;
    version.facts.changes = NULL;
    version.facts.history_count = 1;
    version.run.baseline_version = NULL;
}

void version_give(struct mlt_document_set *set, enum mlt_document_kind kind, const char *text)
{
    set->document[kind].text = text;
    set->document[kind].len = text ? strlen(text) : 0;
    set->document[kind].path = "docs/x.md";
}

static const char *render_once(enum mlt_document_kind kind)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    const struct mlt_document_source source = {&version.facts, &version.old,
                                               version.facts.before ? &version.last : NULL};
    ck_ok(mlt_document_render(kind, &source, &version.arena, &text, &version_carried, &version_open,
                              &err));
    const char *kept = mlt_arena_strndup(&version.arena, text.data, text.len);
    mlt_buf_free(&text);
    version_give(&version.old, kind, kept);
    return kept;
}

const char *version_render(enum mlt_document_kind kind)
{
    const char *text = render_once(kind);
    const unsigned carried = version_carried;
    const char *again = render_once(kind);
    size_t at = 0;
    while (text[at] && text[at] == again[at])
        at++;
    ck_assert_msg(text[at] == again[at],
                  "rendered once more it differs at %zu: %.200s\n-- was\n"
                  "%.200s",
                  at, again + (at < 80 ? 0 : at - 80), text + (at < 80 ? 0 : at - 80));
    version_carried = carried;
    return text;
}

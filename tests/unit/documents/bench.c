#include "tests/unit/documents/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"

struct bench bench;

static const char metadata_now[] =
    "{\"model_name\":\"ad-score\",\"version\":\"1.1.0\",\"created_at\":\"2024-03-01T10:00:00Z\","
    "\"created_by\":\"jane\",\"framework\":\"xgboost\",\"framework_version\":\"1.7.4\","
    "\"python_version\":\"3.11.2\",\"training_dataset\":\"d\",\"training_dataset_hash\":"
    "\"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
    "\"hyperparameters\":{\"depth\":5},\"performance_metrics\":{\"validation_rmse\":5.82,"
    "\"validation_r2\":0.78},\"dependencies\":[],\"tags\":[],\"changelog\":\"Takes `brand` and has "
    "a `round` setting; better on small shops\"}";
static const char metadata_before[] =
    "{\"model_name\":\"ad-score\",\"version\":\"1.0.0\",\"created_at\":\"2024-01-15T10:00:00Z\","
    "\"created_by\":\"jane\",\"framework\":\"xgboost\",\"framework_version\":\"1.7.4\","
    "\"python_version\":\"3.11.2\",\"training_dataset\":\"d\",\"training_dataset_hash\":"
    "\"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
    "\"hyperparameters\":{\"depth\":5},\"performance_metrics\":{\"validation_rmse\":6.104,"
    "\"validation_r2\":0.7512},\"dependencies\":[],\"tags\":[],\"changelog\":\"First release\"}";
static const char config_now[] =
    "{\"inputs\":[{\"name\":\"price\",\"type\":\"number\",\"unit\":\"USD\",\"min\":0,\"max\":50},"
    "{\"name\":\"brand\",\"type\":\"category\",\"enum\":[\"1\",\"2\",\"3\"],\"nullable\":true,"
    "\"required\":false,\"default\":\"1\",\"stability\":\"beta\"}],"
    "\"output\":{\"name\":\"score\",\"type\":\"number\",\"unit\":\"points\",\"min\":0,\"max\":20},"
    "\"settings\":[{\"name\":\"round\",\"type\":\"boolean\",\"default\":false}]}";
static const char config_before[] =
    "{\"inputs\":[{\"name\":\"price\",\"type\":\"number\",\"unit\":\"USD\",\"min\":0,\"max\":20}],"
    "\"output\":{\"name\":\"score\",\"type\":\"number\",\"unit\":\"points\",\"min\":0,\"max\":20}}";

static struct mlt_metrics_value values_now[] = {{"rmse", 5.82}, {"mae", 4.2137}};
static struct mlt_metrics_value values_one[] = {{"rmse", 5.5012}, {"mae", 4.0051}};
static struct mlt_metrics_value values_two[] = {{"rmse", 6.2034}, {"mae", 4.4117}};
static struct mlt_metrics_slice slices[] = {{"brand", "1", 1234, values_one, 2},
                                            {"brand", "2", 987, values_two, 2}};
static struct mlt_metrics_file metrics_now = {"holdout", 2221, values_now, 2, slices, 2};
static struct mlt_metrics_value values_before[] = {{"rmse", 6.104}, {"mae", 4.5021}};
static struct mlt_metrics_file metrics_before = {"holdout", 2221, values_before, 2, NULL, 0};
static struct mlt_document_figure figures[] = {
    {"regression/holdout", "rmse", "", 5.8312, 5.7021, 5.9611, 6.1153, 2221},
    {"regression/holdout", "rmse", "brand = 1", 5.5093, 5.3211, 5.7019, 5.8771, 1234},
};
static struct mlt_document_run run = {RUN_ID, "2024-03-02T08:00:00Z", "1.0.0", figures, 2};
static struct mlt_document_past history[] = {
    {"1.1.0", "2024-03-01T10:00:00Z", "Takes `brand`", "Development"},
    {"1.0.0", "2024-01-15T10:00:00Z", "First release", "Production"},
    {"0.9.0", "2023-11-02T10:00:00Z", "Trial", "Archived"},
};

static void read_side(struct mlt_document_side *side, const char *version, const char *metadata,
                      const char *config, const struct mlt_metrics_file *metrics)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *json;
    struct mlt_metadata *m = mlt_arena_alloc(&bench.arena, sizeof *m);
    struct mlt_contract *contract = mlt_arena_alloc(&bench.arena, sizeof *contract);
    ck_ok(mlt_metadata_parse("metadata.json", metadata, strlen(metadata), "ad-score", version,
                             &bench.arena, m, &err));
    ck_ok(mlt_json_parse("config.json", config, strlen(config), &json, &err));
    ck_ok(mlt_contract_decode("config.json", json, &bench.arena, contract, &err));
    mlt_json_free(json);
    *side = (struct mlt_document_side){version, m, contract, metrics};
}

static void read_documents(void)
{
    const char *root = getenv("top_srcdir");
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        struct mlt_err err = MLT_ERR_INIT;
        struct mlt_buf text = MLT_BUF_INIT;
        const char *file = mlt_document_forms[kind].file;
        const char *path =
            mlt_arena_printf(&bench.arena, "%s/tests/data/documents/%s", root ? root : "..", file);
        ck_ok(mlt_fs_read(path, 1 << 20, &text, &err));
        bench_put(kind, text.data);
        bench.set.document[kind].path = mlt_arena_printf(&bench.arena, "docs/%s", file);
        mlt_buf_free(&text);
    }
}

void bench_setup(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    bench = (struct bench){.arena = MLT_ARENA_INIT};
    struct mlt_document_facts *f = &bench.facts;
    struct mlt_document_side *before = mlt_arena_alloc(&bench.arena, sizeof *before);
    struct mlt_compat_report *changes = mlt_arena_alloc(&bench.arena, sizeof *changes);
    read_side(&f->now, "1.1.0", metadata_now, config_now, &metrics_now);
    read_side(before, "1.0.0", metadata_before, config_before, &metrics_before);
    const struct mlt_release from = {"1.0.0", before->contract, before->metadata};
    const struct mlt_release to = {"1.1.0", f->now.contract, f->now.metadata};
    ck_ok(mlt_compat_compare(&from, &to, &bench.arena, changes, &err));
    f->model = "ad-score";
    f->artifact = "ad-score-1.1.0.ubj";
    f->adapter = "xgboost";
    f->before = before;
    f->changes = changes;
    f->runs = &run;
    f->run_count = 1;
    f->history = history;
    f->history_count = 3;
    f->instance = "{\"price\":2.5,\"brand\":\"2\"}";
    f->prediction = "3.5213";
    read_documents();
}

void bench_teardown(void)
{
    mlt_arena_free(&bench.arena);
}

void bench_check(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_documents_check(&bench.set, &bench.facts, &bench.arena, &bench.faults, &bench.count,
                              &err));
}

void bench_put(enum mlt_document_kind kind, const char *text)
{
    bench.set.document[kind].text = mlt_arena_strdup(&bench.arena, text);
    bench.set.document[kind].len = strlen(text);
}

int bench_edit(enum mlt_document_kind kind, const char *place, const char *from, const char *to)
{
    const char *text = bench.set.document[kind].text;
    const char *start = place ? strstr(text, place) : text;
    ck_assert_msg(start != NULL, "'%s' is not in the document", place);
    const char *at = strstr(start, from);
    ck_assert_msg(at != NULL, "'%s' is not in the document", from);
    ck_assert_msg(place || !strstr(at + 1, from), "'%s' is there twice", from);
    int line = 1;
    for (const char *p = text; p < at; p++)
        line += *p == '\n';
    bench_put(kind, mlt_arena_printf(&bench.arena, "%.*s%s%s", (int)(at - text), text, to,
                                     at + strlen(from)));
    return line;
}

const char *bench_say(void)
{
    struct mlt_buf out = MLT_BUF_INIT;
    for (size_t i = 0; i < bench.count; i++)
        mlt_buf_printf(&out, "\n%s:%d: %s", bench.faults[i].path, bench.faults[i].line,
                       bench.faults[i].what);
    const char *kept = mlt_arena_strndup(&bench.arena, out.data, out.len);
    mlt_buf_free(&out);
    return kept;
}

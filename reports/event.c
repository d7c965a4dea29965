#include "reports/event.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"

enum { NOTES = 50, TEXT_BYTES = 1000 };

const char *mlt_event_type(enum mlt_event_kind kind)
{
    switch (kind) {
    case MLT_EVENT_RUN_FINISHED:
        return "dev.cdevents.testsuiterun.finished.0.2.0";
    case MLT_EVENT_GATE_DECIDED:
        return "dev.mltest.gate.decided.v1";
    case MLT_EVENT_VERSION_PROMOTED:
        return "dev.mltest.version.promoted.v1";
    case MLT_EVENT_SERVICE_DEPLOYED:
        break;
    }
    return "dev.cdevents.service.deployed.0.2.0";
}

static bool is_cdevent(enum mlt_event_kind kind)
{
    return kind == MLT_EVENT_RUN_FINISHED || kind == MLT_EVENT_SERVICE_DEPLOYED;
}

/* A segment of a URI. */
static void put_segment(struct mlt_buf *out, const char *text)
{
    for (; text && *text; text++)
        mlt_buf_printf(out,
                       isalnum((unsigned char)*text) || strchr("-._~", *text) ? "%c" : "%%%02X",
                       (unsigned char)*text);
}

/* A member with the text of a buffer, which is freed. */
static void put_text(struct mlt_json_out *json, const char *key, struct mlt_buf *text)
{
    mlt_json_out_kstring(json, key, text->data);
    json->buf->oom |= text->oom;
    mlt_buf_free(text);
}

/* Words of models and people: bounded, without control characters. */
static void put_safe(struct mlt_json_out *json, const char *key, const char *words)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (words)
        mlt_str_append_safe(&text, words, strlen(words), TEXT_BYTES);
    put_text(json, key, &text);
}

static void put_source(struct mlt_json_out *json, const struct mlt_event *e)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "/mltest/");
    put_segment(&text, e->model);
    put_text(json, "source", &text);
}

/* Of CDEvents: what happened to it, by its own name. */
static void put_subject_id(struct mlt_json_out *json, const char *key, const struct mlt_event *e)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (e->kind == MLT_EVENT_RUN_FINISHED)
        mlt_buf_puts(&text, e->run_id);
    else if (e->kind == MLT_EVENT_SERVICE_DEPLOYED)
        mlt_buf_puts(&text, e->model);
    else
        mlt_buf_printf(&text, "%s@%s", e->model, e->version);
    put_text(json, key, &text);
}

static const char *outcome(enum mlt_verdict verdict)
{
    return verdict == MLT_VERDICT_PASS ? "pass" : verdict == MLT_VERDICT_FAIL ? "fail" : "error";
}

static void put_run(struct mlt_json_out *json, const struct mlt_event *e)
{
    struct mlt_buf suites = MLT_BUF_INIT;
    mlt_json_out_kstring(json, "outcome", outcome(e->verdict));
    put_safe(json, "reason", e->words);
    mlt_json_out_key(json, "environment");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "id", "mltest");
    mlt_json_out_object_end(json);
    for (size_t i = 0; i < e->suite_count; i++)
        mlt_buf_printf(&suites, "%s%s", i ? ", " : "", e->suites[i]);
    mlt_json_out_key(json, "testSuite");
    mlt_json_out_object(json);
    put_safe(json, "id", e->model);
    put_safe(json, "version", e->version);
    put_safe(json, "name", suites.data);
    mlt_json_out_object_end(json);
    json->buf->oom |= suites.oom;
    mlt_buf_free(&suites);
}

static void put_deployment(struct mlt_json_out *json, const struct mlt_event *e)
{
    struct mlt_buf artifact = MLT_BUF_INIT;
    mlt_json_out_key(json, "environment");
    mlt_json_out_object(json);
    put_safe(json, "id", e->gate);
    mlt_json_out_object_end(json);
    mlt_buf_puts(&artifact, "pkg:generic/");
    put_segment(&artifact, e->model);
    mlt_buf_putc(&artifact, '@');
    put_segment(&artifact, e->version);
    mlt_buf_puts(&artifact, "?checksum=sha256:");
    put_segment(&artifact, e->artifact_digest);
    put_text(json, "artifactId", &artifact);
}

/* What CDEvents have no word for, and the whole of our own. */
static void put_own(struct mlt_json_out *json, const struct mlt_event *e)
{
    mlt_json_out_object(json);
    put_safe(json, "model", e->model);
    put_safe(json, "version", e->version);
    mlt_json_out_kstring(json, "digest", e->digest);
    mlt_json_out_kstring(json, "artifact_digest", e->artifact_digest);
    if (e->gate) {
        mlt_json_out_key(json, "gate");
        mlt_json_out_object(json);
        put_safe(json, "kind", e->gate_kind);
        put_safe(json, "name", e->gate);
        mlt_json_out_object_end(json);
        mlt_json_out_kbool(json, "advisory", e->advisory);
        mlt_json_out_kstring(json, "decision_digest", e->decision_digest);
    }
    mlt_json_out_kstring(json, "verdict", mlt_verdict_name(e->verdict));
    put_safe(json, "why", e->words);
    mlt_json_out_key(json, "reasons");
    mlt_json_out_array(json);
    for (size_t i = 0; i < e->note_count && i < NOTES; i++) {
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "verdict", mlt_verdict_name(e->notes[i].verdict));
        put_safe(json, "criterion", e->notes[i].title);
        put_safe(json, "reason", e->notes[i].text);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
    mlt_json_out_kint(json, "reason_count", (int64_t)e->note_count);
    mlt_json_out_kstring(json, "tool_version", e->tool_version);
    mlt_json_out_object_end(json);
}

static void put_cdevent(struct mlt_json_out *json, const struct mlt_event *e)
{
    mlt_json_out_object(json);
    mlt_json_out_key(json, "context");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "version", "0.4.1");
    mlt_json_out_kstring(json, "id", e->id);
    put_source(json, e);
    mlt_json_out_kstring(json, "type", mlt_event_type(e->kind));
    mlt_json_out_kstring(json, "timestamp", e->time);
    mlt_json_out_object_end(json);
    mlt_json_out_key(json, "subject");
    mlt_json_out_object(json);
    put_subject_id(json, "id", e);
    put_source(json, e);
    mlt_json_out_kstring(json, "type",
                         e->kind == MLT_EVENT_RUN_FINISHED ? "testSuiteRun" : "service");
    mlt_json_out_key(json, "content");
    mlt_json_out_object(json);
    if (e->kind == MLT_EVENT_RUN_FINISHED)
        put_run(json, e);
    else
        put_deployment(json, e);
    mlt_json_out_object_end(json);
    mlt_json_out_object_end(json);
    mlt_json_out_key(json, "customData");
    put_own(json, e);
    mlt_json_out_kstring(json, "customDataContentType", "application/json");
    mlt_json_out_object_end(json);
}

bool mlt_event_write(const struct mlt_event *e, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "specversion", "1.0");
    mlt_json_out_kstring(&json, "id", e->id);
    put_source(&json, e);
    mlt_json_out_kstring(&json, "type", mlt_event_type(e->kind));
    put_subject_id(&json, "subject", e);
    mlt_json_out_kstring(&json, "time", e->time);
    mlt_json_out_kstring(&json, "datacontenttype", "application/json");
    mlt_json_out_key(&json, "data");
    if (is_cdevent(e->kind))
        put_cdevent(&json, e);
    else
        put_own(&json, e);
    mlt_json_out_object_end(&json);
    return mlt_json_out_finish(&json, err);
}

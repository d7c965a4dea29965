/* Events as JSON, by the specifications' own lists of fields. */
#include <string.h>

#include "harness/codec/json.h"
#include "reports/event.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *event_case(void);

static const char *suites[] = {"unit", "regression"};
static struct mlt_ci_note notes[60];
static struct mlt_event event;
static struct mlt_buf text;
static struct mlt_json *document;
static struct mlt_err err;

static void setup(void)
{
    text = (struct mlt_buf)MLT_BUF_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    document = NULL;
    notes[0] = (struct mlt_ci_note){
        .verdict = MLT_VERDICT_FAIL, .title = "rmse <= 6", .text = "rmse is 7"};
    event = (struct mlt_event){.id = "4c8cb7dd-3448-41de-8768-eec704e2829b",
                               .time = "2026-03-01T10:00:00Z",
                               .tool_version = "0.1.0",
                               .model = "m",
                               .version = "1.1.0",
                               .digest = "d",
                               .artifact_digest = "abc",
                               .verdict = MLT_VERDICT_FAIL,
                               .words = "1 of 2 criteria fails",
                               .notes = notes,
                               .note_count = 1,
                               .run_id = "01HZX3",
                               .suites = suites,
                               .suite_count = 2,
                               .gate_kind = "environment",
                               .gate = "staging"};
}

static void teardown(void)
{
    mlt_json_free(document);
    mlt_buf_free(&text);
}

static void write_event(void)
{
    mlt_json_free(document);
    document = NULL;
    mlt_buf_clear(&text);
    ck_ok(mlt_event_write(&event, &text, &err));
    ck_ok(mlt_json_parse("event", text.data, text.len, &document, &err));
}

/* "data.subject.id" */
static const struct mlt_json *at(const char *path)
{
    const struct mlt_json *node = document;
    char key[64];
    while (*path) {
        size_t len = strcspn(path, ".");
        memcpy(key, path, len);
        key[len] = '\0';
        node = mlt_json_get(node, key);
        path += len + (path[len] == '.');
    }
    return node;
}

static void ck_text(const char *path, const char *wanted)
{
    const char *found = mlt_json_string(at(path));
    ck_assert_msg(found && strcmp(found, wanted) == 0, "%s is %s, not %s", path,
                  found ? found : "absent", wanted);
}

/* CloudEvents 1.0.2, section 3.1: id, source, specversion and type are required; the attributes
 * that are optional and used here: datacontenttype, subject, time. */
START_TEST(every_event_is_a_cloud_event)
{
    event.kind = (enum mlt_event_kind)_i;
    write_event();
    ck_text("specversion", "1.0");
    ck_text("id", event.id);
    ck_text("source", "/mltest/m");
    ck_text("type", mlt_event_type(event.kind));
    ck_text("time", event.time);
    ck_text("datacontenttype", "application/json");
    ck_assert_int_eq(mlt_json_type(at("data")), MLT_JSON_OBJECT);
    ck_assert_uint_eq(mlt_json_count(document), 8);
}
END_TEST

/* CDEvents 0.4.1, testing-events.md (testSuiteRun finished 0.2.0): required are outcome and
 * environment; outcome is one of pass, fail, cancel, error. */
START_TEST(a_finished_run_is_a_cdevent)
{
    static const char *const outcomes[] = {"error", "pass", "error", "fail"};
    event.kind = MLT_EVENT_RUN_FINISHED;
    for (int verdict = 0; verdict < 4; verdict++) {
        event.verdict = (enum mlt_verdict)verdict;
        write_event();
        ck_text("data.subject.content.outcome", outcomes[verdict]);
    }
    ck_text("subject", "01HZX3");
    ck_text("data.context.version", "0.4.1");
    ck_text("data.context.id", event.id);
    ck_text("data.context.source", "/mltest/m");
    ck_text("data.context.type", "dev.cdevents.testsuiterun.finished.0.2.0");
    ck_text("data.context.timestamp", event.time);
    ck_text("data.subject.id", "01HZX3");
    ck_text("data.subject.type", "testSuiteRun");
    ck_text("data.subject.content.environment.id", "mltest");
    ck_text("data.subject.content.testSuite.id", "m");
    ck_text("data.subject.content.testSuite.name", "unit, regression");
    ck_text("data.customData.verdict", "fail");
}
END_TEST

/* CDEvents 0.4.1, continuous-deployment.md (service deployed 0.2.0): required are environment and
 * artifactId, a package URL. */
START_TEST(a_deployment_is_a_cdevent)
{
    event.kind = MLT_EVENT_SERVICE_DEPLOYED;
    event.verdict = MLT_VERDICT_PASS;
    event.decision_digest = "e";
    event.model = "a b";
    write_event();
    ck_text("data.subject.type", "service");
    ck_text("data.subject.id", "a b");
    ck_text("data.subject.content.environment.id", "staging");
    ck_text("data.subject.content.artifactId", "pkg:generic/a%20b@1.1.0?checksum=sha256:abc");
    ck_text("data.customData.decision_digest", "e");
}
END_TEST

START_TEST(a_decision_is_an_event_of_our_own)
{
    event.kind = MLT_EVENT_GATE_DECIDED;
    for (size_t i = 0; i < 60; i++)
        notes[i] = notes[0];
    event.note_count = 60;
    event.advisory = true;
    write_event();
    double count = 0;
    bool advisory = false;
    ck_text("type", "dev.mltest.gate.decided.v1");
    ck_text("subject", "m@1.1.0");
    ck_text("data.gate.name", "staging");
    ck_text("data.verdict", "fail");
    ck_assert(mlt_json_bool(at("data.advisory"), &advisory) && advisory);
    ck_assert_uint_eq(mlt_json_count(at("data.reasons")), 50);
    ck_assert(mlt_json_number(at("data.reason_count"), &count) && count == 60);
}
END_TEST

START_TEST(hostile_names_stay_names)
{
    for (size_t i = 0; fixture_hostile[i]; i++)
        for (int kind = 0; kind <= MLT_EVENT_SERVICE_DEPLOYED; kind++) {
            event.kind = (enum mlt_event_kind)kind;
            event.model = event.version = event.words = event.gate = fixture_hostile[i];
            notes[0].title = notes[0].text = suites[0] = fixture_hostile[i];
            write_event();
            const char *source = mlt_json_string(at("source"));
            for (const char *c = source; *c; c++)
                ck_assert(*c > 0x20 && *c < 0x7f && !strchr("<>\"\\^`{|}", *c));
            for (size_t k = 0; k < text.len; k++)
                ck_assert((unsigned char)text.data[k] >= 0x20);
        }
    suites[0] = "unit";
}
END_TEST

TCase *event_case(void)
{
    TCase *test = tcase_create("event");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_loop_test(test, every_event_is_a_cloud_event, 0, MLT_EVENT_SERVICE_DEPLOYED + 1);
    tcase_add_test(test, a_finished_run_is_a_cdevent);
    tcase_add_test(test, a_deployment_is_a_cdevent);
    tcase_add_test(test, a_decision_is_an_event_of_our_own);
    tcase_add_test(test, hostile_names_stay_names);
    return test;
}

#include <stdio.h>
#include <string.h>

#include "harness/domain/metadata.h"
#include "tests/unit/suite.h"

TCase *metadata_case(void);

/* The protocol's own example, with a whole digest. */
static const struct {
    const char *key, *value;
} example[] = {
    {"model_name", "\"ad-score-predictor\""},
    {"version", "\"1.1.0\""},
    {"created_at", "\"2023-04-15T14:32:00Z\""},
    {"created_by", "\"jane.doe@within.co\""},
    {"framework", "\"pytorch\""},
    {"framework_version", "\"1.11.0\""},
    {"python_version", "\"3.9.10\""},
    {"training_dataset", "\"ad_performance_q1_2023\""},
    {"training_dataset_hash",
     "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""},
    {"hyperparameters", "{\"learning_rate\": 0.001}"},
    {"performance_metrics", "{\"validation_rmse\": 5.82}"},
    {"dependencies", "[{\"name\": \"feature_extractor\", \"version\": \"^1.2.0\"}]"},
    {"tags", "[\"production\", \"approved\"]"},
    {"changelog", "\"Improved text representation\""},
    {"approval_status", "\"approved\""},
    {"approval_date", "\"2023-04-18T09:15:00Z\""},
    {"approved_by", "\"ml-review-board\""},
    {"deployment_environments", "[\"staging\"]"},
    {"documentation_url", "\"https://docs.within.co/ml\""},
};
enum { FIELDS = sizeof example / sizeof *example, REQUIRED = 14 };

/* The example with one field replaced (value NULL: left out); an unknown key is added. */
static const char *with(const char *key, const char *value)
{
    static char text[8192];
    bool replaced = false;
    strcpy(text, "{");
    for (int i = 0; i < FIELDS; i++) {
        bool here = strcmp(example[i].key, key) == 0;
        replaced = replaced || here;
        const char *shown = here ? value : example[i].value;
        if (shown)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s\"%s\": %s",
                     strlen(text) > 1 ? ", " : "", example[i].key, shown);
    }
    if (!replaced && key[0])
        snprintf(text + strlen(text), sizeof text - strlen(text), ", \"%s\": %s", key, value);
    strcat(text, "}");
    return text;
}

static bool parse(const char *text, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_metadata metadata;
    bool ok = mlt_metadata_parse("metadata.json", text, strlen(text), "ad-score-predictor", "1.1.0",
                                 &arena, &metadata, err);
    mlt_arena_free(&arena);
    return ok;
}

START_TEST(metadata_accepts_the_example_of_the_protocol)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_metadata m;
    const char *text = with("", NULL);
    ck_ok(mlt_metadata_parse("metadata.json", text, strlen(text), "ad-score-predictor", "1.1.0",
                             &arena, &m, &err));
    ck_assert_str_eq(m.created_by, "jane.doe@within.co");
    ck_assert_uint_eq(m.dependency_count, 1);
    ck_assert_str_eq(m.dependencies[0].version, "^1.2.0");
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(metadata_needs_every_required_field_and_no_optional_one)
{
    for (int i = 0; i < FIELDS; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        char phrase[64];
        snprintf(phrase, sizeof phrase, "%s: this field is missing", example[i].key);
        if (i < REQUIRED)
            ck_fails(parse(with(example[i].key, NULL), &err), MLT_ERR_USAGE, phrase);
        else
            ck_ok(parse(with(example[i].key, NULL), &err));
    }
}
END_TEST

START_TEST(metadata_refuses_null_and_a_list_of_lists_in_every_field)
{
    for (int i = 0; i < FIELDS; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        char phrase[64];
        snprintf(phrase, sizeof phrase, "metadata.json: %s", example[i].key);
        ck_fails(parse(with(example[i].key, "null"), &err), MLT_ERR_USAGE, phrase);
        ck_fails(parse(with(example[i].key, "[[1]]"), &err), MLT_ERR_USAGE, phrase);
    }
}
END_TEST

static const struct {
    const char *key, *value, *phrase;
} wrong[] = {
    {"model_name", "\"ad-score-predicter\"", "expected \"ad-score-predictor\""},
    {"model_name", "\"../etc\"", "not a model name"},
    {"version", "\"1.1.1\"", "expected \"1.1.0\", found \"1.1.1\""},
    {"version", "\"v1.1.0\"", "did you mean 1.1.0"},
    {"created_at", "\"2023-04-15\"", "found \"2023-04-15\""},
    {"created_at", "\"2023-02-30T00:00:00Z\"", "found \"2023-02-30"},
    {"created_by", "\"  \"", "nothing but spaces"},
    {"training_dataset_hash", "\"sha256:a1b2c3...\"", "64 lower-case hex digits"},
    {"training_dataset_hash", "\"md5:a1b2c3\"", "64 lower-case hex digits"},
    {"hyperparameters", "\"none\"", "expected an object, found a string"},
    {"performance_metrics", "{\"rmse\": \"5.82\"}", "expected a number for \"rmse\""},
    {"performance_metrics", "{\"rmse\": null}", "expected a number for \"rmse\""},
    {"dependencies", "[{\"name\": \"a\"}]", "dependencies[0]"},
    {"dependencies", "[{\"name\": \"a\", \"version\": \"newest\"}]", "version range"},
    {"dependencies", "[{\"name\": \"a\", \"version\": \"*\", \"vesion\": \"*\"}]",
     "did you mean \"version\"?"},
    {"tags", "[\"a\", 1]", "tags: expected a list of texts"},
    {"approval_date", "\"yesterday\"", "approval_date"},
    {"changelgo", "\"x\"", "changelgo: unknown field; did you mean \"changelog\"?"},
    {"zzz", "1", "zzz: unknown field"},
    {"training_data_profile", "7", "training_data_profile: expected an object"},
    {"training_data_profile", "{}", "training_data_profile: the profile: \"dataset_hash\""},
    {"training_data_profile",
     "{\"dataset_hash\": \"sha256:"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"rows\": 1, "
     "\"columns\": [{\"name\": \"x\", \"missing\": 1, \"edges\": [], \"counts\": [0]}]}",
     "training_data_profile is of the data sha256:aaaaaaaa…, and training_dataset_hash names "
     "sha256:e3b0c442…: make it anew"},
};

START_TEST(metadata_names_the_wrong_field_and_what_it_saw)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        ck_fails(parse(with(wrong[i].key, wrong[i].value), &err), MLT_ERR_USAGE, wrong[i].phrase);
    }
}
END_TEST

START_TEST(metadata_collects_all_faults_in_one_sentence)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_fails(parse("{\"model_name\": 1, \"version\": 2}", &err), MLT_ERR_USAGE,
             "and 13 more: version, ");
    ck_fails(parse("[]", &err), MLT_ERR_USAGE, "expected an object");
    ck_fails(parse("{", &err), MLT_ERR_USAGE, "metadata.json:1:");
    ck_fails(parse("{\"tags\": [], \"tags\": []}", &err), MLT_ERR_USAGE, "tags");
}
END_TEST

TCase *metadata_case(void)
{
    TCase *tc = tcase_create("metadata");
    tcase_add_test(tc, metadata_accepts_the_example_of_the_protocol);
    tcase_add_test(tc, metadata_needs_every_required_field_and_no_optional_one);
    tcase_add_test(tc, metadata_refuses_null_and_a_list_of_lists_in_every_field);
    tcase_add_test(tc, metadata_names_the_wrong_field_and_what_it_saw);
    tcase_add_test(tc, metadata_collects_all_faults_in_one_sentence);
    return tc;
}

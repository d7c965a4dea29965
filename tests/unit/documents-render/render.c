/* What the six documents say, and what of a person's they keep. */
#include <string.h>

#include "tests/unit/documents-render/version.h"

TCase *hostile_case(void);
TCase *outline_case(void);
static TCase *render_case(void);

static TCase *(*const cases[])(void) = {render_case, hostile_case, outline_case, NULL};
const struct unit_suite unit_suite = {"documents-render", cases};

#define SECTION(NAME) (1u << MLT_SECTION_##NAME)

static void says(const char *text, const char *wanted)
{
    ck_assert_msg(strstr(text, wanted) != NULL, "\"%s\" is not in\n%s", wanted, text);
}

static void does_not_say(const char *text, const char *unwanted)
{
    ck_assert_msg(strstr(text, unwanted) == NULL, "\"%s\" is in\n%s", unwanted, text);
}

/* The whole of one document. Every figure and field stands in version.c. */
START_TEST(the_api_document_to_the_letter)
{
    ck_assert_str_eq(
        version_render(MLT_DOCUMENT_API),
        "# Model: demo\n"
        "## Version: 1.1.0\n"
        "\n"
        "### API Specification\n"
        "\n"
        "<!-- mltest: api -->\n"
        "One instance is a JSON object with these fields:\n"
        "\n"
        "| input | type | unit | min | max | values | nullable | required | stability |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
        "| `price` | number | USD | 0 | 2.5 |  | no | yes | stable |\n"
        "| `plan` | category |  |  |  | a, b, c | yes | yes | beta |\n"
        "\n"
        "What is missing, of another type or outside its bounds is refused with the reason. Where "
        "nullable is yes, null and a missing field are values that the model knows.\n"
        "\n"
        "The answer is a number:\n"
        "\n"
        "| output | type | min | max | stability |\n"
        "|---|---|---|---|---|\n"
        "| `score` | number | 0 | 20 | stable |\n"
        "\n"
        "Who runs the model can set:\n"
        "\n"
        "| setting | type | min | max | nullable | required | default | stability |\n"
        "|---|---|---|---|---|---|---|---|\n"
        "| `threads` | integer | 1 | 8 | no | no | 1 | stable |\n"
        "<!-- /mltest -->\n"
        "\n"
        "<!-- mltest: for callers -->\n"
        "Who called 1.0.0 will find changed:\n"
        "\n"
        "| what | change | for callers |\n"
        "|---|---|---|\n"
        "| input `price` | max 2 became max 2.5 | what callers send stays valid |\n"
        "| input `plan` | values added (c) | callers may send more values |\n"
        "| setting `threads` | added | it may be set |\n"
        "<!-- /mltest -->\n"
        "\n"
        "### Integration Examples\n"
        "\n"
        "<!-- mltest: example -->\n"
        "This instance\n"
        "\n"
        "```json\n"
        "{\n"
        "  \"price\": 1.5,\n"
        "  \"plan\": null\n"
        "}\n"
        "```\n"
        "\n"
        "is answered with `8.84244` (to six digits).\n"
        "<!-- /mltest -->\n");
    ck_assert_uint_eq(version_open, 0);
    ck_assert_uint_eq(version_carried, 0);
}
END_TEST

START_TEST(figures_stand_beside_those_of_the_release_before)
{
    const char *text = version_render(MLT_DOCUMENT_PERFORMANCE_REPORT);
    says(text, "| metric | 1.1.0 | 1.0.0 | change |");
    /* 1 - 0.5 / 0.625 = 20 %; lower is better. */
    says(text, "| `validation_rmse` | 0.5000 | 0.6250 | -0.1250 (20 % better) |");
    /* A bias has no better side. */
    says(text, "| `bias` | -0.2500 | -0.5000 | +0.2500 |");
    says(text, "| `mae` | 0.4037 |  | |");
    does_not_say(text, "| `rmse` | 0.5000 | 0.6250"); /* the same figure under its other name */
    says(text, "| brand = 3 | 1,234 | 0.7500 |");
}
END_TEST

START_TEST(the_last_run_stands_with_its_intervals)
{
    const char *text = version_render(MLT_DOCUMENT_PERFORMANCE_REPORT);
    says(text, "Run `01RUN` of 2026-03-01, with 1.0.0 on the same rows:");
    says(text, "| `rmse` | 11,586 | 0.5001 | 0.4801 to 0.5201 | 0.6251 | -0.1250 (20 % better) |");
    says(text, "| `rmse` | brand = 3 | 1,234 | 0.7500 |  |  | |");
    version.facts.run_count = 0;
    does_not_say(version_render(MLT_DOCUMENT_PERFORMANCE_REPORT), "01RUN");
}
END_TEST

START_TEST(changes_are_told_for_callers_and_for_makers)
{
    const char *text = version_render(MLT_DOCUMENT_VERSION_HISTORY);
    says(text, "The plan c joins.");
    says(text, "| input `price` | max 2 became max 2.5 |");
    says(text, "| hyperparameter `depth` | 4 | 6 |");
    says(text, "| **1.1.0** | 2026-02-16 | this version | The plan c joins. |");
    says(text, "| 1.0.0 | 2026-01-12 | Production | The first. |");
}
END_TEST

START_TEST(a_first_release_has_nothing_before_it)
{
    version_make_first();
    says(version_render(MLT_DOCUMENT_VERSION_HISTORY), "There is no release before it.");
    const char *text = version_render(MLT_DOCUMENT_MODEL_CARD);
    says(text, "| metric | 1.1.0 |\n");
    does_not_say(text, "1.0.0");
    does_not_say(version_render(MLT_DOCUMENT_INTEGRATION_GUIDE), "Callers of");
}
END_TEST

START_TEST(what_only_a_person_can_write_waits)
{
    const char *text = version_render(MLT_DOCUMENT_LIMITATIONS);
    says(text, "### Known Limitations\n\nTo be written: ");
    says(text, "### Edge Cases\n\nTo be written: ");
    ck_assert_uint_eq(version_open, SECTION(LIMITATIONS) | SECTION(EDGE_CASES));
    version_render(MLT_DOCUMENT_MODEL_CARD);
    ck_assert_uint_eq(version_open, SECTION(OVERVIEW) | SECTION(LIMITATIONS));
}
END_TEST

START_TEST(what_is_not_known_waits_too)
{
    version.facts.now.metrics = NULL;
    version.facts.run_count = 0;
    version.metadata[1].performance_metric_count = 0;
    version.facts.instance = version.facts.prediction = NULL;
    version.facts.command = NULL;
    version_render(MLT_DOCUMENT_PERFORMANCE_REPORT);
    ck_assert_uint_eq(version_open, SECTION(METRICS));
    version_render(MLT_DOCUMENT_API);
    ck_assert_uint_eq(version_open, SECTION(EXAMPLES));
}
END_TEST

START_TEST(a_persons_words_stay_where_they_are)
{
    version_give(&version.old, MLT_DOCUMENT_MODEL_CARD,
                 "# Model: other\n## Version: 0.9.0\nA word in front.\n"
                 "### Overview\nWhat it is.\n\n"
                 "<!-- mltest: about -->\nold words\n<!-- /mltest -->\nWhat it is not.\n"
                 "### Ethics\nAsked Ann.\n");
    const char *text = version_render(MLT_DOCUMENT_MODEL_CARD);
    says(text, "# Model: demo\n## Version: 1.1.0\n\nA word in front.\n\n### Overview\n\nWhat it "
               "is.\n\n<!-- mltest: about -->\n- Made on 2026-02-16 by ann@example.org");
    says(text, "<!-- /mltest -->\n\nWhat it is not.\n\n### Changes from Previous Version\n");
    says(text, "### Ethics\n\nAsked Ann.\n");
    does_not_say(text, "old words");
    does_not_say(text, "0.9.0");
    ck_assert_uint_eq(version_open, SECTION(LIMITATIONS));
}
END_TEST

START_TEST(what_nobody_wrote_is_carried_over)
{
    version_give(&version.last, MLT_DOCUMENT_LIMITATIONS,
                 "# Model: demo\n## Version: 1.0.0\n### Known Limitations\nOne town only.\n"
                 "### Edge Cases\nTo be written: what happens.\n### Thanks\nTo Bob.\n");
    const char *text = version_render(MLT_DOCUMENT_LIMITATIONS);
    says(text, "## Version: 1.1.0\n\n### Known Limitations\n\nOne town only.\n");
    says(text, "### Thanks\n\nTo Bob.\n");
    ck_assert_uint_eq(version_carried, SECTION(LIMITATIONS));
    ck_assert_uint_eq(version_open, SECTION(EDGE_CASES));
    version_give(&version.old, MLT_DOCUMENT_LIMITATIONS,
                 "### Known Limitations\nTwo towns.\n### Edge Cases\nNone.\n");
    text = version_render(MLT_DOCUMENT_LIMITATIONS);
    says(text, "Two towns.");
    does_not_say(text, "One town");
    ck_assert_uint_eq(version_carried | version_open, 0);
}
END_TEST

START_TEST(the_model_card_repeats_the_limitations)
{
    version_give(&version.old, MLT_DOCUMENT_LIMITATIONS,
                 "### Known Limitations\n- One town only.\n");
    const char *text = version_render(MLT_DOCUMENT_MODEL_CARD);
    says(text, "<!-- mltest: limitations -->\n- One town only.\n<!-- /mltest -->");
    version_give(&version.old, MLT_DOCUMENT_MODEL_CARD,
                 "### Known Limitations\nSee the other document.\n");
    does_not_say(version_render(MLT_DOCUMENT_MODEL_CARD), "One town only");
}
END_TEST

START_TEST(a_person_may_move_a_generated_part)
{
    version_give(&version.old, MLT_DOCUMENT_PERFORMANCE_REPORT,
                 "### Overview\n<!-- mltest: metrics -->\n<!-- /mltest -->\nThe figures above.\n");
    const char *text = version_render(MLT_DOCUMENT_PERFORMANCE_REPORT);
    const char *first = strstr(text, "<!-- mltest: metrics -->");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "<!-- mltest: metrics -->"));
    ck_assert(first < strstr(text, "The figures above."));
}
END_TEST

START_TEST(what_is_new_stands_where_the_template_has_it)
{
    version.facts.run_count = 0;
    version_render(MLT_DOCUMENT_PERFORMANCE_REPORT);
    version.facts.run_count = 1;
    const char *text = version_render(MLT_DOCUMENT_PERFORMANCE_REPORT);
    const char *run = strstr(text, "<!-- mltest: run -->");
    ck_assert_ptr_nonnull(run);
    ck_assert(strstr(text, "<!-- mltest: metrics -->") < run);
    ck_assert(run < strstr(text, "<!-- mltest: slices -->"));
}
END_TEST

START_TEST(the_example_is_the_adapters_own)
{
    const char *text = version_render(MLT_DOCUMENT_INTEGRATION_GUIDE);
    says(text, "```sh\nserve --model demo-1.1.0.bin\n```");
    says(text, "{\"id\":\"1\",\"instances\":[{\"price\":1.5,\"plan\":null}]}");
    says(text, "{\"id\":\"1\",\"predictions\":[8.842440605163574]}");
    version.facts.adapter = "xgboost";
    text = version_render(MLT_DOCUMENT_INTEGRATION_GUIDE);
    says(text, "xgboost.Booster(model_file=\"demo-1.1.0.bin\")");
    does_not_say(text, "serve --model");
}
END_TEST

static TCase *render_case(void)
{
    TCase *test = tcase_create("render");
    tcase_add_checked_fixture(test, version_setup, version_teardown);
    tcase_add_test(test, the_api_document_to_the_letter);
    tcase_add_test(test, figures_stand_beside_those_of_the_release_before);
    tcase_add_test(test, the_last_run_stands_with_its_intervals);
    tcase_add_test(test, changes_are_told_for_callers_and_for_makers);
    tcase_add_test(test, a_first_release_has_nothing_before_it);
    tcase_add_test(test, what_only_a_person_can_write_waits);
    tcase_add_test(test, what_is_not_known_waits_too);
    tcase_add_test(test, a_persons_words_stay_where_they_are);
    tcase_add_test(test, what_nobody_wrote_is_carried_over);
    tcase_add_test(test, the_model_card_repeats_the_limitations);
    tcase_add_test(test, a_person_may_move_a_generated_part);
    tcase_add_test(test, what_is_new_stands_where_the_template_has_it);
    tcase_add_test(test, the_example_is_the_adapters_own);
    return test;
}

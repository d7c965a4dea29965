/* What must be let be; what must not pass for want of facts; and text that means harm. */
#include <string.h>

#include "tests/unit/documents/bench.h"

TCase *honest_case(void);

#define CARD MLT_DOCUMENT_MODEL_CARD
#define API MLT_DOCUMENT_API
#define HISTORY MLT_DOCUMENT_VERSION_HISTORY
#define REPORT MLT_DOCUMENT_PERFORMANCE_REPORT
#define LIMITS MLT_DOCUMENT_LIMITATIONS
#define GUIDE MLT_DOCUMENT_INTEGRATION_GUIDE

static const struct {
    enum mlt_document_kind kind;
    const char *place, *from, *to;
} table[] = {
    /* The same figure in other words. */
    {REPORT, NULL, "5.820 | 6.104", "5.82 | 6.10"},
    {REPORT, NULL, "5.820 | 6.104", "5,82 | 6,10"},
    {REPORT, NULL, "5.820 | 6.104", "**5.8** | ~6.1"},
    {REPORT, NULL, "5.820 | 6.104", "about 5.82 | `6.104`"},
    {REPORT, NULL, "0.7800 | 0.7512", "78 % | 75.1 %"},
    {REPORT, NULL, "0.7800 | 0.7512", "78\xc2\xa0% | 75 %"},
    {REPORT, NULL, "0.7800 | 0.7512", "> 0.7 | < 76 %"},
    {REPORT, NULL, "0.7800 | 0.7512", "0.78 | –"},
    {REPORT, NULL, "| metric | 1.1.0 | 1.0.0 | change |", "| Metric | Value | Previous | Delta |"},
    {REPORT, NULL, "| metric | 1.1.0 | 1.0.0 | change |",
     "| Measure | v1.1.0 | v1.0.0 | Difference |"},
    {REPORT, NULL, "| metric | 1.1.0 | 1.0.0 | change |", "| | this version | baseline | change |"},
    {REPORT, NULL, "`validation_rmse` | 5.820", "Validation RMSE (points) | 5.820"},
    {REPORT, NULL, "5.831 | 5.702 to 5.961", "5.831 [5.702, 5.961] | "},
    {REPORT, NULL, "5.831 | 5.702 to 5.961", "5.831 ± 0.13 | (5.70 to 5.96)"},
    {REPORT, NULL, "5.702 to 5.961", "5.702–5.961"},
    {REPORT, NULL, "brand = 2 | 987", "brand: 2 | 987"},
    {REPORT, "By slice", "| slice | rows |", "| Segment | n |"},
    {REPORT, NULL, "| slice | rows | rmse | mae |\n|---|---|---|---|\n| brand = 1 | 1,234 |",
     "| brand | rows | rmse | mae |\n|---|---|---|---|\n| 1 | 1 234 |"},
    {REPORT, NULL, "-0.284 (4.7 % better)", "−0.28"},
    {REPORT, NULL, "-0.284 (4.7 % better)", "-4.7 %"},
    {REPORT, NULL, "By slice:", "| metric | limit |\n|---|---|\n| rmse | 6.0 |\n\nBy slice:"},
    {REPORT, NULL, "By slice:",
     "| Version | RMSE | MAE |\n|---|---|---|\n| 1.0.0 | 6.104 | 4.5 |\n| 1.1.0 | 5.82 | 4.2 "
     "|\n\nBy slice:"},
    {REPORT, NULL, "By slice:",
     "| metric | slice | figure |\n|---|---|---|\n| rmse | all rows | 5.82 |\n| mae | brand 2 | "
     "4.41 |\n\nBy slice:"},
    {CARD, NULL, "### Known Limitations",
     "| setting | value |\n|---|---|\n| depth | 7 |\n\n### Known Limitations"},
    /* Sentences that state no value of this version's. */
    {CARD, NULL, "an RMSE of 5.82", "an RMSE limit of 6.0"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE better than 6.0"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE improved by 0.2"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE that is 0.2 lower"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE below 6"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE <= 6.0"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of 6.0 or better"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of 5.7 to 6.1"},
    {CARD, NULL, "an RMSE of 5.82", "a drop in RMSE of 0.284"},
    {CARD, NULL, "an RMSE of 5.82", "a training RMSE of 3.2"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE and MAE of 5.82 and 4.21"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE from 5.7 on"},
    {CARD, NULL, "On the test data it has an RMSE of 5.82", "It would be of use with an RMSE of 7"},
    {CARD, NULL, "an RMSE of 5.82", "an accuracy of 3 digits and 7 rmse"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of 6.10 in 1.0.0, 5.82 now"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of 5.82 (6.10 before)"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of 4.4 in version 0.9.0"},
    /* ... and that state it. */
    {CARD, NULL, "an RMSE of 5.82", "rmse = 5.8"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of about 6"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of 5.83 (run " RUN_ID ")"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of 5.83 [5.70, 5.96]"},
    {CARD, NULL, "an R² of 0.78", "an R2 of 78 %"},
    {LIMITS, NULL, "the RMSE is 6.20", "the RMSE is 6.2, on brand 1 it is better"},
    {REPORT, NULL, "Measured by its maker; run",
     "Measured by its maker on 2,221 held-out rows; run"},
    {REPORT, NULL, "Measured by its maker; run",
     "Trained on 9,000 rows, measured by its maker; run"},
    /* Forms and places. */
    {CARD, NULL, "### Known Limitations", "#### KNOWN LIMITATIONS"},
    {CARD, NULL, "### Known Limitations", "## Known Limitations"},
    {CARD, NULL, "# Model: ad-score\n", "<!-- written by hand -->\n\n# Model: ad-score\n"},
    {CARD, NULL, "# Model: ad-score\n", "Model: ad-score\n===\n"},
    {CARD, NULL, "- Prices above 50 USD are refused.",
     "There is nothing to be written home about."},
    {CARD, NULL, "- Prices above 50 USD are refused.", "Fields are given as {price}."},
    {LIMITS, NULL, "A missing", "<!-- checked -->\n\nA missing"},
    {GUIDE, NULL, "ad-score@1.1.0 --suite", "ad-score@1.0.0 ad-score@1.1.0 --suite"},
    {GUIDE, NULL, "ad-score@1.1.0 --suite", "ad-score --suite"},
    {GUIDE, NULL, "https://docs.example.org/ad-score/v1.1.0", "https://example.org/xgboost/v1.0.0"},
    {HISTORY, NULL, "The max of `price` is 50.", "ad-score@1.0.0 refused a `price` above 20."},
    {CARD, NULL, "Takes `brand` and has a `round` setting; better on small shops",
     "Takes brand and has a round setting;\nbetter on *small* shops"},
    {API, NULL, "| 1, 2, 3 |", "| 1 / 2 / 3 |"},
    {API, NULL, "| 1, 2, 3 |", "| 3, `1`, 2 |"},
    {API, NULL, "| 1, 2, 3 |", "| 1–3 |"},
    {API, NULL, "3 | yes | no", "3 | true | false"},
    {API, NULL, "| USD | 0 | 50 |  |", "| USD | 0.0 | 5e1 | - |"},
    {API, NULL, "`price` | number", "`price` | float"},
    {API, NULL,
     "| input | type | unit | min | max | values | nullable | required | default | stability |",
     "| Field | Type | Unit | Minimum | Maximum | One of | Null | Required | Default | Stability "
     "|"},
    {API, NULL, "### Integration Examples",
     "| Name | Meaning |\n|---|---|\n| E1 | refused |\n\n### Integration Examples"},
    {API, NULL,
     "| output | type | unit | min | max | stability |\n|---|---|---|---|---|---|\n| `score` | "
     "number | points | 0 | 20 | stable |",
     "| output | type | range |\n|---|---|---|\n| `score` | number | [0, 20] |"},
    {CARD, NULL, "{\"price\": 2.5, \"brand\": \"2\"}", "{\"price\": 7}"},
    {CARD, NULL, "{\"price\": 2.5, \"brand\": \"2\"}", "{\"error\": \"refused\"}"},
    {CARD, NULL, "{\"price\": 2.5, \"brand\": \"2\"}", "{\"brand\": null,\n \"price\": 0}"},
    {HISTORY, NULL,
     "| version | made on | what changed |\n|---|---|---|\n| **1.1.0** | 2024-03-01 | Takes brand "
     "and has a round setting |\n| 1.0.0 | 2024-01-15 | First release |\n| 0.9.0 | 2023-11-02 | "
     "Trial, with an RMSE of 9.9 |",
     "- **1.1.0** (2024-03-01T10:00:00Z): now\n- v1.0.0, 2024-01-15\n\n#### 0.9.0\n\nMade on "
     "2023-11-02."},
};

START_TEST(an_honest_edit_is_let_be)
{
    bench_edit(table[_i].kind, table[_i].place, table[_i].from, table[_i].to);
    bench_check();
    ck_assert_msg(bench.count == 0, "'%s' became '%s':%s", table[_i].from, table[_i].to,
                  bench_say());
}
END_TEST

static bool told(enum mlt_document_kind kind, const char *what)
{
    for (size_t i = 0; i < bench.count; i++)
        if (bench.faults[i].kind == kind && strstr(bench.faults[i].what, what))
            return true;
    return false;
}

START_TEST(without_any_figure_known_the_report_is_not_confirmed)
{
    struct mlt_metadata *m = mlt_arena_memdup(&bench.arena, bench.facts.now.metadata, sizeof *m);
    m->performance_metric_count = 0;
    bench.facts.now.metadata = m;
    bench.facts.now.metrics = NULL;
    bench.facts.before = NULL;
    bench.facts.changes = NULL;
    bench.facts.run_count = 0;
    bench_check();
    ck_assert_msg(told(REPORT, "no figure is known"), "%s", bench_say());
    ck_assert_msg(told(REPORT, "nothing at hand shows it"), "%s", bench_say());
    ck_assert_msg(told(CARD, "RMSE is 5.82 here, but nothing at hand"), "%s", bench_say());
}
END_TEST

START_TEST(a_metric_that_no_document_can_be_searched_for_is_told)
{
    static struct mlt_metrics_value values[] = {{"\xe8\xaa\xa4\xe5\xb7\xae", 5.82}};
    struct mlt_metadata *m = mlt_arena_memdup(&bench.arena, bench.facts.now.metadata, sizeof *m);
    m->performance_metrics = values;
    m->performance_metric_count = 1;
    bench.facts.now.metadata = m;
    bench_check();
    ck_assert_msg(told(REPORT, "cannot be found in a document"), "%s", bench_say());
    ck_assert_msg(told(CARD, "cannot be found in a document"), "%s", bench_say());
}
END_TEST

START_TEST(without_the_run_its_figures_are_not_confirmed)
{
    bench.facts.run_count = 0;
    bench_check();
    ck_assert_msg(told(REPORT, "run `" RUN_ID "` is not at hand"), "%s", bench_say());
    ck_assert_msg(told(REPORT, "rmse is 5.831 here, but 5.82 in"), "%s", bench_say());
    ck_assert_msg(told(REPORT, "no run has one"), "%s", bench_say());
}
END_TEST

START_TEST(without_the_release_before_its_figures_are_not_confirmed)
{
    bench.facts.before = NULL;
    bench.facts.changes = NULL;
    bench.facts.run_count = 0;
    bench_check();
    ck_assert_msg(told(REPORT, "validation_rmse of 1.0.0 is 6.104 here, but nothing at hand"), "%s",
                  bench_say());
    ck_assert_msg(told(REPORT, "no figure of another version is at hand"), "%s", bench_say());
}
END_TEST

START_TEST(without_history_it_is_not_confirmed)
{
    bench.facts.history_count = 0;
    bench_check();
    ck_assert_msg(told(HISTORY, "no version is known"), "%s", bench_say());
}
END_TEST

START_TEST(a_report_without_a_figure_is_not_confirmed)
{
    bench_put(REPORT, "# Model: ad-score\n## Version: 1.1.0\n\n### Overview\n\nGood.\n\n"
                      "### Performance Metrics\n\nBetter than ever.\n");
    bench_check();
    ck_assert_msg(told(REPORT, "no figure of the report is one that is known"), "%s", bench_say());
    ck_assert_msg(told(REPORT, "`validation_rmse` is nowhere"), "%s", bench_say());
}
END_TEST

START_TEST(empty_facts_are_no_trouble)
{
    static const struct mlt_metadata metadata = {.changelog = ""};
    static const struct mlt_contract contract = {0};
    bench.facts = (struct mlt_document_facts){
        .model = "m", .artifact = "", .adapter = "", .now = {"1.1.0", &metadata, &contract, NULL}};
    bench_check();
    ck_assert_uint_gt(bench.count, 6);
}
END_TEST

/* Each is put in the place of a document, whole or repeated to 200 KB. */
static const struct {
    const char *piece;
    bool often;
} hostile[] = {
    {"", false},
    {"\n", true},
    {"\xff\xfe", false},
    {"| metric | 1.1.0 |\n|---|---|\n| rmse | 1 |\n\n", true},
    {"rmse of 1.0. ", true},
    {"rmse ", true},
    {"rmse of ", true},
    {"RMSE of 99999999999999999999999999999999999999999999999999999999999999999999999999999.9 ",
     true},
    {"1.1.0 ", true},
    {"ad-score@1.0.0 ", true},
    {"# Model: ad-score\n## Version: 1.1.0\n### Overview\n", true},
    {"```json\n{\"price\":1}\n```\n\n", true},
    {"```json\n{\"price\":\n```\n\n", true},
    {"### History\n\n- 1.0.0\n- 9.9.9\n\n", true},
    {"<!-- ", true},
    {"[a](", true},
    {"> ", true},
    {"TBD\n\n", true},
    {"\xe2\x80\xae\x1b[31m rmse of 1.5. ", true},
    {"### API Specification\n\n| input | min |\n|---|---|\n| price | 7 |\n\n", true},
    {"e5e5e5-+.,% ", true},
};

START_TEST(hostile_documents_are_refused_in_time)
{
    struct mlt_buf text = MLT_BUF_INIT;
    do
        mlt_buf_puts(&text, hostile[_i].piece);
    while (hostile[_i].often && text.len < 200000);
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++)
        bench_put(kind, text.data);
    mlt_buf_free(&text);
    bench_check();
    ck_assert_uint_gt(bench.count, 0);
    ck_assert_uint_le(bench.count, 6 * 201);
    for (size_t i = 0; i < bench.count; i++) {
        ck_assert_uint_lt(strlen(bench.faults[i].what), 2000);
        ck_assert_msg(!strpbrk(bench.faults[i].what, "\n\x1b"), "%s", bench.faults[i].what);
        ck_assert_ptr_null(strstr(bench.faults[i].what, "\xe2\x80\xae"));
    }
}
END_TEST

TCase *honest_case(void)
{
    TCase *tc = tcase_create("honest");
    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, an_honest_edit_is_let_be, 0, (int)(sizeof table / sizeof *table));
    tcase_add_test(tc, without_any_figure_known_the_report_is_not_confirmed);
    tcase_add_test(tc, a_metric_that_no_document_can_be_searched_for_is_told);
    tcase_add_test(tc, without_the_run_its_figures_are_not_confirmed);
    tcase_add_test(tc, without_the_release_before_its_figures_are_not_confirmed);
    tcase_add_test(tc, without_history_it_is_not_confirmed);
    tcase_add_test(tc, a_report_without_a_figure_is_not_confirmed);
    tcase_add_test(tc, empty_facts_are_no_trouble);
    tcase_add_loop_test(tc, hostile_documents_are_refused_in_time, 0,
                        (int)(sizeof hostile / sizeof *hostile));
    return tc;
}

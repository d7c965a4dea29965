/* One edit of a true document each, and the fault that it must give. */
#include <string.h>

#include "tests/unit/documents/bench.h"

TCase *edits_case(void);

#define CARD MLT_DOCUMENT_MODEL_CARD
#define API MLT_DOCUMENT_API
#define HISTORY MLT_DOCUMENT_VERSION_HISTORY
#define REPORT MLT_DOCUMENT_PERFORMANCE_REPORT
#define LIMITS MLT_DOCUMENT_LIMITATIONS
#define GUIDE MLT_DOCUMENT_INTEGRATION_GUIDE

static const struct {
    enum mlt_document_kind kind;
    const char *place, *from, *to;
    int line; /* of the fault, from the edit's line; -1000: of the document as a whole */
    const char *what;
} table[] = {
    /* Titles and versions. */
    {CARD, NULL, "# Model: ad-score", "# Model: ad-scorer", 0,
     "the heading is `# Model: ad-scorer`, but this is `# Model: ad-score`"},
    {CARD, NULL, "## Version: 1.1.0", "## Version: 1.0.0", 0,
     "the heading is `## Version: 1.0.0`, but this is `## Version: 1.1.0`"},
    {API, NULL, "## Version: 1.1.0\n", "", 1, "expected the heading `## Version: 1.1.0` here"},
    {GUIDE, NULL, "## Version: 1.1.0", "### Version: 1.1.0", 0,
     "expected the heading `## Version: 1.1.0` here"},
    {CARD, NULL, "### Known Limitations", "## Version: 1.0.0\n\n### Known Limitations", 0,
     "a second heading `Version: 1.0.0`"},
    {GUIDE, NULL, "ad-score@1.1.0", "ad-score@1.0.0", 0, "`ad-score@1.0.0` is another version"},
    {GUIDE, NULL, "ad-score-1.1.0.ubj", "ad-score-1.0.0.ubj", 0,
     "`ad-score-1.0.0` is another version"},
    {GUIDE, NULL, "ad-score/v1.1.0", "ad-score/v1.0.0", -1, "`ad-score/v1.0.0` is another version"},
    {GUIDE, NULL, "ad-score@1.1.0", "ad-score@1.1.0-beta", 0,
     "`ad-score@1.1.0-beta` is another version"},
    {REPORT, NULL, "By slice:", "| name | value |\n|---|---|\n| rmse | 4.9 |\n\nBy slice:", 2,
     "rmse is 4.9 here, but 5.82 in metadata.json"},
    /* Sections. */
    {CARD, NULL, "### Known Limitations", "### Known Limitation", 0,
     "the section \"Known Limitations\" is missing"},
    {CARD, NULL, "### Overview", "### Summing up", -1000, "the section \"Overview\" is missing"},
    {CARD, NULL, "- Prices above 50 USD are refused.\n", "", -1,
     "the section \"Known Limitations\" is empty"},
    {CARD, NULL, "- Prices above 50 USD are refused.\n", "<!-- nothing yet -->\n", -1,
     "the section \"Known Limitations\" is empty"},
    {CARD, NULL, "- Prices above 50 USD are refused.\n", "#### More\n", -1,
     "the section \"Known Limitations\" is empty"},
    {CARD, NULL, "- Prices above 50 USD are refused.\n", "| limit | value |\n|---|---|\n", -1,
     "the section \"Known Limitations\" is empty"},
    {CARD, NULL, "- Prices above 50 USD are refused.", "TBD.", 0,
     "`TBD.` waits for somebody to write it"},
    {LIMITS, NULL, "A missing `brand` counts as 1.", "To be written: what happens to inputs.", 0,
     "waits for somebody to write it"},
    {LIMITS, NULL, "A missing `brand` counts as 1.", "{limitations}", 0,
     "`{limitations}` is a place of the template"},
    {LIMITS, NULL, "A missing `brand` counts as 1.", "Lorem ipsum dolor sit amet.", 0,
     "waits for somebody to write it"},
    {LIMITS, NULL, "### Edge Cases", "### Known Limitations", 0,
     "the section \"Known Limitations\" is there twice: first on line 4"},
    {LIMITS, NULL, "### Edge Cases", "<!--\n### Edge Cases", -1000,
     "the section \"Edge Cases\" is missing"},
    {LIMITS, NULL, "A missing", "<div>\n\nA missing", 0, "raw HTML is neither checked"},
    /* Changes. */
    {CARD, NULL, "better on small shops", "better on large shops", -1,
     "does not hold the changelog of metadata.json"},
    {HISTORY, NULL, "The max of `price` is 50.", "", -1,
     "input `price` changed since 1.0.0, but \"Changes from Previous Version\" does not name it"},
    {CARD, NULL, "max 20 | max 50", "max 20 | max 60", 0,
     "by both versions' own files it was max 20 and is max 50"},
    {CARD, NULL, "max 20 | max 50", "max 50 | max 20", 0,
     "by both versions' own files it was max 20 and is max 50"},
    /* The interface. */
    {API, NULL, "| USD |", "| EUR |", 0, "input `price`: unit is `EUR` here, but `USD` in config"},
    {API, NULL, "| USD | 0 | 50", "| USD | 1 | 50", 0, "input `price`: min is `1` here, but 0 in"},
    {API, NULL, "| USD | 0 | 50", "| USD | 0 | 5", 0, "input `price`: max is `5` here, but 50 in"},
    {API, NULL, "| USD | 0 | 50", "| USD | 0 |  ", 0, "input `price`: max is `` here, but 50 in"},
    {API, NULL, "`price` | number", "`price` | integer", 0,
     "input `price`: type is `integer` here, but `number` in config.json"},
    {API, NULL, "| 1, 2, 3 |", "| 1, 2 |", 0,
     "input `brand`: values is `1, 2` here, but `1, 2, 3`"},
    {API, NULL, "| 1, 2, 3 |", "| 1, 2, 3, 4 |", 0, "input `brand`: values is `1, 2, 3, 4` here"},
    {API, NULL, "| 1, 2, 3 |", "| 1 to 4 |", 0, "input `brand`: values is `1 to 4` here"},
    {API, NULL, "3 | yes | no", "3 | no | no", 0, "input `brand`: nullable is `no` here, but yes"},
    {API, NULL, "3 | yes | no", "3 | yes | yes", 0,
     "input `brand`: required is `yes` here, but no"},
    {API, NULL, "| 1 | beta", "| 2 | beta", 0, "input `brand`: default is `2` here, but `1` in"},
    {API, NULL, "| 1 | beta", "| 1 | stable", 0,
     "input `brand`: stability is `stable` here, but `beta` in config.json"},
    {API, NULL, "| `brand` |", "| `brands` |", 0,
     "config.json has no input `brands`; perhaps `brand` is meant"},
    {API, NULL, "| `brand` | category |  |  |  | 1, 2, 3 | yes | no | 1 | beta |\n", "", -5,
     "input `brand` of config.json is in no table"},
    {API, NULL, "| `round` | boolean | false |\n", "", -13,
     "setting `round` of config.json is in no"},
    {API, NULL, "| `score` |", "| `sales` |", 0, "config.json has no output `sales`"},
    {API, NULL, "| points | 0 | 20 |", "| points | 0 | 10 |", 0,
     "output `score`: max is `10` here"},
    {API, NULL, "boolean | false", "boolean | true", 0,
     "setting `round`: default is `true` here, but `false`"},
    /* Figures. */
    {REPORT, NULL, "5.820 | 6.104", "5.280 | 6.104", 0,
     "validation_rmse is 5.280 here, but 5.82 in metadata.json"},
    {REPORT, NULL, "5.820 | 6.104", "5.820 | 6.140", 0,
     "validation_rmse of 1.0.0 is 6.140 here, but 6.104 in metadata.json of 1.0.0"},
    {REPORT, NULL, "`mae` | 4.2137 | 4.5021", "`mae` | 4.5021 | 4.2137", 0,
     "mae is 4.5021 here, but 4.2137 in metrics.json"},
    {REPORT, NULL, "`validation_rmse` | 5.820", "`mae` | 5.820", 0, "mae is 5.820 here"},
    {REPORT, NULL, "-0.284 (4.7 % better)", "-0.824 (4.7 % better)", 0,
     "the change of validation_rmse is `-0.824 (4.7 % better)` here"},
    {REPORT, NULL, "-0.284 (4.7 % better)", "-0.284 (7.4 % better)", 0, "the change of"},
    {REPORT, NULL, "-0.284 (4.7 % better)", "-0.284 (4.7 % worse)", 0, "the change of"},
    {REPORT, NULL, "-0.284 (4.7 % better)", "none", 0, "the change of"},
    {REPORT, NULL, "1.1.0 | 1.0.0 | change |\n|---|---|---|---|",
     "1.1.0 | 0.9.0 | change |\n|---|---|---|---|", 2,
     "validation_rmse of 0.9.0 is 6.104 here, but nothing at hand shows it"},
    {REPORT, NULL, "6.2034", "6.0234", 0,
     "rmse of `brand = 2` is 6.0234 here, but 6.2034 in metrics.json"},
    {REPORT, NULL, "| brand = 2 | 987 |", "| brand = 3 | 987 |", 0, "nobody measured that slice"},
    {REPORT, NULL, "| brand = 1 | 1,234 | 5.5012", "| brand = 2 | 1,234 | 5.5012", 0,
     "`brand = 2` has 1,234 rows here, but 987 in metrics.json"},
    {REPORT, NULL, "| 987 |", "| 789 |", 0,
     "`brand = 2` has 789 rows here, but 987 in metrics.json"},
    {REPORT, NULL, "| rows | rmse | mae |", "| rows | rmse | mape |", 2,
     "nobody measured such a metric"},
    {REPORT, NULL, "| `mae` | 4.2137", "| `auc` | 0.91", 0,
     "auc is 0.91 here, but nothing at hand shows it: nobody measured such a metric"},
    {REPORT, NULL, "5.702 to 5.961", "5.702 to 5.916", 0,
     "the interval of rmse is 5.702 to 5.916 here, but 5.7021 to 5.9611 in run " RUN_ID},
    {REPORT, NULL, "2,221 | 5.831", "2,212 | 5.831", 0, "`the test data` has 2,212 rows here"},
    {REPORT, NULL, "2,221 | 5.831", "2,221 | 5.813", 0, "rmse is 5.813 here, but 5.8312 in run"},
    {REPORT, NULL, "5.961 | 6.115", "5.961 | 6.151", 0, "rmse of 1.0.0 is 6.151 here, but 6.1153"},
    {REPORT, "Run `", RUN_ID, "01HZXW5E3M8Q2V7K4T6N9P0RSB", 0,
     "run `01HZXW5E3M8Q2V7K4T6N9P0RSB` is not at hand"},
    {REPORT, NULL, "| `validation_r2` | 0.7800 | 0.7512 | +0.0288 (3.8 % better) |\n", "", -5,
     "`validation_r2` is nowhere in this document, but 0.78 in metadata.json"},
    {REPORT, NULL, "0.7800 | 0.7512", "78 % and 80 % | 0.7512", 0, "holds more than one figure"},
    {REPORT, NULL, "0.7800 | 0.7512", "7.8 % | 0.7512", 0, "validation_r2 is 7.8 % here, but 0.78"},
    {REPORT, NULL, "0.7800 | 0.7512", "> 0.8 | 0.7512", 0, "validation_r2 is > 0.8 here, but 0.78"},
    {REPORT, NULL, "0.7800 | 0.7512", "0.7800 [0.76, 0.80] | 0.7512", 0,
     "the interval of validation_r2 is [0.76, 0.80] here, but no run has one"},
    /* Figures in sentences. */
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of 5.28", 0,
     "RMSE is 5.28 here, but 5.82 in metadata"},
    {CARD, NULL, "an R² of 0.78", "an R² of 0.87", 0, "R² is 0.87 here, but 0.78 in metadata.json"},
    {CARD, NULL, "an R² of 0.78", "an R² of 87 %", 0, "R² is 87 % here"},
    {CARD, NULL, "an RMSE of 5.82", "RMSE = 5.9", 0, "RMSE is 5.9 here"},
    {CARD, NULL, "an RMSE of 5.82", "RMSE: 5.9", 0, "RMSE is 5.9 here"},
    {CARD, NULL, "an RMSE of 5.82", "rmse 5.9", 0, "rmse is 5.9 here"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE (5.9)", 0, "RMSE is 5.9 here"},
    {CARD, NULL, "an RMSE of 5.82", "an RMSE of\n5.9", 0, "RMSE is 5.9 here"},
    {CARD, NULL, "an RMSE of 5.82", "an AUC of 0.91", 0, "AUC is 0.91 here, but nothing at hand"},
    {LIMITS, NULL, "the RMSE is 6.20", "the RMSE is 6.02", 0, "RMSE is 6.02 here"},
    {REPORT, NULL, "Measured by its maker; run", "Measured by its maker on 2,212 rows; run", 0,
     "`the test data` has 2,212 rows here, but 2221 in metrics.json"},
    /* Examples. */
    {CARD, NULL, "{\"price\": 2.5, \"brand\": \"2\"}", "{\"price\": 99, \"brand\": \"2\"}", 0,
     "the example's `price` is none that config.json admits: expected"},
    {CARD, NULL, "\"brand\": \"2\"}", "\"brand\": \"7\"}", 0, "the example's `brand` is none that"},
    {CARD, NULL, "{\"price\": 2.5, ", "{", 0, "the example's `price` is none that config.json"},
    {CARD, NULL, "\"brand\": \"2\"}", "\"brnd\": \"2\"}", 0,
     "the example has `brnd`, which is no input"},
    {CARD, NULL, "\"brand\": \"2\"}", "\"brand\": }", 0, "this is no JSON"},
    {CARD, NULL, "is answered with `3.52`", "is answered with `3.25`", 0,
     "the example is answered with `3.25.` here, but with `3.5213` in tests/golden.jsonl"},
    {API, NULL, "[3.5213]", "[3.5231]", 0, "but with `3.5213` in tests/golden.jsonl"},
    {API, NULL, "{\"price\":2.5,", "{\"price\":-2.5,", 0, "the example's `price` is none that"},
    /* How it was made. */
    {REPORT, NULL, "| 5 | 5 |", "| 6 | 5 |", 0, "`depth` is `6` here, but `5` in metadata.json"},
    {REPORT, NULL, "| 5 | 5 |", "| 5 | 4 |", 0, "but `5` in metadata.json of the release before"},
    {REPORT, NULL, "| `depth` |", "| `depths` |", 0,
     "metadata.json has no hyperparameter `depths`"},
    {REPORT, NULL, "Made on 2024-03-01", "Made on 2024-03-11", 0,
     "the version was made on 2024-03-11 here, but on 2024-03-01 in metadata.json"},
    {REPORT, NULL, "xgboost 1.7.4", "xgboost 1.7.5", 0,
     "the version was made with xgboost 1.7.5 here, but with 1.7.4 in metadata.json"},
    {API, NULL, "| 1, 2, 3 |", "| 1, 2, 2 |", 0, "input `brand`: values is `1, 2, 2` here"},
    /* History. */
    {HISTORY, NULL, "| 1.0.0 | 2024-01-15 | First release |\n", "", -5,
     "version 1.0.0 of 2024-01-15 is not in the history"},
    {HISTORY, NULL, "2024-01-15", "2024-01-25", 0,
     "1.0.0 was made on 2024-01-15 (metadata.json), which its entry does not say"},
    {HISTORY, NULL, "| 0.9.0 |", "| 0.8.0 |", 0,
     "0.8.0 is in the history, but nothing at hand shows such"},
    {HISTORY, NULL, "| **1.1.0** |", "| **1.2.0** |", 0,
     "1.2.0 is in the history, but nothing at hand shows such"},
};

START_TEST(an_edit_that_lies_is_told)
{
    int line = bench_edit(table[_i].kind, table[_i].place, table[_i].from, table[_i].to);
    int want = table[_i].line == -1000 ? 0 : line + table[_i].line;
    bool found = false;
    bench_check();
    for (size_t i = 0; i < bench.count; i++)
        found = found || (bench.faults[i].kind == table[_i].kind && bench.faults[i].line == want &&
                          strstr(bench.faults[i].what, table[_i].what));
    ck_assert_msg(found, "'%s' became '%s': expected line %d: '%s', found:%s", table[_i].from,
                  table[_i].to, want, table[_i].what, bench_say());
}
END_TEST

START_TEST(a_true_set_has_no_fault)
{
    bench_check();
    ck_assert_msg(bench.count == 0, "%s", bench_say());
}
END_TEST

START_TEST(a_missing_document_is_told)
{
    bench.set.document[_i].text = NULL;
    bench_check();
    ck_assert_uint_eq(bench.count, 1);
    ck_assert_int_eq(bench.faults[0].kind, _i);
    ck_assert_int_eq(bench.faults[0].line, 0);
    ck_assert_ptr_nonnull(strstr(bench.faults[0].what, "is missing"));
}
END_TEST

START_TEST(faults_come_in_the_order_of_documents_and_lines)
{
    bench_edit(REPORT, NULL, "5.820 | 6.104", "5.280 | 6.104");
    bench_edit(REPORT, NULL, "## Version: 1.1.0", "## Version: 1.0.0");
    bench_edit(CARD, NULL, "an RMSE of 5.82", "an RMSE of 5.28");
    bench_edit(CARD, NULL, "### Known Limitations", "### Limits of it all");
    bench_check();
    ck_assert_uint_ge(bench.count, 4);
    for (size_t i = 1; i < bench.count; i++)
        ck_assert(bench.faults[i - 1].kind < bench.faults[i].kind ||
                  (bench.faults[i - 1].kind == bench.faults[i].kind &&
                   bench.faults[i - 1].line <= bench.faults[i].line));
}
END_TEST

TCase *edits_case(void)
{
    TCase *tc = tcase_create("edits");
    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_test(tc, a_true_set_has_no_fault);
    tcase_add_loop_test(tc, an_edit_that_lies_is_told, 0, (int)(sizeof table / sizeof *table));
    tcase_add_loop_test(tc, a_missing_document_is_told, 0, MLT_DOCUMENT_KINDS);
    tcase_add_test(tc, faults_come_in_the_order_of_documents_and_lines);
    return tc;
}

#include "reports/documents/site.h"

#include <string.h>

#include "reports/documents/site_frame.h"
#include "tests/unit/suite.h"

TCase *site_case(void);

#define EVIL "</p><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[31m"

static struct mlt_version_entry lower, higher;
static struct mlt_document_revision revisions[2];
static struct mlt_site_version versions[2];
static struct mlt_site_model model;
static struct mlt_buf page;

static void fill(struct mlt_site_version *v, const char *version)
{
    static const struct mlt_version_words words = {
        .metadata = {.created_at = "2026-01-01T00:00:00Z",
                     .created_by = EVIL,
                     .framework = EVIL,
                     .framework_version = "1",
                     .training_dataset = EVIL,
                     .training_dataset_hash = "sha256:0",
                     .hyperparameters = "{\"x\":\"" EVIL "\"}",
                     .changelog = EVIL "\nsecond line"},
    };
    struct mlt_version_entry *entry = v == versions ? &higher : &lower;
    *entry = (struct mlt_version_entry){.model = "m",
                                        .version = version,
                                        .state = "Production",
                                        .registered_at = "2026-01-02T03:04:05Z"};
    *v = (struct mlt_site_version){.entry = entry, .words = &words, .revisions = revisions};
}

static void setup(void)
{
    fill(&versions[0], "1.1.0");
    fill(&versions[1], "1.0.0");
    lower.serving = true;
    const unsigned all = (1u << MLT_DOCUMENT_KINDS) - 1;
    revisions[0] = (struct mlt_document_revision){
        .at = "2026-01-02T03:04:05Z", .by = "root", .reason = "", .kinds = all};
    revisions[1] = (struct mlt_document_revision){.number = 1,
                                                  .at = "2026-02-03T00:00:00Z",
                                                  .by = EVIL,
                                                  .reason = EVIL,
                                                  .kinds = 1u << MLT_DOCUMENT_API};
    versions[0].revision_count = 2;
    versions[1].revision_count = 1;
    versions[1].latest = true;
    model = (struct mlt_site_model){"m", versions, 2};
    page = (struct mlt_buf)MLT_BUF_INIT;
}

static void teardown(void)
{
    mlt_buf_free(&page);
}

static void lacks(const char *what)
{
    ck_assert_msg(!strstr(page.data, what), "'%s' is in the page", what);
}

static void holds(const char *what)
{
    ck_assert_msg(strstr(page.data, what) != NULL, "'%s' is not in the page", what);
}

static void is_harmless(void)
{
    lacks("<script");
    lacks("<img");
    lacks("\x1b");
    lacks("javascript:");
    holds("Content-Security-Policy");
}

static void print(enum mlt_document_kind kind, long long revision, bool permanent, const char *text)
{
    struct mlt_err err = MLT_ERR_INIT;
    const struct mlt_site_page what = {.model = &model,
                                       .version = &versions[0],
                                       .kind = kind,
                                       .revision = revision,
                                       .permanent = permanent,
                                       .text = text,
                                       .len = text ? strlen(text) : 0};
    mlt_buf_clear(&page);
    ck_ok(mlt_site_print_document(&what, &page, &err));
}

START_TEST(pages_show_hostile_text_and_obey_none)
{
    struct mlt_err err = MLT_ERR_INIT;
    static const char *const faults[] = {EVIL};
    const struct mlt_site site = {&model, 1};
    versions[0].documents = MLT_SITE_FAULTY;
    versions[0].faults = faults;
    versions[0].fault_count = 1;
    ck_ok(mlt_site_print_home(&site, &page, &err));
    is_harmless();
    mlt_buf_clear(&page);
    ck_ok(mlt_site_print_contents(&site, &page, &err));
    is_harmless();
    mlt_buf_clear(&page);
    ck_ok(mlt_site_print_model(&model, &page, &err));
    is_harmless();
    holds("&lt;/p&gt;&lt;script&gt;alert(1)");
    holds("\\x1b[31m<br>second line");
    mlt_buf_clear(&page);
    ck_ok(mlt_site_print_version(&model, &versions[0], &page, &err));
    is_harmless();
    holds("documents: 1 fault<");
    print(MLT_DOCUMENT_API, 0, true, "# " EVIL "\n\n" EVIL "\n\n<script>x</script>\n");
    is_harmless();
}
END_TEST

START_TEST(links_lead_to_pages_of_the_site_or_nowhere)
{
    static const char text[] = "[a](api.md#x) [b](./model_card.md) [c](../config.json) "
                               "[d](javascript:alert(1)) [e](//evil.example) "
                               "[f](https://example.org/?a=1&b=2 \"t\") [g](#here) "
                               "[h](api) ![a \"plot\"](plot.png) [i](&quot;onclick=x)\n";
    print(MLT_DOCUMENT_API, 1, false, text);
    holds("<a href=\"api.html#x\">a</a>");
    holds("<a href=\"model-card.html\">b</a>");
    holds("<a>c</a>");
    holds("<a>d</a>");
    holds("<a>e</a>");
    holds("<a rel=\"noopener noreferrer\" href=\"https://example.org/?a=1&amp;b=2\">f</a>");
    holds("<a href=\"#here\">g</a>");
    holds("<a>h</a>");
    holds("<em>[picture: a &quot;plot&quot;]</em>");
    holds("<a>i</a>");
    is_harmless();
    print(MLT_DOCUMENT_API, 0, true, text);
    holds("<a href=\"../../api.html#x\">a</a>");
}
END_TEST

START_TEST(tables_scroll_and_headings_can_be_linked)
{
    print(MLT_DOCUMENT_API, 1, false,
          "# Model: m\n### Known *Limitations* & more\n### Known limitations, more\n### \xc3\xa4\n"
          "### Site main\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n    <table>\n");
    holds("<section class=\"scroll\" aria-label=\"Table 1\" tabindex=\"0\">\n<table>");
    holds("</table>\n</section>");
    holds("<td class=\"right\">2</td>");
    holds("<h1 id=\"model-m\">");
    holds("<h3 id=\"known-limitations-more\">");
    holds("<h3 id=\"known-limitations-more-1\">");
    holds("<h3>\xc3\xa4</h3>");
    holds("<h3 id=\"site-main-1\">");
    holds("<code>&lt;table&gt;");
}
END_TEST

START_TEST(an_earlier_revision_is_marked_and_the_newest_is_not)
{
    print(MLT_DOCUMENT_API, 0, true, "text\n");
    holds("Superseded by <a href=\"../1/api.html\">revision 1</a>");
    holds("href=\"../../api.html\">Read the newest");
    print(MLT_DOCUMENT_API, 1, true, "text\n");
    lacks("Superseded");
    holds("<strong>1</strong> (this page)");
    print(MLT_DOCUMENT_API, 1, false, "text\n");
    lacks("Superseded");
    holds("Corrected <time datetime=\"2026-02-03T00:00:00Z\">2026-02-03</time>");
    holds("href=\"revisions/0/api.html\">0</a>");
    print(MLT_DOCUMENT_LIMITATIONS, 0, true, "text\n");
    lacks("Superseded");
    holds("<a href=\"../../../1.0.0/limitations.html\">Version 1.0.0</a> serves production");
}
END_TEST

START_TEST(a_document_that_is_missing_has_a_page_that_says_so)
{
    revisions[0].kinds &= ~(1u << MLT_DOCUMENT_LIMITATIONS);
    print(MLT_DOCUMENT_LIMITATIONS, -1, false, NULL);
    holds("This version has no such document");
    print(MLT_DOCUMENT_API, 1, false, "text\n");
    holds("Limitations: missing");
    lacks("href=\"limitations.html\"");
}
END_TEST

START_TEST(what_is_no_readable_markdown_is_shown_as_text)
{
    static char deep[40000];
    memset(deep, '>', sizeof deep - 1);
    memcpy(deep, "<script>", 8);
    print(MLT_DOCUMENT_API, 1, false, deep);
    is_harmless();
    memset(deep, '>', sizeof deep - 1);
    print(MLT_DOCUMENT_API, 1, false, deep);
    holds("shown as plain text");
    holds("&gt;&gt;&gt;");
}
END_TEST

START_TEST(a_redirect_leads_where_it_says)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_site_print_redirect("../1.0.0/api.html", "m \"<b>", &page, &err));
    holds("content=\"0; url=../1.0.0/api.html\"");
    holds("<a href=\"../1.0.0/api.html\">m &quot;&lt;b&gt;</a>");
}
END_TEST

TCase *site_case(void)
{
    TCase *tc = tcase_create("site");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, pages_show_hostile_text_and_obey_none);
    tcase_add_test(tc, links_lead_to_pages_of_the_site_or_nowhere);
    tcase_add_test(tc, tables_scroll_and_headings_can_be_linked);
    tcase_add_test(tc, an_earlier_revision_is_marked_and_the_newest_is_not);
    tcase_add_test(tc, a_document_that_is_missing_has_a_page_that_says_so);
    tcase_add_test(tc, what_is_no_readable_markdown_is_shown_as_text);
    tcase_add_test(tc, a_redirect_leads_where_it_says);
    return tc;
}

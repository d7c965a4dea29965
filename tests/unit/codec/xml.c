#include <stddef.h>

#include "harness/codec/xml.h"
#include "tests/unit/suite.h"

TCase *xml_case(void);

START_TEST(xml_escapes_markup)
{
    struct mlt_buf out = MLT_BUF_INIT;
    mlt_xml_append_text(&out, "a<b>&\"'\n\t]]>", 100);
    ck_assert_str_eq(out.data, "a&lt;b&gt;&amp;&quot;&apos;\n\t]]&gt;");
    mlt_buf_clear(&out);
    mlt_xml_append_attribute(&out, "a\n\tb\r", 100);
    ck_assert_str_eq(out.data, "a&#10;&#9;b&#13;");
    mlt_buf_free(&out);
}
END_TEST

START_TEST(xml_replaces_what_the_standard_forbids)
{
    struct mlt_buf out = MLT_BUF_INIT;
    mlt_xml_append_text(&out, "\x01\x1b\xff\xed\xa0\x80\xef\xbf\xbe\xf0\x9f\x98\x80", 100);
    ck_assert_str_eq(out.data, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                               "\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x98\x80");
    mlt_buf_free(&out);
}
END_TEST

START_TEST(xml_cuts_at_a_character)
{
    struct mlt_buf out = MLT_BUF_INIT;
    mlt_xml_append_text(&out, "a\xe2\x82\xac" "b", 3);
    ck_assert_str_eq(out.data, "a\xe2\x80\xa6");
    mlt_buf_clear(&out);
    mlt_xml_append_text(&out, "a\xe2\x82\xac", 4);
    ck_assert_str_eq(out.data, "a\xe2\x82\xac");
    mlt_buf_free(&out);
}
END_TEST

TCase *xml_case(void)
{
    TCase *tc = tcase_create("xml");
    tcase_add_test(tc, xml_escapes_markup);
    tcase_add_test(tc, xml_replaces_what_the_standard_forbids);
    tcase_add_test(tc, xml_cuts_at_a_character);
    return tc;
}

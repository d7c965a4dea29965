/* Addresses: which may be used, what is shown of them, where secrets may go. Requests themselves
 * are tested against a server in tests/cli/notify.sh. */
#include <string.h>

#include "harness/net/http.h"
#include "tests/unit/suite.h"

TCase *http_case(void);

START_TEST(only_http_addresses_of_a_host_are_taken)
{
    static const char *const good[] = {"http://h", "https://h/", "HTTPS://h:8443/a?b#c",
                                       "https://u:p@h/x", "http://[::1]:80/"};
    static const char *const bad[] = {"",
                                      "h",
                                      "ftp://h/",
                                      "file:///etc/passwd",
                                      "http:///x",
                                      "http://",
                                      "http://u@/",
                                      "https://:80/",
                                      "http://h/ x",
                                      "http://h\n",
                                      "http://a\\@b/",
                                      "http://\xc3\xa4/",
                                      "gopher://h",
                                      "http:/h",
                                      "//h/"};
    struct mlt_err err = MLT_ERR_INIT;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_ok(mlt_http_check_url(good[i], &err));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_fails(mlt_http_check_url(bad[i], &err), MLT_ERR_USAGE, "address");
    char longest[2100] = "http://h/";
    memset(longest + 9, 'x', sizeof longest - 10);
    longest[sizeof longest - 1] = '\0';
    ck_fails(mlt_http_check_url(longest, &err), MLT_ERR_USAGE, "too long");
}
END_TEST

START_TEST(nothing_but_the_host_is_shown)
{
    static const char *const rows[][2] = {
        {"https://user:secret@host.example:8443/services/secret?token=secret#secret",
         "https://host.example:8443/…"},
        {"http://sec@ret@host/", "http://host/…"},
        {"https://host?secret", "https://host/…"},
        {"http://[::1]:80/secret", "http://[::1]:80/…"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mlt_buf out = MLT_BUF_INIT;
        mlt_http_redact(rows[i][0], &out);
        ck_assert_str_eq(out.data, rows[i][1]);
        mlt_buf_free(&out);
    }
}
END_TEST

START_TEST(a_secret_goes_over_https_or_nowhere_else)
{
    ck_assert(mlt_http_is_private("https://host/"));
    ck_assert(mlt_http_is_private("http://localhost:8080/x"));
    ck_assert(mlt_http_is_private("http://127.0.0.1/"));
    ck_assert(mlt_http_is_private("http://[::1]:9/"));
    ck_assert(!mlt_http_is_private("http://host/"));
    ck_assert(!mlt_http_is_private("http://127.0.0.1.evil.example/"));
    ck_assert(!mlt_http_is_private("http://localhost@evil.example/"));
    ck_assert(!mlt_http_is_private("http://localhostess/"));
}
END_TEST

START_TEST(nobody_there_is_infrastructure)
{
    struct mlt_http *http;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_http_answer answer;
    /* Port 1 (tcpmux) of this machine: nothing listens there. */
    const struct mlt_http_request request = {.url = "http://user:secret@127.0.0.1:1/secret"};
    ck_ok(mlt_http_open(&http, &err));
    ck_fails(mlt_http_send(http, &request, &answer, &err), MLT_ERR_INFRA,
             "no answer from http://127.0.0.1:1/…");
    ck_assert_ptr_null(strstr(err.text, "secret"));
    mlt_http_close(http);
}
END_TEST

TCase *http_case(void)
{
    TCase *test = tcase_create("http");
    tcase_add_test(test, only_http_addresses_of_a_host_are_taken);
    tcase_add_test(test, nothing_but_the_host_is_shown);
    tcase_add_test(test, a_secret_goes_over_https_or_nowhere_else);
    tcase_add_test(test, nobody_there_is_infrastructure);
    return test;
}

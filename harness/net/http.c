#include "harness/net/http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config.h"

#define LIBRARY "libcurl.so.4"

enum { URL_BYTES = 2000, CONNECT_MS = 10000, ANSWER_MS = 60000 };

/* The types are those of the installed header, so a mismatch is a compile error. */
struct library {
    void *handle;
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_global_cleanup) global_cleanup;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_easy_reset) easy_reset;
    CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
    __typeof__(&curl_easy_perform) easy_perform;
    __typeof__(&curl_easy_strerror) easy_strerror;
    __typeof__(&curl_slist_append) slist_append;
    __typeof__(&curl_slist_free_all) slist_free_all;
};

struct mlt_http {
    struct library lib;
    bool ready; /* global_init was called */
    CURL *easy;
};

static bool load_library(struct library *lib, struct mlt_err *err)
{
    const struct {
        const char *name;
        void *slot;
    } symbols[] = {
        {"curl_global_init", &lib->global_init},
        {"curl_global_cleanup", &lib->global_cleanup},
        {"curl_easy_init", &lib->easy_init},
        {"curl_easy_cleanup", &lib->easy_cleanup},
        {"curl_easy_reset", &lib->easy_reset},
        {"curl_easy_setopt", &lib->easy_setopt},
        {"curl_easy_getinfo", &lib->easy_getinfo},
        {"curl_easy_perform", &lib->easy_perform},
        {"curl_easy_strerror", &lib->easy_strerror},
        {"curl_slist_append", &lib->slist_append},
        {"curl_slist_free_all", &lib->slist_free_all},
    };
    lib->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!lib->handle)
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "HTTP needs %s, which cannot be loaded (%s); on Debian: apt-get install "
                           "libcurl4",
                           LIBRARY, dlerror());
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *found = dlsym(lib->handle, symbols[i].name);
        if (!found)
            return mlt_err_set(err, MLT_ERR_INFRA, "%s has no %s", LIBRARY, symbols[i].name);
        memcpy(symbols[i].slot, &found, sizeof found);
    }
    return true;
}

bool mlt_http_open(struct mlt_http **out, struct mlt_err *err)
{
    struct mlt_http *http = calloc(1, sizeof *http);
    if (!http)
        return mlt_err_oom(err);
    bool ok = load_library(&http->lib, err);
    if (ok && http->lib.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        ok = mlt_err_set(err, MLT_ERR_INFRA, "%s cannot be started", LIBRARY);
    else
        http->ready = ok;
    if (ok && !(http->easy = http->lib.easy_init()))
        ok = mlt_err_oom(err);
    if (!ok) {
        mlt_http_close(http);
        return false;
    }
    *out = http;
    return true;
}

void mlt_http_close(struct mlt_http *http)
{
    if (!http)
        return;
    if (http->easy)
        http->lib.easy_cleanup(http->easy);
    if (http->ready)
        http->lib.global_cleanup();
    /* The library itself stays: OpenSSL's handlers do not survive being unmapped. */
    free(http);
}

/* Where the authority begins; 0: it is no http or https address. */
static size_t scheme_length(const char *url)
{
    if (strncasecmp(url, "https://", 8) == 0)
        return 8;
    return strncasecmp(url, "http://", 7) == 0 ? 7 : 0;
}

/* The host with its port: what stands behind the last '@' of the authority. */
static const char *host_of(const char *url, size_t *len)
{
    const char *host = url + scheme_length(url);
    const char *end = host + strcspn(host, "/?#");
    for (const char *at = host; at < end; at++)
        if (*at == '@')
            host = at + 1;
    *len = (size_t)(end - host);
    return host;
}

bool mlt_http_check_url(const char *url, struct mlt_err *err)
{
    size_t len = strlen(url), host_len;
    if (scheme_length(url) == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "an address begins with https:// or http://; this one does not");
    if (len > URL_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "an address of %zu characters is too long (most: %d)", len, URL_BYTES);
    for (size_t i = 0; i < len; i++)
        if (url[i] <= 0x20 || url[i] >= 0x7f || url[i] == '\\')
            return mlt_err_set(
                err, MLT_ERR_USAGE,
                "character %zu of an address is none that belongs there: write it as "
                "%%%02X",
                i + 1, (unsigned)(unsigned char)url[i]);
    const char *host = host_of(url, &host_len);
    if (host_len == 0 || *host == ':')
        return mlt_err_set(err, MLT_ERR_USAGE, "an address has no host");
    return true;
}

void mlt_http_redact(const char *url, struct mlt_buf *out)
{
    size_t len;
    const char *host = host_of(url, &len);
    mlt_buf_append(out, url, scheme_length(url));
    mlt_buf_append(out, host, len);
    mlt_buf_puts(out, "/…");
}

static bool is_this_machine(const char *url)
{
    static const char *const here[] = {"localhost", "127.0.0.1", "[::1]"};
    size_t len;
    const char *host = host_of(url, &len);
    for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
        size_t n = strlen(here[i]);
        if (len >= n && strncasecmp(host, here[i], n) == 0 && (len == n || host[n] == ':'))
            return true;
    }
    return false;
}

bool mlt_http_is_private(const char *url)
{
    return scheme_length(url) == strlen("https://") || is_this_machine(url);
}

/* One request while it runs. */
struct transfer {
    const struct mlt_http_request *request;
    struct mlt_http_answer *answer;
    bool has_head; /* the empty line behind the headers came */
};

/* The library takes an answer that breaks off within its headers for a whole one. */
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t len = size * count;
    t->has_head =
        t->has_head || (len == 2 && memcmp(data, "\r\n", 2) == 0) || (len == 1 && *data == '\n');
    return len;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t len = size * count, room = t->request->max_body_bytes - t->answer->body.len;
    mlt_buf_append(&t->answer->body, data, len < room ? len : room);
    if (len <= room)
        return len;
    t->answer->truncated = true;
    return 0;
}

static int look_for_interrupt(void *context, curl_off_t down_total, curl_off_t down,
                              curl_off_t up_total, curl_off_t up)
{
    const struct transfer *t = context;
    (void)down_total, (void)down, (void)up_total, (void)up;
    return t->request->interrupted && *t->request->interrupted;
}

static bool set_options(struct mlt_http *http, struct transfer *t, struct curl_slist *headers)
{
    const struct mlt_http_request *r = t->request;
    CURL *easy = http->easy;
    long connect_ms = r->connect_timeout_ms ? (long)r->connect_timeout_ms : CONNECT_MS;
    long answer_ms = r->timeout_ms ? (long)r->timeout_ms : ANSWER_MS;
    CURLcode (*set)(CURL *, CURLoption, ...) = http->lib.easy_setopt;
    http->lib.easy_reset(easy);
    bool ok = set(easy, CURLOPT_URL, r->url) == CURLE_OK &&
              set(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
              set(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
              set(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
              set(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
              set(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) == CURLE_OK &&
              set(easy, CURLOPT_TIMEOUT_MS, answer_ms) == CURLE_OK &&
              set(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
              set(easy, CURLOPT_USERAGENT, "mltest/" PACKAGE_VERSION) == CURLE_OK &&
              set(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
              set(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
              set(easy, CURLOPT_HEADERDATA, t) == CURLE_OK &&
              set(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
              set(easy, CURLOPT_WRITEDATA, t) == CURLE_OK &&
              set(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
              set(easy, CURLOPT_XFERINFOFUNCTION, look_for_interrupt) == CURLE_OK &&
              set(easy, CURLOPT_XFERINFODATA, t) == CURLE_OK;
    if (ok && r->body)
        ok = set(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_bytes) == CURLE_OK &&
             set(easy, CURLOPT_POSTFIELDS, r->body) == CURLE_OK;
    /* What is for this machine must not go to another one first. */
    if (ok && is_this_machine(r->url))
        ok = set(easy, CURLOPT_NOPROXY, "*") == CURLE_OK;
    return ok && (!r->method || set(easy, CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK);
}

static bool add_header(const struct library *lib, struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = lib->slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

/* Without an answer: says why. The library's own words name hosts and ports at most. */
static bool refuse(const struct mlt_http *http, const struct mlt_http_request *request,
                   CURLcode code, struct mlt_err *err)
{
    struct mlt_buf host = MLT_BUF_INIT;
    mlt_http_redact(request->url, &host);
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        mlt_err_set(err, MLT_ERR_INTERRUPTED, "interrupted while waiting for %s", host.data);
        err->signal = request->interrupted ? (int)*request->interrupted : 0;
    } else {
        mlt_err_set(err, MLT_ERR_INFRA, "no answer from %s: %s", host.data,
                    http->lib.easy_strerror(code));
    }
    mlt_buf_free(&host);
    return false;
}

bool mlt_http_send(struct mlt_http *http, const struct mlt_http_request *request,
                   struct mlt_http_answer *out, struct mlt_err *err)
{
    struct transfer t = {.request = request, .answer = out};
    struct curl_slist *headers = NULL;
    curl_off_t retry_after = 0;
    *out = (struct mlt_http_answer){.retry_after_s = -1, .body = MLT_BUF_INIT};
    if (!mlt_http_check_url(request->url, err))
        return false;
    /* No waiting for a permission to send the body. */
    bool ok = add_header(&http->lib, &headers, "Expect:");
    for (const char *const *line = request->headers; ok && line && *line; line++)
        ok = add_header(&http->lib, &headers, *line);
    if (!ok || !set_options(http, &t, headers)) {
        http->lib.slist_free_all(headers);
        return mlt_err_oom(err);
    }
    CURLcode code = http->lib.easy_perform(http->easy);
    http->lib.slist_free_all(headers);
    if (code == CURLE_OK && !t.has_head)
        code = CURLE_PARTIAL_FILE;
    if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && out->truncated)) {
        mlt_buf_free(&out->body);
        return refuse(http, request, code, err);
    }
    http->lib.easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &out->status);
    http->lib.easy_getinfo(http->easy, CURLINFO_RETRY_AFTER, &retry_after);
    if (retry_after > 0)
        out->retry_after_s = (int64_t)retry_after;
    return true;
}

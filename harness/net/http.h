/* HTTP requests, by libcurl. The only user of libcurl, which is loaded on use: linked, it would
 * cost every start of the program more than its own.
 *
 * Only http and https; redirects are not followed; certificates are checked; an answer's body is
 * bounded; no request outlasts its time. Addresses may hold secrets in every part but the host, so
 * messages show the host alone. */
#ifndef MLTEST_NET_HTTP_H
#define MLTEST_NET_HTTP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "mltest/err.h"

/* An http or https address with a host, of at most 2,000 printable ASCII characters without blanks
 * or backslashes: else MLT_ERR_USAGE. */
bool mlt_http_check_url(const char *url, struct mlt_err *err) MLT_MUST_USE;
/* "https://host:8443/…": what may be shown of a checked address. */
void mlt_http_redact(const char *url, struct mlt_buf *out);
/* May a secret go there? Over https, or to this very machine. */
bool mlt_http_is_private(const char *url);

struct mlt_http;
/* Loads the library: MLT_ERR_INFRA names the Debian package where it is missing. One handle serves
 * one thread; its connections are kept for the next request. */
bool mlt_http_open(struct mlt_http **out, struct mlt_err *err) MLT_MUST_USE;
void mlt_http_close(struct mlt_http *http); /* NULL is nothing */

struct mlt_http_request {
    const char *method; /* "POST", "PUT"; NULL: GET */
    const char *url;
    const char *const *headers; /* "Name: value", NULL-terminated; NULL: none */
    const void *body;
    size_t body_bytes;
    uint64_t connect_timeout_ms, timeout_ms;  /* 0: 10 s, 60 s */
    size_t max_body_bytes;                    /* of the answer; the rest is not read */
    const volatile sig_atomic_t *interrupted; /* not 0: give up; NULL */
};

struct mlt_http_answer {
    long status;           /* 200 */
    int64_t retry_after_s; /* the answer's Retry-After, in seconds from now; -1: none */
    struct mlt_buf body;   /* the caller's: mlt_buf_free() */
    bool truncated;        /* the body was longer than allowed */
};

/* Sends and waits. True: there is an answer, of whatever status. False: there is none
 * (MLT_ERR_INFRA), or an interrupt came first (MLT_ERR_INTERRUPTED). */
bool mlt_http_send(struct mlt_http *http, const struct mlt_http_request *request,
                   struct mlt_http_answer *out, struct mlt_err *err) MLT_MUST_USE;

#endif

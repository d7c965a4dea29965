/* Errors that people read: one sentence, the outermost cause first.
 *
 * A fallible function takes `struct mlt_err *err` as its last argument, returns
 * false (or NULL) on failure and has then set `err` exactly once, where the
 * fault is known. A caller that can say more puts one phrase in front with
 * mlt_err_prefix(). `err` is never NULL; results are untouched on failure
 * unless a function says otherwise. */
#ifndef MLTEST_ERR_H
#define MLTEST_ERR_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MLT_API __attribute__((visibility("default")))
#define MLT_MUST_USE __attribute__((warn_unused_result))
#define MLT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* What kind of trouble it is. The values are the process exit codes, except
 * MLT_ERR_INTERRUPTED, which main() turns back into the signal. */
enum mlt_err_kind {
    MLT_ERR_NONE = 0,
    MLT_ERR_USAGE = 2,       /* the command line or a configuration file is wrong */
    MLT_ERR_EVIDENCE = 4,    /* evidence is missing, incomplete, tampered with or not a number */
    MLT_ERR_INFRA = 5,       /* disk, memory, network, registry: nothing the user wrote */
    MLT_ERR_INTERRUPTED = 6, /* a signal asked us to stop; `signal` names it */
};

struct mlt_err {
    enum mlt_err_kind kind;
    int signal; /* for MLT_ERR_INTERRUPTED */
    char text[2048];
};

#define MLT_ERR_INIT                                                                               \
    {                                                                                              \
        0                                                                                          \
    }

/* Sets kind and sentence. Always returns false: `return mlt_err_set(err, …);` */
MLT_API bool mlt_err_set(struct mlt_err *err, enum mlt_err_kind kind, const char *fmt, ...)
    MLT_PRINTF(3, 4);

/* As mlt_err_set with MLT_ERR_INFRA, followed by ": " and the text of `errnum`. */
MLT_API bool mlt_err_sys(struct mlt_err *err, int errnum, const char *fmt, ...) MLT_PRINTF(3, 4);

/* Puts a phrase and ": " in front of the sentence. Always returns false. */
MLT_API bool mlt_err_prefix(struct mlt_err *err, const char *fmt, ...) MLT_PRINTF(2, 3);

/* "out of memory", MLT_ERR_INFRA. Always returns false. */
MLT_API bool mlt_err_oom(struct mlt_err *err);

#ifdef __cplusplus
}
#endif
#endif

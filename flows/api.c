#include "mltest/mltest.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "flows/report.h"

const char *mlt_version_text(void)
{
    return PACKAGE_VERSION;
}

static bool render(const char *path, const char *format, struct mlt_buf *text,
                   enum mlt_verdict *verdict, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    const struct mlt_report_request request = {.results = path, .format = format, .width = 100};
    bool ok = mlt_flow_report(&request, &arena, text, verdict, err);
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_results_verdict(const char *results_path, enum mlt_verdict *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    enum mlt_verdict verdict = MLT_VERDICT_INVALID;
    bool ok = render(results_path, "console", &text, &verdict, err);
    if (ok)
        *out = verdict;
    mlt_buf_free(&text);
    return ok;
}

bool mlt_results_render(const char *results_path, const char *format, char **out,
                        struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    enum mlt_verdict verdict;
    bool ok = render(results_path, format, &text, &verdict, err);
    char *copy = ok ? malloc(text.len + 1) : NULL;
    if (ok && !copy)
        ok = mlt_err_oom(err);
    if (ok) {
        memcpy(copy, text.data, text.len + 1);
        *out = copy;
    }
    mlt_buf_free(&text);
    return ok;
}

#include <stdlib.h>
#include <string.h>

#include "examples/ad-sentiment-analyzer/tokens.h"
#include "examples/train/learn.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/base/subprocess.h"

enum { TIMEOUT_S = 120, MAX_OUTPUT_BYTES = 16 << 20, MAX_ARGUMENTS = 64 };

static void print_lines(const struct mlt_train_task_input *input, const struct mlt_train_rows *rows,
                        bool with_labels, struct mlt_buf *out)
{
    int text = mlt_train_rows_column(rows, "text");
    for (size_t i = 0; i < rows->count; i++) {
        const char *sentence = mlt_train_rows_cell(rows, i, text);
        if (with_labels)
            mlt_buf_puts(out, mlt_train_rows_label(rows, input->model, i) > 0 ? "__label__positive "
                                                                              : "__label__negative ");
        mlt_example_tokens(sentence, strlen(sentence), out);
        mlt_buf_putc(out, '\n');
    }
}

static bool run_fasttext(const char *const *argv, const struct mlt_buf *text, struct mlt_buf *out,
                         struct mlt_err *err)
{
    struct mlt_subprocess_options options = {.argv = argv};
    struct mlt_subprocess_result result;
    struct mlt_buf words = MLT_BUF_INIT;
    char status[64];
    bool ok = mlt_subprocess_run(&options, text, TIMEOUT_S * UINT64_C(1000000000), MAX_OUTPUT_BYTES, out,
                                 &words, &result, err);
    if (ok && (result.timed_out || result.status != 0 || result.out_truncated))
        ok = mlt_err_set(err, MLT_ERR_INFRA, "fasttext %s: %s: %.300s", argv[1],
                         result.timed_out ? "took too long"
                                          : mlt_subprocess_status_text(result.status, status),
                         words.data);
    mlt_buf_free(&words);
    return ok;
}

/* `fasttext supervised` with config.json's parameters as its options; it adds ".bin" itself and
 * leaves a ".vec" that nobody needs. */
static bool learn(const struct mlt_train_task_input *input, const char *lines, struct mlt_err *err)
{
    const char *argv[MAX_ARGUMENTS] = {"fasttext", "supervised", "-input", lines, "-output"};
    size_t n = 5;
    struct mlt_arena *arena = input->arena;
    char *stem = mlt_arena_strdup(arena, input->artifact);
    if (!stem)
        return mlt_err_oom(err);
    stem[strlen(stem) - strlen(".bin")] = '\0';
    argv[n++] = stem;
    const struct mlt_json *p = mlt_json_first(mlt_json_get(input->config, "parameters"));
    for (; p && n + 6 < MAX_ARGUMENTS; p = mlt_json_next(p)) {
        char number[MLT_DOUBLE_CHARS];
        double value;
        const char *text = mlt_json_string(p);
        if (!text && mlt_json_number(p, &value))
            text = mlt_str_format_double(value, number);
        argv[n++] = mlt_arena_printf(arena, "-%s", mlt_json_key(p));
        argv[n++] = mlt_arena_strdup(arena, text ? text : "");
        if (!argv[n - 1] || !argv[n - 2])
            return mlt_err_oom(err);
    }
    memcpy(argv + n, (const char *const[]){"-thread", "1", "-verbose", "0", NULL}, 5 * sizeof *argv);
    char *vectors = mlt_arena_printf(arena, "%s.vec", stem);
    return vectors ? run_fasttext(argv, NULL, NULL, err) && mlt_fs_remove_tree(vectors, err)
                   : mlt_err_oom(err);
}

/* "__label__negative 0.9 __label__positive 0.1" */
static bool read_scores(const char *text, size_t count, double *scores, struct mlt_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const char *end = strchr(text, '\n'), *at = strstr(text, "__label__positive ");
        if (!end || !at || at > end)
            return mlt_err_set(err, MLT_ERR_INFRA, "fasttext gave no probability for row %zu", i);
        double p = strtod(at + strlen("__label__positive "), NULL);
        scores[i] = p > 1 ? 1 : p; /* fastText adds 1e-5 to every probability */
        text = end + 1;
    }
    return true;
}

bool mlt_train_sentences(const struct mlt_train_task_input *input, double *scores, struct mlt_err *err)
{
    struct mlt_buf lines = MLT_BUF_INIT, asked = MLT_BUF_INIT, answered = MLT_BUF_INIT;
    const char *predict[] = {"fasttext", "predict-prob", input->artifact, "-", "2", NULL};
    char *path = mlt_arena_printf(input->arena, "%s.train", input->artifact);
    print_lines(input, input->train, true, &lines);
    print_lines(input, input->holdout, false, &asked);
    bool ok = path ? mlt_buf_check(&lines, err) && mlt_buf_check(&asked, err) : mlt_err_oom(err);
    ok = ok && mlt_fs_write_atomic(path, lines.data, lines.len, err) && learn(input, path, err) &&
         mlt_fs_remove_tree(path, err) && run_fasttext(predict, &asked, &answered, err) &&
         read_scores(answered.data, input->holdout->count, scores, err);
    mlt_buf_free(&lines);
    mlt_buf_free(&asked);
    mlt_buf_free(&answered);
    return ok;
}

/* mltest-serve-fasttext: a fastText model behind mltest's process protocol.
 *
 * One `fasttext predict-prob` runs as a child. It answers line by line, so each text becomes exactly
 * one line of plain tokens (tokens.h), is written, and its one answer is read before the next. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <unistd.h>

#include "examples/ad-sentiment-analyzer/tokens.h"
#include "harness/base/fs.h"
#include "harness/base/subprocess.h"
#include "harness/codec/json.h"

enum { MAX_TEXT_BYTES = 64 * 1024, MAX_ANSWER_BYTES = 4096, MAX_BATCH = 64, WINDOW = 32 };

#define POSITIVE "__label__positive "

struct server {
    struct mlt_subprocess child;
    struct mlt_buf answer; /* what the child has written and nobody has read */
};

/* The child is gone: its own last words, as far as they are there. */
static bool mourn(struct server *server, struct mlt_err *err)
{
    char words[300];
    ssize_t got = read(server->child.err_fd, words, sizeof words - 1);
    words[got > 0 ? got : 0] = '\0';
    words[strcspn(words, "\n")] = '\0';
    return mlt_err_set(err, MLT_ERR_INFRA, "fasttext ended in the middle of its work%s%s",
                       *words ? ": " : "", words);
}

/* Waits until the child's output can be read, and reads some. */
static bool read_some(struct server *server, struct mlt_err *err)
{
    struct pollfd ready = {.fd = server->child.out_fd, .events = POLLIN};
    char *to = mlt_buf_reserve(&server->answer, MAX_ANSWER_BYTES);
    if (!to)
        return mlt_err_oom(err);
    if (poll(&ready, 1, -1) < 0)
        return true; /* interrupted: the caller comes again */
    ssize_t got = read(server->child.out_fd, to, MAX_ANSWER_BYTES);
    if (got == 0)
        return mourn(server, err);
    if (got > 0)
        mlt_buf_wrote(&server->answer, (size_t)got);
    return true;
}

/* One line out, one line in: the probability of the positive class. */
static bool ask(struct server *server, const char *text, size_t len, double *out, struct mlt_err *err)
{
    struct mlt_buf line = MLT_BUF_INIT;
    char *end;
    mlt_example_tokens(text, len, &line);
    mlt_buf_putc(&line, '\n');
    bool ok = mlt_buf_check(&line, err);
    if (ok && !mlt_fs_write_all(server->child.in_fd, line.data, line.len))
        ok = mlt_err_set(err, MLT_ERR_INFRA, "fasttext takes no more text");
    mlt_buf_free(&line);
    while (ok && !(end = memchr(server->answer.data, '\n', server->answer.len)))
        ok = server->answer.len < MAX_ANSWER_BYTES
                 ? read_some(server, err)
                 : mlt_err_set(err, MLT_ERR_INFRA, "fasttext answers without end");
    if (!ok)
        return false;
    *end = '\0';
    const char *at = strstr(server->answer.data, POSITIVE);
    if (!at)
        return mlt_err_set(err, MLT_ERR_INFRA, "fasttext gave no probability, but: %.200s",
                           server->answer.data);
    double p = strtod(at + strlen(POSITIVE), NULL);
    *out = p > 1 ? 1 : p; /* fastText adds 1e-5 to every probability */
    mlt_buf_consume(&server->answer, (size_t)(end + 1 - server->answer.data));
    return true;
}

/* Why an instance is refused, or NULL. */
static const char *refusal(const struct mlt_json *instance)
{
    const struct mlt_json *text = mlt_json_get(instance, "text");
    if (mlt_json_type(instance) != MLT_JSON_OBJECT)
        return "an instance is not an object";
    if (!text)
        return "text is missing";
    if (!mlt_json_string(text))
        return "text is not a string";
    if (strlen(mlt_json_string(text)) > MAX_TEXT_BYTES)
        return "text is longer than 65536 bytes";
    return NULL;
}

static const char *refuse_request(const struct mlt_json *request)
{
    const struct mlt_json *instances = mlt_json_get(request, "instances");
    if (!instances || mlt_json_type(instances) != MLT_JSON_ARRAY)
        return "instances is missing or not a list";
    for (const struct mlt_json *n = mlt_json_first(instances); n; n = mlt_json_next(n))
        if (refusal(n))
            return refusal(n);
    return NULL;
}

static bool print_predictions(struct server *server, const struct mlt_json *request,
                              struct mlt_json_out *out, struct mlt_err *err)
{
    const struct mlt_json *instance = mlt_json_first(mlt_json_get(request, "instances"));
    mlt_json_out_key(out, "predictions");
    mlt_json_out_array(out);
    for (; instance; instance = mlt_json_next(instance)) {
        const char *text = mlt_json_string(mlt_json_get(instance, "text"));
        double p;
        if (!ask(server, text, strlen(text), &p, err))
            return false;
        mlt_json_out_number(out, p);
    }
    mlt_json_out_array_end(out);
    return true;
}

/* Answers one line. A line that is no request is answered with the id "" and the reason. */
static bool answer(struct server *server, const char *line, size_t len, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out out;
    struct mlt_json *request = NULL;
    struct mlt_err fault = MLT_ERR_INIT;
    bool parsed = mlt_json_parse("request", line, len, &request, &fault);
    const char *id = parsed ? mlt_json_string(mlt_json_get(request, "id")) : NULL;
    const char *no = !parsed ? fault.text : !id ? "id is missing or not a string" : refuse_request(request);
    mlt_json_out_init(&out, &text, false);
    mlt_json_out_object(&out);
    mlt_json_out_kstring(&out, "id", id ? id : "");
    bool ok = true;
    if (no)
        mlt_json_out_kstring(&out, "error", no);
    else
        ok = print_predictions(server, request, &out, err);
    if (ok) {
        mlt_json_out_object_end(&out);
        ok = mlt_json_out_finish(&out, err);
    }
    mlt_buf_putc(&text, '\n');
    if (ok && !mlt_fs_write_all(STDOUT_FILENO, text.data, text.len))
        ok = mlt_err_set(err, MLT_ERR_INFRA, "nobody reads the answers any more");
    mlt_json_free(request);
    mlt_buf_free(&text);
    return ok;
}

/* The first line: who is speaking, from the config.json beside the model file. */
static bool greet(const char *artifact, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_buf text = MLT_BUF_INIT, hello = MLT_BUF_INIT;
    struct mlt_json *config = NULL;
    struct mlt_json_out out;
    const char *model, *version;
    const char *dir = mlt_fs_dirname(&arena, artifact);
    const char *path = dir ? mlt_fs_join(&arena, dir, "config.json") : NULL;
    bool ok = path ? mlt_fs_read(path, 1 << 20, &text, err) : mlt_err_oom(err);
    ok = ok && mlt_json_parse(path, text.data, text.len, &config, err) &&
         mlt_json_want_string(config, "model", &model, err) &&
         mlt_json_want_string(config, "version", &version, err);
    if (ok) {
        mlt_json_out_init(&out, &hello, false);
        mlt_json_out_object(&out);
        mlt_json_out_kint(&out, "mltest", 1);
        mlt_json_out_kstring(&out, "model", model);
        mlt_json_out_kstring(&out, "version", version);
        mlt_json_out_kint(&out, "max_batch", MAX_BATCH);
        mlt_json_out_kint(&out, "window", WINDOW);
        mlt_json_out_object_end(&out);
        ok = mlt_json_out_finish(&out, err);
        mlt_buf_putc(&hello, '\n');
        ok = ok && (mlt_fs_write_all(STDOUT_FILENO, hello.data, hello.len) ||
                    mlt_err_set(err, MLT_ERR_INFRA, "nobody reads the greeting"));
    }
    mlt_json_free(config);
    mlt_buf_free(&text);
    mlt_buf_free(&hello);
    mlt_arena_free(&arena);
    return ok;
}

static bool serve(const char *artifact, struct mlt_err *err)
{
    const char *argv[] = {"fasttext", "predict-prob", artifact, "-", "2", NULL};
    struct mlt_subprocess_options options = {.argv = argv};
    struct server server = {.child = MLT_SUBPROCESS_INIT, .answer = MLT_BUF_INIT};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    double warm;
    if (!mlt_subprocess_start(&options, &server.child, err))
        return false;
    /* The first answer proves that the model could be loaded; only then is there a greeting. */
    bool ok = ask(&server, "", 0, &warm, err) && greet(artifact, err);
    while (ok && (len = getline(&line, &capacity, stdin)) > 0)
        ok = answer(&server, line, (size_t)len, err);
    free(line);
    mlt_buf_free(&server.answer);
    mlt_subprocess_stop(&server.child, 1000000000U);
    return ok;
}

int main(int argc, char **argv)
{
    struct mlt_err err = MLT_ERR_INIT;
    if (argc != 2 || argv[1][0] == '-') {
        fputs("usage: mltest-serve-fasttext MODEL.bin\n", stderr);
        return MLT_ERR_USAGE;
    }
    if (serve(argv[1], &err))
        return 0;
    fprintf(stderr, "mltest-serve-fasttext: %s\n", err.text);
    return (int)err.kind;
}

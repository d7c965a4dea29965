#include "harness/metrics/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/siphash.h"
#include "harness/base/str.h"
#include "harness/metrics/families.h"

/* The lower case of a letter (Unicode 15, simple mappings), of the blocks that the header names. */
static uint32_t lower(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
        (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) || (c >= 0x410 && c <= 0x42F))
        return c + 32;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    if (c == 0x178)
        return 0xFF;
    bool even_first = (c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14A && c <= 0x177);
    bool odd_first = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
    if ((even_first && c % 2 == 0) || (odd_first && c % 2 == 1))
        return c + 1;
    return c;
}

/* White space as Python splits at it. */
static bool is_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_ascii_punctuation(uint32_t c)
{
    return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) ||
           (c >= 123 && c <= 126);
}

/* What ends a word where articles are looked for, though it does not split it: a quotation mark
 * beside "the". */
static bool is_mark(uint32_t c)
{
    bool latin = c >= 0xA1 && c <= 0xBF && c != 0xAA && c != 0xB2 && c != 0xB3 && c != 0xB5 &&
                 c != 0xB9 && c != 0xBA && !(c >= 0xBC && c <= 0xBE);
    return latin || (c >= 0x2010 && c <= 0x206F) || (c >= 0x3001 && c <= 0x3003) ||
           (c >= 0x3008 && c <= 0x301F);
}

static void put_code(struct mlt_buf *out, uint32_t c)
{
    if (c < 0x80) {
        mlt_buf_putc(out, (char)c);
    } else if (c < 0x800) {
        mlt_buf_putc(out, (char)(0xC0 | c >> 6));
        mlt_buf_putc(out, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        mlt_buf_putc(out, (char)(0xE0 | c >> 12));
        mlt_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3F)));
        mlt_buf_putc(out, (char)(0x80 | (c & 0x3F)));
    } else {
        mlt_buf_putc(out, (char)(0xF0 | c >> 18));
        mlt_buf_putc(out, (char)(0x80 | (c >> 12 & 0x3F)));
        mlt_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3F)));
        mlt_buf_putc(out, (char)(0x80 | (c & 0x3F)));
    }
}

static bool is_article(const char *text, size_t len)
{
    return (len == 1 && text[0] == 'a') || (len == 2 && memcmp(text, "an", 2) == 0) ||
           (len == 3 && memcmp(text, "the", 3) == 0);
}

/* A run of letters and digits has ended in `out` at its end: an article becomes a space. */
static void end_run(struct mlt_buf *out, size_t run)
{
    if (out->oom || !is_article(out->data + run, out->len - run))
        return;
    out->len = run;
    mlt_buf_putc(out, ' ');
}

/* The text in lower case, without punctuation and articles, white space as single bytes ' '. */
static void normalise(const char *text, size_t len, struct mlt_buf *out)
{
    size_t run = 0;
    for (size_t at = 0, step; at < len; at += step) {
        uint32_t code;
        step = mlt_str_utf8_char(text + at, len - at, &code);
        if (step == 0) {
            mlt_buf_putc(out, text[at]);
            step = 1;
        } else if (is_space(code)) {
            end_run(out, run);
            mlt_buf_putc(out, ' ');
            run = out->len;
        } else if (is_mark(code)) {
            end_run(out, run);
            put_code(out, code);
            run = out->len;
        } else if (!is_ascii_punctuation(code)) {
            put_code(out, lower(code));
        }
    }
    end_run(out, run);
}

struct word {
    const char *text;
    size_t len;
};

struct words {
    struct mlt_buf text;
    struct word *word;
    size_t count;
};

static bool split(const char *text, size_t len, struct words *out)
{
    normalise(text, len, &out->text);
    /* Words and the spaces between them take turns. */
    out->word = calloc(out->text.len / 2 + 1, sizeof *out->word);
    if (out->text.oom || out->word == NULL)
        return false;
    for (size_t at = 0; at < out->text.len;) {
        size_t first = at;
        while (at < out->text.len && out->text.data[at] != ' ')
            at++;
        if (at > first)
            out->word[out->count++] = (struct word){out->text.data + first, at - first};
        at++;
    }
    return true;
}

static int compare_words(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    size_t shorter = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->text, y->text, shorter);
    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static bool same_words(const struct words *a, const struct words *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = compare_words(&a->word[i], &b->word[i]) == 0;
    return same;
}

/* How many words the two have in common, counted as often as they occur. Sorts both. */
static size_t common_words(struct words *a, struct words *b)
{
    qsort(a->word, a->count, sizeof *a->word, compare_words);
    qsort(b->word, b->count, sizeof *b->word, compare_words);
    size_t common = 0;
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        int order = compare_words(&a->word[i], &b->word[j]);
        common += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    return common;
}

bool mlt_text_compare(const char *reference, size_t reference_len, const char *answer,
                      size_t answer_len, double out[MLT_TEXT_SCORES], struct mlt_err *err)
{
    struct words a = {.text = MLT_BUF_INIT}, b = {.text = MLT_BUF_INIT};
    bool good = split(reference, reference_len, &a) && split(answer, answer_len, &b);
    if (good) {
        out[MLT_TEXT_EXACT_MATCH] = same_words(&a, &b);
        out[MLT_TEXT_ANSWER] = (double)(mlt_siphash_name(answer, answer_len) >> 11);
        size_t words = a.count + b.count;
        out[MLT_TEXT_TOKEN_F1] = words == 0 ? 1 : 2 * (double)common_words(&a, &b) / (double)words;
    }
    free(a.word);
    free(b.word);
    mlt_buf_free(&a.text);
    mlt_buf_free(&b.text);
    return good ? true : mlt_err_oom(err);
}

static void fill_exact_match(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->score[i * in->width + MLT_TEXT_EXACT_MATCH] == 1;
}

static void fill_token_f1(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->score[i * in->width + MLT_TEXT_TOKEN_F1];
}

static const struct mlt_term exact_match = {
    .name = "exact match", .whole = true, .fill = fill_exact_match};
static const struct mlt_term token_f1 = {.name = "token F1", .fill = fill_token_f1};
static const struct mlt_term *const exact_match_terms[] = {&exact_match, NULL};
static const struct mlt_term *const token_f1_terms[] = {&token_f1, NULL};

#define RAJPURKAR "Rajpurkar et al. 2016, EMNLP, model evaluation"
#define WORDS "lower case, without punctuation and articles"

const struct mlt_metric_ops mlt_metric_exact_match = {
    .abi = MLT_METRIC_ABI,
    .name = "exact_match",
    .doc = "share of answers with the words of the reference",
    .reference = RAJPURKAR,
    .definition = WORDS,
    .interval = "a share of rows: Clopper & Pearson; paired: Tango",
    .tasks = MLT_TASK_TEXT,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_SHARE,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = exact_match_terms,
    .combine = mlt_metric_mean,
};

const struct mlt_metric_ops mlt_metric_token_f1 = {
    .abi = MLT_METRIC_ABI,
    .name = "token_f1",
    .doc = "mean over rows of the F1 of the words of answer and reference",
    .reference = RAJPURKAR,
    .definition = WORDS "; no words at all: 1 for both, 0 for one (SQuAD 2.0)",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_TEXT,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = token_f1_terms,
    .combine = mlt_metric_mean,
};

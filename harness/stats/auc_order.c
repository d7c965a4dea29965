#include "harness/stats/auc_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What moves through the passes is one word per row: the 33 highest bits of its key within the
 * range of all keys, and below them the entry. Scores that agree in these bits are told apart
 * afterwards, from the scores themselves; nearly always they are simply equal. */
enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, PASSES = 3, ENTRY_BITS = 30, FEW = 24 };

uint64_t mlt_auc_score_key(double score)
{
    uint64_t bits;
    score += 0.0; /* -0 + 0 is 0 */
    memcpy(&bits, &score, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

bool mlt_auc_check_scores(const double *score, size_t n, struct mlt_err *err)
{
    bool good = true;
    for (size_t i = 0; i < n; i++)
        good &= score[i] == score[i];
    for (size_t i = 0; i < n && !good; i++)
        if (isnan(score[i]))
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "the score of row %zu is not a number",
                               i + 1);
    return true;
}

struct sorting {
    const double *score;
    size_t n;
    uint64_t *word, *spare;
    int shift;
    uint32_t count[PASSES][DIGITS];
};

static void make_words(struct sorting *s, const uint8_t *positive)
{
    uint64_t low = UINT64_MAX, high = 0;
    for (size_t i = 0; i < s->n; i++) {
        uint64_t key = mlt_auc_score_key(s->score[i]);
        low = key < low ? key : low;
        high = key > high ? key : high;
    }
    s->shift = 0;
    while ((high - low) >> s->shift >> (PASSES * DIGIT_BITS) != 0)
        s->shift++;
    for (size_t i = 0; i < s->n; i++) {
        uint64_t prefix = (mlt_auc_score_key(s->score[i]) - low) >> s->shift;
        for (int pass = 0; pass < PASSES; pass++)
            s->count[pass][prefix >> (pass * DIGIT_BITS) & (DIGITS - 1)]++;
        s->word[i] = prefix << ENTRY_BITS | i << 1 | (positive[i] != 0);
    }
}

static void sort_digit(struct sorting *s, int pass)
{
    int shift = ENTRY_BITS + pass * DIGIT_BITS;
    uint32_t *count = s->count[pass], place = 0;
    if (count[s->word[0] >> shift & (DIGITS - 1)] == s->n)
        return;
    for (int d = 0; d < DIGITS; d++) {
        uint32_t rows = count[d];
        count[d] = place;
        place += rows;
    }
    for (size_t i = 0; i < s->n; i++)
        s->spare[count[s->word[i] >> shift & (DIGITS - 1)]++] = s->word[i];
    uint64_t *sorted = s->spare;
    s->spare = s->word;
    s->word = sorted;
}

static uint32_t entry_of(uint64_t word)
{
    /* The label moves to the highest bit; a branch on it would be guessed wrong half of the time.
     */
    return ((uint32_t)(word >> 1) & (MLT_AUC_ROWS_MAX - 1)) | (uint32_t)(word & 1) << 31;
}

struct scored {
    double score;
    uint32_t entry;
};

static int compare_scored(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    uint32_t i = MLT_AUC_ROW(x->entry), j = MLT_AUC_ROW(y->entry);
    return (i > j) - (i < j);
}

/* Words of one prefix, in the order of their rows, some with different scores. False: no memory. */
static bool sort_run(const struct sorting *s, const uint64_t *word, size_t n, uint32_t *entry)
{
    struct scored few[FEW], *run = n <= FEW ? few : malloc(n * sizeof *run);
    if (run == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct scored next = {0, entry_of(word[i])};
        next.score = s->score[MLT_AUC_ROW(next.entry)];
        size_t at = i;
        for (; n <= FEW && at > 0 && run[at - 1].score > next.score; at--)
            run[at] = run[at - 1];
        run[at] = next;
    }
    if (n > FEW)
        qsort(run, n, sizeof *run, compare_scored);
    for (size_t i = 0; i < n; i++)
        entry[i] = run[i].entry | (i > 0 && run[i].score == run[i - 1].score ? MLT_AUC_TIED : 0);
    if (run != few)
        free(run);
    return true;
}

static bool write_entries(const struct sorting *s, uint32_t *entry)
{
    const uint64_t *word = s->word;
    for (size_t first = 0, end; first < s->n; first = end) {
        bool equal = true;
        entry[first] = entry_of(word[first]);
        for (end = first + 1; end < s->n && word[end] >> ENTRY_BITS == word[first] >> ENTRY_BITS;
             end++) {
            entry[end] = entry_of(word[end]) | MLT_AUC_TIED;
            equal &= s->shift == 0 ||
                     s->score[MLT_AUC_ROW(entry[end])] == s->score[MLT_AUC_ROW(entry[first])];
        }
        if (!equal && !sort_run(s, word + first, end - first, entry + first))
            return false;
    }
    return true;
}

bool mlt_auc_order(const double *score, const uint8_t *positive, size_t n, uint32_t *entry,
                   struct mlt_err *err)
{
    if (n >= MLT_AUC_ROWS_MAX)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%zu rows are too many to rank (limit 2^29)", n);
    if (!mlt_auc_check_scores(score, n, err))
        return false;
    if (n == 0)
        return true;
    struct sorting *s = calloc(1, sizeof *s);
    uint64_t *words = malloc(2 * n * sizeof *words);
    bool done = s != NULL && words != NULL;
    if (done) {
        s->score = score;
        s->n = n;
        s->word = words;
        s->spare = words + n;
        make_words(s, positive);
        for (int pass = 0; pass < PASSES; pass++)
            sort_digit(s, pass);
        done = write_entries(s, entry);
    }
    free(words);
    free(s);
    return done ? true : mlt_err_oom(err);
}

size_t mlt_auc_tie_group(const uint32_t *entry, size_t n, size_t first, uint64_t group[2])
{
    size_t end = first + 1;
    uint64_t positives = entry[first] >> 31;
    for (; end < n && entry[end] & MLT_AUC_TIED; end++)
        positives += entry[end] >> 31;
    group[1] = positives;
    group[0] = end - first - positives;
    return end;
}

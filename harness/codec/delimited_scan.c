#include "harness/codec/delimited.h"

#include <stdlib.h>
#include <string.h>

#if defined __x86_64__
#include <immintrin.h>
#endif

/* The text goes by in steps of 64 bytes, one bit of a mask for each. */
enum { STEP = 64 };
/* Room for this many bounds is made at a time. */
enum { STRIDE = 64 * STEP };

/* Compiled into each path with the instructions of that path. */
#define INLINE static inline __attribute__((always_inline))

/* What of the state outlives a step: a bit each, as carried into bit 0 of the next. */
struct carry {
    uint64_t inside;                 /* all ones between quotes */
    uint64_t after_end, after_quote; /* the byte before ended a field; was a quote */
    uint64_t after_closing,
        after_return; /* was a closing quote; a carriage return outside quotes */
};

struct masks {
    uint64_t separator, feed, quote, carriage, nul;
};

/* Bit i is the parity of bits 0 .. i: between quotes, the opening one included. */
INLINE uint64_t parity(uint64_t bits)
{
    for (int shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

/* The structural bits of a step with quotes or carriage returns in it, and whether it is sound. */
INLINE uint64_t look_closer(const struct masks *m, uint64_t valid, struct carry *c, bool *fault)
{
    uint64_t inside = parity(m->quote) ^ c->inside;
    uint64_t ends = (m->separator | m->feed) & ~inside & valid;
    uint64_t opening = m->quote & inside, closing = m->quote & ~inside;
    uint64_t carriage = m->carriage & ~inside;
    /* A quote opens at a field's start, or behind the closing one that it doubles. */
    uint64_t wrong = opening & ~(ends << 1 | c->after_end) & ~(closing << 1 | c->after_closing);
    /* Behind a closing quote: its double, a separator, or the row's end. */
    wrong |= (closing << 1 | c->after_closing) & ~(m->separator | m->feed | m->carriage | m->quote);
    wrong |= (carriage << 1 | c->after_return) & ~m->feed;
    wrong |= m->nul;
    *fault |= (wrong & valid) != 0;
    c->inside = (uint64_t)((int64_t)inside >> 63);
    c->after_end = ends >> 63;
    c->after_closing = closing >> 63;
    c->after_return = carriage >> 63;
    return ends;
}

INLINE uint32_t *put_bits(uint32_t *to, uint64_t bits, uint32_t base)
{
    uint32_t *end = to + __builtin_popcountll(bits);
    /* Eight at once, whether they are there or not: a branch for each would be guessed wrongly. */
    while (bits != 0) {
        for (int i = 0; i < 8; i++) {
            to[i] = base + (uint32_t)__builtin_ctzll(bits | UINT64_C(1) << 63);
            bits &= bits - 1;
        }
        to += 8;
    }
    return end;
}

INLINE uint64_t valid_bits(size_t left)
{
    return left >= STEP ? ~UINT64_C(0) : (UINT64_C(1) << left) - 1;
}

/* What both paths do with the masks of one step. `plain`: neither quotes nor anything odd. */
INLINE uint32_t *take_step(uint32_t *to, const struct masks *m, bool plain, uint32_t base,
                           uint64_t valid, struct carry *c, struct mlt_delimited_index *out)
{
    uint64_t ends;
    if (plain && (c->inside | c->after_closing | c->after_return) == 0) {
        ends = (m->separator | m->feed) & valid;
        c->after_end = ends >> 63;
    } else {
        out->quotes |= (m->quote & valid) != 0;
        out->returns |= (m->carriage & valid) != 0;
        ends = look_closer(m, valid, c, &out->fault);
    }
    return put_bits(to, ends, base);
}

static bool make_room(struct mlt_delimited_index *index, size_t used, struct mlt_err *err)
{
    size_t wanted = used + STRIDE + 16;
    if (wanted <= index->capacity)
        return true;
    if (wanted < index->capacity * 2)
        wanted = index->capacity * 2;
    uint32_t *bound = realloc(index->bound, wanted * sizeof *bound);
    if (bound == NULL)
        return mlt_err_oom(err);
    index->bound = bound;
    index->capacity = wanted;
    return true;
}

/* Portable: eight bytes a word. A byte equals c where the exclusive or is zero; the test is exact
 * for each byte (H. S. Warren, "Hacker's Delight", 6-1), and a product gathers its eight bits. */
#define BYTES(c) (UINT64_C(0x0101010101010101) * (unsigned char)(c))

static inline uint64_t equal_bits(uint64_t word, uint64_t pattern)
{
    const uint64_t low = BYTES(0x7f);
    uint64_t x = word ^ pattern;
    uint64_t zero = ~(((x & low) + low) | x | low);
    return ((zero >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

static inline uint64_t load_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline struct masks masks_portable(const char *text, char separator)
{
    struct masks m = {0};
    for (int i = 0; i < 8; i++) {
        uint64_t word = load_word(text + 8 * i);
        m.separator |= equal_bits(word, BYTES(separator)) << (8 * i);
        m.feed |= equal_bits(word, BYTES('\n')) << (8 * i);
        m.quote |= equal_bits(word, BYTES('"')) << (8 * i);
        m.carriage |= equal_bits(word, BYTES('\r')) << (8 * i);
        m.nul |= equal_bits(word, 0) << (8 * i);
    }
    return m;
}

static size_t stride_portable(const char *text, size_t from, size_t to, char separator, size_t used,
                              struct carry *c, struct mlt_delimited_index *out)
{
    uint32_t *at = out->bound + used;
    for (size_t base = from; base < to; base += STEP) {
        struct masks m = masks_portable(text + base, separator);
        at = take_step(at, &m, (m.quote | m.carriage | m.nul) == 0, (uint32_t)base,
                       valid_bits(to - base), c, out);
    }
    return (size_t)(at - out->bound);
}

static void cut_portable(const char *text, size_t len, bool quotes, struct mlt_delimited_cut *cut)
{
    uint64_t inside = cut->inside ? ~UINT64_C(0) : 0;
    for (size_t base = 0; base < len; base += STEP) {
        uint64_t feed = 0, quote = 0, valid = valid_bits(len - base);
        for (int i = 0; i < 8; i++) {
            uint64_t word = load_word(text + base + 8 * i);
            feed |= equal_bits(word, BYTES('\n')) << (8 * i);
            quote |= equal_bits(word, BYTES('"')) << (8 * i);
        }
        uint64_t within = quotes ? parity(quote & valid) ^ inside : 0;
        uint64_t ends = feed & valid & ~within;
        cut->lines += (uint64_t)__builtin_popcountll(feed & valid);
        cut->records += (uint64_t)__builtin_popcountll(ends);
        inside = (uint64_t)((int64_t)within >> 63);
        if (ends != 0)
            cut->end = base + STEP - (size_t)__builtin_clzll(ends);
    }
    cut->inside = inside != 0;
}

#if defined __x86_64__
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline uint64_t bits_of(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

AVX2 static inline __m256i load_half(const char *text)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)text);
}

AVX2 static size_t stride_avx2(const char *text, size_t from, size_t to, char separator,
                               size_t used, struct carry *c, struct mlt_delimited_index *out)
{
    const __m256i comma = _mm256_set1_epi8(separator), feed = _mm256_set1_epi8('\n');
    const __m256i quote = _mm256_set1_epi8('"'), carriage = _mm256_set1_epi8('\r');
    const __m256i nul = _mm256_setzero_si256();
    uint32_t *at = out->bound + used;
    for (size_t base = from; base < to; base += STEP) {
        __m256i a = load_half(text + base), b = load_half(text + base + 32);
        __m256i qa = _mm256_cmpeq_epi8(a, quote), qb = _mm256_cmpeq_epi8(b, quote);
        __m256i ra = _mm256_cmpeq_epi8(a, carriage), rb = _mm256_cmpeq_epi8(b, carriage);
        __m256i na = _mm256_cmpeq_epi8(a, nul), nb = _mm256_cmpeq_epi8(b, nul);
        __m256i odd =
            _mm256_or_si256(_mm256_or_si256(_mm256_or_si256(qa, qb), _mm256_or_si256(ra, rb)),
                            _mm256_or_si256(na, nb));
        struct masks m = {0};
        bool plain = _mm256_testz_si256(odd, odd);
        m.separator = bits_of(_mm256_cmpeq_epi8(a, comma), _mm256_cmpeq_epi8(b, comma));
        m.feed = bits_of(_mm256_cmpeq_epi8(a, feed), _mm256_cmpeq_epi8(b, feed));
        if (!plain) {
            m.quote = bits_of(qa, qb);
            m.carriage = bits_of(ra, rb);
            m.nul = bits_of(na, nb);
        }
        at = take_step(at, &m, plain, (uint32_t)base, valid_bits(to - base), c, out);
    }
    return (size_t)(at - out->bound);
}

AVX2 static void cut_avx2(const char *text, size_t len, bool quotes, struct mlt_delimited_cut *cut)
{
    const __m256i feeds = _mm256_set1_epi8('\n'), marks = _mm256_set1_epi8('"');
    uint64_t inside = cut->inside ? ~UINT64_C(0) : 0;
    for (size_t base = 0; base < len; base += STEP) {
        __m256i a = load_half(text + base), b = load_half(text + base + 32);
        uint64_t valid = valid_bits(len - base), within = inside;
        uint64_t feed = bits_of(_mm256_cmpeq_epi8(a, feeds), _mm256_cmpeq_epi8(b, feeds)) & valid;
        if (quotes) {
            uint64_t quote = bits_of(_mm256_cmpeq_epi8(a, marks), _mm256_cmpeq_epi8(b, marks));
            if ((quote & valid) != 0)
                within ^= parity(quote & valid);
        }
        uint64_t ends = feed & ~within;
        cut->lines += (uint64_t)__builtin_popcountll(feed);
        cut->records += (uint64_t)__builtin_popcountll(ends);
        inside = (uint64_t)((int64_t)within >> 63);
        if (ends != 0)
            cut->end = base + STEP - (size_t)__builtin_clzll(ends);
    }
    cut->inside = inside != 0;
}
#endif

void mlt_delimited_cut(const char *text, size_t len, bool quotes, bool avx2,
                       struct mlt_delimited_cut *cut)
{
    cut->end = 0;
#if defined __x86_64__
    if (avx2) {
        cut_avx2(text, len, quotes, cut);
        return;
    }
#endif
    (void)avx2;
    cut_portable(text, len, quotes, cut);
}

bool mlt_delimited_scan(const char *text, size_t len, char separator, bool avx2,
                        struct mlt_delimited_index *out, struct mlt_err *err)
{
    struct carry c = {.after_end = 1};
    size_t used = 1;
    out->quotes = out->returns = out->fault = false;
    if (!make_room(out, used, err))
        return false;
    out->bound[0] = UINT32_MAX;
    for (size_t from = 0; from < len; from += STRIDE) {
        size_t to = len - from < STRIDE ? len : from + STRIDE;
        if (!make_room(out, used, err))
            return false;
#if defined __x86_64__
        used = avx2 ? stride_avx2(text, from, to, separator, used, &c, out)
                    : stride_portable(text, from, to, separator, used, &c, out);
#else
        (void)avx2;
        used = stride_portable(text, from, to, separator, used, &c, out);
#endif
    }
    out->fields = used - 1;
    return true;
}

void mlt_delimited_index_free(struct mlt_delimited_index *index)
{
    free(index->bound);
    *index = (struct mlt_delimited_index){0};
}

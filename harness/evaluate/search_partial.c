#include <string.h>

#include "harness/evaluate/search_cells.h"

/* A cell as bytes: rows, both sums, square and cube, little endian, two's complement. */
enum { CELL_BYTES = 3 * 8 + 2 * 16 };
/* What 2^32 rows of 2^30 quanta can reach. */
enum {
    ROW_BITS = 32,
    SUM_BITS = ROW_BITS + 30,
    SQUARE_BITS = ROW_BITS + 62,
    CUBE_BITS = ROW_BITS + 93
};

static void put(unsigned char *out, unsigned __int128 value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

static unsigned __int128 get(const unsigned char *in, size_t bytes)
{
    unsigned __int128 out = 0;
    for (size_t i = 0; i < bytes; i++)
        out |= (unsigned __int128)in[i] << (8 * i);
    return out;
}

bool mlt_search_encode(const struct mlt_search *s, struct mlt_buf *out, struct mlt_err *err)
{
    for (size_t i = 0; i < s->cell_count; i++) {
        struct mlt_search_cell sum = {0};
        unsigned char bytes[CELL_BYTES];
        for (unsigned w = 0; w < s->workers; w++)
            mlt_search_cell_add(&sum, &s->cells[w][i]);
        put(bytes, sum.rows, 8);
        put(bytes + 8, (unsigned __int128)sum.candidate, 8);
        put(bytes + 16, (unsigned __int128)sum.baseline, 8);
        put(bytes + 24, (unsigned __int128)sum.square, 16);
        put(bytes + 40, (unsigned __int128)sum.cube, 16);
        mlt_buf_append(out, bytes, sizeof bytes);
    }
    return mlt_buf_check(out, err);
}

static bool within(__int128 value, int bits)
{
    const __int128 most = (__int128)1 << bits;
    return value >= -most && value <= most;
}

static bool get_cell(const unsigned char *in, struct mlt_search_cell *out)
{
    out->rows = (uint64_t)get(in, 8);
    out->candidate = (int64_t)get(in + 8, 8);
    out->baseline = (int64_t)get(in + 16, 8);
    out->square = (__int128)get(in + 24, 16);
    out->cube = (__int128)get(in + 40, 16);
    return out->rows <= UINT64_C(1) << ROW_BITS && within(out->candidate, SUM_BITS) &&
           within(out->baseline, SUM_BITS) && out->square >= 0 &&
           within(out->square, SQUARE_BITS) && within(out->cube, CUBE_BITS);
}

bool mlt_search_decode(struct mlt_search *s, unsigned worker, const unsigned char *data, size_t len,
                       struct mlt_err *err)
{
    size_t i = 0;
    bool ok = len == s->cell_count * CELL_BYTES;
    for (; ok && i < s->cell_count; i++)
        ok = get_cell(data + i * CELL_BYTES, &s->cells[worker][i]);
    return ok || mlt_err_set(err, MLT_ERR_EVIDENCE,
                             "the partial result is damaged: searched slice %zu", i);
}

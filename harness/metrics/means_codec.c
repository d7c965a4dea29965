#include "harness/metrics/means_state.h"

#include <math.h>
#include <string.h>

static void put_u64(struct mlt_buf *out, uint64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    mlt_buf_append(out, bytes, sizeof bytes);
}

static void put_tail(struct mlt_buf *out, const struct mlt_largest *tail)
{
    double value[MLT_LARGEST];
    size_t count = mlt_largest_sort(tail, value);
    put_u64(out, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &value[i], sizeof bits);
        put_u64(out, bits);
    }
}

void mlt_means_encode(const struct mlt_means_plan *plan, const struct mlt_means *state,
                      struct mlt_buf *out)
{
    put_u64(out, state->rows);
    put_u64(out, state->counted);
    for (size_t i = 0; i < plan->whole_count; i++)
        put_u64(out, (uint64_t)mlt_means_wholes(state)[i]);
    for (size_t s = 0; s < plan->slot_count; s++) {
        const struct mlt_means_slot *slot = &plan->slots[s];
        if (slot->whole)
            continue;
        /* Where they do not count, how far third moments got depends on threads and shards. */
        const struct mlt_exact none = MLT_EXACT_INIT;
        bool counts = slot->c < 0 || mlt_means_few_rows(state);
        unsigned char bytes[MLT_EXACT_ENCODED_MAX];
        size_t len =
            mlt_exact_encode(counts ? &mlt_means_exacts(plan, state)[slot->at] : &none, bytes);
        unsigned char head[2] = {(unsigned char)len, (unsigned char)(len >> 8)};
        mlt_buf_append(out, head, sizeof head);
        mlt_buf_append(out, bytes, len);
    }
    for (size_t i = 0; i < plan->tail_count; i++)
        put_tail(out, &mlt_means_tails(plan, state)[i]);
}

static bool get_u64(const unsigned char *data, size_t len, size_t *at, uint64_t *out)
{
    if (len - *at < 8)
        return false;
    *out = 0;
    for (int i = 0; i < 8; i++)
        *out |= (uint64_t)data[*at + (size_t)i] << (8 * i);
    *at += 8;
    return true;
}

static bool get_exact(const unsigned char *data, size_t len, size_t *at, struct mlt_exact *out)
{
    if (len - *at < 2)
        return false;
    size_t size = data[*at] | (size_t)data[*at + 1] << 8;
    *at += 2;
    if (len - *at < size || !mlt_exact_decode(out, data + *at, size))
        return false;
    *at += size;
    return true;
}

/* Descending, so that equal values are equal bytes; no more than there are rows. */
static bool get_tail(const unsigned char *data, size_t len, size_t *at, uint64_t most,
                     struct mlt_largest *out)
{
    uint64_t count, bits;
    double before = INFINITY;
    if (!get_u64(data, len, at, &count) || count > MLT_LARGEST || count > most)
        return false;
    *out = (struct mlt_largest){.count = 0};
    for (uint64_t i = 0; i < count; i++) {
        double value;
        if (!get_u64(data, len, at, &bits))
            return false;
        memcpy(&value, &bits, sizeof value);
        if (!(value <= before))
            return false;
        mlt_largest_add(out, value, 1);
        before = value;
    }
    return true;
}

bool mlt_means_decode(const struct mlt_means_plan *plan, const unsigned char *data, size_t len,
                      size_t *at, struct mlt_means *out, struct mlt_err *err)
{
    bool ok =
        *at <= len && get_u64(data, len, at, &out->rows) && get_u64(data, len, at, &out->counted);
    for (size_t i = 0; ok && i < plan->whole_count; i++) {
        uint64_t value;
        ok = get_u64(data, len, at, &value);
        mlt_means_wholes(out)[i] = ok ? (int64_t)value : 0;
    }
    for (size_t s = 0; ok && s < plan->slot_count; s++)
        if (!plan->slots[s].whole)
            ok = get_exact(data, len, at, &mlt_means_exacts(plan, out)[plan->slots[s].at]);
    for (size_t i = 0; ok && i < plan->tail_count; i++)
        ok = get_tail(data, len, at, out->counted, &mlt_means_tails(plan, out)[i]);
    return ok || mlt_err_set(err, MLT_ERR_EVIDENCE, "the sums of a partial result are damaged");
}

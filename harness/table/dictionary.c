#include "harness/table/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"

enum { PLACES_FIRST = 256 };

struct mlt_key mlt_key_fresh(void)
{
    struct mlt_key key;
    key.k0 = mlt_rng_fresh_seed();
    key.k1 = mlt_rng_fresh_seed();
    return key;
}

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash with one round a word and three at the end. The words are read in the machine's own
 * order: the values never leave the process. */
uint64_t mlt_key_hash(const struct mlt_key *key, const void *data, size_t len)
{
    const char *at = data;
    uint64_t v[4] = {key->k0 ^ UINT64_C(0x736f6d6570736575), key->k1 ^ UINT64_C(0x646f72616e646f6d),
                     key->k0 ^ UINT64_C(0x6c7967656e657261),
                     key->k1 ^ UINT64_C(0x7465646279746573)};
    uint64_t word, last = (uint64_t)len << 56;
    size_t left = len;
    for (; left >= 8; left -= 8, at += 8) {
        memcpy(&word, at, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    if (left > 0)
        memcpy(&word, at, left);
    last |= word;
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void mlt_dictionary_free(struct mlt_dictionary *dictionary)
{
    free(dictionary->place);
    *dictionary = (struct mlt_dictionary){0};
}

/* Where a spelling stands, or the free place where it would. */
static struct mlt_dictionary_entry *place_of(const struct mlt_dictionary *dictionary, uint64_t hash,
                                             const char *text, size_t len)
{
    size_t mask = dictionary->places - 1, i = (size_t)hash & mask;
    for (;; i = (i + 1) & mask) {
        struct mlt_dictionary_entry *entry = &dictionary->place[i];
        if (entry->text == NULL ||
            (entry->hash == hash && entry->len == len && memcmp(entry->text, text, len) == 0))
            return entry;
    }
}

const struct mlt_dictionary_entry *mlt_dictionary_find(const struct mlt_dictionary *dictionary,
                                                       uint64_t hash, const char *text, size_t len)
{
    if (dictionary->places == 0)
        return NULL;
    const struct mlt_dictionary_entry *entry = place_of(dictionary, hash, text, len);
    return entry->text == NULL ? NULL : entry;
}

static bool grow(struct mlt_dictionary *dictionary)
{
    struct mlt_dictionary larger = {.places =
                                        dictionary->places ? dictionary->places * 2 : PLACES_FIRST,
                                    .count = dictionary->count};
    larger.place = calloc(larger.places, sizeof *larger.place);
    if (larger.place == NULL)
        return false;
    for (size_t i = 0; i < dictionary->places; i++) {
        const struct mlt_dictionary_entry *old = &dictionary->place[i];
        if (old->text != NULL)
            *place_of(&larger, old->hash, old->text, old->len) = *old;
    }
    free(dictionary->place);
    *dictionary = larger;
    return true;
}

bool mlt_dictionary_add(struct mlt_dictionary *dictionary, struct mlt_dictionary_entry entry)
{
    if ((dictionary->count + 1) * 2 > dictionary->places && !grow(dictionary))
        return false;
    *place_of(dictionary, entry.hash, entry.text, entry.len) = entry;
    dictionary->count++;
    return true;
}

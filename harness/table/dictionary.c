#include "harness/table/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/base/siphash.h"

enum { PLACES_FIRST = 256 };

struct mlt_key mlt_key_fresh(void)
{
    struct mlt_key key;
    key.k0 = mlt_rng_fresh_seed();
    key.k1 = mlt_rng_fresh_seed();
    return key;
}

uint64_t mlt_key_hash(const struct mlt_key *key, const void *data, size_t len)
{
    return mlt_siphash_13(data, len, key->k0, key->k1);
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

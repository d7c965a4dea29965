/* Distinct spellings and their dense ids, shared by the threads of a reader.
 *
 * The shared table gives out ids; each thread keeps a copy of what it has met, so that a value seen
 * before costs no lock. Keyed SipHash-1-3 (Aumasson, Bernstein 2012): a hostile file cannot choose
 * values that collide. */
#ifndef MLTEST_TABLE_DICTIONARY_H
#define MLTEST_TABLE_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

struct mlt_key {
    uint64_t k0, k1;
};
/* A key that nobody outside can know. */
struct mlt_key mlt_key_fresh(void);
uint64_t mlt_key_hash(const struct mlt_key *key, const void *data, size_t len);

struct mlt_dictionary_entry {
    uint64_t hash;
    const char *text; /* in the arena of the shared table, NUL-terminated; NULL: a free place */
    uint32_t len, id;
};

/* Open addressing, a power of two, at most half full. Zeroed is empty. */
struct mlt_dictionary {
    struct mlt_dictionary_entry *place;
    size_t places, count;
};
void mlt_dictionary_free(struct mlt_dictionary *dictionary);
/* The entry of a spelling, or NULL. */
const struct mlt_dictionary_entry *mlt_dictionary_find(const struct mlt_dictionary *dictionary,
                                                       uint64_t hash, const char *text, size_t len);
/* Adds an entry that is not there yet; its text is lent for the dictionary's life. False when
 * memory is out. */
bool mlt_dictionary_add(struct mlt_dictionary *dictionary, struct mlt_dictionary_entry entry);

#endif

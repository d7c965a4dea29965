/* Memory that lives and dies together: one arena per run, per config, per document.
 *
 * Everything allocated from an arena is lent until mlt_arena_free(). Not thread-safe. */
#ifndef MLTEST_BASE_ARENA_H
#define MLTEST_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "mltest/err.h"

struct mlt_arena {
    struct mlt_arena_block *head;
};

#define MLT_ARENA_INIT {NULL}

/* `size` zeroed bytes aligned for any type, or NULL when memory is out. size 0 gives a valid
 * pointer. */
void *mlt_arena_alloc(struct mlt_arena *arena, size_t size);
/* As mlt_arena_alloc(count * size), NULL on overflow too. */
void *mlt_arena_calloc(struct mlt_arena *arena, size_t count, size_t size);
/* A copy of `size` bytes with a NUL behind it; NULL when memory is out. */
void *mlt_arena_memdup(struct mlt_arena *arena, const void *data, size_t size);
/* Copies; NULL in gives NULL out. */
char *mlt_arena_strdup(struct mlt_arena *arena, const char *text);
char *mlt_arena_strndup(struct mlt_arena *arena, const char *text, size_t len);
char *mlt_arena_printf(struct mlt_arena *arena, const char *fmt, ...) MLT_PRINTF(2, 3);
/* Frees everything; the arena is empty and usable again. */
void mlt_arena_free(struct mlt_arena *arena);

/* Grows an array held in an arena: makes room for one more element behind `count`. Returns the
 * (perhaps moved) array or NULL; `*capacity` is updated. The old array stays valid memory. */
void *mlt_arena_grow(struct mlt_arena *arena, void *items, size_t count, size_t *capacity,
                     size_t item_size);

#endif

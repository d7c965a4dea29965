#include "harness/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024 };

struct mlt_arena_block {
    struct mlt_arena_block *next;
    size_t used, size;
    max_align_t data[];
};

static struct mlt_arena_block *block_new(size_t size)
{
    struct mlt_arena_block *block = malloc(sizeof *block + size);
    if (block) {
        block->used = 0;
        block->size = size;
        block->next = NULL;
    }
    return block;
}

void *mlt_arena_alloc(struct mlt_arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + align - 1) / align * align;
    if (size == 0)
        size = align;
    struct mlt_arena_block *head = arena->head;
    if (!head || head->size - head->used < size) {
        struct mlt_arena_block *block = block_new(size > BLOCK_BYTES ? size : BLOCK_BYTES);
        if (!block)
            return NULL;
        /* A block made for one large object goes behind the head, whose free space stays in use. */
        if (head && size > BLOCK_BYTES) {
            block->next = head->next;
            head->next = block;
        } else {
            block->next = head;
            arena->head = block;
        }
        head = block;
    }
    void *p = (char *)head->data + head->used;
    head->used += size;
    memset(p, 0, size);
    return p;
}

void *mlt_arena_calloc(struct mlt_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return mlt_arena_alloc(arena, bytes);
}

void *mlt_arena_memdup(struct mlt_arena *arena, const void *data, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *copy = mlt_arena_alloc(arena, size + 1);
    if (copy && size)
        memcpy(copy, data, size);
    return copy;
}

char *mlt_arena_strndup(struct mlt_arena *arena, const char *text, size_t len)
{
    return mlt_arena_memdup(arena, text, len);
}

char *mlt_arena_strdup(struct mlt_arena *arena, const char *text)
{
    return text ? mlt_arena_memdup(arena, text, strlen(text)) : NULL;
}

char *mlt_arena_printf(struct mlt_arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        return NULL;
    char *text = mlt_arena_alloc(arena, (size_t)len + 1);
    if (!text)
        return NULL;
    va_start(args, fmt);
    vsnprintf(text, (size_t)len + 1, fmt, args);
    va_end(args);
    return text;
}

void *mlt_arena_grow(struct mlt_arena *arena, void *items, size_t count, size_t *capacity,
                     size_t item_size)
{
    if (count < *capacity)
        return items;
    size_t wanted = *capacity ? *capacity * 2 : 8;
    void *grown = mlt_arena_calloc(arena, wanted, item_size);
    if (!grown)
        return NULL;
    if (count)
        memcpy(grown, items, count * item_size);
    *capacity = wanted;
    return grown;
}

void mlt_arena_free(struct mlt_arena *arena)
{
    struct mlt_arena_block *block = arena->head;
    while (block) {
        struct mlt_arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena->head = NULL;
}

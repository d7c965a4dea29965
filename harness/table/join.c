#include "harness/table/join.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/str.h"
#include "harness/table/dictionary.h"

/* So many keys of each kind are named. */
enum { EXAMPLES = 3, KEY_SHOWN = 60 };

enum trouble { TWICE_LEFT, TWICE_RIGHT, ONLY_LEFT, ONLY_RIGHT, TROUBLES };

struct example {
    char *key;
    uint64_t line;
};

struct mlt_join {
    const char *left, *right;
    size_t parts;
    uint64_t max_bytes;
    struct mlt_arena arena;
    struct mlt_key key;
    struct mlt_dictionary rows; /* key to left row */
    struct mlt_buf scratch;     /* a key as one run of bytes */
    uint64_t *line;             /* [capacity] of each entry, by the order in which they came */
    uint32_t *row;              /* [capacity] */
    bool *matched;              /* [capacity] */
    size_t count, capacity;
    uint64_t bytes; /* of keys kept */
    uint64_t troubles[TROUBLES];
    struct example example[TROUBLES][EXAMPLES];
    size_t examples[TROUBLES];
};

struct mlt_join *mlt_join_new(const char *left, const char *right, size_t parts, uint64_t max_bytes)
{
    struct mlt_join *join = calloc(1, sizeof *join);
    if (join == NULL)
        return NULL;
    join->left = left;
    join->right = right;
    join->parts = parts;
    join->max_bytes = max_bytes;
    join->key = mlt_key_fresh();
    join->scratch = (struct mlt_buf)MLT_BUF_INIT;
    return join;
}

void mlt_join_free(struct mlt_join *join)
{
    if (join == NULL)
        return;
    mlt_arena_free(&join->arena);
    mlt_dictionary_free(&join->rows);
    mlt_buf_free(&join->scratch);
    free(join->line);
    free(join->row);
    free(join->matched);
    free(join);
}

/* The parts with their lengths in front, so that ("a", "bc") and ("ab", "c") differ. One part needs
 * none. */
static bool join_parts(struct mlt_join *join, const char *file, const struct mlt_join_part *key,
                       uint64_t line, struct mlt_err *err)
{
    mlt_buf_clear(&join->scratch);
    for (size_t i = 0; i < join->parts; i++) {
        uint32_t len = (uint32_t)key[i].len;
        if (key[i].text == NULL)
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu: a key is missing", file,
                               (unsigned long long)line);
        if (join->parts > 1)
            mlt_buf_append(&join->scratch, &len, sizeof len);
        mlt_buf_append(&join->scratch, key[i].text, key[i].len);
    }
    return mlt_buf_check(&join->scratch, err);
}

/* A key as people read it. */
static void show(struct mlt_buf *out, const struct mlt_join *join, const char *key, size_t len)
{
    for (size_t i = 0, at = 0; i < join->parts; i++) {
        uint32_t part = (uint32_t)len;
        if (join->parts > 1) {
            memcpy(&part, key + at, sizeof part);
            at += sizeof part;
        }
        mlt_buf_puts(out, i ? ", " : "");
        mlt_str_append_safe(out, key + at, part, KEY_SHOWN);
        at += part;
    }
}

static bool note(struct mlt_join *join, enum trouble kind, const char *key, size_t len,
                 uint64_t line, struct mlt_err *err)
{
    size_t *count = &join->examples[kind];
    join->troubles[kind]++;
    if (*count == EXAMPLES)
        return true;
    struct mlt_buf text = MLT_BUF_INIT;
    show(&text, join, key, len);
    struct example *example = &join->example[kind][*count];
    example->key = mlt_buf_check(&text, err) ? mlt_arena_strdup(&join->arena, text.data) : NULL;
    example->line = line;
    mlt_buf_free(&text);
    ++*count;
    return example->key != NULL || mlt_err_oom(err);
}

static bool make_room(struct mlt_join *join)
{
    if (join->count < join->capacity)
        return true;
    size_t capacity = join->capacity ? join->capacity * 2 : 1024;
    uint64_t *line = realloc(join->line, capacity * sizeof *line);
    if (line != NULL)
        join->line = line;
    uint32_t *row = realloc(join->row, capacity * sizeof *row);
    if (row != NULL)
        join->row = row;
    bool *matched = realloc(join->matched, capacity * sizeof *matched);
    if (matched != NULL)
        join->matched = matched;
    if (line == NULL || row == NULL || matched == NULL)
        return false;
    join->capacity = capacity;
    return true;
}

bool mlt_join_left(struct mlt_join *join, const struct mlt_join_part *key, uint32_t row,
                   uint64_t line, struct mlt_err *err)
{
    if (!join_parts(join, join->left, key, line, err))
        return false;
    const char *text = join->scratch.data;
    size_t len = join->scratch.len;
    uint64_t hash = mlt_key_hash(&join->key, text, len);
    if (mlt_dictionary_find(&join->rows, hash, text, len) != NULL)
        return note(join, TWICE_LEFT, text, len, line, err);
    if (join->max_bytes != 0 && (join->count + 1) * 96 + join->bytes + len > join->max_bytes)
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "%s: the keys need more memory than the %llu bytes allowed", join->left,
                           (unsigned long long)join->max_bytes);
    struct mlt_dictionary_entry entry = {hash, NULL, (uint32_t)len, (uint32_t)join->count};
    entry.text = mlt_arena_strndup(&join->arena, text, len);
    if (entry.text == NULL || !make_room(join) || !mlt_dictionary_add(&join->rows, entry))
        return mlt_err_oom(err);
    join->bytes += len;
    join->line[join->count] = line;
    join->row[join->count] = row;
    join->matched[join->count++] = false;
    return true;
}

bool mlt_join_right(struct mlt_join *join, const struct mlt_join_part *key, uint64_t line,
                    uint32_t *row, struct mlt_err *err)
{
    *row = UINT32_MAX;
    if (!join_parts(join, join->right, key, line, err))
        return false;
    const char *text = join->scratch.data;
    size_t len = join->scratch.len;
    const struct mlt_dictionary_entry *entry =
        mlt_dictionary_find(&join->rows, mlt_key_hash(&join->key, text, len), text, len);
    if (entry == NULL)
        return note(join, ONLY_RIGHT, text, len, line, err);
    if (join->matched[entry->id])
        return note(join, TWICE_RIGHT, text, len, line, err);
    join->matched[entry->id] = true;
    *row = join->row[entry->id];
    return true;
}

static int compare_entries(const void *a, const void *b)
{
    const struct mlt_dictionary_entry *const *x = a, *const *y = b;
    return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

/* The left rows that nobody matched, the first ones in the order in which they came. */
static bool note_unmatched(struct mlt_join *join, struct mlt_err *err)
{
    const struct mlt_dictionary_entry **alone = NULL;
    size_t count = 0;
    for (size_t i = 0; i < join->count; i++)
        count += !join->matched[i];
    if (count == 0)
        return true;
    alone = malloc(count * sizeof *alone);
    if (alone == NULL)
        return mlt_err_oom(err);
    size_t found = 0;
    for (size_t i = 0; i < join->rows.places; i++) {
        const struct mlt_dictionary_entry *entry = &join->rows.place[i];
        if (entry->text != NULL && !join->matched[entry->id])
            alone[found++] = entry;
    }
    qsort(alone, found, sizeof *alone, compare_entries);
    bool ok = true;
    for (size_t i = 0; ok && i < found; i++)
        ok = note(join, ONLY_LEFT, alone[i]->text, alone[i]->len, join->line[alone[i]->id], err);
    free(alone);
    return ok;
}

static void tell(const struct mlt_join *join, enum trouble kind, struct mlt_buf *out)
{
    uint64_t count = join->troubles[kind];
    if (count == 0)
        return;
    mlt_buf_printf(out, "%s%llu row%s of %s with %s", out->len ? "; " : "",
                   (unsigned long long)count, count == 1 ? "" : "s",
                   kind == TWICE_LEFT || kind == ONLY_LEFT ? join->left : join->right,
                   kind == TWICE_LEFT || kind == TWICE_RIGHT ? "a key that was there before"
                                                             : "no partner in the other file");
    for (size_t i = 0; i < join->examples[kind]; i++)
        mlt_buf_printf(out, "%s%s (line %llu)", i ? ", " : ": ", join->example[kind][i].key,
                       (unsigned long long)join->example[kind][i].line);
    if (count > join->examples[kind])
        mlt_buf_puts(out, ", …");
}

bool mlt_join_finish(struct mlt_join *join, struct mlt_err *err)
{
    if (!note_unmatched(join, err))
        return false;
    struct mlt_buf text = MLT_BUF_INIT;
    for (int kind = 0; kind < TROUBLES; kind++)
        tell(join, (enum trouble)kind, &text);
    bool ok = mlt_buf_check(&text, err);
    if (ok && text.len > 0)
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE, "the files cannot be joined: %s", text.data);
    mlt_buf_free(&text);
    return ok;
}

#include <stdlib.h>
#include <string.h>

#include "harness/table/reader_part.h"

bool mlt_cutter_open(struct mlt_cutter *cutter, const struct mlt_reader_options *options,
                     struct mlt_err *err)
{
    cutter->next_line = 1;
    cutter->shard = options->shard;
    cutter->shards = options->shards;
    if (!mlt_source_open(options->path, !options->no_digest, &cutter->source, err))
        return false;
    cutter->first = malloc(MLT_CHUNK_BYTES);
    return cutter->first != NULL ? mlt_source_read(cutter->source, cutter->first, MLT_CHUNK_BYTES,
                                                   &cutter->first_len, err)
                                 : mlt_err_oom(err);
}

void mlt_cutter_close(struct mlt_cutter *cutter)
{
    mlt_source_close(cutter->source);
    free(cutter->first);
    free(cutter->carry);
}

static bool make_room(struct mlt_piece *piece, size_t len, struct mlt_err *err)
{
    size_t wanted = len + 2 * MLT_PIECE_PAD;
    if (wanted > piece->capacity) {
        free(piece->buffer);
        piece->capacity = 0;
        piece->buffer = malloc(wanted);
        if (piece->buffer == NULL)
            return mlt_err_oom(err);
        piece->capacity = wanted;
    }
    piece->text = piece->buffer + MLT_PIECE_PAD;
    return true;
}

/* The next chunk to `to`, without the file's byte order mark. */
static bool take_chunk(struct mlt_cutter *c, char *to, size_t *got, struct mlt_err *err)
{
    size_t skip = 0;
    if (c->first == NULL) {
        if (!mlt_source_read(c->source, to, MLT_CHUNK_BYTES, got, err))
            return false;
        c->ended = *got < MLT_CHUNK_BYTES;
    } else {
        c->ended = c->first_len < MLT_CHUNK_BYTES;
        if (c->first_len >= 3 && memcmp(c->first, "\xef\xbb\xbf", 3) == 0)
            skip = 3;
        *got = c->first_len - skip;
        memcpy(to, c->first + skip, *got);
        free(c->first);
        c->first = NULL;
    }
    c->chunk++;
    return true;
}

static uint64_t count_feeds(const char *text, size_t len)
{
    uint64_t count = 0;
    const char *end = text + len;
    while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
        count++;
        text++;
    }
    return count;
}

static bool keep_carry(struct mlt_cutter *c, const char *text, size_t len, struct mlt_err *err)
{
    if (len > MLT_DELIMITED_ROW_MAX)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu:1: a row of more than 64 MiB",
                           mlt_source_name(c->source), (unsigned long long)c->next_line);
    if (len > c->carry_capacity) {
        free(c->carry);
        c->carry_capacity = 0;
        c->carry = malloc(len * 2);
        if (c->carry == NULL)
            return mlt_err_oom(err);
        c->carry_capacity = len * 2;
    }
    if (len > 0)
        memcpy(c->carry, text, len);
    c->carry_len = len;
    return true;
}

/* How many empty lines stand at the text's end; `*len` becomes what is in front of them. The last
 * line feed is outside quotes, and so is one that touches it. */
static uint64_t strip_blank(const char *text, size_t *len)
{
    uint64_t count = 0;
    size_t end = *len;
    while (end > 0) {
        size_t line = end - 1;
        line -= line > 0 && text[line - 1] == '\r';
        if (line > 0 && text[line - 1] != '\n')
            break;
        end = line;
        count++;
    }
    *len = end;
    return count;
}

/* Empty lines are sound only at the file's end: one that a record follows is remembered. */
static void take_blank(struct mlt_cutter *c, struct mlt_piece *p)
{
    uint64_t blank = strip_blank(p->text, &p->len);
    p->records -= blank;
    p->blank_line = 0;
    if (p->len > 0) {
        p->blank_line = c->blank_line;
        c->blank_line = 0;
    }
    if (blank > 0 && c->blank_line == 0)
        c->blank_line = c->next_line - blank;
}

/* Records that end in the next chunk; `*got` false when none does. */
static bool cut_chunk(struct mlt_cutter *c, struct mlt_piece *p, bool *got, struct mlt_err *err)
{
    size_t len, carried = c->carry_len;
    struct mlt_delimited_cut cut = {.inside = c->inside};
    if (!make_room(p, carried + MLT_CHUNK_BYTES + 1, err))
        return false;
    if (carried > 0)
        memcpy(p->text, c->carry, carried);
    if (!take_chunk(c, p->text + carried, &len, err))
        return false;
    if (c->ended && carried + len > 0 && p->text[carried + len - 1] != '\n')
        p->text[carried + len++] = '\n';
    mlt_delimited_cut(p->text + carried, len, c->quotes, c->avx2, &cut);
    c->inside = cut.inside;
    p->unclosed = c->ended && (cut.end == 0 ? carried + len > 0 : cut.end < len);
    p->len = carried + (p->unclosed ? len : cut.end);
    p->records = cut.records;
    p->first_line = c->next_line;
    p->first_ordinal = c->next_ordinal;
    *got = cut.end > 0 || p->unclosed;
    if (!*got) {
        c->carry_lines += cut.lines;
        return keep_carry(c, p->text, carried + len, err);
    }
    size_t rest = carried + len - p->len;
    uint64_t rest_lines = count_feeds(p->text + p->len, rest);
    if (!keep_carry(c, p->text + p->len, rest, err))
        return false;
    c->next_line += c->carry_lines + cut.lines - rest_lines;
    c->carry_lines = rest_lines;
    if (!p->unclosed)
        take_blank(c, p);
    c->next_ordinal += p->records;
    *got = p->len > 0;
    return true;
}

/* A wrong quote turns the meaning of all that follow, so that no record may end any more: told at
 * once, and not when the row has grown beyond its bound. */
static bool check_carry(struct mlt_cutter *c, struct mlt_err *err)
{
    struct mlt_delimited_text text = {
        mlt_source_name(c->source), c->carry, c->carry_len, c->next_line, c->separator, 0};
    size_t good;
    return !c->quotes || mlt_delimited_check(&text, true, &good, err);
}

bool mlt_cutter_next(struct mlt_cutter *c, struct mlt_piece *piece, bool *got, struct mlt_err *err)
{
    *got = false;
    bool checked = false;
    while (!*got && !c->ended) {
        if (!cut_chunk(c, piece, got, err))
            return false;
        if (!*got && c->carry_len > MLT_CHUNK_BYTES && !checked) {
            if (!check_carry(c, err))
                return false;
            checked = true;
        }
    }
    return true;
}

bool mlt_cutter_is_ours(const struct mlt_cutter *c)
{
    return c->shards == 0 || (c->chunk - 1) % c->shards == c->shard - 1;
}

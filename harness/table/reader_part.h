/* What the files of the reader share: reader.c (the run), reader_cut.c (text to pieces),
 * reader_delimited.c and reader_jsonl.c (pieces to values), reader_values.c (values to columns). */
#ifndef MLTEST_TABLE_READER_PART_H
#define MLTEST_TABLE_READER_PART_H

#include <pthread.h>

#include "harness/codec/delimited.h"
#include "harness/codec/jsonl.h"
#include "harness/codec/number.h"
#include "harness/codec/source.h"
#include "harness/table/dictionary.h"
#include "harness/table/reader.h"

/* Text is read in chunks of this size; a piece is the records that end in one chunk. Measured best
 * of 128 KiB to 4 MiB: a piece and its values stay near the second-level cache. */
enum { MLT_CHUNK_BYTES = 512 * 1024};
/* Readable bytes in front of a piece's text and behind it. */
enum { MLT_PIECE_PAD = 64 };

/* Whole records, each ended by a line feed. */
struct mlt_piece {
    char *buffer;
    size_t capacity;
    char *text;
    size_t len;
    uint64_t records, first_ordinal, first_line;
    uint64_t sequence;   /* pieces delivered in front of this one */
    uint64_t blank_line; /* not 0: an empty line in front of it, which is a fault */
    bool unclosed;       /* the text ends between quotes, which is a fault */
};

/* The text in order. Used by one thread at a time. */
struct mlt_cutter {
    struct mlt_source *source;
    char *first; /* the first chunk, read to tell the format; NULL once taken */
    size_t first_len;
    char *carry; /* the unfinished record behind the last piece */
    size_t carry_len, carry_capacity;
    uint64_t carry_lines;
    char separator; /* with `quotes`: CSV, TSV */
    bool quotes, avx2, ended, inside;
    uint64_t chunk, next_ordinal, next_line, next_sequence, blank_line;
    unsigned shard, shards;
};
/* Opens and reads the first chunk. */
bool mlt_cutter_open(struct mlt_cutter *cutter, const struct mlt_reader_options *options,
                     struct mlt_err *err) MLT_MUST_USE;
void mlt_cutter_close(struct mlt_cutter *cutter);
/* The next piece of any shard. `*got` false: the end. */
bool mlt_cutter_next(struct mlt_cutter *cutter, struct mlt_piece *piece, bool *got,
                     struct mlt_err *err) MLT_MUST_USE;
/* Whether the piece last cut belongs to the shard. */
bool mlt_cutter_is_ours(const struct mlt_cutter *cutter);

/* One of the few spellings met lately, by its first eight bytes; len 0 and id 0: nothing. */
struct mlt_word_cache {
    uint64_t word;
    uint32_t len, id;
};
enum { MLT_WORD_PLACES = 512 };

/* A spelling that this thread has not met. */
struct mlt_unmet {
    uint64_t hash;
    const char *text;
    uint32_t len, row;
};

/* One wanted column as one thread fills it. */
struct mlt_column_store {
    double *number;
    uint32_t *category;
    struct mlt_reader_text *text;
    size_t missing;
    struct mlt_word_cache *words;
    struct mlt_dictionary met;
    struct mlt_unmet *unmet;
    size_t unmet_count, unmet_capacity;
};

enum mlt_value_fault {
    MLT_VALUE_FINE,
    MLT_VALUE_MISSING,
    MLT_VALUE_NO_NUMBER,
    MLT_VALUE_NO_SCALAR
};

struct mlt_reader_worker {
    struct mlt_reader *reader;
    unsigned number;
    struct mlt_piece piece;
    struct mlt_column_store *store;   /* [column_count] */
    struct mlt_reader_values *values; /* [column_count], as lent to the caller */
    size_t row_capacity;
    size_t rows;
    char *unquoted; /* unescaped values of the piece */
    size_t unquoted_len, unquoted_capacity;
    struct mlt_delimited_index index;
    struct mlt_jsonl *jsonl;
    struct mlt_jsonl_value *cells; /* [column_count] */
    uint32_t *row_start;           /* [rows]; JSON lines */
    uint32_t *line_offset;         /* [rows] once asked for, where rows span lines */
    bool line_offset_known;
    /* The first bad value of the piece. */
    enum mlt_value_fault bad;
    size_t bad_row, bad_column;
    uint64_t rows_total;
    uint64_t *missing_total; /* [column_count] */
};

/* Turns are taken in the order of the file by those that meet new spellings. */
enum { MLT_TURNS_AHEAD = 256 };

struct mlt_reader {
    const struct mlt_reader_options *options;
    bool (*block)(void *context, const struct mlt_reader_block *block, struct mlt_err *err);
    void *context;
    enum mlt_format format;
    char separator;
    bool avx2, every, numeric_missing;
    const struct mlt_reader_column *wanted;
    size_t column_count;
    size_t *field; /* [column_count] which field of the header */
    size_t field_count;
    const char *const *missing;
    struct mlt_key key;
    struct mlt_arena *arena;

    pthread_mutex_t cut_lock; /* cutter, first, fault */
    struct mlt_cutter cutter;
    struct mlt_piece first; /* cut to read the header; buffer NULL once taken */
    bool first_waits;
    bool stop;
    uint64_t fault_sequence;
    struct mlt_err fault;

    pthread_mutex_t turn_lock; /* what follows */
    pthread_cond_t turn;
    uint64_t next_turn;
    bool taken[MLT_TURNS_AHEAD];
    bool has_category;
    struct mlt_dictionary *spelled; /* [column_count] */
    struct mlt_reader_dictionary *dictionary;
    size_t *dictionary_capacity;
};

/* Room for the rows of the piece in every column. */
bool mlt_store_room(struct mlt_reader_worker *w, size_t rows, struct mlt_err *err) MLT_MUST_USE;
void mlt_store_free(struct mlt_reader_worker *w);
bool mlt_value_is_missing(const struct mlt_reader *reader, const char *text, size_t len);
/* Notes a bad value when none stands in front of it in the file. */
void mlt_value_note(struct mlt_reader_worker *w, size_t column, size_t row,
                    enum mlt_value_fault bad);
/* The id of a spelling that this thread has met; else it is kept for the turn. False: out of
 * memory. */
bool mlt_value_category(struct mlt_reader_worker *w, size_t column, size_t row, const char *text,
                        size_t len);
/* The word cache's place for a spelling of at most eight bytes. */
static inline struct mlt_word_cache *mlt_word_place(const struct mlt_column_store *store,
                                                    uint64_t word, size_t len)
{
    uint64_t mixed = (word ^ len << 59) * UINT64_C(0x9e3779b97f4a7c15);
    return &store->words[mixed >> 55];
}
/* Bytes from `text` as a little-endian word with zeros behind them; 8 bytes must be readable. */
static inline uint64_t mlt_word_load(const char *text, size_t len)
{
    uint64_t word;
    __builtin_memcpy(&word, text, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return len == 0 ? 0 : word & (~UINT64_C(0) >> (64 - 8 * len));
}
/* Takes the piece's turn: gives ids to new spellings when `ok`, and lets the next piece go on. */
bool mlt_value_turn(struct mlt_reader_worker *w, bool ok, struct mlt_err *err) MLT_MUST_USE;

/* A piece to the columns of the worker; the first fault of the piece is the error. */
bool mlt_parse_delimited(struct mlt_reader_worker *w, struct mlt_err *err) MLT_MUST_USE;
bool mlt_parse_jsonl(struct mlt_reader_worker *w, struct mlt_err *err) MLT_MUST_USE;
/* Where a value starts: its place in the piece's text, and its length as it stands there. False
 * when the row has none (an absent key). */
bool mlt_place_delimited(struct mlt_reader_worker *w, size_t column, size_t row, size_t *start,
                         size_t *len);
bool mlt_place_jsonl(struct mlt_reader_worker *w, size_t column, size_t row, size_t *start,
                     size_t *len);
/* Offset of a row's first byte. */
size_t mlt_row_start(const struct mlt_reader_worker *w, size_t row);
/* Sets "file:line:column: WHAT" for a value. */
bool mlt_value_fault(struct mlt_reader_worker *w, size_t column, size_t row, const char *what,
                     struct mlt_err *err);
/* The sentence for the bad value noted. */
bool mlt_value_fault_noted(struct mlt_reader_worker *w, struct mlt_err *err);

#endif

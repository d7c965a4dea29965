#include "harness/table/reader.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/cpu.h"
#include "harness/base/str.h"
#include "harness/table/reader_part.h"

enum { THREADS_MAX = 256 };

enum mlt_format mlt_format_of(const char *path)
{
    static const struct {
        const char *end;
        enum mlt_format format;
    } names[] = {{".csv", MLT_FORMAT_CSV},
                 {".tsv", MLT_FORMAT_TSV},
                 {".jsonl", MLT_FORMAT_JSONL},
                 {".ndjson", MLT_FORMAT_JSONL}};
    static const char *const packed[] = {"", ".gz", ".zst"};
    char end[32];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t p = 0; p < 3; p++) {
            snprintf(end, sizeof end, "%s%s", names[i].end, packed[p]);
            if (mlt_str_ends(path, end))
                return names[i].format;
        }
    return MLT_FORMAT_AUTO;
}

static bool choose_format(struct mlt_reader *r, struct mlt_err *err)
{
    const struct mlt_reader_options *options = r->options;
    struct mlt_cutter *cutter = &r->cutter;
    r->format = options->format;
    if (r->format == MLT_FORMAT_AUTO && strcmp(options->path, "-") == 0)
        r->format =
            cutter->first_len > 0 && cutter->first[0] == '{' ? MLT_FORMAT_JSONL : MLT_FORMAT_CSV;
    if (r->format == MLT_FORMAT_AUTO)
        r->format = mlt_format_of(options->path);
    if (r->format == MLT_FORMAT_AUTO)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: cannot tell the format of this data set from its name, expected "
                           ".csv, .tsv or .jsonl, each also with .gz or .zst",
                           options->path);
    r->separator = r->format == MLT_FORMAT_TSV ? '\t' : ',';
    r->avx2 = !options->portable && mlt_cpu_avx2();
    cutter->quotes = r->format != MLT_FORMAT_JSONL;
    cutter->separator = r->separator;
    cutter->avx2 = r->avx2;
    return true;
}

/* Behind the header's line feed; the piece's end when there is none. */
static size_t header_end(const struct mlt_piece *piece)
{
    bool inside = false;
    for (size_t i = 0; i < piece->len; i++) {
        inside ^= piece->text[i] == '"';
        if (piece->text[i] == '\n' && !inside)
            return i + 1;
    }
    return piece->len;
}

/* The names of the columns; the header is taken off the piece. */
static bool take_header(struct mlt_reader *r, struct mlt_piece *piece, const char ***names,
                        size_t *count, struct mlt_err *err)
{
    size_t len = header_end(piece);
    struct mlt_delimited_text text = {
        mlt_source_name(r->cutter.source), piece->text, len, piece->first_line, r->separator, 0};
    /* An empty line, or worse. */
    if (piece->text[0] == '\n' || piece->text[0] == '\r') {
        text.len = piece->len;
        return !mlt_delimited_check(&text, false, &len, err)
                   ? false
                   : mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:1:1: no header stands here", text.name);
    }
    if (!mlt_delimited_header(&text, r->arena, names, count, err))
        return false;
    for (size_t i = 0; i < len; i++)
        piece->first_line += piece->text[i] == '\n';
    piece->text += len;
    piece->len -= len;
    piece->records--;
    r->cutter.next_ordinal--;
    return true;
}

static bool first_keys(struct mlt_reader *r, const struct mlt_piece *piece, const char ***names,
                       size_t *count, struct mlt_err *err)
{
    struct mlt_jsonl_fault fault = {0};
    const char *feed = memchr(piece->text, '\n', piece->len);
    if (mlt_jsonl_keys(piece->text, (size_t)(feed - piece->text), r->arena, names, count, &fault))
        return true;
    if (fault.what[0] == '\0')
        return mlt_err_oom(err);
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:1:%zu: %s", mlt_source_name(r->cutter.source),
                       fault.offset + 1, fault.what);
}

/* The first piece, and the names in it. */
static bool read_names(struct mlt_reader *r, const char ***names, size_t *count,
                       struct mlt_err *err)
{
    bool got;
    const char *name = mlt_source_name(r->cutter.source);
    if (!mlt_cutter_next(&r->cutter, &r->first, &got, err))
        return false;
    if (!got)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: the file is empty; %s expected", name,
                           r->cutter.quotes ? "a header row was" : "rows were");
    if (!r->cutter.quotes)
        return first_keys(r, &r->first, names, count, err);
    return take_header(r, &r->first, names, count, err);
}

static bool set_absent(const struct mlt_reader *r, const char *name, const char *const *names,
                       size_t count, struct mlt_err *err)
{
    const char *file = mlt_source_name(r->cutter.source);
    const char **ended = calloc(count + 1, sizeof *ended);
    if (ended == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        ended[i] = names[i];
    const char *nearest = mlt_str_nearest(name, ended);
    free(ended);
    if (nearest != NULL)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: no column \"%s\"; did you mean \"%s\"?",
                           file, name, nearest);
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: no column \"%s\" among its %zu columns, the first of which is \"%s\"",
                       file, name, count, count > 0 ? names[0] : "");
}

static bool want_every(struct mlt_reader *r, const char *const *names, size_t count)
{
    struct mlt_reader_column *wanted = mlt_arena_calloc(r->arena, count, sizeof *wanted);
    if (wanted == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct mlt_reader_column){names[i], MLT_COLUMN_TEXT, true};
    r->wanted = wanted;
    r->column_count = count;
    return true;
}

static bool want_some(struct mlt_reader *r)
{
    const struct mlt_reader_options *options = r->options;
    struct mlt_reader_column *wanted =
        mlt_arena_calloc(r->arena, options->column_count, sizeof *wanted);
    for (size_t i = 0; wanted != NULL && i < options->column_count; i++) {
        wanted[i] = options->columns[i];
        wanted[i].name = mlt_arena_strdup(r->arena, options->columns[i].name);
        r->has_category |= wanted[i].type == MLT_COLUMN_CATEGORY;
        if (wanted[i].name == NULL)
            return false;
    }
    r->wanted = wanted;
    r->column_count = options->column_count;
    return wanted != NULL;
}

/* Which field each wanted column is. A key of JSON lines may come later when it may be missing. */
static bool bind(struct mlt_reader *r, const char *const *names, size_t count, struct mlt_err *err)
{
    r->every = r->options->columns == NULL;
    r->field_count = count;
    if (!(r->every ? want_every(r, names, count) : want_some(r)))
        return mlt_err_oom(err);
    size_t columns = r->column_count;
    r->field = mlt_arena_calloc(r->arena, columns, sizeof *r->field);
    r->spelled = mlt_arena_calloc(r->arena, columns, sizeof *r->spelled);
    r->dictionary = mlt_arena_calloc(r->arena, columns, sizeof *r->dictionary);
    r->dictionary_capacity = mlt_arena_calloc(r->arena, columns, sizeof *r->dictionary_capacity);
    if (!r->field || !r->spelled || !r->dictionary || !r->dictionary_capacity)
        return mlt_err_oom(err);
    for (size_t c = 0; c < columns; c++) {
        size_t f = 0;
        while (f < count && strcmp(names[f], r->wanted[c].name) != 0)
            f++;
        if (f == count && (r->cutter.quotes || !r->wanted[c].may_be_missing))
            return set_absent(r, r->wanted[c].name, names, count, err);
        r->field[c] = f;
    }
    return true;
}

static void choose_missing(struct mlt_reader *r)
{
    static const char *const usual[] = {"NA", "NaN", "null", "None", NULL};
    double value;
    r->missing = r->options->missing != NULL ? r->options->missing : usual;
    for (const char *const *word = r->missing; *word != NULL; word++)
        r->numeric_missing |= mlt_number_parse(*word, strlen(*word), &value);
}

static bool open_reader(struct mlt_reader *r, struct mlt_err *err)
{
    const struct mlt_reader_options *options = r->options;
    if (options->shards > 0 && (options->shard < 1 || options->shard > options->shards))
        return mlt_err_set(err, MLT_ERR_USAGE, "there is no shard %u of %u", options->shard,
                           options->shards);
    choose_missing(r);
    r->key = mlt_key_fresh();
    return mlt_cutter_open(&r->cutter, options, err) && choose_format(r, err);
}

bool mlt_reader_names(const struct mlt_reader_options *options, struct mlt_arena *arena,
                      const char *const **out_names, size_t *out_count, struct mlt_err *err)
{
    struct mlt_reader r = {.options = options, .arena = arena};
    const char **names;
    bool ok = open_reader(&r, err) && read_names(&r, &names, out_count, err);
    if (ok)
        *out_names = names;
    mlt_cutter_close(&r.cutter);
    free(r.first.buffer);
    return ok;
}

/* A fault in the order of the file; the first one stays. The lock is held. */
static void keep_fault(struct mlt_reader *r, uint64_t sequence, const struct mlt_err *fault)
{
    if (!r->stop || sequence < r->fault_sequence) {
        r->fault = *fault;
        r->fault_sequence = sequence;
    }
    r->stop = true;
}

/* The next piece of any shard: the one with the header first. */
static bool next_piece(struct mlt_reader *r, struct mlt_piece *piece, bool *got,
                       struct mlt_err *err)
{
    const struct mlt_reader_options *options = r->options;
    if (r->first_waits) {
        struct mlt_piece first = r->first;
        r->first = *piece;
        *piece = first;
        r->first_waits = false;
        *got = true;
        return true;
    }
    if (!mlt_cutter_next(&r->cutter, piece, got, err))
        return false;
    const struct mlt_source *source = r->cutter.source;
    if (options->progress != NULL &&
        !options->progress(options->progress_context, mlt_source_done(source),
                           mlt_source_total(source)))
        return mlt_err_set(err, MLT_ERR_INTERRUPTED, "reading %s was stopped",
                           mlt_source_name(source));
    return true;
}

/* Takes the next piece of our shard; false at the end, and once there is a fault. */
static bool claim(struct mlt_reader_worker *w)
{
    struct mlt_reader *r = w->reader;
    struct mlt_err err = MLT_ERR_INIT;
    bool got = false, ok = true;
    pthread_mutex_lock(&r->cut_lock);
    while (!r->stop && !got) {
        ok = next_piece(r, &w->piece, &got, &err);
        if (!ok)
            keep_fault(r, r->cutter.next_sequence, &err);
        if (!ok || !got)
            break;
        got = mlt_cutter_is_ours(&r->cutter);
    }
    got &= ok;
    if (got)
        w->piece.sequence = r->cutter.next_sequence++;
    pthread_mutex_unlock(&r->cut_lock);
    return got;
}

static bool deliver(struct mlt_reader_worker *w, struct mlt_err *err)
{
    struct mlt_reader *r = w->reader;
    struct mlt_reader_block block = {
        .rows = w->rows,
        .first_ordinal = w->piece.first_ordinal,
        .wanted = r->wanted,
        .columns = w->values,
        .column_count = r->column_count,
        .worker = w->number,
        .inside = w,
    };
    w->line_offset_known = false;
    for (size_t c = 0; c < r->column_count; c++) {
        const struct mlt_column_store *store = &w->store[c];
        w->values[c] =
            (struct mlt_reader_values){store->number, store->category, store->text, store->missing};
        w->missing_total[c] += store->missing;
    }
    w->rows_total += w->rows;
    return r->block(r->context, &block, err);
}

static void *work(void *argument)
{
    struct mlt_reader_worker *w = argument;
    struct mlt_reader *r = w->reader;
    while (claim(w)) {
        struct mlt_err err = MLT_ERR_INIT;
        bool ok =
            r->format == MLT_FORMAT_JSONL ? mlt_parse_jsonl(w, &err) : mlt_parse_delimited(w, &err);
        ok = mlt_value_turn(w, ok, &err) && deliver(w, &err);
        if (ok)
            continue;
        pthread_mutex_lock(&r->cut_lock);
        keep_fault(r, w->piece.sequence, &err);
        pthread_mutex_unlock(&r->cut_lock);
        break;
    }
    return NULL;
}

static bool open_worker(struct mlt_reader *r, unsigned number, struct mlt_reader_worker *w)
{
    size_t columns = r->column_count;
    w->reader = r;
    w->number = number;
    w->store = mlt_arena_calloc(r->arena, columns, sizeof *w->store);
    w->values = mlt_arena_calloc(r->arena, columns, sizeof *w->values);
    w->cells = mlt_arena_calloc(r->arena, columns, sizeof *w->cells);
    w->missing_total = mlt_arena_calloc(r->arena, columns, sizeof *w->missing_total);
    const char **keys = mlt_arena_calloc(r->arena, columns, sizeof *keys);
    if (!w->store || !w->values || !w->cells || !w->missing_total || !keys)
        return false;
    for (size_t c = 0; c < columns; c++)
        keys[c] = r->wanted[c].name;
    if (r->format == MLT_FORMAT_JSONL)
        w->jsonl = mlt_jsonl_new(keys, columns, r->every);
    return r->format != MLT_FORMAT_JSONL || w->jsonl != NULL;
}

static void close_worker(struct mlt_reader_worker *w)
{
    mlt_store_free(w);
    mlt_delimited_index_free(&w->index);
    mlt_jsonl_free(w->jsonl);
    free(w->unquoted);
    free(w->piece.buffer);
}

/* The caller's thread is worker 0. A thread that cannot be had is done without: the others do its
 * work. Signals are the caller's. */
static void work_all(struct mlt_reader_worker *workers, unsigned count)
{
    pthread_t thread[THREADS_MAX];
    bool runs[THREADS_MAX] = {false};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (unsigned i = 1; i < count; i++)
        runs[i] = pthread_create(&thread[i], NULL, work, &workers[i]) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    work(&workers[0]);
    for (unsigned i = 1; i < count; i++)
        if (runs[i])
            pthread_join(thread[i], NULL);
}

static bool sum_up(struct mlt_reader *r, const struct mlt_reader_worker *workers, unsigned count,
                   struct mlt_reader_summary *out, struct mlt_err *err)
{
    struct mlt_source *source = r->cutter.source;
    if (r->stop) {
        *err = r->fault;
        return false;
    }
    if (r->cutter.next_ordinal == 0 && !r->options->may_have_no_rows)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: the data set has a header and no rows: nothing can be measured",
                           mlt_source_name(source));
    out->missing = mlt_arena_calloc(r->arena, r->column_count, sizeof *out->missing);
    if (out->missing == NULL)
        return mlt_err_oom(err);
    for (unsigned i = 0; i < count; i++) {
        out->rows += workers[i].rows_total;
        for (size_t c = 0; c < r->column_count; c++)
            out->missing[c] += workers[i].missing_total[c];
    }
    out->file_rows = r->cutter.next_ordinal;
    out->bytes = mlt_source_done(source);
    out->format = r->format;
    out->column_count = r->column_count;
    out->wanted = r->wanted;
    out->dictionary = r->dictionary;
    return r->options->no_digest || mlt_source_digest(source, out->sha256, err);
}

static bool run_workers(struct mlt_reader *r, struct mlt_reader_summary *out, struct mlt_err *err)
{
    unsigned count = r->options->threads == 0 ? 1 : r->options->threads;
    if (count > THREADS_MAX)
        count = THREADS_MAX;
    struct mlt_reader_worker *workers = calloc(count, sizeof *workers);
    if (workers == NULL)
        return mlt_err_oom(err);
    bool ok = true;
    for (unsigned i = 0; i < count; i++)
        ok &= open_worker(r, i, &workers[i]);
    if (ok)
        work_all(workers, count);
    ok = ok ? sum_up(r, workers, count, out, err) : mlt_err_oom(err);
    for (unsigned i = 0; i < count; i++)
        close_worker(&workers[i]);
    free(workers);
    return ok;
}

bool mlt_reader_run(const struct mlt_reader_options *options,
                    bool (*block)(void *context, const struct mlt_reader_block *block,
                                  struct mlt_err *err),
                    void *context, struct mlt_reader_summary *out, struct mlt_err *err)
{
    struct mlt_reader_summary summary = {.arena = MLT_ARENA_INIT};
    struct mlt_reader r = {
        .options = options, .block = block, .context = context, .arena = &summary.arena};
    const char **names;
    size_t count;
    pthread_mutex_init(&r.cut_lock, NULL);
    pthread_mutex_init(&r.turn_lock, NULL);
    pthread_cond_init(&r.turn, NULL);
    bool ok =
        open_reader(&r, err) && read_names(&r, &names, &count, err) && bind(&r, names, count, err);
    r.first_waits = ok && r.first.len > 0;
    ok = ok && run_workers(&r, &summary, err);
    for (size_t c = 0; r.spelled != NULL && c < r.column_count; c++)
        mlt_dictionary_free(&r.spelled[c]);
    mlt_cutter_close(&r.cutter);
    free(r.first.buffer);
    pthread_cond_destroy(&r.turn);
    pthread_mutex_destroy(&r.turn_lock);
    pthread_mutex_destroy(&r.cut_lock);
    if (ok)
        *out = summary;
    else
        mlt_arena_free(&summary.arena);
    return ok;
}

void mlt_reader_summary_free(struct mlt_reader_summary *summary)
{
    mlt_arena_free(&summary->arena);
    *summary = (struct mlt_reader_summary){.arena = MLT_ARENA_INIT};
}

/* Where quoted values hold line feeds, the lines of all rows are counted in one go, when first
 * asked. */
static void count_lines(struct mlt_reader_worker *w)
{
    uint32_t lines = 0;
    size_t at = 0;
    for (size_t row = 0; row < w->rows; row++) {
        for (size_t start = mlt_row_start(w, row); at < start; at++)
            lines += w->piece.text[at] == '\n';
        w->line_offset[row] = lines;
    }
    w->line_offset_known = true;
}

uint64_t mlt_reader_line(const struct mlt_reader_block *block, size_t row)
{
    struct mlt_reader_worker *w = block->inside;
    if (w->reader->format == MLT_FORMAT_JSONL || !w->index.quotes)
        return w->piece.first_line + row;
    if (!w->line_offset_known)
        count_lines(w);
    return w->piece.first_line + w->line_offset[row];
}

bool mlt_reader_fault(const struct mlt_reader_block *block, size_t column, size_t row,
                      struct mlt_err *err, const char *fmt, ...)
{
    char what[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return mlt_value_fault(block->inside, column, row, what, err);
}

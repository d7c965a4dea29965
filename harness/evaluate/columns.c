#include "harness/evaluate/columns.h"

#include <stdlib.h>
#include <string.h>

/* Rows of an open segment and the bytes that they may take; what is packed is a third of that. */
enum { SEGMENT_ROWS_MAX = 65536, SEGMENT_ROWS_MIN = 64, SEGMENT_BYTES = 4 << 20 };

/* The bootstrap draws by key; elsewhere keys are kept only to find two rows with the same one. */
static bool wants_keys(const struct mlt_evaluation_spec *spec)
{
    for (size_t i = 0; i < spec->metric_count && !spec->estimates_only; i++)
        if (spec->metrics[i].ops->method == MLT_INTERVAL_BOOTSTRAP)
            return true;
    return spec->has_keys;
}

void mlt_columns_init(struct mlt_columns *columns, const struct mlt_evaluation_spec *spec,
                      struct mlt_store *store)
{
    memset(columns, 0, sizeof *columns);
    columns->store = store;
    columns->slice_count = spec->slice_count;
    columns->field_count = MLT_FIELD_GROUP + spec->slice_count;
    size_t *bytes = columns->row_bytes, all = 0;
    bytes[MLT_FIELD_LABEL] = sizeof(double);
    bytes[MLT_FIELD_CANDIDATE] = spec->width * sizeof(double);
    bytes[MLT_FIELD_BASELINE] = spec->has_baseline ? spec->width * sizeof(double) : 0;
    bytes[MLT_FIELD_WEIGHT] = spec->weighting != MLT_WEIGHT_NONE ? sizeof(double) : 0;
    bytes[MLT_FIELD_CLUSTER] = spec->clustered ? sizeof(uint64_t) : 0;
    bytes[MLT_FIELD_QUERY] = spec->task == MLT_TASK_RANKING ? sizeof(uint64_t) : 0;
    bytes[MLT_FIELD_KEY] = wants_keys(spec) ? sizeof(uint64_t) : 0;
    bytes[MLT_FIELD_ORDINAL] = spec->has_keys ? sizeof(uint64_t) : 0;
    for (size_t s = 0; s < spec->slice_count; s++)
        bytes[MLT_FIELD_GROUP + s] = sizeof(uint32_t);
    for (size_t f = 0; f < columns->field_count; f++)
        all += bytes[f];
    columns->segment_rows = SEGMENT_ROWS_MAX;
    while (columns->segment_rows > SEGMENT_ROWS_MIN && columns->segment_rows * all > SEGMENT_BYTES)
        columns->segment_rows /= 2;
    for (size_t f = 0, at = 0; f < columns->field_count; f++) {
        columns->open_at[f] = at;
        at += columns->segment_rows * bytes[f];
    }
}

static void free_segment(struct mlt_columns *columns, struct mlt_segment *segment)
{
    mlt_region_free(columns->store, &segment->region);
    free(segment->field);
    free(segment->runs);
}

void mlt_columns_free(struct mlt_columns *columns)
{
    for (size_t i = 0; i < columns->segment_count; i++)
        free_segment(columns, &columns->segments[i]);
    free(columns->segments);
    free(columns->open);
    columns->segments = NULL;
    columns->open = NULL;
    columns->rows = columns->open_rows = columns->segment_count = columns->segment_capacity = 0;
}

static bool is_group(size_t field)
{
    return field >= MLT_FIELD_GROUP;
}

static bool is_numbers(size_t field)
{
    return field <= MLT_FIELD_WEIGHT;
}

/* Values of a field in a row. */
static size_t width_of(const struct mlt_columns *columns, size_t field)
{
    return is_numbers(field) ? columns->row_bytes[field] / sizeof(double) : 1;
}

static void *open_field(const struct mlt_columns *columns, size_t field)
{
    return columns->open + columns->open_at[field];
}

/* The rows of the open segment in the order of their first group, and its runs. */
static bool order_rows(const struct mlt_columns *columns, uint32_t *order,
                       struct mlt_segment *segment)
{
    const uint32_t *group = open_field(columns, MLT_FIELD_GROUP);
    const size_t n = columns->open_rows;
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = group[i] > largest ? group[i] : largest;
    /* Counted two places ahead, so that placing the rows leaves each group's start behind. */
    uint32_t *start = calloc((size_t)largest + 3, sizeof *start);
    segment->runs = calloc((n <= largest ? n : (size_t)largest + 1) + 1, sizeof *segment->runs);
    if (start == NULL || segment->runs == NULL) {
        free(start);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        start[group[i] + 2]++;
    for (size_t g = 2; g < (size_t)largest + 3; g++)
        start[g] += start[g - 1];
    for (size_t i = 0; i < n; i++)
        order[start[group[i] + 1]++] = (uint32_t)i;
    for (uint32_t g = 0; g <= largest; g++)
        if (start[g] < start[g + 1])
            segment->runs[segment->run_count++] =
                (struct mlt_run){g, start[g], start[g + 1] - start[g]};
    free(start);
    return true;
}

/* How each field is packed, and the bytes of all. */
static size_t choose_forms(const struct mlt_columns *columns, struct mlt_packed *field)
{
    const size_t n = columns->open_rows;
    size_t at = 0;
    for (size_t f = 0; f < columns->field_count; f++) {
        size_t values = n * width_of(columns, f);
        field[f] = (struct mlt_packed){.form = MLT_PACKED_PLAIN, .width = sizeof(uint64_t)};
        if (columns->row_bytes[f] == 0 || f == MLT_FIELD_GROUP)
            field[f].width = 0;
        else if (is_numbers(f))
            field[f] = mlt_packed_choose(open_field(columns, f), values);
        else if (is_group(f))
            field[f] = mlt_packed_choose_whole(open_field(columns, f), n);
        field[f].at = at;
        at += (mlt_packed_bytes(&field[f], values) + 7) & ~(size_t)7;
    }
    return at;
}

static void reorder(const char *from, size_t bytes, const uint32_t *order, size_t n, char *to)
{
    if (bytes == sizeof(double))
        for (size_t i = 0; i < n; i++)
            memcpy(to + i * sizeof(double), from + order[i] * sizeof(double), sizeof(double));
    else
        for (size_t i = 0; i < n; i++)
            memcpy(to + i * bytes, from + order[i] * bytes, bytes);
}

static void pack_fields(const struct mlt_columns *columns, const uint32_t *order, char *room,
                        const struct mlt_segment *segment)
{
    const size_t n = columns->open_rows;
    for (size_t f = 0; f < columns->field_count; f++) {
        const char *values = open_field(columns, f);
        if (columns->row_bytes[f] == 0 || f == MLT_FIELD_GROUP)
            continue;
        if (columns->slice_count > 0) {
            reorder(values, columns->row_bytes[f], order, n, room);
            values = room;
        }
        mlt_packed_put(&segment->field[f], values, n * width_of(columns, f),
                       (char *)segment->region.data + segment->field[f].at);
    }
}

static size_t widest(const struct mlt_columns *columns)
{
    size_t bytes = 0;
    for (size_t f = 0; f < columns->field_count; f++)
        bytes = columns->row_bytes[f] > bytes ? columns->row_bytes[f] : bytes;
    return bytes;
}

static bool grow_segments(struct mlt_columns *columns, size_t count)
{
    if (count <= columns->segment_capacity)
        return true;
    size_t capacity = columns->segment_capacity * 2 > count ? columns->segment_capacity * 2 : count;
    void *segments = realloc(columns->segments, capacity * sizeof *columns->segments);
    if (segments == NULL)
        return false;
    columns->segments = segments;
    columns->segment_capacity = capacity;
    return true;
}

/* What is open becomes a segment. */
static bool seal(struct mlt_columns *columns, struct mlt_err *err)
{
    const size_t n = columns->open_rows;
    if (n == 0)
        return true;
    struct mlt_segment segment = {.first = columns->rows - n, .rows = n};
    uint32_t *order = malloc(n * sizeof *order);
    char *room = malloc(n * widest(columns));
    segment.field = calloc(columns->field_count, sizeof *segment.field);
    bool ok = order != NULL && room != NULL && segment.field != NULL &&
              grow_segments(columns, columns->segment_count + 1) &&
              (columns->slice_count == 0 || order_rows(columns, order, &segment));
    ok = ok ? mlt_region_alloc(columns->store, choose_forms(columns, segment.field),
                               &segment.region, err)
            : mlt_err_oom(err);
    if (ok) {
        pack_fields(columns, order, room, &segment);
        columns->segments[columns->segment_count++] = segment;
        columns->open_rows = 0;
    } else {
        free_segment(columns, &segment);
    }
    free(order);
    free(room);
    return ok;
}

bool mlt_columns_append(struct mlt_columns *columns, const void *const *from, size_t count,
                        struct mlt_err *err)
{
    if (columns->open == NULL) {
        size_t last = columns->field_count - 1;
        columns->open =
            malloc(columns->open_at[last] + columns->segment_rows * columns->row_bytes[last]);
        if (columns->open == NULL)
            return mlt_err_oom(err);
    }
    for (size_t done = 0; done < count;) {
        if (columns->open_rows == columns->segment_rows && !seal(columns, err))
            return false;
        size_t room = columns->segment_rows - columns->open_rows;
        size_t n = count - done < room ? count - done : room;
        for (size_t f = 0; f < columns->field_count; f++) {
            size_t bytes = columns->row_bytes[f];
            char *to = (char *)open_field(columns, f) + columns->open_rows * bytes;
            if (bytes > 0 && from[f] != NULL)
                memcpy(to, (const char *)from[f] + done * bytes, n * bytes);
            else if (bytes > 0)
                memset(to, 0, n * bytes);
        }
        columns->open_rows += n;
        columns->rows += n;
        done += n;
    }
    return true;
}

static int by_group(const void *left, const void *right)
{
    const struct mlt_run *a = left, *b = right;
    return (a->group > b->group) - (a->group < b->group);
}

static void rename_groups(struct mlt_segment *segment, uint32_t *const *rename)
{
    segment->rename = rename;
    for (size_t r = 0; r < segment->run_count; r++)
        segment->runs[r].group = rename[0][segment->runs[r].group];
    if (segment->run_count > 0)
        qsort(segment->runs, segment->run_count, sizeof *segment->runs, by_group);
}

static void take_segments(struct mlt_columns *into, struct mlt_columns *from,
                          uint32_t *const *rename)
{
    for (size_t i = 0; i < from->segment_count; i++) {
        struct mlt_segment *segment = &into->segments[into->segment_count++];
        *segment = from->segments[i];
        segment->first = into->rows;
        into->rows += segment->rows;
        rename_groups(segment, rename);
    }
    from->segment_count = 0;
}

bool mlt_columns_gather(struct mlt_columns *into, struct mlt_columns *const *from, size_t count,
                        uint32_t *const *const *rename, struct mlt_err *err)
{
    size_t segments = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = seal(from[i], err);
        segments += from[i]->segment_count;
    }
    if (ok && !grow_segments(into, segments))
        ok = mlt_err_oom(err);
    for (size_t i = 0; ok && i < count; i++)
        take_segments(into, from[i], rename[i]);
    for (size_t i = 0; i < count; i++)
        mlt_columns_free(from[i]);
    return ok;
}

#include <string.h>

#include "harness/evaluate/columns.h"

/* Rows [first, first + n) of a segment, which go to place `at` of a selection. */
struct span {
    const struct mlt_segment *segment;
    size_t first, n, at;
};

/* What is done to every span of a selection. */
struct reading {
    const struct mlt_columns *columns;
    size_t field;
    const struct mlt_packed_map *map;
    const uint32_t *from;
    void *out;
    void (*take)(const struct reading *r, const struct span *span);
};

/* The run of a group; NULL when the segment has no row of it. */
static const struct mlt_run *find_run(const struct mlt_segment *segment, uint32_t group)
{
    size_t low = 0, high = segment->run_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (segment->runs[middle].group < group)
            low = middle + 1;
        else
            high = middle;
    }
    return low < segment->run_count && segment->runs[low].group == group ? &segment->runs[low]
                                                                         : NULL;
}

/* The segment of a row; `hint` is where one before it was. */
static const struct mlt_segment *find_segment(const struct mlt_columns *columns, size_t row,
                                              const struct mlt_segment *hint)
{
    if (hint != NULL && row >= hint->first && row - hint->first < hint->rows)
        return hint;
    size_t low = 0, high = columns->segment_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (columns->segments[middle].first <= row)
            low = middle;
        else
            high = middle;
    }
    return &columns->segments[low];
}

static void read_rows(const struct reading *r, const struct mlt_selection *selection)
{
    const struct mlt_segment *segment = NULL;
    for (size_t i = 0; i < selection->rows; i++) {
        segment = find_segment(r->columns, selection->row[i], segment);
        const struct span span = {segment, selection->row[i] - segment->first, 1, i};
        r->take(r, &span);
    }
}

static void read_groups(const struct reading *r, const struct mlt_selection *selection)
{
    size_t at = 0;
    for (size_t i = 0; i < r->columns->segment_count; i++)
        for (size_t g = 0; g < selection->groups; g++) {
            const struct mlt_segment *segment = &r->columns->segments[i];
            const struct mlt_run *run = find_run(segment, selection->group[g]);
            if (run == NULL)
                continue;
            const struct span span = {segment, run->start, run->count, at};
            r->take(r, &span);
            at += run->count;
        }
}

static void read_selection(const struct reading *r, const struct mlt_selection *selection)
{
    if (selection->row != NULL) {
        read_rows(r, selection);
        return;
    }
    if (selection->group != NULL) {
        read_groups(r, selection);
        return;
    }
    for (size_t i = 0; i < r->columns->segment_count; i++) {
        const struct mlt_segment *segment = &r->columns->segments[i];
        const struct span span = {segment, 0, segment->rows, segment->first};
        r->take(r, &span);
    }
}

static const void *data_of(const struct mlt_segment *segment, size_t field)
{
    return (const char *)segment->region.data + segment->field[field].at;
}

/* Groups of the first slice are told by the runs; they are read of whole segments only. */
static void take_first_groups(const struct span *span, uint32_t *out)
{
    for (size_t r = 0; r < span->segment->run_count; r++) {
        const struct mlt_run *run = &span->segment->runs[r];
        for (size_t i = run->start; i < (size_t)run->start + run->count; i++)
            out[i] = run->group;
    }
}

static void take_groups(const struct reading *r, const struct span *span)
{
    uint32_t *out = (uint32_t *)r->out + span->at;
    const struct mlt_segment *segment = span->segment;
    if (r->field == MLT_FIELD_GROUP) {
        take_first_groups(span, out);
        return;
    }
    mlt_packed_get(&segment->field[r->field], data_of(segment, r->field), span->first, span->n,
                   out);
    for (size_t i = 0; segment->rename != NULL && i < span->n; i++)
        out[i] = segment->rename[r->field - MLT_FIELD_GROUP][out[i]];
}

static void take_values(const struct reading *r, const struct span *span)
{
    const size_t width = r->columns->row_bytes[r->field] / sizeof(uint64_t);
    mlt_packed_get(&span->segment->field[r->field], data_of(span->segment, r->field),
                   span->first * width, span->n * width, (uint64_t *)r->out + span->at * width);
}

static void take_keys(const struct reading *r, const struct span *span)
{
    mlt_packed_keys(r->map, &span->segment->field[r->field], data_of(span->segment, r->field),
                    span->first, span->n, (uint32_t *)r->out + span->at);
}

static void take_bits(const struct reading *r, const struct span *span)
{
    mlt_packed_bits(data_of(span->segment, r->field), span->first, span->n,
                    (uint8_t *)r->out + span->at);
}

static void take_picked(const struct reading *r, const struct span *span)
{
    memcpy((uint32_t *)r->out + span->at, r->from + span->segment->first + span->first,
           span->n * sizeof *r->from);
}

void mlt_columns_read(const struct mlt_columns *columns, size_t field,
                      const struct mlt_selection *selection, void *out)
{
    const struct reading r = {.columns = columns,
                              .field = field,
                              .out = out,
                              .take = field >= MLT_FIELD_GROUP ? take_groups : take_values};
    read_selection(&r, selection);
}

void mlt_columns_pick(const struct mlt_columns *columns, const struct mlt_selection *selection,
                      const uint32_t *from, uint32_t *out)
{
    const struct reading r = {.columns = columns, .from = from, .out = out, .take = take_picked};
    read_selection(&r, selection);
}

bool mlt_columns_map(const struct mlt_columns *columns, size_t field, struct mlt_packed_map *map)
{
    *map = (struct mlt_packed_map){.form = MLT_PACKED_PLAIN};
    for (size_t i = 0; i < columns->segment_count; i++)
        if (!mlt_packed_map_add(map, &columns->segments[i].field[field]))
            return false;
    return columns->segment_count > 0;
}

void mlt_columns_read_keys(const struct mlt_columns *columns, size_t field,
                           const struct mlt_packed_map *map, const struct mlt_selection *selection,
                           uint32_t *out)
{
    const struct reading r = {
        .columns = columns, .field = field, .map = map, .out = out, .take = take_keys};
    read_selection(&r, selection);
}

void mlt_columns_read_bits(const struct mlt_columns *columns, size_t field,
                           const struct mlt_selection *selection, uint8_t *out)
{
    const struct reading r = {.columns = columns, .field = field, .out = out, .take = take_bits};
    read_selection(&r, selection);
}

void mlt_segment_read(const struct mlt_columns *columns, const struct mlt_segment *segment,
                      size_t field, void *out)
{
    const struct reading r = {.columns = columns, .field = field, .out = out};
    const struct span span = {segment, 0, segment->rows, 0};
    if (field >= MLT_FIELD_GROUP)
        take_groups(&r, &span);
    else
        take_values(&r, &span);
}

void mlt_segment_keys(const struct mlt_segment *segment, size_t field,
                      const struct mlt_packed_map *map, uint32_t *out)
{
    mlt_packed_keys(map, &segment->field[field], data_of(segment, field), 0, segment->rows, out);
}

void mlt_segment_bits(const struct mlt_segment *segment, size_t field, uint8_t *out)
{
    mlt_packed_bits(data_of(segment, field), 0, segment->rows, out);
}

uint64_t mlt_columns_word(const struct mlt_columns *columns, size_t field, size_t row)
{
    const struct mlt_segment *segment = find_segment(columns, row, NULL);
    uint64_t out;
    mlt_packed_get(&segment->field[field], data_of(segment, field), row - segment->first, 1, &out);
    return out;
}

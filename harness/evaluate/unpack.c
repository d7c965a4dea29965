#include "harness/evaluate/unpack.h"

#include <stdlib.h>

#include "harness/stats/delong_keys.h"

/* Beyond so many rows a placement does not fit its place in a table. */
static const size_t most_keyed = (size_t)1 << 29;

static struct mlt_metric_rows rows_template(const struct mlt_evaluation *e,
                                            const struct mlt_row_ids *ids)
{
    const struct mlt_evaluation_spec *spec = e->spec;
    return (struct mlt_metric_rows){
        .task = spec->task,
        .width = spec->width,
        .weighting = spec->weighting,
        .n_clusters = ids->clusters,
        .n_queries = ids->queries,
        .seed = spec->seed,
        .replicates = spec->replicates,
        .threshold = spec->threshold,
        .estimates_only = spec->estimates_only,
        .interrupted = spec->interrupted,
    };
}

/* Carves arrays out of one block of memory, and fills them. */
struct carving {
    const struct mlt_columns *columns;
    const struct mlt_selection *selection;
    char *at;
};

static void *carve(struct carving *c, size_t bytes)
{
    void *out = c->at;
    c->at += (c->selection->rows * bytes + 15) & ~(size_t)15;
    return out;
}

static const void *read_field(struct carving *c, size_t field)
{
    size_t bytes = c->columns->row_bytes[field];
    if (bytes == 0)
        return NULL;
    void *out = carve(c, bytes);
    mlt_columns_read(c->columns, field, c->selection, out);
    return out;
}

static const uint32_t *pick_ids(struct carving *c, const uint32_t *ids)
{
    if (ids == NULL)
        return NULL;
    uint32_t *out = carve(c, sizeof *ids);
    mlt_columns_pick(c->columns, c->selection, ids, out);
    return out;
}

bool mlt_rows_unpack(const struct mlt_evaluation *e, const struct mlt_row_ids *ids,
                     const struct mlt_selection *selection, struct mlt_unpacked *out,
                     struct mlt_err *err)
{
    const struct mlt_columns *columns = &e->gathered.columns;
    struct carving c = {columns, selection, NULL};
    size_t row_bytes = 3 * sizeof(uint64_t) + 2 * sizeof(uint32_t);
    row_bytes += columns->row_bytes[MLT_FIELD_CANDIDATE] + columns->row_bytes[MLT_FIELD_BASELINE];
    out->rows = rows_template(e, ids);
    out->memory = malloc(selection->rows * row_bytes + 8 * 16);
    if (out->memory == NULL)
        return mlt_err_oom(err);
    c.at = out->memory;
    out->rows.n = selection->rows;
    out->rows.label = read_field(&c, MLT_FIELD_LABEL);
    out->rows.candidate = read_field(&c, MLT_FIELD_CANDIDATE);
    out->rows.baseline = read_field(&c, MLT_FIELD_BASELINE);
    out->rows.weight = read_field(&c, MLT_FIELD_WEIGHT);
    out->rows.key =
        read_field(&c, ids->cluster != NULL ? (size_t)MLT_FIELD_CLUSTER : (size_t)MLT_FIELD_KEY);
    out->rows.cluster = pick_ids(&c, ids->cluster);
    out->rows.query = pick_ids(&c, ids->query);
    return true;
}

void mlt_unpacked_free(struct mlt_unpacked *unpacked)
{
    free(unpacked->memory);
    unpacked->memory = NULL;
}

struct mlt_key_maps mlt_key_maps_find(const struct mlt_evaluation *e)
{
    const struct mlt_evaluation_spec *spec = e->spec;
    const struct mlt_columns *columns = &e->gathered.columns;
    struct mlt_key_maps out = {.usable = spec->task == MLT_TASK_BINARY && spec->width == 1 &&
                                         spec->weighting == MLT_WEIGHT_NONE && !spec->clustered &&
                                         e->keeps_columns && columns->rows < most_keyed};
    for (size_t i = 0; i < columns->segment_count; i++)
        out.usable =
            out.usable && columns->segments[i].field[MLT_FIELD_LABEL].form == MLT_PACKED_BITS;
    out.usable =
        out.usable && mlt_columns_map(columns, MLT_FIELD_CANDIDATE, &out.side[0]) &&
        (!spec->has_baseline || mlt_columns_map(columns, MLT_FIELD_BASELINE, &out.side[1]));
    return out;
}

static size_t field_of(int side)
{
    return side == 0 ? MLT_FIELD_CANDIDATE : MLT_FIELD_BASELINE;
}

static int sides_of(const struct mlt_evaluation *e)
{
    return e->spec->has_baseline ? 2 : 1;
}

static bool read_block(void *context, size_t index, struct mlt_key_block *out)
{
    struct mlt_keyed *keyed = context;
    *out = keyed->block;
    return index == 0;
}

static bool read_segment(void *context, size_t index, struct mlt_key_block *out)
{
    struct mlt_keyed *keyed = context;
    const struct mlt_columns *columns = &keyed->e->gathered.columns;
    if (index >= columns->segment_count)
        return false;
    const struct mlt_segment *segment = &columns->segments[index];
    keyed->block.n = segment->rows;
    for (int side = 0; side < sides_of(keyed->e); side++)
        mlt_segment_keys(segment, field_of(side), &keyed->maps->side[side], keyed->key[side]);
    mlt_segment_bits(segment, MLT_FIELD_LABEL, keyed->positive);
    *out = keyed->block;
    return true;
}

/* Whether tables of all keys are small beside the rows. */
static bool few_keys(const struct mlt_keyed *keyed, size_t rows)
{
    return keyed->rows.keys[0] <= 2 * rows && keyed->rows.keys[1] <= 2 * rows;
}

static bool read_all(struct mlt_keyed *keyed, const struct mlt_selection *selection,
                     struct mlt_err *err)
{
    const struct mlt_columns *columns = &keyed->e->gathered.columns;
    keyed->rows.block = read_block;
    mlt_columns_read_bits(columns, MLT_FIELD_LABEL, selection, keyed->positive);
    for (int side = 0; side < sides_of(keyed->e); side++) {
        mlt_columns_read_keys(columns, field_of(side), &keyed->maps->side[side], selection,
                              keyed->key[side]);
        if (selection->rows == 0 || keyed->rows.keys[side] <= 2 * selection->rows)
            continue;
        keyed->rows.keys[side] = mlt_keys_compress(keyed->key[side], selection->rows);
        if (keyed->rows.keys[side] == 0)
            return mlt_err_oom(err);
    }
    return true;
}

bool mlt_rows_key(const struct mlt_evaluation *e, const struct mlt_key_maps *maps,
                  const struct mlt_selection *selection, struct mlt_keyed *out, struct mlt_err *err)
{
    *out = (struct mlt_keyed){.e = e, .maps = maps};
    out->rows.context = out;
    out->rows.estimates_only = e->spec->estimates_only;
    for (int side = 0; side < sides_of(e); side++)
        out->rows.keys[side] = (size_t)mlt_packed_map_keys(&maps->side[side]);
    bool whole = selection->row == NULL && selection->group == NULL;
    bool by_segment = whole && few_keys(out, selection->rows);
    size_t n = by_segment ? e->gathered.columns.segment_rows : selection->rows;
    for (int side = 0; side < sides_of(e); side++)
        out->key[side] = malloc((n + 1) * sizeof *out->key[side]);
    out->positive = malloc(n + 1);
    if (out->key[0] == NULL || out->positive == NULL ||
        (e->spec->has_baseline && out->key[1] == NULL))
        return mlt_err_oom(err);
    out->block = (struct mlt_key_block){n, out->key[0], out->key[1], out->positive};
    out->rows.block = read_segment;
    return by_segment || read_all(out, selection, err);
}

void mlt_keyed_free(struct mlt_keyed *keyed)
{
    free(keyed->key[0]);
    free(keyed->key[1]);
    free(keyed->positive);
    *keyed = (struct mlt_keyed){0};
}

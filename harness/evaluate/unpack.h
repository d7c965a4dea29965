/* Kept rows as metrics want them: side by side as doubles, or as keys where only order counts. */
#ifndef MLTEST_EVALUATE_UNPACK_H
#define MLTEST_EVALUATE_UNPACK_H

#include "harness/evaluate/worker.h"

/* Dense ids of all kept rows; NULL where there are none. */
struct mlt_row_ids {
    uint32_t *cluster, *query;
    uint32_t clusters, queries;
};

struct mlt_unpacked {
    struct mlt_metric_rows rows;
    void *memory; /* what its arrays live in */
};

/* 8 bytes a label, score, weight and key, 4 an id. Freed with mlt_unpacked_free(). */
bool mlt_rows_unpack(const struct mlt_evaluation *e, const struct mlt_row_ids *ids,
                     const struct mlt_selection *selection, struct mlt_unpacked *out,
                     struct mlt_err *err) MLT_MUST_USE;
void mlt_unpacked_free(struct mlt_unpacked *unpacked);

/* How the scores of both versions become keys; not `usable` where rows have weights or clusters,
 * where a label is neither 0 nor 1, or where one map does not fit all scores. */
struct mlt_key_maps {
    bool usable;
    struct mlt_packed_map side[2];
};
struct mlt_key_maps mlt_key_maps_find(const struct mlt_evaluation *e);

struct mlt_keyed {
    struct mlt_key_rows rows;
    struct mlt_key_block block; /* all rows, or those of one segment at a time */
    const struct mlt_evaluation *e;
    const struct mlt_key_maps *maps;
    uint32_t *key[2];
    uint8_t *positive;
};

/* Keys of a selection, with usable maps. All rows are read segment by segment where tables of all
 * keys take no more room than the rows would (9 bytes each). `out` is lent to its own rows: it must
 * not be moved. Freed with mlt_keyed_free(), also after a failure. */
bool mlt_rows_key(const struct mlt_evaluation *e, const struct mlt_key_maps *maps,
                  const struct mlt_selection *selection, struct mlt_keyed *out,
                  struct mlt_err *err) MLT_MUST_USE;
void mlt_keyed_free(struct mlt_keyed *keyed);

#endif

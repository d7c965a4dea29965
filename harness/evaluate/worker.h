/* What one thread, or one partial result, has gathered: sums and counts per group of every slice,
 * and columns. */
#ifndef MLTEST_EVALUATE_WORKER_H
#define MLTEST_EVALUATE_WORKER_H

#include "harness/evaluate/columns.h"
#include "harness/metrics/means.h"

/* Rows of one group by state, and where it came first. */
struct mlt_group_counts {
    uint64_t first_ordinal; /* UINT64_MAX: no row yet */
    uint64_t state[4];      /* by enum mlt_row_state */
};

/* The groups of a slice. */
struct mlt_group_set {
    size_t count, capacity;
    struct mlt_group_counts *counts;
    char *states;      /* [capacity] states of the plan of means */
    const char **name; /* [count], once named */
    /* A slice of several columns: tuples of their ids, by open addressing. */
    uint32_t *tuples; /* [count][column_count] */
    uint32_t *places; /* group + 1, or 0; a power of two */
    size_t place_count;
};

struct mlt_worker {
    struct mlt_group_set *slices; /* [slice_count] */
    struct mlt_group_set all;     /* one group: where there are no slices */
    struct mlt_columns columns;
    struct mlt_arena names;
    const char ***value; /* [column_count][value_count]: names of the columns' ids */
    size_t *value_count;
    void *work; /* scratch of one chunk */
};

struct mlt_evaluation {
    const struct mlt_evaluation_spec *spec;
    struct mlt_arena arena;
    const struct mlt_means_plan *plan;
    size_t state_bytes;
    bool keeps_columns;
    struct mlt_store store;
    struct mlt_worker *workers; /* [spec->workers] */
    struct mlt_worker gathered; /* of all workers */
    const char **slice_label;   /* [slice_count] "brand", "brand,store" */
    bool is_gathered;
};

enum { MLT_CHUNK_ROWS = 4096, MLT_MAX_GROUPS = MLT_MEANS_MAX_GROUPS };

/* Makes room for groups up to `count` of them, new ones zeroed. */
bool mlt_group_set_grow(struct mlt_group_set *set, size_t count, size_t state_bytes,
                        struct mlt_err *err) MLT_MUST_USE;
void mlt_group_set_free(struct mlt_group_set *set);
static inline struct mlt_means *mlt_group_state(const struct mlt_evaluation *e,
                                                const struct mlt_group_set *set, size_t group)
{
    return (struct mlt_means *)(void *)(set->states + group * e->state_bytes);
}
static inline const char *mlt_slice_label(const struct mlt_evaluation *e, size_t slice)
{
    return e->slice_label[slice];
}
void mlt_group_counts_merge(struct mlt_group_counts *into, const struct mlt_group_counts *from);

bool mlt_worker_init(struct mlt_evaluation *e, struct mlt_worker *worker,
                     struct mlt_err *err) MLT_MUST_USE;
void mlt_worker_free(struct mlt_evaluation *e, struct mlt_worker *worker);

/* Whether what was read into a worker can be of any rows: counts, sums of groups and of all rows,
 * and kept rows agree; `field` holds the values of the kept rows' columns as they were read, at any
 * address. MLT_ERR_EVIDENCE when they do not. */
bool mlt_worker_check(const struct mlt_evaluation *e, const struct mlt_worker *worker,
                      const unsigned char *const *field, size_t rows,
                      struct mlt_err *err) MLT_MUST_USE;

/* Merges the workers, groups by name and in order of first appearance, into e->gathered. */
bool mlt_evaluation_gather(struct mlt_evaluation *e, struct mlt_err *err) MLT_MUST_USE;

#endif

#include "suites/load.h"

#include <math.h>
#include <stdlib.h>

#include "harness/base/clock.h"
#include "harness/stats/quantile.h"
#include "suites/ask.h"
#include "suites/process_tree.h"
#include "suites/rows.h"

/* Memory is looked at this often, between requests. */
#define SAMPLE_NS UINT64_C(50000000)
static const double shares[MLT_LOAD_PERCENTILES] = {0.50, 0.95, 0.99};

void mlt_load_release(struct mlt_load *load)
{
    free(load->latency_s);
    load->latency_s = NULL;
}

static bool keep_latency(struct mlt_load *load, size_t count, double seconds, struct mlt_err *err)
{
    if (count == load->capacity) {
        size_t capacity = load->capacity ? load->capacity * 2 : 4096;
        double *grown = realloc(load->latency_s, capacity * sizeof *grown);
        if (!grown)
            return mlt_err_oom(err);
        load->latency_s = grown;
        load->capacity = capacity;
    }
    load->latency_s[count] = seconds;
    return true;
}

/* Why this request counts as an error; NULL: it does not. */
static const char *fault_of(struct mlt_load *load, const struct mlt_prediction *answers,
                            size_t rows, struct mlt_arena *arena)
{
    const struct mlt_output *output = &load->context->contract->output;
    for (size_t r = 0; r < rows; r++) {
        const char *fault = mlt_ask_fault(output, &answers[r], arena);
        if (fault)
            return fault;
    }
    return NULL;
}

/* One request; `*seconds` is how long the answer took. */
static bool send_one(struct mlt_load *load, struct mlt_load_side *side, size_t number,
                     struct mlt_load_block *block, double *seconds, bool *good, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    size_t batches = load->rows.rows / load->batch_rows;
    struct mlt_batch batch =
        mlt_rows_part(&load->rows, number % batches * load->batch_rows, load->batch_rows);
    struct mlt_prediction *answers = mlt_arena_calloc(&arena, batch.rows, sizeof *answers);
    if (!answers)
        return mlt_err_oom(err);
    uint64_t sent_ns = mlt_clock_monotonic_ns();
    bool ok = side->adapter->ops->predict(side->adapter, &batch, &arena, answers, err);
    *seconds = (double)(mlt_clock_monotonic_ns() - sent_ns) / 1e9;
    const char *fault = ok ? fault_of(load, answers, batch.rows, &arena) : NULL;
    *good = ok && !fault;
    block->requests++;
    block->errors += !*good;
    block->rows += *good ? batch.rows : 0;
    if (fault && !side->first_fault)
        side->first_fault = mlt_arena_strdup(load->context->arena, fault);
    mlt_arena_free(&arena);
    return ok;
}

struct watch {
    struct mlt_adapter *adapter;
    pid_t pid;
    bool known;
    double cpu_s;
    double rss_bytes;
    uint64_t began_ns, looked_ns;
};

static void watch_memory(struct watch *watch, uint64_t now_ns)
{
    struct mlt_tree_usage usage;
    pid_t pid = watch->adapter->ops->pid(watch->adapter);
    watch->looked_ns = now_ns;
    if (pid > 0 && mlt_process_tree_usage(pid, &usage)) {
        watch->rss_bytes = fmax(watch->rss_bytes, (double)usage.rss_bytes);
        if (pid == watch->pid) /* summed peaks are never below the peak of the sum */
            watch->rss_bytes = fmax(watch->rss_bytes, (double)usage.peak_bytes);
    }
}

static struct watch watch_begin(struct mlt_adapter *adapter)
{
    struct watch watch = {.adapter = adapter, .pid = adapter->ops->pid(adapter), .rss_bytes = NAN};
    struct mlt_tree_usage usage;
    if (watch.pid > 0) {
        mlt_process_tree_reset_peak(watch.pid);
        watch.known = mlt_process_tree_usage(watch.pid, &usage);
        watch.cpu_s = watch.known ? usage.cpu_s : 0;
    }
    watch.began_ns = watch.looked_ns = mlt_clock_monotonic_ns();
    return watch;
}

/* A model that was started afresh in mid-block has spent only what its new process has. */
static void watch_end(struct watch *watch, struct mlt_load_block *block)
{
    struct mlt_tree_usage usage;
    uint64_t now_ns = mlt_clock_monotonic_ns();
    pid_t pid = watch->adapter->ops->pid(watch->adapter);
    watch_memory(watch, now_ns);
    block->rss_bytes = watch->rss_bytes;
    block->cpu_cores = NAN;
    if (pid <= 0 || !mlt_process_tree_usage(pid, &usage))
        return;
    double spent_s = pid == watch->pid && watch->known ? usage.cpu_s - watch->cpu_s : usage.cpu_s;
    double wall_s = (double)(now_ns - watch->began_ns) / 1e9;
    block->cpu_cores = fmax(spent_s, 0) / wall_s;
}

bool mlt_load_run(struct mlt_load *load, struct mlt_load_side *side, uint64_t duration_ns,
                  size_t first, struct mlt_load_block *out, struct mlt_err *err)
{
    struct mlt_load_block block = {0};
    struct watch watch = watch_begin(side->adapter);
    double busy_s = 0;
    size_t count = 0;
    uint64_t now_ns = watch.began_ns;
    if (load->began_ns == 0)
        load->began_ns = watch.began_ns;
    block.at_s = (double)(watch.began_ns - load->began_ns) / 1e9;
    do {
        double seconds = 0;
        bool good = false;
        if (!send_one(load, side, first++, &block, &seconds, &good, err))
            return false;
        busy_s += seconds;
        if (good && !keep_latency(load, count++, seconds, err))
            return false;
        now_ns = mlt_clock_monotonic_ns();
        if (now_ns - watch.looked_ns >= SAMPLE_NS)
            watch_memory(&watch, now_ns);
    } while (now_ns - watch.began_ns < duration_ns);
    watch_end(&watch, &block);
    block.throughput = busy_s > 0 ? (double)block.rows / busy_s : NAN;
    mlt_sort(load->latency_s, count);
    for (size_t i = 0; i < MLT_LOAD_PERCENTILES; i++)
        block.latency_s[i] = mlt_quantile_sorted(load->latency_s, count, shares[i]);
    *out = block;
    return true;
}

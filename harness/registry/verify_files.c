#include "harness/registry/verify_files.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_THREADS = 64 };

/* What came of a job: its faults, each ended by NUL. */
struct finding {
    struct mlt_buf faults;
    struct mlt_err err; /* infrastructure trouble, when `failed` */
    bool done, failed;
};

struct pool {
    struct mlt_registry *registry;
    const struct mlt_verify_job *jobs;
    size_t count, next;
    struct finding *findings;
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t ended; /* a job has */
};

static void keep(void *context, const char *what)
{
    mlt_buf_append(context, what, strlen(what) + 1);
}

static bool compare(struct pool *pool, const struct mlt_verify_job *job, struct mlt_arena *arena,
                    struct mlt_buf *faults, struct mlt_err *err)
{
    struct mlt_blobs *blobs = pool->registry->blobs;
    struct mlt_manifest manifest;
    char digest[MLT_SHA256_HEX], *dir;
    if (!blobs->ops->local_dir(blobs, job->prefix, arena, &dir, err) ||
        !mlt_store_manifest(pool->registry, job->prefix, arena, &manifest, digest, err))
        return false;
    if (strcmp(digest, job->digest) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s/MANIFEST.json was altered: its SHA-256 is %.12s…, registered was "
                           "%.12s…",
                           dir, digest, job->digest);
    return mlt_manifest_compare(dir, &manifest, keep, faults, err);
}

/* Wrong evidence is what verification looks for: a fault, and it goes on. */
static void verify(struct pool *pool, size_t i)
{
    struct finding *finding = &pool->findings[i];
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    bool ok = compare(pool, &pool->jobs[i], &arena, &finding->faults, &err);
    if (!ok && (err.kind == MLT_ERR_EVIDENCE || err.kind == MLT_ERR_USAGE)) {
        keep(&finding->faults, err.text);
        ok = true;
    }
    ok = ok && mlt_buf_check(&finding->faults, &err);
    mlt_arena_free(&arena);
    finding->err = err;
    finding->failed = !ok;
}

static void *work(void *context)
{
    struct pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stop && pool->next < pool->count) {
        size_t i = pool->next++;
        pthread_mutex_unlock(&pool->lock);
        verify(pool, i);
        pthread_mutex_lock(&pool->lock);
        pool->findings[i].done = true;
        pthread_cond_signal(&pool->ended);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Waits for each job in its order and says what was found. */
static bool tell(struct pool *pool, const struct mlt_verify_request *request, struct mlt_err *err)
{
    for (size_t i = 0; i < pool->count; i++) {
        struct finding *finding = &pool->findings[i];
        pthread_mutex_lock(&pool->lock);
        while (!finding->done)
            pthread_cond_wait(&pool->ended, &pool->lock);
        pthread_mutex_unlock(&pool->lock);
        if (finding->failed) {
            *err = finding->err;
            return false;
        }
        for (size_t at = 0; at < finding->faults.len; at += strlen(finding->faults.data + at) + 1)
            request->fault(request->context, finding->faults.data + at);
        mlt_buf_free(&finding->faults);
        if (request->progress)
            request->progress(request->context, i + 1, pool->count);
    }
    return true;
}

static size_t thread_count(size_t jobs, unsigned wanted)
{
    long online = wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);
    size_t threads = online < 1 ? 1 : online > MOST_THREADS ? MOST_THREADS : (size_t)online;
    return threads < jobs ? threads : jobs;
}

bool mlt_verify_files(struct mlt_registry *registry, const struct mlt_verify_job *jobs,
                      size_t count, const struct mlt_verify_request *request, struct mlt_err *err)
{
    struct pool pool = {.registry = registry,
                        .jobs = jobs,
                        .count = count,
                        .findings = calloc(count ? count : 1, sizeof *pool.findings),
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .ended = PTHREAD_COND_INITIALIZER};
    pthread_t thread[MOST_THREADS];
    size_t threads = thread_count(count, request->threads), started = 0;
    if (!pool.findings)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        pool.findings[i].faults = (struct mlt_buf)MLT_BUF_INIT;
    while (started < threads && pthread_create(&thread[started], NULL, work, &pool) == 0)
        started++;
    if (started == 0)
        work(&pool);
    bool ok = tell(&pool, request, err);
    pthread_mutex_lock(&pool.lock);
    pool.stop = true;
    pthread_mutex_unlock(&pool.lock);
    for (size_t i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    for (size_t i = 0; i < count; i++)
        mlt_buf_free(&pool.findings[i].faults);
    free(pool.findings);
    return ok;
}

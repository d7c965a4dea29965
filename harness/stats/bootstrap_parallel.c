#include "harness/stats/bootstrap_parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct gang {
    atomic_size_t next;
    size_t blocks;
    void (*work)(void *context, size_t block, unsigned thread);
    void *context;
};

struct member {
    struct gang *gang;
    pthread_t handle;
    unsigned number;
    bool started;
};

unsigned mlt_parallel_threads(unsigned threads)
{
    if (threads == 0)
        return 1;
    return threads > MLT_PARALLEL_MAX ? MLT_PARALLEL_MAX : threads;
}

static void *take_blocks(void *argument)
{
    struct member *member = argument;
    struct gang *gang = member->gang;
    for (;;) {
        size_t block = atomic_fetch_add(&gang->next, 1);
        if (block >= gang->blocks)
            return NULL;
        gang->work(gang->context, block, member->number);
    }
}

void mlt_parallel_run(unsigned threads, size_t blocks,
                      void (*work)(void *context, size_t block, unsigned thread), void *context)
{
    struct gang gang = {.blocks = blocks, .work = work, .context = context};
    struct member member[MLT_PARALLEL_MAX];
    unsigned count = mlt_parallel_threads(threads);
    atomic_init(&gang.next, 0);
    if (count > blocks)
        count = blocks > 0 ? (unsigned)blocks : 1;
    for (unsigned i = 0; i < count; i++)
        member[i] = (struct member){.gang = &gang, .number = i};
    for (unsigned i = 1; i < count; i++)
        member[i].started = pthread_create(&member[i].handle, NULL, take_blocks, &member[i]) == 0;
    take_blocks(&member[0]);
    for (unsigned i = 1; i < count; i++)
        if (member[i].started)
            pthread_join(member[i].handle, NULL);
}

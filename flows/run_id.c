#include "flows/run_id.h"

#include <stdint.h>
#include <time.h>

#include "harness/base/rng.h"

void mlt_run_id_new(char out[MLT_RUN_ID_CHARS])
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    for (int i = 9; i >= 0; i--) {
        out[i] = digits[ms & 31];
        ms >>= 5;
    }
    uint64_t random = 0;
    for (int i = 10; i < MLT_RUN_ID_CHARS - 1; i++) {
        if (i == 10 || i == 18)
            random = mlt_rng_fresh_seed();
        out[i] = digits[random & 31];
        random >>= 5;
    }
    out[MLT_RUN_ID_CHARS - 1] = '\0';
}

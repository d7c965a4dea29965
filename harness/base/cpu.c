#include "harness/base/cpu.h"

#include <stdatomic.h>
#include <string.h>

static atomic_bool portable_only;

bool mlt_cpu_avx2(void)
{
#if defined(__x86_64__)
    return !atomic_load_explicit(&portable_only, memory_order_relaxed) &&
           __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
#else
    return false;
#endif
}

void mlt_cpu_limit(bool portable)
{
    atomic_store_explicit(&portable_only, portable, memory_order_relaxed);
}

bool mlt_cpu_choose(const char *name, struct mlt_err *err)
{
    bool portable = name != NULL && strcmp(name, "portable") == 0;
    if (name != NULL && *name != '\0' && !portable && strcmp(name, "avx2") != 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "MLTEST_SIMD is \"portable\" or \"avx2\", not \"%.40s\"", name);
    mlt_cpu_limit(portable);
    return name == NULL || *name == '\0' || portable || mlt_cpu_avx2() ||
           mlt_err_set(err, MLT_ERR_USAGE, "MLTEST_SIMD=avx2: this processor has no AVX2");
}

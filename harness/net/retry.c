#include "harness/net/retry.h"

enum { BASE_MS = 500, CAP_MS = 8000 };

bool mlt_retry_status(long status)
{
    return status == 429 || status == 502 || status == 503 || status == 504;
}

uint64_t mlt_retry_delay_ms(unsigned attempt, int64_t retry_after_s, double chance)
{
    uint64_t span = BASE_MS;
    for (unsigned i = 2; i < attempt && span < CAP_MS; i++)
        span *= 2;
    if (span > CAP_MS)
        span = CAP_MS;
    uint64_t delay = (uint64_t)(chance * (double)span);
    /* What asks for centuries is cut, so that milliseconds do not overflow; it exceeds every
     * budget. */
    uint64_t asked = retry_after_s > INT32_MAX ? INT32_MAX
                     : retry_after_s < 0       ? 0
                                               : (uint64_t)retry_after_s;
    return asked * 1000 > delay ? asked * 1000 : delay;
}

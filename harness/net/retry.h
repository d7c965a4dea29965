/* When to try again, and after how long. Pure: time and chance come from the caller. */
#ifndef MLTEST_NET_RETRY_H
#define MLTEST_NET_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* Answers that may be others in a moment: 429, 502, 503, 504. Every other one is final. */
bool mlt_retry_status(long status);

/* Milliseconds to wait before attempt `attempt` (2, 3, …): full jitter over an interval that
 * doubles from 500 ms up to 8 s (AWS Architecture Blog, "Exponential Backoff And Jitter"), `chance`
 * uniform in [0, 1); never less than the server's Retry-After (-1: none). */
uint64_t mlt_retry_delay_ms(unsigned attempt, int64_t retry_after_s, double chance);

#endif

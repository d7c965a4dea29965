/* Two clocks: wall time for records, monotonic time for durations and deadlines. */
#ifndef MLTEST_BASE_CLOCK_H
#define MLTEST_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

uint64_t mlt_clock_monotonic_ns(void);
/* Seconds since 1970-01-01 UTC. MLTEST_NOW (RFC 3339) in the environment replaces it, so that tests
 * can stand at the edge of a day. */
int64_t mlt_clock_wall_s(void);
/* The same, whatever the environment says: for what a gate decides by the age of evidence. */
int64_t mlt_clock_true_s(void);

/* RFC 3339 in UTC, whole seconds: "2023-04-15T14:32:00Z". */
enum { MLT_TIME_CHARS = 32 };
char *mlt_clock_format(int64_t unix_s, char out[MLT_TIME_CHARS]);
/* RFC 3339 section 5.6 date-time, fraction ignored, offset applied. The whole string must match. */
bool mlt_clock_parse(const char *text, int64_t *out_unix_s);

/* "850 ns", "12.3 ms", "4.20 s", "3 min 05 s": for people. `out` holds 32 bytes; returns it. */
char *mlt_clock_format_duration(uint64_t ns, char out[32]);

#endif

/* Names of runs. */
#ifndef MLTEST_FLOWS_RUN_ID_H
#define MLTEST_FLOWS_RUN_ID_H

/* 26 characters that sort by time: 48 bits of milliseconds and 80 random bits in Crockford's base
 * 32 (the ULID layout). */
enum { MLT_RUN_ID_CHARS = 27 };
void mlt_run_id_new(char out[MLT_RUN_ID_CHARS]);

#endif

/* The driver of the engine's benchmark: makes the data, times the engine's own functions on rows in
 * memory, and runs whole programs with their time and memory. See main.c for the commands. */
#ifndef MLTEST_TESTS_BENCH_ENGINE_H
#define MLTEST_TESTS_BENCH_ENGINE_H

#include <stdint.h>
#include <stdio.h>

#include "mltest/err.h"

/* Wall and processor seconds of this process and its largest memory, when the work began. */
struct engine_clock {
    double wall, cpu;
    long peak_kib;
};

void engine_start(struct engine_clock *clock);
/* Prints what every contestant prints: wall and processor seconds, the largest memory of the
 * process and how much of it came after the start, both in KiB, and a value to compare with the
 * others'. */
void engine_stop(const struct engine_clock *clock, double value);

/* Print to stderr and end the program. */
_Noreturn void engine_die(const char *what);
void *engine_need(size_t bytes);

/* FOLDER/NAME of `bytes` bytes, read whole. */
void *engine_read_file(const char *folder, const char *name, size_t bytes);
void engine_write_file(const char *folder, const char *name, const void *values, size_t bytes);

/* The commands; arguments behind the command's name. They return an exit status. */
int engine_make_table(const char *const *argument);  /* ROWS */
int engine_make_lines(const char *const *argument);  /* ROWS */
int engine_make_gate(const char *const *argument);   /* ROWS */
int engine_make_arrays(const char *const *argument); /* FOLDER ROWS */
int engine_read(const char *const *argument);        /* FILE THREADS digest|plain */
int engine_cjson(const char *const *argument);       /* FILE */
int engine_order(const char *const *argument);       /* WORK FOLDER ROWS THREADS */
int engine_losses(const char *const *argument);      /* four|sums FOLDER ROWS THREADS */
int engine_spawn(const char *const *argument);       /* OUT COMMAND [ARGUMENT ...] */

#endif

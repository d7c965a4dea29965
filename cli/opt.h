/* Commands as tables: options, usage, examples. One file and one row per command. */
#ifndef MLTEST_CLI_OPT_H
#define MLTEST_CLI_OPT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

enum mlt_opt_kind {
    MLT_OPT_FLAG,  /* --name */
    MLT_OPT_VALUE, /* --name VALUE or --name=VALUE; twice is an error */
    MLT_OPT_MANY,  /* as VALUE, may be repeated */
};

struct mlt_opt {
    const char *name; /* without the dashes; NULL ends the table */
    char letter;      /* 'o' for -o; 0 none */
    enum mlt_opt_kind kind;
    const char *argument; /* "FILE"; NULL for a flag */
    const char *doc;
};

struct mlt_cli;

struct mlt_command {
    const char *name;      /* "registry init" for a subcommand */
    const char *summary;   /* one line */
    const char *arguments; /* "MODEL[@VERSION]" as shown in usage; "" for none */
    const char *examples;  /* whole lines, shown first in --help */
    const char *details;   /* paragraph below the options; NULL */
    const struct mlt_opt *options;
    int min_arguments, max_arguments; /* -1: any number */
    /* Returns the exit code; on a negative result `err` is set and decides it. */
    int (*run)(struct mlt_cli *cli, struct mlt_err *err);
};

/* The commands, ending with NULL. */
extern const struct mlt_command *const mlt_commands[];

enum { MLT_CLI_MAX_VALUES = 256 };

/* One parsed command line and its surroundings. */
struct mlt_cli {
    const struct mlt_command *command;
    struct mlt_arena *arena;
    const char *arguments[MLT_CLI_MAX_VALUES];
    int argument_count;
    struct {
        const char *name, *value;
    } values[MLT_CLI_MAX_VALUES];
    int value_count;
    bool color_out, color_err; /* after NO_COLOR, FORCE_COLOR and isatty */
    unsigned width;            /* of the terminal; 100 when unknown */
    const volatile sig_atomic_t *interrupted;
};

/* Parses argv behind the command's name. MLT_ERR_USAGE names the option and the nearest right one.
 */
bool mlt_opt_parse(struct mlt_cli *cli, int argc, char **argv, struct mlt_err *err) MLT_MUST_USE;
bool mlt_opt_flag(const struct mlt_cli *cli, const char *name);
const char *mlt_opt_value(const struct mlt_cli *cli, const char *name); /* NULL when absent */
/* Values of a repeated option, in order, NULL-terminated, in the arena. */
const char **mlt_opt_values(const struct mlt_cli *cli, const char *name, size_t *out_count);

/* Finds the command that argv names ("registry init" takes two words); NULL with the error set. */
const struct mlt_command *mlt_command_find(int argc, char **argv, int *words, struct mlt_err *err);
void mlt_command_help(const struct mlt_command *command, FILE *out);
void mlt_cli_help(FILE *out);

#endif

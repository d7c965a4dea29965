/* The text of an allowed-signers file (ALLOWED SIGNERS of ssh-keygen(1)), cut down to what names
 * people exactly. A line is "PRINCIPALS [OPTIONS] TYPE KEY [COMMENT]"; principals are patterns with
 * commas between them, and may stand in quotes. */
#ifndef MLTEST_LEDGER_SIGNERS_H
#define MLTEST_LEDGER_SIGNERS_H

#include <stdbool.h>

#include "harness/base/arena.h"

/* A principal that stands for one person: visible ASCII without quotes, commas, backslashes and
 * wildcards, no '-', '#' or '@' in front, at most 255 bytes. */
bool mlt_signers_is_person(const char *name);

/* The lines that name `person` in so many words, for that person alone; "" when there are none.
 * What a line excludes it still does. NULL when memory is out, here and below. */
char *mlt_signers_of(const char *signers, const char *person, struct mlt_arena *arena);
/* All lines, with nothing but people (and exclusions) in front. */
char *mlt_signers_exact(const char *signers, struct mlt_arena *arena);
/* What mlt_signers_exact() made, less the lines with exactly these principals, a line each. */
char *mlt_signers_without(const char *exact, const char *principals, struct mlt_arena *arena);

#endif

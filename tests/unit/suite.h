/* What the libcheck program of a room shares: one main, a folder per test, short checks. */
#ifndef MLTEST_TESTS_UNIT_SUITE_H
#define MLTEST_TESTS_UNIT_SUITE_H

#include <check.h>
#include <stddef.h>

#include "mltest/err.h"

/* Every room defines this one: its name and its cases, ended by NULL. */
struct unit_suite {
    const char *name;
    TCase *(*const *cases)(void);
};
extern const struct unit_suite unit_suite;

/* Checked fixtures: a fresh folder for each test, removed behind it. */
void unit_folder_setup(void);
void unit_folder_teardown(void);
/* "<folder>/<name>"; static, one of eight in turn. */
const char *unit_path(const char *name);
void unit_write(const char *path, const void *data, size_t len);
void unit_write_text(const char *path, const char *text);
/* How many entries the folder holds. */
int unit_folder_count(void);

#define ck_ok(call) \
    do { \
        struct mlt_err *ck_err_ = &err; \
        ck_assert_msg((call), "%s", ck_err_->text); \
    } while (0)
#define ck_fails(call, wanted_kind, phrase) \
    do { \
        ck_assert_msg(!(call), "should have failed: " #call); \
        ck_assert_int_eq(err.kind, (wanted_kind)); \
        ck_assert_msg(strstr(err.text, (phrase)) != NULL, "'%s' is not in '%s'", (phrase), err.text); \
    } while (0)

#endif

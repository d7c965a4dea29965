#include "tests/unit/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"

static char folder[512];

int main(void)
{
    Suite *suite = suite_create(unit_suite.name);
    for (TCase *(*const *make)(void) = unit_suite.cases; *make; make++)
        suite_add_tcase(suite, (*make)());
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    srunner_free(runner);
    /* The lines say what failed; another status would be counted as one more error. */
    return 0;
}

void unit_folder_setup(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/mltest-unit-XXXXXX", parent ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

void unit_folder_teardown(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_fs_remove_tree(folder, &err));
}

const char *unit_path(const char *name)
{
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void unit_write(const char *path, const void *data, size_t len)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

void unit_write_text(const char *path, const char *text)
{
    unit_write(path, text, strlen(text));
}

int unit_folder_count(void)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    char **names;
    size_t count;
    ck_ok(mlt_fs_list_names(folder, &arena, &names, &count, &err));
    mlt_arena_free(&arena);
    return (int)count;
}

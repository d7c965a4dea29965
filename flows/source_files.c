#include "flows/source_files.h"

#include <string.h>

const char *mlt_source_state_name(enum mlt_source_state state)
{
    static const char *const names[] = {
        [MLT_SOURCE_DIFFERS] = "differs",
        [MLT_SOURCE_SAME] = "same",
        [MLT_SOURCE_NOT_COMMITTED] = "not in the commit",
        [MLT_SOURCE_ONLY_COMMITTED] = "only in the commit",
    };
    return names[state];
}

static bool is_wanted(void *context, const char *path)
{
    const struct mlt_source *source = context;
    if (mlt_source_covers(path))
        return true;
    for (size_t i = 0; i < source->digest_count; i++)
        if (strcmp(source->digests[i].path, path) == 0)
            return true;
    return false;
}

static struct mlt_source_file compare_file(const struct mlt_manifest_file *here,
                                           const struct mlt_git_file *committed)
{
    struct mlt_source_file file = {.path = here ? here->path : committed->path};
    if (here)
        file.here = here->sha256;
    if (committed)
        file.committed = committed->what ? committed->what : committed->sha256;
    if (!committed)
        file.state = MLT_SOURCE_NOT_COMMITTED;
    else if (!here)
        file.state = MLT_SOURCE_ONLY_COMMITTED;
    else if (!committed->what && strcmp(here->sha256, committed->sha256) == 0)
        file.state = MLT_SOURCE_SAME;
    return file;
}

bool mlt_source_compare(const struct mlt_source *source, const struct mlt_manifest *manifest,
                        const char *checkout, struct mlt_arena *arena, struct mlt_source_file **out,
                        size_t *out_count, struct mlt_err *err)
{
    struct mlt_git_tree tree;
    size_t count = 0, j = 0;
    if (!mlt_git_tree_read(checkout, source->commit, source->path, is_wanted,
                           (void *)(uintptr_t)source, arena, &tree, err))
        return false;
    struct mlt_source_file *files =
        mlt_arena_calloc(arena, manifest->count + tree.count, sizeof *files);
    if (!files)
        return mlt_err_oom(err);
    /* Both lists are sorted by path. */
    for (size_t i = 0; i < manifest->count; i++) {
        const struct mlt_manifest_file *here = &manifest->files[i];
        if (!is_wanted((void *)(uintptr_t)source, here->path))
            continue;
        while (j < tree.count && strcmp(tree.files[j].path, here->path) < 0)
            files[count++] = compare_file(NULL, &tree.files[j++]);
        bool both = j < tree.count && strcmp(tree.files[j].path, here->path) == 0;
        files[count++] = compare_file(here, both ? &tree.files[j++] : NULL);
    }
    while (j < tree.count)
        files[count++] = compare_file(NULL, &tree.files[j++]);
    *out = files;
    *out_count = count;
    return true;
}

/* "HOST/PATH" of a URL or of scp's HOST:PATH, in `out`. */
static void plain_url(const char *url, char out[1024])
{
    const char *scheme = strstr(url, "://"), *from = scheme ? scheme + 3 : url;
    const char *at = strpbrk(from, "@/");
    if (at && *at == '@')
        from = at + 1;
    size_t len = strnlen(from, 1023);
    memcpy(out, from, len);
    out[len] = '\0';
    char *colon = strpbrk(out, ":/");
    if (!scheme && colon && *colon == ':')
        *colon = '/';
    while (len && out[len - 1] == '/')
        out[--len] = '\0';
    if (len > 4 && strcmp(out + len - 4, ".git") == 0)
        out[len - 4] = '\0';
}

bool mlt_source_same_repository(const char *a, const char *b)
{
    char x[1024], y[1024];
    plain_url(a, x);
    plain_url(b, y);
    return strcmp(x, y) == 0;
}

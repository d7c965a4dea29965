#include "harness/registry/artifacts.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"

bool mlt_artifacts_list(const char *dir, struct mlt_arena *arena, struct mlt_manifest *out,
                        struct mlt_err *err)
{
    char **paths;
    size_t count;
    if (!mlt_fs_list_files(dir, true, arena, &paths, &count, err))
        return false;
    struct mlt_manifest_file *files = mlt_arena_calloc(arena, count, sizeof *files);
    if (!files)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        struct stat info;
        const char *path = mlt_fs_join(arena, dir, paths[i]);
        if (!path)
            return mlt_err_oom(err);
        if (stat(path, &info) != 0)
            return mlt_err_sys(err, errno, "cannot read %s", path);
        files[i].path = paths[i];
        files[i].bytes = (uint64_t)info.st_size;
    }
    *out = (struct mlt_manifest){.files = files, .count = count};
    return true;
}

static bool is_model_card(const char *path)
{
    char name[64];
    size_t len = 0;
    if (!mlt_str_starts(path, "docs/"))
        return false;
    for (const char *at = mlt_fs_basename(path); *at && len + 1 < sizeof name; at++)
        if (isalnum((unsigned char)*at))
            name[len++] = (char)tolower((unsigned char)*at);
    name[len] = '\0';
    return mlt_str_starts(name, "modelcard");
}

/* ".EXT". What begins with a number is the rest of another version: ".1.pt" behind "-rc". */
static bool is_extension(const char *rest)
{
    size_t digits = strspn(rest + (rest[0] == '.'), "0123456789");
    return rest[0] == '.' && rest[1] != '\0' && !(digits && rest[1 + digits] == '.');
}

/* "<model>-<version>.<ext>" or "model.<ext>", directly in the folder. */
static bool is_artifact_name(const char *path, const char *model, const char *version)
{
    const char *rest = path;
    if (strchr(path, '/'))
        return false;
    if (mlt_str_starts(path, "model."))
        return path[strlen("model.")] != '\0';
    if (!model || !version || !mlt_str_starts(rest, model) || rest[strlen(model)] != '-')
        return false;
    rest += strlen(model) + 1;
    return mlt_str_starts(rest, version) && is_extension(rest + strlen(version));
}

/* A model file with a wrong name: what begins like one, else the first file that is none of the
 * others. */
static const char *stray_file(const struct mlt_manifest *files, const char *model)
{
    const char *other = NULL;
    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->files[i].path, *name = mlt_fs_basename(path);
        if (mlt_str_starts(path, "docs/") || mlt_str_starts(path, "tests/") ||
            mlt_str_ends(path, ".json") || mlt_str_ends(path, ".md"))
            continue;
        if ((model && mlt_str_starts(name, model)) || mlt_str_starts(name, "model"))
            return path;
        other = other ? other : path;
    }
    return other;
}

/* ".pt" of "a.pt", ".tar.gz" of "a.tar.gz", ".bin" where there is none. */
static const char *extension_of(const char *path)
{
    const char *name = mlt_fs_basename(path), *dot = strrchr(name, '.');
    if (!dot || dot == name || dot[1] == '\0')
        return ".bin";
    return dot - name > 4 && strncmp(dot - 4, ".tar", 4) == 0 ? dot - 4 : dot;
}

/* A path that a shell takes as it is. */
static bool is_shell_word(const char *path)
{
    return path[0] != '-' &&
           path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789._/-+=,@")] == '\0';
}

static void add_missing_artifact(const struct mlt_manifest *files, const char *model,
                                 const char *version, struct mlt_faults *faults)
{
    const char *stray = stray_file(files, model);
    if (!model || !version) {
        mlt_faults_add(faults, "MODEL-VERSION.EXT, the model file, is missing");
        return;
    }
    if (!stray)
        mlt_faults_add(faults, "%.128s-%s.EXT, the model file, is missing (model.EXT will do)",
                       model, version);
    else if (is_shell_word(stray))
        mlt_faults_add(faults,
                       "%.128s-%s.EXT, the model file, is missing: if it is %.150s, `mv %.150s "
                       "%.128s-%s%.20s`",
                       model, version, stray, stray, model, version, extension_of(stray));
    else
        mlt_faults_add(
            faults,
            "%.128s-%s.EXT, the model file, is missing: if it is \"%.150s\", rename it to "
            "%.128s-%s%.20s",
            model, version, stray, model, version, extension_of(stray));
}

/* The one file with a model file's name; where there are several, config.json's adapter.artifact
 * says which. */
static const char *find_artifact(const struct mlt_manifest *files, const char *model,
                                 const char *version, const struct mlt_json *config,
                                 struct mlt_faults *faults)
{
    const char *found = NULL;
    const char *named = mlt_json_string(mlt_json_get(mlt_json_get(config, "adapter"), "artifact"));
    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->files[i].path;
        if (!is_artifact_name(path, model, version))
            continue;
        if (named && strcmp(named, path) == 0)
            return path;
        if (found && !named) {
            mlt_faults_add(
                faults,
                "%.200s and %.200s are two model files: name the right one in config.json "
                "as \"adapter\": {\"artifact\": …}",
                found, path);
            return found;
        }
        found = path;
    }
    if (named && !mlt_manifest_find(files, named))
        mlt_faults_add(faults, "config.json: adapter.artifact: there is no file \"%.100s\"", named);
    else if (named && found)
        mlt_faults_add(faults,
                       "config.json: adapter.artifact: \"%.100s\" is not named like a model file: "
                       "expected %.200s",
                       named, found);
    if (!found)
        add_missing_artifact(files, model, version, faults);
    return found;
}

/* config.json and metadata.json are told missing by who reads them. */
static void check_file(const struct mlt_manifest *files, const char *path, const char *holds,
                       struct mlt_faults *faults)
{
    const struct mlt_manifest_file *file = mlt_manifest_find(files, path);
    if (!file)
        mlt_faults_add(faults, "%s is missing: %s", path, holds);
    else if (file->bytes == 0)
        mlt_faults_add(faults, "%s is empty: %s", path, holds);
}

static void check_folders(const struct mlt_manifest *files, struct mlt_faults *faults)
{
    const char *empty_card = NULL, *empty_test = NULL;
    bool card = false, tests = false;
    for (size_t i = 0; i < files->count; i++) {
        const struct mlt_manifest_file *file = &files->files[i];
        bool is_card = is_model_card(file->path), is_test = mlt_str_starts(file->path, "tests/");
        card = card || (is_card && file->bytes);
        tests = tests || (is_test && file->bytes);
        if (is_card && file->bytes == 0)
            empty_card = file->path;
        if (is_test && file->bytes == 0)
            empty_test = file->path;
    }
    if (!card && empty_card)
        mlt_faults_add(faults, "%.200s, the model card, is empty", empty_card);
    else if (!card)
        mlt_faults_add(faults, "docs/model_card.md, the model card, is missing: what the model is "
                               "for, and what it cannot do");
    if (!tests && empty_test)
        mlt_faults_add(faults, "tests/ has only empty files, such as %.200s", empty_test);
    else if (!tests)
        mlt_faults_add(faults,
                       "tests/ has no file: add the version's tests, such as golden examples "
                       "(tests/golden.jsonl)");
}

void mlt_artifacts_check(const struct mlt_manifest *files, const char *model, const char *version,
                         const struct mlt_json *config, struct mlt_faults *faults,
                         const char **artifact)
{
    *artifact = find_artifact(files, model, version, config, faults);
    const struct mlt_manifest_file *file = *artifact ? mlt_manifest_find(files, *artifact) : NULL;
    if (file && file->bytes == 0)
        mlt_faults_add(faults, "%.200s, the model file, is empty", *artifact);
    check_file(files, "config.json", "the model's inputs and output", faults);
    check_file(files, "metadata.json", "who made the version, of what, and what it changes",
               faults);
    check_file(files, "metrics.json",
               "what its maker measured, such as {\"metrics\": {\"rmse\": 5.8}}", faults);
    check_folders(files, faults);
}

/* Where files of versions live: a small table of operations, so that a file system and S3 differ in
 * one file each. Keys are relative paths with '/' ("ad-score-predictor/1.0.0/config.json"). */
#ifndef MLTEST_BLOBS_BLOBS_H
#define MLTEST_BLOBS_BLOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/manifest.h"
#include "mltest/err.h"

struct mlt_blobs;

struct mlt_blob_text {
    const char *name; /* of one component */
    const void *data;
    size_t len;
};

struct mlt_blobs_ops {
    uint32_t abi; /* MLT_BLOBS_ABI */
    const char *name;
    /* Puts the files that the manifest names from the local folder `dir`, and the manifest itself as
     * MANIFEST.json, under `prefix`, wholly or not at all: a reader sees the prefix only when everything
     * is there, on disk, and as the manifest says. `*existed`: the prefix was taken, nothing was written
     * (then also an error). A file that no longer is what the manifest says is MLT_ERR_EVIDENCE. */
    bool (*put_tree)(struct mlt_blobs *self, const char *prefix, const char *dir,
                     const struct mlt_manifest *manifest, bool *existed, struct mlt_err *err);
    /* Several objects under `prefix`, wholly or not at all as put_tree; never replaces: `*existed` as
     * above. */
    bool (*put_texts)(struct mlt_blobs *self, const char *prefix, const struct mlt_blob_text *texts,
                      size_t count, bool *existed, struct mlt_err *err);
    /* Renames what stands under `prefix` to one of its leftovers, so that its name is free again. */
    bool (*set_aside)(struct mlt_blobs *self, const char *prefix, struct mlt_err *err);
    /* One object, atomically; replaces. */
    bool (*put)(struct mlt_blobs *self, const char *key, const void *data, size_t len,
                struct mlt_err *err);
    /* One object from the local file `path`, wholly or not at all; never replaces: `*existed` as above. */
    bool (*put_file)(struct mlt_blobs *self, const char *key, const char *path, bool *existed,
                     struct mlt_err *err);
    /* One object into `out`, at most max_bytes; absent is MLT_ERR_EVIDENCE. */
    bool (*get)(struct mlt_blobs *self, const char *key, size_t max_bytes, struct mlt_buf *out,
                struct mlt_err *err);
    bool (*exists)(struct mlt_blobs *self, const char *key, bool *out, struct mlt_err *err);
    /* Names directly below `prefix` (one level; "" is everything), sorted; those that start with '.'
     * left out. A prefix that is not there gives none. */
    bool (*list)(struct mlt_blobs *self, const char *prefix, struct mlt_arena *arena, char ***out,
                 size_t *out_count, struct mlt_err *err);
    /* Names directly below `prefix` that a put left when it was cut off; nothing ever reads them. */
    bool (*leftovers)(struct mlt_blobs *self, const char *prefix, struct mlt_arena *arena,
                      char ***out, size_t *out_count, struct mlt_err *err);
    /* A local folder holding the files under `prefix` (for the file system: the place itself). Lent:
     * read-only, valid until close. */
    bool (*local_dir)(struct mlt_blobs *self, const char *prefix, struct mlt_arena *arena,
                      char **out, struct mlt_err *err);
    /* Points the name `alias` in the folder of `target` at it ("latest"). Atomic; replaces. */
    bool (*point)(struct mlt_blobs *self, const char *alias_key, const char *target_name,
                  struct mlt_err *err);
    /* Where the alias points; NULL when there is none. */
    bool (*pointed)(struct mlt_blobs *self, const char *alias_key, struct mlt_arena *arena,
                    char **out, struct mlt_err *err);
    void (*close)(struct mlt_blobs *self);
};
enum { MLT_BLOBS_ABI = 1 };

struct mlt_blobs {
    const struct mlt_blobs_ops *ops;
};

/* The file-system store rooted at an existing folder. */
bool mlt_blobs_fs_open(const char *root, struct mlt_blobs **out, struct mlt_err *err) MLT_MUST_USE;

#endif

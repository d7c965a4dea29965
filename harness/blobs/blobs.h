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

/* What a put left behind, or is filling now. */
struct mlt_leftover {
    uint64_t bytes;
    size_t files;
    int64_t age_s; /* since something in it last changed */
    bool held;     /* a process that lives is filling it */
    bool is_old;   /* older than asked, and not held: may be removed */
    bool removed;
};

/* A name that only what was cut off has: ".tmp-…", or "NAME.tmp-" and 16 hex digits. No version, run or
 * decision is called so. */
bool mlt_blobs_is_leftover(const char *name);

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
    /* What is known of one leftover; with `remove` it is removed where it is old, whatever links lead out of
     * it. `*found` false: it is gone, or no leftover after all. */
    bool (*leftover)(struct mlt_blobs *self, const char *prefix, const char *name,
                     int64_t older_than_s, bool remove, bool *found, struct mlt_leftover *out,
                     struct mlt_err *err);
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

/* The block reader says of any bytes what the row-by-row reader says: the same rows, or the same
 * fault; on both paths, with one thread and with two. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/codec/csv.h"
#include "harness/table/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(struct mlt_buf *out, const char *text, size_t len)
{
    mlt_buf_append(out, &len, sizeof len);
    mlt_buf_append(out, text, len);
}

static bool read_slowly(const char *path, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_csv *csv;
    const struct mlt_csv_field *fields;
    bool ok = mlt_csv_open(path, ',', &csv, err);
    if (!ok)
        return false;
    while ((ok = mlt_csv_next(csv, &fields, err)) && fields) {
        uint64_t line = mlt_csv_line(csv);
        mlt_buf_append(out, &line, sizeof line);
        for (size_t c = 0; c < mlt_csv_column_count(csv); c++)
            put(out, fields[c].text, fields[c].len);
    }
    mlt_csv_close(csv);
    return ok;
}

static bool keep(void *context, const struct mlt_reader_block *block, struct mlt_err *err)
{
    struct mlt_buf *out = context;
    (void)err;
    for (size_t row = 0; row < block->rows; row++) {
        uint64_t line = mlt_reader_line(block, row);
        mlt_buf_append(out, &line, sizeof line);
        for (size_t c = 0; c < block->column_count; c++)
            put(out, block->columns[c].text[row].text, block->columns[c].text[row].len);
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const none[] = {NULL};
    struct mlt_err slow_err = MLT_ERR_INIT;
    char path[64];
    struct mlt_buf slow = MLT_BUF_INIT;
    int fd = memfd_create("t.csv", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    bool slow_ok = read_slowly(path, &slow, &slow_err);
    /* Threads cost more than all the rest. */
    for (unsigned way = 0; way < (size % 16 == 0 ? 3 : 2); way++) {
        struct mlt_reader_options options = {.path = path,
                                             .format = MLT_FORMAT_CSV,
                                             .missing = none,
                                             .threads = way == 2 ? 2 : 1,
                                             .portable = way == 1,
                                             .may_have_no_rows = true,
                                             .no_digest = true};
        struct mlt_reader_summary summary;
        struct mlt_err err = MLT_ERR_INIT;
        struct mlt_buf fast = MLT_BUF_INIT;
        bool ok = mlt_reader_run(&options, keep, &fast, &summary, &err);
        if (ok != slow_ok || (!ok && strcmp(err.text, slow_err.text) != 0) ||
            (ok && (fast.len != slow.len || memcmp(fast.data, slow.data, slow.len) != 0))) {
            fprintf(stderr, "way %u: '%s' '%s'\n", way, slow_err.text, err.text);
            abort();
        }
        if (ok)
            mlt_reader_summary_free(&summary);
        mlt_buf_free(&fast);
    }
    mlt_buf_free(&slow);
    close(fd);
    return 0;
}

#include "flows/decision_file.h"

#include <string.h>

#include "gates/collect/signature.h"
#include "harness/base/fs.h"

enum { DECISION_BYTES = 128 << 20 };

static bool open_envelope(const char *name, struct mlt_arena *arena, struct mlt_decision_file *out,
                          struct mlt_err *err)
{
    struct mlt_dsse envelope;
    if (!mlt_dsse_parse(name, out->text.data, out->text.len, arena, &envelope, err) ||
        !mlt_intoto_parse(name, &envelope, arena, &out->statement, err))
        return false;
    if (strcmp(out->statement.predicate_type, MLT_PREDICATE_DECISION) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s: the statement is no decision but of type \"%.80s\"", name,
                           out->statement.predicate_type);
    out->is_envelope = true;
    out->document = out->statement.predicate;
    return true;
}

bool mlt_decision_file_read(const char *path, struct mlt_arena *arena,
                            struct mlt_decision_file *out, struct mlt_err *err)
{
    const char *name = mlt_fs_basename(path);
    double version = 0;
    *out = (struct mlt_decision_file){.text = MLT_BUF_INIT};
    if (!mlt_fs_read(path, DECISION_BYTES, &out->text, err) ||
        !mlt_json_parse_kept(name, out->text.data, out->text.len, &out->own, err))
        return false;
    out->document = out->own;
    if (mlt_json_get(out->own, "payloadType") && !open_envelope(name, arena, out, err))
        return false;
    out->decided = mlt_json_get(out->document, "decided");
    return (mlt_json_number(mlt_json_get(out->document, "mltest_decision"), &version) &&
            version == 1 && out->decided) ||
           mlt_err_set(
               err, MLT_ERR_EVIDENCE,
               "it is no decision document (mltest_decision 1); mltest gate -o FILE writes one");
}

void mlt_decision_file_free(struct mlt_decision_file *file)
{
    mlt_json_free(file->own);
    mlt_intoto_free(&file->statement);
    mlt_buf_free(&file->text);
}

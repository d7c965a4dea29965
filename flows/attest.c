#include "flows/attest.h"

#include "flows/gate.h"

bool mlt_attest_decision(const struct mlt_setting *setting, const struct mlt_decision *decision,
                         struct mlt_arena *arena, char **out_path, char out_digest[MLT_SHA256_HEX],
                         struct mlt_err *err)
{
    struct mlt_buf document = MLT_BUF_INIT;
    bool ok = mlt_gate_document(decision, false, &document, err) &&
              mlt_hash_bytes(document.data, document.len, out_digest, err) &&
              mlt_registry_store_decision(setting->registry, setting->version.model,
                                          setting->version.version, document.data, document.len,
                                          arena, out_path, err);
    mlt_buf_free(&document);
    return ok;
}

#include "harness/domain/settings.h"

#include <string.h>

#include "harness/base/buf.h"

const char *mlt_settings_encode(const struct mlt_contract *contract,
                                const struct mlt_json *const *values, struct mlt_arena *arena,
                                struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    for (size_t i = 0; i < contract->setting_count; i++) {
        const struct mlt_input *setting = &contract->settings[i];
        const struct mlt_json *value = values ? values[i] : NULL;
        if (!value && !setting->fallback_json)
            continue;
        mlt_json_out_key(&json, setting->name);
        if (value)
            mlt_json_out_node(&json, value);
        else
            mlt_json_out_raw(&json, setting->fallback_json, strlen(setting->fallback_json));
    }
    mlt_json_out_object_end(&json);
    const char *kept =
        mlt_json_out_finish(&json, err) ? mlt_arena_strndup(arena, text.data, text.len) : NULL;
    mlt_buf_free(&text);
    if (!kept)
        mlt_err_oom(err);
    return kept;
}

#include "flows/schema.h"

#include <string.h>

#include "flows/builtins.h"
#include "harness/base/str.h"
#include "harness/config/gates.h"

bool mlt_flow_schema(const char *name, struct mlt_arena *arena, struct mlt_buf *out,
                     struct mlt_err *err)
{
    static const char *const names[] = {"config", "gates", NULL};
    if (strcmp(name, "gates") == 0)
        return mlt_gates_schema_print(out, err);
    if (strcmp(name, "config") == 0) {
        const struct mlt_config_tables *tables = mlt_builtin_config_tables(arena);
        return tables ? mlt_config_schema_print(tables, out, err) : mlt_err_oom(err);
    }
    const char *near = mlt_str_nearest(name, names);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "there is no schema \"%.40s\"%s%s%s; there are config and gates", name,
                       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

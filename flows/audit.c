#include "flows/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "flows/setting.h"
#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/registry/log.h"

enum { SHOWN_BYTES = 400 };

struct listing {
    struct mlt_buf *out;
    struct mlt_json_out json;
    uint64_t count;
};

static void put_line(struct mlt_buf *out, const char *label, const char *text)
{
    if (!text)
        return;
    mlt_buf_printf(out, "%s", label);
    mlt_str_append_safe(out, text, strlen(text), SHOWN_BYTES);
}

static void put_list(struct mlt_buf *out, const char *label, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_line(out, i ? ", " : label, texts[i]);
}

static bool show_console(void *context, const struct mlt_log_entry *e, const char *json,
                         struct mlt_err *err)
{
    struct listing *l = context;
    (void)json;
    mlt_buf_printf(l->out, "%6" PRIu64 "  %.40s  ", e->number, e->at);
    mlt_str_append_safe(l->out, e->what, strlen(e->what), 40);
    put_line(l->out, "  ", e->model);
    put_line(l->out, e->model ? "@" : "  ", e->version);
    put_line(l->out, "  by ", e->by);
    put_line(l->out, ": ", e->reason);
    mlt_buf_putc(l->out, '\n');
    struct mlt_buf more = MLT_BUF_INIT;
    put_line(&more, "  digest ", e->digest);
    put_line(&more, "  before ", e->previous);
    put_list(&more, "  approved by ", e->approvers, e->approver_count);
    put_list(&more, "  tickets ", e->tickets, e->ticket_count);
    put_line(&more, "  decision ", e->decision);
    put_line(&more, "  ", e->details);
    if (more.len)
        mlt_buf_printf(l->out, "      %s\n", more.data);
    l->count++;
    bool ok = mlt_buf_check(&more, err);
    mlt_buf_free(&more);
    return ok;
}

static bool show_json(void *context, const struct mlt_log_entry *e, const char *json,
                      struct mlt_err *err)
{
    struct listing *l = context;
    (void)e;
    (void)err;
    mlt_json_out_raw(&l->json, json, strlen(json));
    l->count++;
    return true;
}

/* RFC 4180. A spreadsheet takes what begins so for a formula: an apostrophe makes it text. */
static void put_cell(struct mlt_buf *out, const char *text, bool last)
{
    bool formula = text[0] && strchr("=+-@\t\r", text[0]);
    bool quoted = formula || strpbrk(text, ",\"\r\n");
    if (quoted)
        mlt_buf_putc(out, '"');
    if (formula)
        mlt_buf_putc(out, '\'');
    for (const char *at = text; *at; at++) {
        if (*at == '"')
            mlt_buf_putc(out, '"');
        mlt_buf_putc(out, *at);
    }
    mlt_buf_puts(out, quoted ? "\"" : "");
    mlt_buf_puts(out, last ? "\r\n" : ",");
}

static bool put_joined(struct mlt_buf *out, const char *const *texts, size_t count,
                       struct mlt_err *err)
{
    struct mlt_buf cell = MLT_BUF_INIT;
    for (size_t i = 0; i < count; i++)
        mlt_buf_printf(&cell, "%s%s", i ? "; " : "", texts[i]);
    bool ok = mlt_buf_check(&cell, err);
    put_cell(out, cell.data, false);
    mlt_buf_free(&cell);
    return ok;
}

static bool show_csv(void *context, const struct mlt_log_entry *e, const char *json,
                     struct mlt_err *err)
{
    struct listing *l = context;
    const char *const texts[] = {e->at, e->by, e->what, e->model, e->version, e->digest, e->reason};
    (void)json;
    mlt_buf_printf(l->out, "%" PRIu64 ",", e->number);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_cell(l->out, texts[i] ? texts[i] : "", false);
    if (!put_joined(l->out, e->approvers, e->approver_count, err) ||
        !put_joined(l->out, e->tickets, e->ticket_count, err))
        return false;
    put_cell(l->out, e->previous ? e->previous : "", false);
    put_cell(l->out, e->decision ? e->decision : "", false);
    put_cell(l->out, e->details ? e->details : "", true);
    l->count++;
    return true;
}

/* A time, or a day, which begins at its first second and ends at its last. */
static bool parse_time(const char *option, const char *text, const char *day_rest, int64_t *out,
                       struct mlt_err *err)
{
    char whole[64];
    if (!text)
        return true;
    snprintf(whole, sizeof whole, "%.40s%s", text, strlen(text) == 10 ? day_rest : "");
    return mlt_clock_parse(whole, out) ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "--%s: expected a day such as 2026-01-31 or a time such as "
                       "2026-01-31T12:00:00Z, got \"%.40s\"",
                       option, text);
}

static bool parse_filter(const struct mlt_audit_request *r, struct mlt_model_ref *ref,
                         struct mlt_log_filter *out, struct mlt_err *err)
{
    *out = (struct mlt_log_filter){.what = r->what, .by = r->by};
    if (r->ref) {
        if (!mlt_model_ref_parse(r->ref, ref, err))
            return false;
        out->model = ref->model;
        out->version = ref->version[0] ? ref->version : NULL;
    }
    if (r->limit && (!mlt_str_parse_uint(r->limit, 1000000000000, &out->limit) || !out->limit))
        return mlt_err_set(err, MLT_ERR_USAGE, "--limit: expected a number from 1, got \"%.40s\"",
                           r->limit);
    return parse_time("since", r->since, "T00:00:00Z", &out->since_s, err) &&
           parse_time("until", r->until, "T23:59:59Z", &out->until_s, err);
}

bool mlt_flow_audit_log(const struct mlt_audit_request *request, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err)
{
    struct listing l = {.out = out};
    struct mlt_log_filter filter;
    struct mlt_model_ref ref;
    struct mlt_registry *registry;
    const char *format = request->format ? request->format : "console";
    bool json = strcmp(format, "json") == 0, csv = strcmp(format, "csv") == 0;
    if (!json && !csv && strcmp(format, "console") != 0 && strcmp(format, "text") != 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--format: expected console, json or csv, got \"%.40s\"", format);
    if (!parse_filter(request, &ref, &filter, err) ||
        !mlt_setting_registry(request->registry, request->dir, true, arena, &registry, err))
        return false;
    if (csv)
        mlt_buf_puts(out, "n,at,by,what,model,version,digest,reason,approvers,tickets,previous,"
                          "decision,details\r\n");
    mlt_json_out_init(&l.json, out, false);
    if (json)
        mlt_json_out_array(&l.json);
    bool ok = mlt_registry_log_read(registry, &filter,
                                    json  ? show_json
                                    : csv ? show_csv
                                          : show_console,
                                    &l, err);
    if (json) {
        mlt_json_out_array_end(&l.json);
        ok = mlt_json_out_finish(&l.json, err) && ok;
        mlt_buf_putc(out, '\n');
    } else if (!csv && ok) {
        mlt_buf_printf(out, "%" PRIu64 " entr%s\n", l.count, l.count == 1 ? "y" : "ies");
    }
    mlt_registry_close(registry);
    return ok;
}

static bool take_line(void *context, const struct mlt_log_entry *e, const char *json,
                      struct mlt_err *err)
{
    struct listing *l = context;
    (void)e;
    (void)err;
    mlt_buf_puts(l->out, json);
    mlt_buf_putc(l->out, '\n');
    l->count++;
    return true;
}

static bool write_export(struct mlt_registry *registry, const char *folder, struct mlt_arena *arena,
                         uint64_t *count, bool *has_checkpoint, struct mlt_err *err)
{
    struct mlt_buf lines = MLT_BUF_INIT;
    struct listing l = {.out = &lines};
    struct mlt_log_checkpoint *kept;
    size_t kept_count;
    const char *log = mlt_fs_join(arena, folder, "log.jsonl");
    const char *checkpoint = mlt_fs_join(arena, folder, "checkpoint.txt");
    if (!log || !checkpoint)
        return mlt_err_oom(err);
    if (!mlt_registry_log_checkpoints(registry, arena, &kept, &kept_count, err) ||
        !mlt_fs_mkdirs(folder, err))
        return false;
    const struct mlt_log_filter all = {.limit = 0};
    bool ok = mlt_registry_log_read(registry, &all, take_line, &l, err) &&
              mlt_buf_check(&lines, err) && mlt_fs_write_atomic(log, lines.data, lines.len, err);
    mlt_buf_free(&lines);
    *count = l.count;
    *has_checkpoint = kept_count > 0;
    return ok &&
           (!kept_count || mlt_fs_write_atomic(checkpoint, kept[kept_count - 1].checkpoint.note,
                                               kept[kept_count - 1].checkpoint.note_len, err));
}

bool mlt_flow_audit_export(const struct mlt_audit_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    uint64_t count = 0;
    bool signed_too = false;
    if (!mlt_setting_registry(request->registry, request->dir, true, arena, &registry, err))
        return false;
    bool ok = write_export(registry, request->output, arena, &count, &signed_too, err);
    mlt_registry_close(registry);
    if (ok)
        mlt_buf_printf(out, "wrote %" PRIu64 " entries%s into %s\n", count,
                       signed_too ? " and the newest checkpoint"
                                  : "; there is no checkpoint yet, see `mltest audit checkpoint`",
                       request->output);
    return ok;
}

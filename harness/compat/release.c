#include "harness/compat/release.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/compat/lineage.h"

struct mlt_semver mlt_compat_next(const struct mlt_semver *from, enum mlt_bump bump)
{
    struct mlt_semver next = {.major = from->major, .minor = from->minor, .patch = from->patch};
    if (from->stage != MLT_STAGE_RELEASE && bump <= MLT_BUMP_PATCH)
        return next;
    if (bump == MLT_BUMP_MAJOR)
        return (struct mlt_semver){.major = from->major + 1};
    if (bump == MLT_BUMP_MINOR)
        return (struct mlt_semver){.major = from->major, .minor = from->minor + 1};
    next.patch++;
    return next;
}

static enum mlt_bump given_by(const struct mlt_semver *from, const struct mlt_semver *to)
{
    if (to->major != from->major)
        return MLT_BUMP_MAJOR;
    if (to->minor != from->minor)
        return MLT_BUMP_MINOR;
    return to->patch != from->patch ? MLT_BUMP_PATCH : MLT_BUMP_NONE;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Whether the text has the name as a word of its own. */
static bool names(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = text; len && (at = strstr(at, name)); at++)
        if ((at == text || !is_word(at[-1])) && !is_word(at[len]))
            return true;
    return false;
}

struct reasons {
    struct mlt_arena *arena;
    const char **items;
    size_t count, capacity;
    bool oom;
};

static void say(struct reasons *r, struct mlt_buf *text)
{
    const char **grown = r->oom || text->oom ? NULL
                                             : mlt_arena_grow(r->arena, r->items, r->count,
                                                              &r->capacity, sizeof *grown);
    const char *kept = grown ? mlt_arena_strndup(r->arena, text->data, text->len) : NULL;
    mlt_buf_free(text);
    if (!kept) {
        r->oom = true;
        return;
    }
    r->items = grown;
    r->items[r->count++] = kept;
}

/* What a change needs of this pair of numbers. */
static enum mlt_bump needed(const struct mlt_compat_report *report,
                            const struct mlt_compat_change *change)
{
    bool initial = report->from.major == 0 && report->to.major == 0;
    return initial && change->needs == MLT_BUMP_MAJOR ? MLT_BUMP_MINOR : change->needs;
}

static void judge_number(struct mlt_compat_report *report, struct reasons *reasons)
{
    for (enum mlt_bump level = MLT_BUMP_MAJOR; level > report->given; level--) {
        for (size_t i = 0; i < report->count; i++) {
            const struct mlt_compat_change *change = &report->changes[i];
            struct mlt_buf text = MLT_BUF_INIT;
            if (needed(report, change) != level || change->kind == MLT_COMPAT_DATA_DENIED)
                continue;
            mlt_compat_print(change, &text);
            mlt_buf_printf(&text, ": needs a %s version", mlt_bump_name(level));
            say(reasons, &text);
        }
    }
}

/* No number makes it true. */
static void judge_denial(struct mlt_compat_report *report, struct reasons *reasons)
{
    for (size_t i = 0; i < report->count; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        if (report->changes[i].kind != MLT_COMPAT_DATA_DENIED)
            continue;
        mlt_compat_print(&report->changes[i], &text);
        mlt_buf_puts(&text, ": correct `training_data_change` in metadata.json");
        if (needed(report, &report->changes[i]) > report->given)
            mlt_buf_printf(&text, ", and it needs a %s version",
                           mlt_bump_name(needed(report, &report->changes[i])));
        say(reasons, &text);
        report->denied = reasons->oom ? NULL : reasons->items[reasons->count - 1];
    }
}

static void judge_notice(struct mlt_compat_report *report, const struct mlt_release *to,
                         struct reasons *reasons)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct mlt_compat_change *change = &report->changes[i];
        struct mlt_buf text = MLT_BUF_INIT;
        if (!change->notice || report->given == MLT_BUMP_MAJOR ||
            names(to->metadata->changelog, change->field) ||
            (change->kind == MLT_COMPAT_RENAMED && names(to->metadata->changelog, change->to)))
            continue;
        mlt_compat_print(change, &text);
        mlt_buf_printf(&text, ": the changelog in metadata.json has to name `");
        mlt_str_append_safe(&text, change->field, strlen(change->field), 100);
        mlt_buf_puts(&text, "`");
        say(reasons, &text);
    }
}

static bool judge(struct mlt_compat_report *report, const struct mlt_release *to,
                  struct mlt_arena *arena, struct mlt_err *err)
{
    struct reasons reasons = {.arena = arena};
    size_t numbers = 0;
    report->needs = MLT_BUMP_PATCH;
    for (size_t i = 0; i < report->count; i++)
        if (needed(report, &report->changes[i]) > report->needs)
            report->needs = needed(report, &report->changes[i]);
    report->next = mlt_compat_next(&report->from, report->needs);
    judge_denial(report, &reasons);
    numbers = reasons.count;
    if (!report->no_promise) {
        judge_number(report, &reasons);
        numbers = reasons.count;
        judge_notice(report, to, &reasons);
    }
    if (reasons.oom)
        return mlt_err_oom(err);
    report->reasons = reasons.items;
    report->reason_count = reasons.count;
    report->notice_count = reasons.count - numbers;
    report->notices = reasons.items ? reasons.items + numbers : NULL;
    report->accepted = reasons.count == 0 && to->version;
    return true;
}

bool mlt_compat_compare(const struct mlt_release *from, const struct mlt_release *to,
                        struct mlt_arena *arena, struct mlt_compat_report *out, struct mlt_err *err)
{
    struct mlt_compat_report report = {0};
    struct mlt_compat_change *contract, *lineage;
    size_t contract_count, lineage_count;
    bool numbered = to->version;
    if (!mlt_semver_parse(from->version, &report.from, err) ||
        (numbered && !mlt_semver_parse(to->version, &report.to, err)))
        return false;
    if (numbered && mlt_semver_compare(&report.from, &report.to) >= 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s does not come after %s: name the older one first", to->version,
                           from->version);
    if (!numbered)
        report.to = report.from;
    if (!mlt_compat_diff(from->contract, to->contract, to->contract->converter, arena, &contract,
                         &contract_count, err) ||
        !mlt_compat_lineage(from->metadata, to->metadata, arena, &lineage, &lineage_count, err))
        return false;
    report.count = contract_count + lineage_count;
    report.changes = mlt_arena_calloc(arena, report.count, sizeof *report.changes);
    if (!report.changes)
        return mlt_err_oom(err);
    if (contract_count)
        memcpy(report.changes, contract, contract_count * sizeof *contract);
    if (lineage_count)
        memcpy(report.changes + contract_count, lineage, lineage_count * sizeof *lineage);
    report.given = given_by(&report.from, &report.to);
    report.no_promise = numbered && report.from.stage != MLT_STAGE_RELEASE;
    if (!judge(&report, to, arena, err))
        return false;
    *out = report;
    return true;
}

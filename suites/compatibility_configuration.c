/* Configurations that users of the baseline may have, handed to the candidate: it has to start with
 * them and answer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/domain/settings.h"
#include "suites/ask.h"
#include "suites/compatibility.h"

/* Each is a start of the model. */
enum { MOST_MADE = 32, MOST_READ = 200, FILE_BYTES = 4 << 20 };
static const char own_file[] = "tests/settings.jsonl";

/* Both versions' settings, each knowing the other's of the same name. */
struct paired {
    const struct mlt_input *setting;
    size_t other; /* its place in the other list; NOWHERE: there is none */
};
enum { NOWHERE = -1 };

struct work {
    struct mlt_case_context *context;
    const struct mlt_compatibility *c;
    const struct mlt_json *instance; /* what the candidate is asked; an example of its own */
    struct paired *old, *new;        /* as declared */
    const struct paired **by_name;   /* old, sorted */
    size_t old_count, new_count;
    struct mlt_buf list;
    const char *first;
    size_t tried, refused;
    size_t broken; /* of these it crashed, hung, or started and then gave no clean answer */
};

/* A configuration: for each old setting its value, ABSENT and NULL where it is not set. */
struct given {
    struct mlt_value *values;
    const struct mlt_json **nodes;
};

static int compare_names(const void *a, const void *b)
{
    const struct paired *const *x = a, *const *y = b;
    return strcmp((*x)->setting->name, (*y)->setting->name);
}

/* The place of an old setting. */
static size_t find(const struct work *w, const char *name)
{
    const struct mlt_input wanted = {.name = name};
    const struct paired key = {&wanted, 0}, *const at = &key;
    const struct paired **found =
        w->old_count ? bsearch(&at, w->by_name, w->old_count, sizeof *w->by_name, compare_names)
                     : NULL;
    return found ? (size_t)(*found - w->old) : (size_t)NOWHERE;
}

static bool pair(struct work *w, struct mlt_err *err)
{
    const struct mlt_contract *from = &w->c->from, *to = &w->c->to;
    struct mlt_arena *arena = w->context->arena;
    w->old_count = from->setting_count;
    w->new_count = to->setting_count;
    w->old = mlt_arena_calloc(arena, w->old_count, sizeof *w->old);
    w->new = mlt_arena_calloc(arena, w->new_count, sizeof *w->new);
    w->by_name = mlt_arena_calloc(arena, w->old_count, sizeof *w->by_name);
    if (!w->old || !w->new || !w->by_name)
        return mlt_err_oom(err);
    for (size_t i = 0; i < w->old_count; i++) {
        w->old[i] = (struct paired){&from->settings[i], (size_t)NOWHERE};
        w->by_name[i] = &w->old[i];
    }
    if (w->old_count)
        qsort(w->by_name, w->old_count, sizeof *w->by_name, compare_names);
    for (size_t i = 0; i < w->new_count; i++) {
        w->new[i] = (struct paired){&to->settings[i], find(w, to->settings[i].name)};
        if (w->new[i].other != (size_t)NOWHERE)
            w->old[w->new[i].other].other = i;
    }
    return true;
}

/* Does the number of the candidate bind it to this setting of the baseline? */
static bool is_promised(const struct work *w, const struct mlt_input *setting)
{
    if (strcmp(setting->stability, "experimental") == 0)
        return false;
    return strcmp(setting->stability, "beta") != 0 || w->c->report.given < MLT_BUMP_MINOR;
}

static bool refuse(struct work *w, const char *name, const char *why, struct mlt_err *err)
{
    const char *text = mlt_arena_printf(w->context->arena, "%s: %s", name, why);
    if (!text)
        return mlt_err_oom(err);
    if (w->refused++ == 0)
        w->first = text;
    mlt_buf_printf(&w->list, "%s\n", text);
    return true;
}

static bool ask_one(struct work *w, struct mlt_adapter *model, const char *name,
                    struct mlt_err *err)
{
    struct mlt_arena *arena = w->context->arena;
    struct mlt_batch batch;
    struct mlt_prediction answer = {0};
    if (!mlt_batch_decode_row(w->instance, arena, &batch, err) ||
        !model->ops->predict(model, &batch, arena, &answer, err))
        return false;
    const char *fault = mlt_ask_fault(&w->c->to.output, &answer, arena);
    if (!fault)
        return true;
    w->broken += answer.answer != MLT_ANSWER_REFUSED;
    const char *why = mlt_arena_printf(arena, "it starts, and then: %s", fault);
    return why ? refuse(w, name, why, err) : mlt_err_oom(err);
}

/* A program that does not like its settings ends and says so; a signal or silence is no answer to
 * them. The words are those of the adapter. */
static bool ended_by_itself(const char *words)
{
    return strstr(words, "exit status") != NULL;
}

static bool start(struct work *w, const char *name, const struct mlt_json *const *values,
                  struct mlt_err *err)
{
    struct mlt_adapter *model;
    struct mlt_err fault = MLT_ERR_INIT;
    const char *text = mlt_settings_encode(&w->c->to, values, w->context->arena, err);
    if (!text)
        return false;
    if (!w->context->open(w->context, MLT_CANDIDATE, text, &model, &fault)) {
        if (fault.kind == MLT_ERR_EVIDENCE) {
            w->broken += !ended_by_itself(fault.text);
            return refuse(w, name, fault.text, err);
        }
        *err = fault;
        return false;
    }
    bool ok = ask_one(w, model, name, err);
    model->ops->close(model);
    return ok;
}

/* The members of a configuration, in the places of the old settings. */
static bool place(const struct work *w, const char *name, const struct mlt_json *object,
                  struct given *out, struct mlt_err *err)
{
    struct mlt_arena *arena = w->context->arena;
    struct mlt_batch row;
    size_t f = 0;
    out->values = mlt_arena_calloc(arena, w->old_count, sizeof *out->values);
    out->nodes = mlt_arena_calloc(arena, w->old_count, sizeof *out->nodes);
    if (!out->values || !out->nodes)
        return mlt_err_oom(err);
    if (!mlt_batch_decode_row(object, arena, &row, err))
        return mlt_err_prefix(err, "%s", name);
    for (const struct mlt_json *at = mlt_json_first(object); at; at = mlt_json_next(at), f++) {
        size_t i = find(w, mlt_json_key(at));
        if (i == (size_t)NOWHERE)
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: %s declares no setting `%.60s`", name,
                               w->context->baseline->version, mlt_json_key(at));
        out->values[i] = row.cells[f];
        out->nodes[i] = at;
    }
    return true;
}

/* Whoever uses the baseline could have this configuration? */
static bool check_old(const struct work *w, const char *name, const struct given *given,
                      struct mlt_err *err)
{
    char why[256];
    for (size_t i = 0; i < w->old_count; i++)
        if (!mlt_contract_admits(w->old[i].setting, &given->values[i], why))
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: setting `%.60s` of %s: %s", name,
                               w->old[i].setting->name, w->context->baseline->version, why);
    return true;
}

/* What the candidate is given of it, in the places of its own settings. A value that was never
 * promised and is no longer admitted is left out; of another one `why` speaks, else it is "". */
static void hand_over(const struct work *w, const struct given *given, const struct mlt_json **out,
                      char why[400])
{
    const struct mlt_value absent = {0};
    char fault[256];
    why[0] = '\0';
    for (size_t i = 0; i < w->new_count && !why[0]; i++) {
        size_t k = w->new[i].other;
        bool known = k != (size_t)NOWHERE;
        bool admitted =
            mlt_contract_admits(w->new[i].setting, known ? &given->values[k] : &absent, fault);
        out[i] = admitted && known ? given->nodes[k] : NULL;
        if (!admitted && (!known || is_promised(w, w->old[k].setting)))
            snprintf(why, 400, "setting `%.60s`: %s", w->new[i].setting->name, fault);
    }
    for (size_t i = 0; i < w->old_count && !why[0]; i++)
        if (given->nodes[i] && w->old[i].other == (size_t)NOWHERE &&
            is_promised(w, w->old[i].setting))
            snprintf(why, 400, "%s no longer declares the setting `%.60s`",
                     w->context->candidate->version, w->old[i].setting->name);
}

static bool try_parsed(struct work *w, const char *name, const struct mlt_json *object,
                       struct mlt_err *err)
{
    struct given given;
    char why[400];
    const struct mlt_json **values =
        mlt_arena_calloc(w->context->arena, w->new_count, sizeof *values);
    if (!values)
        return mlt_err_oom(err);
    if (!place(w, name, object, &given, err) || !check_old(w, name, &given, err))
        return false;
    w->tried++;
    hand_over(w, &given, values, why);
    return why[0] ? refuse(w, name, why, err) : start(w, name, values, err);
}

static bool try(struct work *w, const char *name, const char *text, size_t len, struct mlt_err *err)
{
    struct mlt_json *object;
    if (!mlt_json_parse(name, text, len, &object, err))
        return false;
    bool ok = try_parsed(w, name, object, err);
    mlt_json_free(object);
    return ok;
}

static bool read_file(struct work *w, const char *file, const struct mlt_buf *text,
                      struct mlt_err *err)
{
    size_t line = 1, count = 0;
    for (size_t at = 0; at < text->len; line++) {
        const char *begin = text->data + at;
        const char *end = memchr(begin, '\n', text->len - at);
        size_t len = end ? (size_t)(end - begin) : text->len - at;
        at += len + 1;
        if (strspn(begin, " \t\r") >= len)
            continue;
        const char *name = mlt_arena_printf(w->context->arena, "%s:%zu", file, line);
        if (!name)
            return mlt_err_oom(err);
        if (++count > MOST_READ)
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "%s holds more than %d configurations: each is a start of the model",
                               file, (int)MOST_READ);
        if (!try(w, name, begin, len, err))
            return false;
    }
    return count > 0 || mlt_err_set(err, MLT_ERR_EVIDENCE, "%s holds no configurations", file);
}

/* The baseline's own examples of configurations, where there are any or a file is named. */
static bool try_read(struct work *w, const char *file, bool *found, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const char *name = file ? file : own_file;
    const char *path = mlt_fs_join(w->context->arena, w->context->baseline->dir, name);
    if (!path)
        return mlt_err_oom(err);
    *found = file || mlt_fs_kind(path) == MLT_FS_FILE;
    bool ok = !*found ||
              (mlt_fs_read(path, FILE_BYTES, &text, err) && read_file(w, name, &text, err)) ||
              mlt_err_prefix(err, "the configurations of %s", w->context->baseline->version);
    mlt_buf_free(&text);
    return ok;
}

/* A listed value as JSON. NULL when memory is out. */
static const char *listed(const struct mlt_input *setting, const char *text,
                          struct mlt_arena *arena)
{
    bool number = setting->type == MLT_INPUT_NUMBER || setting->type == MLT_INPUT_INTEGER;
    double value;
    /* A category may be declared as 1 or as "1": the default tells which. */
    if (setting->type == MLT_INPUT_CATEGORY && setting->fallback_json)
        number =
            setting->fallback_json[0] != '"' && mlt_str_parse_double(text, strlen(text), &value);
    if (number)
        return text;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf quoted = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &quoted, false);
    mlt_json_out_string(&json, text);
    return mlt_json_out_finish(&json, &err) ? mlt_ask_keep(&quoted, arena, &err) : NULL;
}

/* The values at the ends of what a setting admits, as JSON. At most `most`. */
static bool ends_of(const struct mlt_input *setting, struct mlt_arena *arena, const char **out,
                    size_t most, size_t *count, struct mlt_err *err)
{
    bool number = setting->type == MLT_INPUT_NUMBER || setting->type == MLT_INPUT_INTEGER;
    bool whole = setting->type == MLT_INPUT_INTEGER;
    const double ends[] = {whole ? ceil(setting->min) : setting->min,
                           whole ? floor(setting->max) : setting->max};
    char digits[MLT_DOUBLE_CHARS];
    *count = 0;
    for (size_t i = 0; i < setting->category_count && *count < most; i++)
        out[(*count)++] = listed(setting, setting->categories[i], arena);
    for (size_t i = 0; i < 2 && number && !setting->category_count && *count < most; i++)
        if (isfinite(ends[i]))
            out[(*count)++] = mlt_arena_strdup(arena, mlt_str_format_double(ends[i], digits));
    for (int i = 0; i < 2 && setting->type == MLT_INPUT_BOOLEAN && *count < most; i++)
        out[(*count)++] = i ? "true" : "false";
    for (size_t i = 0; i < *count; i++)
        if (!out[i])
            return mlt_err_oom(err);
    return true;
}

/* A configuration: `values` (NULL: not set) in the order of the baseline's settings. */
static bool try_values(struct work *w, const char *name, const char *const *values,
                       struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    for (size_t i = 0; i < w->c->from.setting_count; i++)
        if (values[i]) {
            mlt_json_out_key(&json, w->c->from.settings[i].name);
            mlt_json_out_raw(&json, values[i], strlen(values[i]));
        }
    mlt_json_out_object_end(&json);
    bool ok = mlt_json_out_finish(&json, err) && try(w, name, text.data, text.len, err);
    mlt_buf_free(&text);
    return ok;
}

/* The defaults, where there is one, else a value at an end of what is admitted. `*unknown`: a
 * setting that must be given and of which no value is known. */
static bool plain_values(const struct work *w, const char **values, const char **unknown,
                         struct mlt_err *err)
{
    *unknown = NULL;
    for (size_t i = 0; i < w->c->from.setting_count; i++) {
        const struct mlt_input *setting = &w->c->from.settings[i];
        const struct mlt_value absent = {0};
        const char *end;
        char why[256];
        size_t count;
        values[i] = setting->fallback_json;
        if (values[i] || mlt_contract_admits(setting, &absent, why))
            continue;
        if (!ends_of(setting, w->context->arena, &end, 1, &count, err))
            return false;
        values[i] = count ? end : NULL;
        *unknown = count ? *unknown : setting->name;
    }
    return true;
}

/* From the declarations: the defaults, then each setting at each end of what it admits. */
static bool try_made(struct work *w, bool read, struct mlt_err *err)
{
    struct mlt_arena *arena = w->context->arena;
    const struct mlt_contract *old = &w->c->from;
    const char **values = mlt_arena_calloc(arena, old->setting_count, sizeof *values);
    const char *ends[MOST_MADE], *unknown;
    size_t made = 1, count;
    if (!values)
        return mlt_err_oom(err);
    if (!plain_values(w, values, &unknown, err))
        return false;
    if (unknown)
        return read ||
               mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "setting `%.60s` of %s has no default, no bounds and no listed values: "
                           "put configurations of it into %s of its folder, one JSON object a line",
                           unknown, w->context->baseline->version, own_file);
    if (!try_values(w, "the defaults", values, err))
        return false;
    for (size_t i = 0; i < old->setting_count; i++) {
        const char *plain = values[i];
        if (!ends_of(&old->settings[i], arena, ends, MOST_MADE, &count, err))
            return false;
        for (size_t k = 0; k < count && made < MOST_MADE; k++) {
            const char *name =
                mlt_arena_printf(arena, "`%.60s` = %.60s", old->settings[i].name, ends[k]);
            if (mlt_str_eq(plain, ends[k]))
                continue;
            values[i] = ends[k];
            made++;
            if (!name)
                return mlt_err_oom(err);
            if (!try_values(w, name, values, err))
                return false;
        }
        values[i] = plain;
    }
    return true;
}

static bool report(struct work *w, struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_case_context *context = w->context;
    const char *old = context->baseline->version, *new = context->candidate->version;
    if (w->refused == 0)
        return mlt_outcome_set(context, out, MLT_OUTCOME_PASSED, err,
                               "%s starts with %zu configurations of %s, and answers", new,
                               w->tried, old);
    if ((w->c->report.given == MLT_BUMP_MAJOR || w->c->report.no_promise) && w->broken == 0)
        return mlt_outcome_set(
            context, out, MLT_OUTCOME_PASSED, err,
            "%zu of %zu configurations of %s no longer load, as %s: %s", w->refused, w->tried, old,
            w->c->report.no_promise ? "a pre-release never promised" : "a MAJOR version may",
            w->first);
    return mlt_outcome_set(context, out, MLT_OUTCOME_FAILED, err,
                           "%zu of %zu configurations of %s no longer load: %s", w->refused,
                           w->tried, old, w->first);
}

/* The first example of the candidate itself: whether it answers what the baseline was asked is
 * another check. */
static bool keep_first(void *self, const char *place, const struct mlt_json *instance,
                       const struct mlt_json *prediction, struct mlt_err *err)
{
    struct mlt_buf *text = self;
    struct mlt_json_out json;
    (void)place, (void)prediction;
    if (text->len)
        return true;
    mlt_json_out_init(&json, text, false);
    mlt_json_out_node(&json, instance);
    return mlt_json_out_finish(&json, err);
}

static bool try_all(struct work *w, const char *file, struct mlt_outcome *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json *instance = NULL;
    size_t count;
    bool read = false;
    bool ok = mlt_compatibility_examples(w->context->candidate->dir, "tests/golden.jsonl",
                                         w->context->arena, keep_first, &text, &count, err) &&
              mlt_json_parse("tests/golden.jsonl", text.data, text.len, &instance, err);
    w->instance = instance;
    ok = ok && pair(w, err) && try_read(w, file, &read, err) && try_made(w, read, err);
    mlt_json_free(instance);
    mlt_buf_free(&text);
    if (!ok) {
        mlt_buf_free(&w->list);
        return false;
    }
    out->diagnostics = mlt_ask_keep(&w->list, w->context->arena, err);
    return out->diagnostics && report(w, out, err);
}

bool mlt_compatibility_configuration(struct mlt_case_context *context,
                                     const struct mlt_compatibility *c, const char *file,
                                     struct mlt_outcome *out, struct mlt_err *err)
{
    struct work work = {.context = context, .c = c, .list = MLT_BUF_INIT};
    if (c->from.setting_count == 0 && !file)
        return mlt_outcome_set(
            context, out, MLT_OUTCOME_PASSED, err,
            "%s declares no settings: there is nothing that its users configured",
            context->baseline->version);
    return try_all(&work, file, out, err);
}

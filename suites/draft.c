#include "suites/draft.h"

#include <string.h>

#include "harness/base/str.h"

const struct mlt_schema mlt_shape_text = {.type = MLT_SCHEMA_TEXT};
const struct mlt_schema mlt_shape_duration = {.type = MLT_SCHEMA_DURATION};
const struct mlt_schema mlt_shape_texts = {.type = MLT_SCHEMA_LIST, .item = &mlt_shape_text};
static const struct mlt_schema shape_sentence = {.type = MLT_SCHEMA_SENTENCE};
const struct mlt_schema mlt_shape_sentences = {
    .type = MLT_SCHEMA_LIST,
    .item = &shape_sentence,
    .doc = "threshold sentences, for example: rmse within 5% of production",
};

void mlt_draft_begin(struct mlt_draft *draft, const struct mlt_plan_context *context,
                     struct mlt_plan *plan, const char *suite)
{
    *draft = (struct mlt_draft){.context = context, .plan = plan, .text = MLT_BUF_INIT};
    draft->test.suite = suite;
    mlt_json_out_init(&draft->spec, &draft->text, false);
    mlt_json_out_object(&draft->spec);
}

void mlt_draft_drop(struct mlt_draft *draft)
{
    mlt_buf_free(&draft->text);
}

static bool is_taken(const struct mlt_plan *plan, const char *suite, const char *name)
{
    for (size_t i = 0; i < plan->count; i++)
        if (mlt_str_eq(plan->cases[i].suite, suite) && mlt_str_eq(plan->cases[i].name, name))
            return true;
    return false;
}

static const char *free_name(const struct mlt_draft *draft, const char *name)
{
    struct mlt_arena *arena = draft->context->arena;
    const char *free_one = mlt_arena_strdup(arena, name);
    for (unsigned i = 2; free_one && is_taken(draft->plan, draft->test.suite, free_one); i++)
        free_one = mlt_arena_printf(arena, "%s-%u", name, i);
    return free_one;
}

bool mlt_draft_add(struct mlt_draft *draft, const char *name, struct mlt_err *err)
{
    struct mlt_arena *arena = draft->context->arena;
    struct mlt_case_plan *test = &draft->test;
    mlt_json_out_object_end(&draft->spec);
    bool ok = mlt_json_out_finish(&draft->spec, err);
    if (ok) {
        test->spec = mlt_arena_strndup(arena, draft->text.data, draft->text.len);
        test->name = free_name(draft, name);
        test->id = test->name ? mlt_arena_printf(arena, "%s/%s", test->suite, test->name) : NULL;
        ok =
            test->spec && test->id ? mlt_plan_add(draft->plan, test, arena, err) : mlt_err_oom(err);
    }
    mlt_draft_drop(draft);
    return ok;
}

bool mlt_draft_requires(const struct mlt_yaml *item, struct mlt_arena *arena,
                        struct mlt_requires *out, struct mlt_err *err)
{
    const struct mlt_yaml *list = mlt_yaml_get(item, "require");
    size_t count = list ? list->count : 0;
    const char **text = mlt_arena_calloc(arena, count, sizeof *text);
    struct mlt_sentence *sentence = mlt_arena_calloc(arena, count, sizeof *sentence);
    const struct mlt_yaml **node = mlt_arena_calloc(arena, count, sizeof(struct mlt_yaml *));
    if (!text || !sentence || !node)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        node[i] = list->values[i];
        text[i] = mlt_arena_strdup(arena, node[i]->text);
        if (!text[i])
            return mlt_err_oom(err);
        if (!mlt_sentence_parse(text[i], arena, &sentence[i], err))
            return mlt_err_prefix(err, "%s:%d:%d", node[i]->file, node[i]->line, node[i]->column);
    }
    *out = (struct mlt_requires){text, sentence, node, count};
    return true;
}

bool mlt_draft_dataset(const struct mlt_plan_context *context, const struct mlt_yaml *node,
                       const struct mlt_dataset_config **out, struct mlt_err *err)
{
    const struct mlt_config *config = context->config;
    const char *name = NULL;
    if (!mlt_schema_text(node, &name)) {
        *out = config->dataset_count ? &config->datasets[0] : NULL;
        return true;
    }
    *out = mlt_config_dataset(config, name);
    return *out || mlt_yaml_fault(node, err, "there is no data set '%s' under datasets", name);
}

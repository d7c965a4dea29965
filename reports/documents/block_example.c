/* How a version is asked: an instance and its answer, and a program that sends it. */
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "reports/documents/phrase.h"
#include "reports/documents/template.h"
#include "reports/summary.h"

/* A code block. JSON on its own lines never begins one with a fence: its strings hold no line
 * ends. */
static bool print_json(const char *json, bool indent, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_json *document;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out printed;
    if (!mlt_json_parse("golden example", json, strlen(json), &document, err))
        return false;
    mlt_json_out_init(&printed, &text, indent);
    mlt_json_out_node(&printed, document);
    bool ok = mlt_json_out_finish(&printed, err);
    mlt_buf_printf(out, "```json\n%s\n```\n", text.data);
    mlt_buf_free(&text);
    mlt_json_free(document);
    return ok;
}

/* A number is shown with the digits that a caller may count on. */
static bool print_prediction(const char *json, struct mlt_buf *out)
{
    double number;
    if (!mlt_str_parse_double(json, strlen(json), &number)) {
        mlt_phrase_code(out, json);
        return false;
    }
    mlt_buf_printf(out, "`%.6g`", number);
    return true;
}

bool mlt_block_example(const struct mlt_document_source *source, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    (void)arena;
    if (!f->instance || !f->prediction)
        return true;
    mlt_buf_puts(out, "This instance\n\n");
    if (!print_json(f->instance, true, out, err))
        return false;
    mlt_buf_puts(out, "\nis answered with ");
    bool is_number = print_prediction(f->prediction, out);
    mlt_buf_puts(out, is_number ? " (to six digits).\n" : ".\n");
    return mlt_buf_check(out, err);
}

/* An option needs no quotes around its dashes. */
static void print_word(const char *word, struct mlt_buf *out)
{
    size_t dashes = strspn(word, "-");
    mlt_buf_append(out, word, dashes);
    if (word[dashes] || dashes == 0)
        mlt_report_shell_word(out, word + dashes);
}

/* The command as it is started in the version's folder. */
static void print_words(const struct mlt_document_facts *f, struct mlt_buf *out)
{
    static const char artifact[] = "{artifact}", dir[] = "{version_dir}";
    struct mlt_buf word = MLT_BUF_INIT;
    for (size_t i = 0; f->command[i]; i++) {
        mlt_buf_clear(&word);
        for (const char *at = f->command[i]; *at;) {
            if (mlt_str_starts(at, artifact)) {
                mlt_buf_puts(&word, f->artifact);
                at += strlen(artifact);
            } else if (mlt_str_starts(at, dir)) {
                mlt_buf_putc(&word, '.');
                at += strlen(dir);
            } else {
                mlt_buf_putc(&word, *at++);
            }
        }
        mlt_buf_puts(out, i ? " " : "");
        print_word(word.data, out);
    }
    out->oom |= word.oom;
    mlt_buf_free(&word);
}

/* In its own folder, standard input to standard output. */
static bool print_process(const struct mlt_document_facts *f, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    mlt_buf_puts(out, "In the folder of the version, start the program once and keep it:\n\n"
                      "```sh\n");
    print_words(f, out);
    mlt_buf_puts(out, "\n```\n\nIt greets with one line, and then answers every line with one "
                      "line.");
    if (!f->instance || !f->prediction) {
        mlt_buf_putc(out, '\n');
        return true;
    }
    const char *asked = mlt_arena_printf(arena, "{\"id\":\"1\",\"instances\":[%s]}", f->instance);
    const char *told =
        mlt_arena_printf(arena, "{\"id\":\"1\",\"predictions\":[%s]}", f->prediction);
    if (!asked || !told)
        return mlt_err_oom(err);
    mlt_buf_puts(out, " Send\n\n");
    if (!print_json(asked, false, out, err))
        return false;
    mlt_buf_puts(out, "\nand read\n\n");
    return print_json(told, false, out, err);
}

static const char python[] =
    "features = json.load(open(\"config.json\"))[\"features\"]\n"
    "\n"
    "def row(instance):\n"
    "    # A feature with \"equals\" is 1 where the input has that value, else 0; null is NaN.\n"
    "    return [\n"
    "        float(str(instance[f[\"name\"]]) == f[\"equals\"]) if \"equals\" in f\n"
    "        else float(\"nan\") if instance[f[\"name\"]] is None else "
    "float(instance[f[\"name\"]])\n"
    "        for f in features\n"
    "    ]\n";

static const char asking[] =
    "\n"
    "example = json.loads(open(\"tests/golden.jsonl\").readline())\n"
    "print(booster.predict(xgboost.DMatrix(numpy.array([row(example[\"instance\"])]))))\n"
    "print(example[\"prediction\"])\n";

static void print_xgboost(const struct mlt_document_facts *f, struct mlt_buf *out)
{
    struct mlt_json_out name;
    mlt_buf_puts(out, "In the folder of the version, in Python:\n\n```python\n"
                      "import json\n\nimport numpy\nimport xgboost\n\n"
                      "booster = xgboost.Booster(model_file=");
    mlt_json_out_init(&name, out, false);
    mlt_json_out_string(&name, f->artifact);
    mlt_buf_puts(out, ")\n");
    mlt_buf_puts(out, python);
    mlt_buf_puts(out, f->instance ? asking : "");
    mlt_buf_puts(out, "```\n");
}

bool mlt_block_code(const struct mlt_document_source *source, struct mlt_arena *arena,
                    struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    if (mlt_str_eq(f->adapter, "process") && f->command && *f->artifact)
        return print_process(f, arena, out, err) && mlt_buf_check(out, err);
    if (mlt_str_eq(f->adapter, "xgboost") && *f->artifact)
        print_xgboost(f, out);
    return mlt_buf_check(out, err);
}

bool mlt_block_how_to_ask(const struct mlt_document_source *source, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    (void)arena;
    if (*f->artifact)
        mlt_phrase_code(out, f->artifact);
    else
        mlt_buf_puts(out, "The model");
    if (mlt_str_eq(f->adapter, "xgboost")) {
        mlt_buf_puts(out, " is an XGBoost booster: load it, build the row of numbers that "
                          "`features` in config.json describes, and ask.\n");
    } else if (mlt_str_eq(f->adapter, "process")) {
        mlt_buf_puts(out, " is asked through a program that is started once and answers lines of "
                          "JSON, one for each.\n");
    } else {
        mlt_buf_puts(out, " was made with ");
        mlt_phrase_text(out, f->now.metadata->framework);
        mlt_buf_putc(out, ' ');
        mlt_phrase_text(out, f->now.metadata->framework_version);
        mlt_buf_puts(out, ".\n");
    }
    return mlt_buf_check(out, err);
}

bool mlt_block_verify(const struct mlt_document_source *source, struct mlt_arena *arena,
                      struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    (void)arena;
    mlt_buf_printf(out,
                   "Before it is used, let the version show that it works here:\n\n```sh\nmltest "
                   "run %s@%s --suite unit --suite integration\n```\n",
                   f->model, f->now.version);
    if (f->instance)
        mlt_buf_puts(out, "\nThe lines of `tests/golden.jsonl` are instances with their answers: "
                          "an integration that gives the same feeds the fields rightly.\n");
    return mlt_buf_check(out, err);
}

/* What each kind of change means for callers, and the version it needs: one row a kind. */
#include <string.h>

#include "harness/base/str.h"
#include "harness/compat/diff.h"

struct effect {
    enum mlt_bump needs;
    const char *meaning;
};

#define NEVER                                                                                      \
    {                                                                                              \
        MLT_BUMP_NONE, NULL                                                                        \
    }
#define PATCH(meaning)                                                                             \
    {                                                                                              \
        MLT_BUMP_PATCH, meaning                                                                    \
    }
#define MINOR(meaning)                                                                             \
    {                                                                                              \
        MLT_BUMP_MINOR, meaning                                                                    \
    }
#define MAJOR(meaning)                                                                             \
    {                                                                                              \
        MLT_BUMP_MAJOR, meaning                                                                    \
    }

enum { CONTRACT_PARTS = MLT_PART_SETTING + 1, DETAIL_BYTES = 600 };

/* Of inputs, of outputs, of settings. */
static const struct row {
    const char *name;
    struct effect effect[CONTRACT_PARTS];
} rows[MLT_COMPAT_KINDS] = {
    [MLT_COMPAT_ADDED_DEMANDED] = {"added-demanded",
                                   {MAJOR("callers that do not send it are refused"), NEVER,
                                    MAJOR("a configuration without it no longer loads")}},
    [MLT_COMPAT_ADDED_OPTIONAL] = {"added",
                                   {MINOR("callers may send it"), MINOR("callers may read it"),
                                    MINOR("it may be set")}},
    [MLT_COMPAT_REMOVED] = {"removed",
                            {MAJOR("callers that send it are refused, or ignored unawares"),
                             MAJOR("callers that read it find nothing"),
                             MAJOR("a configuration that sets it no longer loads")}},
    [MLT_COMPAT_RENAMED] = {"renamed",
                            {MAJOR("callers still send the old name"),
                             MAJOR("callers still read the old name"),
                             MAJOR("configurations still set the old name")}},
    [MLT_COMPAT_TYPE_WIDENED] = {"type-widened",
                                 {MINOR("what callers send stays valid"),
                                  MAJOR("callers meet values of a kind they were never given"),
                                  MINOR("what is set stays valid")}},
    [MLT_COMPAT_TYPE_NARROWED] = {"type-narrowed",
                                  {MAJOR("values that callers send are refused"),
                                   MAJOR("callers are given less than they were promised"),
                                   MAJOR("values that are set no longer load")}},
    [MLT_COMPAT_TYPE_OTHER] = {"type-changed",
                               {MAJOR("what callers send is refused"),
                                MAJOR("callers cannot read the answer"),
                                MAJOR("what is set no longer loads")}},
    [MLT_COMPAT_UNIT_OTHER] = {"unit-changed",
                               {MAJOR("the numbers that callers send mean something else"),
                                MAJOR("the numbers that callers read mean something else"),
                                MAJOR("the numbers that are set mean something else")}},
    [MLT_COMPAT_UNIT_DECLARED] = {"unit-declared",
                                  {PATCH("only said, the numbers stay"),
                                   PATCH("only said, the numbers stay"),
                                   PATCH("only said, the numbers stay")}},
    [MLT_COMPAT_UNIT_DROPPED] = {"unit-dropped",
                                 {MINOR("callers are no longer told what the numbers mean"),
                                  MINOR("callers are no longer told what the numbers mean"),
                                  MINOR("nobody is told any more what the numbers mean")}},
    [MLT_COMPAT_RANGE_WIDENED] = {"range-widened",
                                  {MINOR("what callers send stays valid"),
                                   MAJOR("callers meet values they were promised not to"),
                                   MINOR("what is set stays valid")}},
    [MLT_COMPAT_RANGE_TIGHTENED] = {"range-tightened",
                                    {MAJOR("callers that send what lies outside are refused"),
                                     MAJOR("values that callers act on come no more"),
                                     MAJOR("configurations that lie outside no longer load")}},
    [MLT_COMPAT_NULL_ADMITTED] = {"null-admitted",
                                  {MINOR("callers may leave it out"), NEVER,
                                   MINOR("it may be left out")}},
    [MLT_COMPAT_NULL_REFUSED] = {"null-refused",
                                 {MAJOR("callers that send nothing are refused"), NEVER,
                                  MAJOR("configurations with null no longer load")}},
    [MLT_COMPAT_MADE_DEMANDED] = {"made-demanded",
                                  {MAJOR("callers that leave it out are refused"), NEVER,
                                   MAJOR("configurations without it no longer load")}},
    [MLT_COMPAT_MADE_OPTIONAL] = {"made-optional",
                                  {MINOR("callers may leave it out"), NEVER,
                                   MINOR("it may be left out")}},
    [MLT_COMPAT_VALUES_ADDED] = {"values-added",
                                 {MINOR("callers may send more values"),
                                  MAJOR("callers meet values they do not know"),
                                  MINOR("more values may be set")}},
    [MLT_COMPAT_VALUES_REMOVED] = {"values-removed",
                                   {MAJOR("callers that send one of these are refused"),
                                    MAJOR("values that callers act on come no more"),
                                    MAJOR("configurations that set one of these no longer load")}},
    [MLT_COMPAT_VALUES_OPENED] = {"values-opened",
                                  {MINOR("callers may send any value"), NEVER,
                                   MINOR("any value may be set")}},
    [MLT_COMPAT_VALUES_CLOSED] = {"values-closed",
                                  {MAJOR("callers that send any other value are refused"), NEVER,
                                   MAJOR("configurations with any other value no longer load")}},
    [MLT_COMPAT_VALUES_REORDERED] = {"values-reordered",
                                     {NEVER,
                                      MAJOR("callers read each probability as another label's"),
                                      NEVER}},
    [MLT_COMPAT_DEFAULT_ADDED] = {"default-added",
                                  {MINOR("an absent value counts as this"), NEVER,
                                   MINOR("an absent value counts as this")}},
    [MLT_COMPAT_DEFAULT_OTHER] = {"default-changed",
                                  {MINOR("callers that leave it out are answered otherwise"), NEVER,
                                   MINOR("who does not set it gets another behaviour")}},
    [MLT_COMPAT_DEFAULT_REMOVED] = {"default-removed",
                                    {MINOR("an absent value no longer counts as this"), NEVER,
                                     MINOR("an absent value no longer counts as this")}},
    [MLT_COMPAT_PROMISE_RAISED] = {"promise-raised",
                                   {MINOR("callers may rely on it from now on"),
                                    MINOR("callers may rely on it from now on"),
                                    MINOR("it may be relied on from now on")}},
    [MLT_COMPAT_PROMISE_LOWERED] = {"promise-lowered",
                                    {MAJOR("callers rely on it"), MAJOR("callers rely on it"),
                                     MAJOR("configurations rely on it")}},
};

/* Of the other parts: one meaning each. */
static const struct {
    const char *name;
    struct effect effect;
} plain[MLT_COMPAT_KINDS] = {
    [MLT_COMPAT_TUNED] = {"tuned", MINOR("the same callers get other answers")},
    [MLT_COMPAT_ARCHITECTURE] = {"architecture-changed",
                                 MAJOR("it is another model behind the same name")},
    [MLT_COMPAT_FRAMEWORK] = {"framework-changed",
                              MAJOR("what loaded the last version cannot load this one")},
    [MLT_COMPAT_FRAMEWORK_VERSION] = {"framework-version-changed",
                                      PATCH("who runs it has to install that version")},
    [MLT_COMPAT_DATA] = {"data-changed", MINOR("retrained on data that differ little")},
    [MLT_COMPAT_DATA_SUBSTANTIAL] = {"data-changed-substantially",
                                     MAJOR("retrained on substantially other data")},
    [MLT_COMPAT_DATA_DENIED] = {"data-change-denied",
                                MAJOR("the metadata deny what the profiles show")},
    [MLT_COMPAT_DEPENDENCY] = {"dependency-changed",
                               MINOR("who runs it has to install that version")},
};

static const struct effect *effect_of(enum mlt_part part, enum mlt_compat_kind kind)
{
    return part <= MLT_PART_SETTING ? &rows[kind].effect[part] : &plain[kind].effect;
}

const char *mlt_bump_name(enum mlt_bump bump)
{
    static const char *const names[] = {"no", "PATCH", "MINOR", "MAJOR"};
    return names[bump];
}

const char *mlt_part_name(enum mlt_part part)
{
    static const char *const names[] = {"input",     "output",        "setting",   "hyperparameter",
                                        "framework", "training data", "dependency"};
    return names[part];
}

const char *mlt_compat_kind_name(enum mlt_compat_kind kind)
{
    return rows[kind].name ? rows[kind].name : plain[kind].name;
}

const char *mlt_compat_meaning(enum mlt_part part, enum mlt_compat_kind kind)
{
    return effect_of(part, kind)->meaning;
}

enum mlt_bump mlt_compat_needs(enum mlt_part part, enum mlt_compat_kind kind, const char *stability,
                               bool *notice)
{
    enum mlt_bump needs = effect_of(part, kind)->needs;
    bool beta = stability && strcmp(stability, "beta") == 0;
    bool experimental = stability && strcmp(stability, "experimental") == 0;
    *notice = kind == MLT_COMPAT_DEFAULT_OTHER || kind == MLT_COMPAT_UNIT_DROPPED;
    /* A new demand breaks those who rely on everything else, whatever it calls itself. */
    if (kind == MLT_COMPAT_ADDED_DEMANDED || needs < MLT_BUMP_MINOR)
        return needs;
    if (beta && needs == MLT_BUMP_MAJOR) {
        *notice = true;
        return MLT_BUMP_MINOR;
    }
    if (experimental && kind != MLT_COMPAT_PROMISE_RAISED) {
        *notice = false;
        return MLT_BUMP_PATCH;
    }
    return needs;
}

void mlt_compat_print(const struct mlt_compat_change *change, struct mlt_buf *out)
{
    const char *kind = mlt_compat_kind_name(change->kind);
    mlt_buf_printf(out, "%s", mlt_part_name(change->part));
    if (change->field) {
        mlt_buf_puts(out, " `");
        mlt_str_append_safe(out, change->field, strlen(change->field), 100);
        mlt_buf_puts(out, "`");
    }
    mlt_buf_puts(out, ": ");
    if (change->from && change->to) {
        mlt_str_append_safe(out, change->from, strlen(change->from), 200);
        mlt_buf_puts(out, " became ");
        mlt_str_append_safe(out, change->to, strlen(change->to), 200);
    } else {
        const char *text = change->to ? change->to : change->from;
        mlt_buf_puts(out, kind);
        if (text) {
            mlt_buf_puts(out, " (");
            mlt_str_append_safe(out, text, strlen(text), 200);
            mlt_buf_puts(out, ")");
        }
    }
    mlt_buf_printf(out, ": %s", mlt_compat_meaning(change->part, change->kind));
    if (change->detail) {
        mlt_buf_puts(out, " (");
        mlt_str_append_safe(out, change->detail, strlen(change->detail), DETAIL_BYTES);
        mlt_buf_puts(out, ")");
    }
}

/* Figures in sentences: compared where the sentence says what the metric is, and let be where it
 * speaks of limits, of changes or of what would be. check.h has the rule. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"
#include "harness/documents/check_part.h"
#include "harness/documents/shown.h"

enum { MAX_SENTENCE = 2000 };

struct sentence {
    struct mlt_check *c;
    const char *text;
    int line;           /* on which it starts */
    bool is_cell;       /* all is on one line */
    bool looked;        /* what follows is known */
    bool of_others;     /* speaks of another version without its number */
    const char *column; /* of slices, that it names, folded; NULL: none */
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '@' || (unsigned char)c >= 0x80;
}

static size_t word_len(const char *at)
{
    size_t len = 0;
    while (is_word(at[len]) || (len > 0 && at[len] == '-' && is_word(at[len + 1])))
        len++;
    return len;
}

static bool starts_word(const char *at, const char *word)
{
    size_t len = strlen(word);
    return tolower((unsigned char)*at) == *word && strncasecmp(at, word, len) == 0 &&
           !is_word(at[len]);
}

/* Whether one of the words, in small letters, is in the text. */
static bool has_any(const char *text, const char *const *words)
{
    for (const char *at = text; *at; at++) {
        if (!is_word(*at) || (at > text && is_word(at[-1])))
            continue;
        for (const char *const *word = words; *word; word++)
            if (starts_word(at, *word))
                return true;
    }
    return false;
}

/* Sentences with these speak of what would be, or of a bound. */
static const char *const conditions[] = {
    "would",    "should",  "must",     "could",     "might",       "if",       "unless",
    "until",    "when",    "whenever", "target",    "targets",     "goal",     "aim",
    "aims",     "limit",   "limits",   "threshold", "requires",    "required", "expect",
    "expected", "require", "at least", "at most",   "requirement", NULL};
static const char *const others[] = {"previous", "before",      "earlier",  "former",     "last",
                                     "old",      "predecessor", "baseline", "production", NULL};
/* In front of a metric: figures on other data than the test data. */
static const char *const other_data[] = {"training",        "train", "in-sample", "live", "weekly",
                                         "cross-validated", "cv",    "online",    NULL};
/* Shortly in front of a metric: what follows is a difference. */
static const char *const differences[] = {"drop",   "gain",       "increase",    "decrease",
                                          "change", "difference", "improvement", "reduction",
                                          "rise",   "fall",       NULL};
/* Behind a number: a difference, a bound or a range. */
static const char *const not_the_value[] = {
    "higher", "lower", "better", "worse", "more", "less", "points",  "point",  "percentage",
    "above",  "below", "times",  "x",     "or",   "to",   "smaller", "larger", NULL};
static const char *const connectors[] = {"of",     "is now",  "is still", "is",        "was",
                                         "equals", "reaches", "reached",  "stands at", NULL};

static bool among(const char *at, size_t len, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == len && strncasecmp(at, *words, len) == 0)
            return true;
    return false;
}

/* The word that ends right before `at`, blanks between; its start, or NULL. */
static const char *word_before(const char *text, const char *at, size_t *len)
{
    while (at > text && (at[-1] == ' ' || at[-1] == '\n'))
        at--;
    const char *end = at;
    while (at > text && (is_word(at[-1]) || at[-1] == '-'))
        at--;
    *len = (size_t)(end - at);
    return *len ? at : NULL;
}

static bool is_of_other_data(const struct sentence *s, const char *at)
{
    size_t len;
    const char *word = word_before(s->text, at, &len);
    return word && among(word, len, other_data);
}

static bool is_difference(const struct sentence *s, const char *at)
{
    size_t len;
    for (int i = 0; i < 4; i++) {
        const char *word = word_before(s->text, at, &len);
        if (!word)
            return false;
        if (among(word, len, differences))
            return true;
        at = word;
    }
    return false;
}

/* Behind the metric's name: where the number starts, or NULL. */
static const char *skip_connector(const char *at, bool *direct)
{
    at = mlt_shown_skip(at);
    *direct = false;
    if (mlt_str_starts(at, "=="))
        return mlt_shown_skip(at + 2);
    if (*at == '=' || *at == ':')
        return mlt_shown_skip(at + 1);
    for (const char *const *word = connectors; *word; word++)
        if (strncasecmp(at, *word, strlen(*word)) == 0 && !is_word(at[strlen(*word)]))
            return mlt_shown_skip(at + strlen(*word));
    *direct = true;
    return *at == '(' ? at + 1 : at;
}

static const char *skip_about(const char *at)
{
    static const char *const words[] = {"about ", "around ", "roughly ", "~"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncasecmp(at, words[i], strlen(words[i])) == 0)
            return mlt_shown_skip(at + strlen(words[i]));
    return at;
}

/* Whether the number there is clearly the metric's value. */
static bool is_stated(const char *at, bool direct)
{
    struct mlt_shown shown;
    if (!mlt_shown_read(at, &shown))
        return false;
    const char *rest = at + shown.len;
    bool whole = !shown.percent && shown.decimals <= 0;
    if (is_word(*rest) || (*rest == '-' && isdigit((unsigned char)rest[1])) || *rest == '/')
        return false;
    if (whole && direct)
        return false;
    rest = mlt_shown_skip(rest);
    if (among(rest, word_len(rest), not_the_value))
        return false;
    return !whole || !*rest || strchr(".,;)!?[", *rest);
}

static const char *number_behind(const char *at, bool *direct)
{
    return skip_about(skip_connector(at, direct));
}

/* Finds the metric that starts at `at`, its bytes; 0: none. `known` false: a metric by name that
 * nobody measured. With `stated` its value must follow. */
static size_t read_metric(const struct mlt_check *c, const char *at, bool stated,
                          struct mlt_metric_name *name, bool *known)
{
    size_t ends[3], count = 0, end = 0;
    char phrase[MLT_FOLD_CHARS], folded[MLT_FOLD_CHARS];
    while (count < 3) {
        size_t len = word_len(at + end);
        if (len == 0)
            break;
        end = ends[count++] = end + len;
        if (at[end] != ' ' && at[end] != '\n')
            break;
        end++;
    }
    while (count-- > 0) {
        bool direct;
        const char *number = number_behind(at + ends[count], &direct);
        if (ends[count] >= sizeof phrase || (stated && !is_stated(number, direct)))
            continue;
        memcpy(phrase, at, ends[count]);
        phrase[ends[count]] = '\0';
        *known = mlt_known_metric(c->known, phrase, name);
        if (*known || (mlt_fold_name(phrase, folded) && mlt_metric_direction(folded) != 0))
            return ends[count];
    }
    return 0;
}

/* "RMSE and MAE of 5.8 and 4.2": which figure is whose is not said clearly. */
static bool is_second_of_two(const struct sentence *s, const char *at)
{
    size_t len;
    struct mlt_metric_name name;
    bool known;
    const char *back = at;
    if (back > s->text && back[-1] == '/')
        return true;
    const char *word = word_before(s->text, back, &len);
    if (!word || !((len == 3 && strncasecmp(word, "and", 3) == 0) ||
                   (len == 2 && strncasecmp(word, "or", 2) == 0)))
        return false;
    word = word_before(s->text, word, &len);
    return word && read_metric(s->c, word, false, &name, &known) == len;
}

static bool any_of_version(const struct mlt_check *c, const struct mlt_metric_name *name,
                           const char *version)
{
    for (size_t i = 0; i < c->known->count; i++) {
        const struct mlt_known_figure *f = &c->known->figures[i];
        if (mlt_known_means(name, f) && (version ? strcmp(f->version, version) == 0
                                                 : strcmp(f->version, c->facts->now.version) != 0))
            return true;
    }
    return false;
}

/* Other versions that the sentence speaks of. False: of one whose figures are not at hand. */
static bool allow_others(const struct sentence *s, struct mlt_figure_place *place)
{
    const char *now = s->c->facts->now.version;
    for (const char *at = s->text; *at; at++) {
        bool start = at == s->text || !is_word(at[-1]) || at[-1] == 'v';
        size_t len = start && (at == s->text || at[-1] != '.') ? mlt_check_version(at) : 0;
        if (len == 0)
            continue;
        if (strlen(now) != len || strncmp(now, at, len) != 0) {
            char *version = mlt_arena_strndup(s->c->arena, at, len);
            s->c->oom = s->c->oom || !version;
            if (!version || !any_of_version(s->c, &place->metric, version))
                return false;
            place->or_others = true;
        }
        at += len - 1;
    }
    if (!s->of_others)
        return true;
    place->or_others = true;
    return any_of_version(s->c, &place->metric, NULL);
}

/* The column of slices that the sentence names, folded; NULL: none. */
static const char *column_named(const struct sentence *s)
{
    char column[MLT_FOLD_CHARS];
    const char *last = "";
    for (size_t i = 0; i < s->c->known->count; i++) {
        const char *slice = s->c->known->figures[i].slice;
        size_t len = strcspn(slice, "=");
        if (!slice[len] || (strncmp(last, slice, len) == 0 && last[len] == '='))
            continue;
        last = slice;
        memcpy(column, slice, len);
        column[len] = '\0';
        const char *const word[] = {column, NULL};
        if (has_any(s->text, word)) {
            const char *kept = mlt_arena_strdup(s->c->arena, column);
            s->c->oom = s->c->oom || !kept;
            return kept;
        }
    }
    return NULL;
}

static int line_of(const struct sentence *s, const char *at)
{
    int line = s->line;
    for (const char *p = s->text; !s->is_cell && p < at; p++)
        line += *p == '\n';
    return line;
}

static void check_at(const struct sentence *s, const char *at, size_t len,
                     const struct mlt_metric_name *name, bool known)
{
    bool direct;
    struct mlt_check *c = s->c;
    const char *number = number_behind(at + len, &direct);
    if (is_second_of_two(s, at) || is_of_other_data(s, at) || is_difference(s, at))
        return;
    struct mlt_figure_place place = {.line = line_of(s, at),
                                     .slice_text = "",
                                     .case_text = "",
                                     .version = c->facts->now.version};
    place.metric_text = mlt_arena_strndup(c->arena, at, len);
    if (!place.metric_text) {
        c->oom = true;
        return;
    }
    if (!known) {
        /* The key is one that no figure has. */
        place.metric.key[0] = '\0';
        mlt_check_figure(c, &place, number, false);
        return;
    }
    place.metric = *name;
    if (!allow_others(s, &place))
        return;
    place.in_column = s->column;
    mlt_check_figure(c, &place, number, false);
}

static void look_around(struct sentence *s)
{
    if (s->looked)
        return;
    s->looked = true;
    s->of_others = has_any(s->text, others);
    s->column = column_named(s);
}

/* "measured on 31,625 rows", of this version alone. */
static void check_measured_rows(struct sentence *s)
{
    static const char *const measured[] = {"measured", NULL};
    static const char *const other_rows[] = {"trained", "training", "learnt", NULL};
    static const char *const names[] = {"rows", "held-out rows", "test rows", NULL};
    struct mlt_shown shown;
    if (!has_any(s->text, measured) || has_any(s->text, other_rows))
        return;
    look_around(s);
    for (const char *at = s->text; *at && !s->of_others && !s->column; at++) {
        if ((at > s->text && is_word(at[-1])) || !mlt_shown_read(at, &shown))
            continue;
        const char *rest = mlt_shown_skip(at + shown.len);
        bool rows = false;
        for (const char *const *name = names; *name; name++)
            rows = rows || starts_word(rest, *name);
        struct mlt_figure_place place = {.line = line_of(s, at),
                                         .slice_text = "",
                                         .case_text = "",
                                         .version = s->c->facts->now.version};
        const char *said = rows ? mlt_arena_strndup(s->c->arena, at, shown.len) : NULL;
        s->c->oom = s->c->oom || (rows && !said);
        if (said)
            mlt_check_rows(s->c, &place, said);
        at += shown.len - 1;
    }
}

static void check_sentence(struct sentence *s)
{
    struct mlt_metric_name name;
    bool known;
    if (!mlt_shown_any(s->text) || has_any(s->text, conditions))
        return;
    check_measured_rows(s);
    for (const char *at = s->text; *at && !s->c->oom;) {
        size_t word = word_len(at);
        if (word == 0) {
            at++;
            continue;
        }
        size_t len = read_metric(s->c, at, true, &name, &known);
        if (len > 0) {
            look_around(s);
            check_at(s, at, len, &name, known);
        }
        at += len > 0 ? len : word;
    }
}

/* A stop ends a sentence where blanks and no figure or small letter follow. What is longer than any
 * sentence is cut at a blank. */
static size_t sentence_len(const char *text)
{
    size_t len = 0;
    for (; text[len]; len++) {
        if (len > MAX_SENTENCE && text[len] == ' ')
            return len;
        if (!strchr(".!?", text[len]))
            continue;
        const char *next = mlt_shown_skip(text + len + 1);
        if (next > text + len + 1 && !isdigit((unsigned char)*next) &&
            !islower((unsigned char)*next))
            return len + 1;
    }
    return len;
}

static void check_text(struct mlt_check *c, const char *text, int line, bool is_cell)
{
    char *plain = mlt_shown_plain(c->arena, text);
    for (size_t at = 0; plain && plain[at];) {
        size_t len = sentence_len(plain + at);
        const char *own = mlt_arena_strndup(c->arena, plain + at, len);
        struct sentence s = {.c = c, .text = own, .line = line, .is_cell = is_cell};
        c->oom = c->oom || !own;
        if (c->oom)
            return;
        check_sentence(&s);
        line = line_of(&s, own + len);
        at += len;
    }
    c->oom = c->oom || !plain;
}

/* The changelog is metadata.json's word, whatever figures it tells of. */
static bool is_changelog(struct mlt_check *c, const char *text)
{
    char *said = mlt_check_squeeze(c, text);
    char *known =
        mlt_check_squeeze(c, c->facts->now.metadata ? c->facts->now.metadata->changelog : "");
    return said && known && *known && strcmp(said, known) == 0;
}

void mlt_check_prose(struct mlt_check *c)
{
    for (size_t i = 0; i < c->text.count && !c->oom; i++) {
        const struct mlt_block *block = &c->text.blocks[i];
        int section = mlt_check_section_of(c, i);
        if (section == MLT_SECTION_HISTORY)
            continue;
        if (block->kind == MLT_BLOCK_HEADING ||
            (block->kind == MLT_BLOCK_PARAGRAPH &&
             (section != MLT_SECTION_CHANGES || !is_changelog(c, block->text))))
            check_text(c, block->text, block->text_line, false);
        for (size_t k = 1; block->kind == MLT_BLOCK_TABLE && k < block->row_count; k++)
            for (size_t j = 0; j < block->rows[k].count; j++)
                check_text(c, block->rows[k].cells[j].text, block->rows[k].line, true);
    }
}

#include "harness/ledger/signers.h"

#include <string.h>

#include "harness/base/buf.h"
#include "harness/domain/statement.h"

/* A line in its two parts; both lent. */
struct line {
    const char *principals;
    size_t principals_len;
    const char *rest; /* from the blank behind the principals to the end of the line */
    size_t rest_len;
};

bool mlt_signers_is_person(const char *name)
{
    return mlt_statement_is_person(name);
}

/* The next line that says something; false at the end. As OpenSSH reads it: blanks in front, a
 * comment, principals up to a blank or in quotes. */
static bool next_line(const char **at, struct line *out)
{
    while (**at) {
        const char *end = strchrnul(*at, '\n');
        const char *from = *at + strspn(*at, " \t");
        *at = *end ? end + 1 : end;
        if (from >= end || *from == '#')
            continue;
        bool quoted = *from == '"';
        out->principals = from + quoted;
        out->principals_len = strcspn(out->principals, quoted ? "\"\n" : " \t\n\"");
        out->rest = out->principals + out->principals_len;
        if (quoted && *out->rest != '"')
            continue;
        out->rest += quoted;
        /* Anything but a blank here is a spelling that is not known to be read the same way. */
        if (*out->rest != ' ' && *out->rest != '\t')
            continue;
        out->rest_len = (size_t)(end - out->rest);
        return true;
    }
    return false;
}

static void put_name(struct mlt_buf *out, bool *first, const char *name, size_t len)
{
    if (!*first)
        mlt_buf_putc(out, ',');
    *first = false;
    mlt_buf_append(out, name, len);
}

/* Appends the line for `person`, or for each person that it names; nothing where it names none. */
static void put_line(struct mlt_buf *out, const struct line *line, const char *person,
                     struct mlt_arena *arena)
{
    const char *end = line->principals + line->principals_len;
    bool first = true, any = false, odd = false;
    struct mlt_buf names = MLT_BUF_INIT;
    for (const char *at = line->principals; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t len = (size_t)((comma ? comma : end) - at);
        const char *name = mlt_arena_strndup(arena, at, len);
        bool wanted = name && (person ? strcmp(name, person) == 0 : mlt_signers_is_person(name));
        if (!name)
            out->oom = true;
        bool excludes = name && name[0] == '!';
        if (wanted || excludes)
            put_name(&names, &first, at, len);
        any = any || wanted;
        /* Without its quotes it would be two. */
        odd = odd || (excludes && strpbrk(name, " \t"));
        at += len + 1;
    }
    if (any && !odd) {
        mlt_buf_append(out, names.data, names.len);
        mlt_buf_append(out, line->rest, line->rest_len);
        mlt_buf_putc(out, '\n');
    }
    out->oom = out->oom || names.oom;
    mlt_buf_free(&names);
}

static char *finish(struct mlt_buf *text, struct mlt_arena *arena)
{
    char *copy = text->oom ? NULL : mlt_arena_strndup(arena, text->data, text->len);
    mlt_buf_free(text);
    return copy;
}

static char *filter(const char *signers, const char *person, struct mlt_arena *arena)
{
    struct mlt_buf out = MLT_BUF_INIT;
    struct line line;
    while (next_line(&signers, &line))
        put_line(&out, &line, person, arena);
    return finish(&out, arena);
}

char *mlt_signers_of(const char *signers, const char *person, struct mlt_arena *arena)
{
    return mlt_signers_is_person(person) ? filter(signers, person, arena)
                                         : mlt_arena_strdup(arena, "");
}

char *mlt_signers_exact(const char *signers, struct mlt_arena *arena)
{
    return filter(signers, NULL, arena);
}

/* "a,b" is the field of "a\nb\n". */
static bool is_field(const struct line *line, const char *principals)
{
    size_t i = 0;
    for (; i < line->principals_len && principals[i]; i++)
        if (line->principals[i] != (principals[i] == '\n' ? ',' : principals[i]))
            return false;
    return i == line->principals_len && (!principals[i] || strcmp(principals + i, "\n") == 0);
}

char *mlt_signers_without(const char *exact, const char *principals, struct mlt_arena *arena)
{
    struct mlt_buf out = MLT_BUF_INIT;
    struct line line;
    while (next_line(&exact, &line))
        if (!is_field(&line, principals)) {
            mlt_buf_append(&out, line.principals, line.principals_len);
            mlt_buf_append(&out, line.rest, line.rest_len);
            mlt_buf_putc(&out, '\n');
        }
    return finish(&out, arena);
}

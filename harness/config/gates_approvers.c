#include "harness/config/gates_approvers.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/config/schema.h"

enum { NAME_MAX_CHARS = 255 };

/* Of one line: its patterns, separated by commas, one of which must match and none that starts with
 * '!'. */
static bool names_person(const char *patterns, size_t len, const char *person)
{
    char pattern[NAME_MAX_CHARS + 1];
    bool matched = false;
    const char *end = patterns + len;
    while (patterns < end) {
        const char *comma = memchr(patterns, ',', (size_t)(end - patterns));
        size_t n = (size_t)((comma ? comma : end) - patterns);
        bool negated = n > 0 && *patterns == '!';
        if (n - negated <= NAME_MAX_CHARS) {
            memcpy(pattern, patterns + negated, n - negated);
            pattern[n - negated] = '\0';
            if (mlt_str_glob(pattern, person)) {
                if (negated)
                    return false;
                matched = true;
            }
        }
        patterns = comma ? comma + 1 : end;
    }
    return matched;
}

bool mlt_gates_can_sign(const char *signers, const char *person)
{
    for (const char *line = signers; *line;) {
        const char *end = line + strcspn(line, "\n");
        line += strspn(line, " \t");
        bool quoted = *line == '"';
        const char *start = line + quoted;
        size_t len = strcspn(start, quoted ? "\"\n" : " \t\r\n");
        if (*line != '#' && len > 0 && names_person(start, len, person))
            return true;
        line = *end ? end + 1 : end;
    }
    return false;
}

/* A role without anybody who could sign would block for ever, and be noticed on the day of a
 * release. */
static bool check_signers(const struct mlt_gates_reader *r, const struct mlt_yaml *key,
                          const struct mlt_policy_role *role)
{
    const struct mlt_policy_people *people = &r->out->people;
    if (!people->signers_text)
        return true;
    for (size_t i = 0; i < role->count; i++)
        if (mlt_gates_can_sign(people->signers_text, role->people[i]))
            return true;
    return mlt_yaml_fault(key, r->err,
                          "nobody of the role '%.60s' (%.80s%s) has a key in %.200s: add the key "
                          "there, by this very name",
                          role->name, role->people[0], role->count > 1 ? ", …" : "",
                          people->signers_file ? people->signers_file : "the signers' file");
}

static bool read_role(struct mlt_gates_reader *r, const struct mlt_yaml *key,
                      const struct mlt_yaml *list, struct mlt_policy_role *out)
{
    const char **people = mlt_arena_calloc(r->arena, list->count, sizeof *people);
    if (!people)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < list->count; i++) {
        people[i] = list->values[i]->text;
        if (!*people[i] || strlen(people[i]) > NAME_MAX_CHARS ||
            people[i][strcspn(people[i], ",* \t")])
            return mlt_yaml_fault(list->values[i], r->err,
                                  "a person has one name as in the signers' file, without blanks, "
                                  "commas and '*', found '%.60s'",
                                  people[i]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(people[k], people[i]) == 0)
                return mlt_yaml_fault(list->values[i], r->err,
                                      "'%.60s' is there twice in the role '%.60s'", people[i],
                                      key->text);
    }
    *out = (struct mlt_policy_role){key->text, people, list->count};
    return check_signers(r, key, out);
}

static bool read_roles(struct mlt_gates_reader *r, const struct mlt_yaml *map)
{
    size_t count = map ? map->count : 0;
    struct mlt_policy_role *roles = mlt_arena_calloc(r->arena, count, sizeof *roles);
    if (!roles)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < count; i++)
        if (!read_role(r, map->keys[i], map->values[i], &roles[i]))
            return false;
    r->out->people.roles = roles;
    r->out->people.role_count = count;
    return true;
}

static bool check_role(const struct mlt_gates_reader *r, const struct mlt_yaml *node,
                       const char *what)
{
    const struct mlt_policy_people *people = &r->out->people;
    if (mlt_policy_role_find(people, node->text))
        return true;
    if (people->role_count == 0)
        return mlt_yaml_fault(node, r->err, "%s is '%.60s', but approvers.roles has no roles", what,
                              node->text);
    const char **names = mlt_arena_calloc(r->arena, people->role_count + 1, sizeof *names);
    if (!names)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < people->role_count; i++)
        names[i] = people->roles[i].name;
    return mlt_gates_unknown(r, node, "role", node->text, names);
}

static bool read_waivers(struct mlt_gates_reader *r, const struct mlt_yaml *node)
{
    const struct mlt_yaml *list = mlt_yaml_get(node, "roles");
    const struct mlt_yaml *longest = mlt_yaml_get(node, "longest");
    struct mlt_policy_people *people = &r->out->people;
    uint64_t ns;
    if (!node)
        return true;
    const char **roles = mlt_arena_calloc(r->arena, list->count, sizeof *roles);
    if (!roles)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < list->count; i++) {
        if (!check_role(r, list->values[i], "a role that may waive"))
            return false;
        roles[i] = list->values[i]->text;
    }
    people->waiver_roles = roles;
    people->waiver_role_count = list->count;
    if (mlt_schema_duration_ns(longest, &ns))
        people->max_waiver_s = (int64_t)(ns / 1000000000);
    if (longest && people->max_waiver_s <= 0)
        return mlt_yaml_fault(longest, r->err, "approvers.waivers.longest must be at least 1s");
    return true;
}

static bool read_quorums(struct mlt_gates_reader *r, const struct mlt_yaml *map)
{
    size_t count = map ? map->count : 0;
    struct mlt_policy_quorum *quorums = mlt_arena_calloc(r->arena, count, sizeof *quorums);
    if (!quorums)
        return mlt_err_oom(r->err);
    for (size_t i = 0; i < count; i++) {
        int64_t people = 1;
        (void)mlt_schema_integer(map->values[i], &people);
        quorums[i] = (struct mlt_policy_quorum){map->keys[i]->text, (unsigned)people};
    }
    r->out->people.quorums = quorums;
    r->out->people.quorum_count = count;
    return true;
}

bool mlt_gates_read_approvers(struct mlt_gates_reader *r, const struct mlt_yaml *approvers)
{
    struct mlt_policy_people *people = &r->out->people;
    const struct mlt_yaml *owner = mlt_yaml_get(approvers, "owner");
    if (!approvers)
        return true;
    (void)mlt_schema_text(mlt_yaml_get(approvers, "allowed_signers"), &people->signers_file);
    (void)mlt_schema_text(owner, &people->owner);
    return read_roles(r, mlt_yaml_get(approvers, "roles")) &&
           (!owner || check_role(r, owner, "approvers.owner")) &&
           read_waivers(r, mlt_yaml_get(approvers, "waivers")) &&
           read_quorums(r, mlt_yaml_get(approvers, "quorum"));
}

/* People who could sign for the role `index` of the requirement. */
static bool stands_for(const struct mlt_policy_people *people, const struct mlt_requirement *it,
                       size_t index, const char *person)
{
    return mlt_policy_holds(people, it->roles[index], person) &&
           (!people->signers_text || mlt_gates_can_sign(people->signers_text, person));
}

/* Seats are filled one after the other; who sits already may move to make room (Kuhn 1955). */
struct seating {
    const struct mlt_policy_people *people;
    const struct mlt_requirement *it;
    const char **persons; /* everybody in the table of roles */
    size_t *seat;         /* of each: 1 + the seat; 0: none */
    bool *seen;
    size_t count;
};

static bool sit(struct seating *s, size_t seat)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->seen[i] || !stands_for(s->people, s->it, seat / s->it->quorum, s->persons[i]))
            continue;
        s->seen[i] = true;
        if (s->seat[i] == 0 || sit(s, s->seat[i] - 1)) {
            s->seat[i] = seat + 1;
            return true;
        }
    }
    return false;
}

static bool list_persons(struct seating *s, struct mlt_arena *arena)
{
    size_t room = 0;
    for (size_t i = 0; i < s->people->role_count; i++)
        room += s->people->roles[i].count;
    s->persons = mlt_arena_calloc(arena, room, sizeof *s->persons);
    s->seat = mlt_arena_calloc(arena, room, sizeof *s->seat);
    s->seen = mlt_arena_calloc(arena, room, sizeof *s->seen);
    if (!s->persons || !s->seat || !s->seen)
        return false;
    for (size_t i = 0; i < s->people->role_count; i++)
        for (size_t k = 0; k < s->people->roles[i].count; k++) {
            const char *person = s->people->roles[i].people[k];
            size_t known = 0;
            while (known < s->count && strcmp(s->persons[known], person) != 0)
                known++;
            if (known == s->count)
                s->persons[s->count++] = person;
        }
    return true;
}

static bool check_quorum(struct mlt_gates_reader *r, const struct mlt_yaml *approvers,
                         const struct mlt_requirement *it)
{
    const struct mlt_policy_people *people = &r->out->people;
    struct seating s = {.people = people, .it = it};
    for (size_t i = 0; i < it->role_count; i++)
        if (!mlt_policy_role_find(people, it->roles[i]))
            return it->kind == MLT_REQUIREMENT_WORD ||
                   mlt_err_set(r->err, MLT_ERR_USAGE,
                               "%s:%d: the role '%.60s' of \"%.100s\" is not in approvers.roles",
                               r->out->file, it->line, it->roles[i], it->text);
    if (!list_persons(&s, r->arena))
        return mlt_err_oom(r->err);
    size_t seated = 0;
    const size_t seats = it->role_count * it->quorum;
    for (size_t i = 0; i < seats && s.count > 0; i++) {
        memset(s.seen, 0, s.count * sizeof *s.seen);
        seated += sit(&s, i);
    }
    if (seated == seats)
        return true;
    return mlt_err_set(
        r->err, MLT_ERR_USAGE,
        "%s:%d: \"%.100s\" asks for %zu %s (%u of each of %zu %s, nobody counted twice), "
        "but its roles have only %zu who can sign",
        r->out->file, it->built_in ? approvers->line : it->line, it->text, seats,
        seats == 1 ? "person" : "people", it->quorum, it->role_count,
        it->role_count == 1 ? "role" : "roles", seated);
}

static bool check_gates(struct mlt_gates_reader *r, const struct mlt_yaml *approvers,
                        const struct mlt_policy_gate *gates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < gates[i].count; k++)
            if (gates[i].requirements[k].stage &&
                !check_quorum(r, approvers, &gates[i].requirements[k]))
                return false;
    return true;
}

bool mlt_gates_check_quorums(struct mlt_gates_reader *r, const struct mlt_yaml *approvers)
{
    return r->out->people.role_count == 0 ||
           (check_gates(r, approvers, r->out->environments, r->out->environment_count) &&
            check_gates(r, approvers, r->out->transitions, r->out->transition_count));
}

#include <string.h>

#include "harness/base/clock.h"
#include "harness/ledger/key.h"
#include "harness/registry/keys.h"

static bool fault(struct mlt_signed *out, bool broken, const char *text, struct mlt_err *err)
{
    out->fault = text;
    out->broken = broken;
    return text ? true : mlt_err_oom(err);
}

/* The first of the keys that made one of the signatures. */
static bool find_signer(const struct mlt_registry_key *keys, size_t count,
                        const struct mlt_dsse *envelope, const struct mlt_registry_key **out,
                        struct mlt_err *err)
{
    *out = NULL;
    for (size_t i = 0; !*out && i < count; i++) {
        struct mlt_key *key;
        bool good = false;
        if (!mlt_key_public_parse(keys[i].public_key, strlen(keys[i].public_key), &key, err))
            return false;
        bool ok = mlt_dsse_verify(envelope, &key, 1, &good, NULL, err);
        mlt_key_free(key);
        if (!ok)
            return false;
        if (good)
            *out = &keys[i];
    }
    return true;
}

/* With the signer's own id as the hint, the bytes must come out again: whatever else an envelope
 * says is not covered by its signature. */
static bool is_spelled_so(const struct mlt_signed *s, const char *text, size_t len, bool *same,
                          struct mlt_err *err)
{
    struct mlt_dsse own = s->envelope;
    struct mlt_dsse_signature signature = own.signatures[0];
    struct mlt_buf again = MLT_BUF_INIT;
    signature.key_id = s->by->id;
    own.signatures = &signature;
    own.signature_count = 1;
    bool ok = mlt_dsse_encode(&own, &again, err) && mlt_buf_check(&again, err);
    if (ok) {
        mlt_buf_putc(&again, '\n');
        ok = mlt_buf_check(&again, err);
    }
    *same = ok && (len == again.len || len + 1 == again.len) && memcmp(again.data, text, len) == 0;
    mlt_buf_free(&again);
    return ok;
}

/* Who claims to have signed, where no key of the registry did. */
static bool fault_of_stranger(const struct mlt_registry_key *keys, size_t count, const char *what,
                              struct mlt_arena *arena, struct mlt_signed *out, struct mlt_err *err)
{
    const char *claimed = out->envelope.signatures[0].key_id;
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i].id, claimed) == 0)
            return fault(out, true,
                         mlt_arena_printf(arena,
                                          "%s was altered: the signature of key %.12s… (%s) does "
                                          "not hold",
                                          what, claimed, keys[i].name),
                         err);
    return fault(out, false,
                 mlt_arena_printf(arena, "%s is signed by a key (%.12s…) that is not allowed here",
                                  what, claimed[0] ? claimed : "unnamed"),
                 err);
}

static bool judge_signer(const struct mlt_signed *s, const char *what, enum mlt_key_role role,
                         const char *at, struct mlt_arena *arena, const char **why,
                         struct mlt_err *err)
{
    int64_t retired = 0, logged = mlt_clock_true_s();
    *why = NULL;
    if (!(s->by->roles & role))
        *why = mlt_arena_printf(arena, "%s is signed by %s, a key for the role %s", what,
                                s->by->name, mlt_key_roles_name(s->by->roles));
    else if (!s->by->retired_at)
        return true;
    /* A time that cannot be read never proves that the key was still in use. */
    else if (mlt_clock_parse(s->by->retired_at, &retired) &&
             (!at || mlt_clock_parse(at, &logged)) && logged <= retired)
        return true;
    else
        *why = mlt_arena_printf(arena,
                                "%s is signed by %s, a key that was retired at %s, before "
                                "it was logged",
                                what, s->by->name, s->by->retired_at);
    return *why ? true : mlt_err_oom(err);
}

bool mlt_registry_key_check(const struct mlt_registry_key *keys, size_t count, const char *what,
                            const char *text, size_t len, enum mlt_key_role role, const char *at,
                            struct mlt_arena *arena, struct mlt_signed *out, struct mlt_err *err)
{
    struct mlt_err read_err = MLT_ERR_INIT;
    bool same;
    *out = (struct mlt_signed){0};
    if (!mlt_dsse_parse(what, text, len, arena, &out->envelope, &read_err)) {
        if (read_err.kind == MLT_ERR_INFRA) {
            *err = read_err;
            return false;
        }
        return fault(out, true, mlt_arena_strdup(arena, read_err.text), err);
    }
    if (!find_signer(keys, count, &out->envelope, &out->by, err))
        return false;
    if (!out->by)
        return fault_of_stranger(keys, count, what, arena, out, err);
    if (!is_spelled_so(out, text, len, &same, err))
        return false;
    if (!same)
        return fault(out, true,
                     mlt_arena_printf(arena,
                                      "%s was altered: its signature holds, but it is not spelled "
                                      "as it was written",
                                      what),
                     err);
    return judge_signer(out, what, role, at, arena, &out->fault, err);
}

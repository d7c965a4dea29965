/* An explanation for programs. */
#include "harness/codec/json.h"
#include "reports/decision_words.h"
#include "reports/explain_words.h"

/* A key with the words, or null where there are none. Frees the words. */
static void put_words(struct mlt_json_out *json, const char *key, struct mlt_buf *words)
{
    mlt_json_out_kstring(json, key, words->len ? words->data : NULL);
    json->buf->oom |= words->oom;
    mlt_buf_free(words);
}

static void put_of(struct mlt_json_out *json, const char *key,
                   void (*say)(struct mlt_buf *, const struct mlt_finding *),
                   const struct mlt_finding *f)
{
    struct mlt_buf text = MLT_BUF_INIT;
    say(&text, f);
    put_words(json, key, &text);
}

static void put_finding(struct mlt_json_out *json, const struct mlt_finding *f)
{
    mlt_json_out_object(json);
    mlt_json_out_key(json, "finding");
    mlt_finding_encode(f, json);
    mlt_json_out_kstring(json, "rule_means", mlt_explain_rule(f->rule));
    mlt_json_out_kstring(json, "method_means", mlt_explain_method(f->method));
    put_of(json, "p_means", mlt_explain_p, f);
    mlt_json_out_koptional(json, "flip_share", mlt_explain_flip_share(f));
    put_of(json, "flip_means", mlt_explain_flip, f);
    put_of(json, "rows_mean", mlt_explain_rows, f);
    mlt_json_out_object_end(json);
}

static void put_criterion(struct mlt_json_out *json, const struct mlt_explain_input *in,
                          const struct mlt_criterion_result *r)
{
    struct mlt_buf next = MLT_BUF_INIT;
    mlt_explain_next(&next, &in->kept->decision, r);
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "criterion", r->criterion);
    mlt_json_out_kstring(json, "verdict", mlt_verdict_name(r->verdict));
    mlt_json_out_kstring(json, "reason", r->reason);
    put_words(json, "next", &next);
    mlt_json_out_key(json, "findings");
    mlt_json_out_array(json);
    for (size_t i = 0; i < r->finding_count; i++)
        put_finding(json, &r->findings[i]);
    mlt_json_out_array_end(json);
    mlt_json_out_object_end(json);
}

static void put_criteria(struct mlt_json_out *json, const struct mlt_explain_input *in)
{
    const struct mlt_decision *d = &in->kept->decision;
    mlt_json_out_key(json, "criteria");
    mlt_json_out_array(json);
    if (in->criterion >= 0)
        put_criterion(json, in, &d->criteria[in->criterion]);
    for (size_t k = 0; k < MLT_DECISION_ORDER && in->criterion < 0; k++)
        for (size_t i = 0; i < d->criterion_count; i++)
            if (d->criteria[i].verdict == mlt_decision_order[k])
                put_criterion(json, in, &d->criteria[i]);
    mlt_json_out_array_end(json);
}

static void put_evidence(struct mlt_json_out *json, const struct mlt_kept_decision *kept)
{
    const struct mlt_evidence *e = &kept->evidence;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_json_out_key(json, "evidence");
    mlt_json_out_array(json);
    for (size_t i = 0; i < e->run_count; i++) {
        mlt_explain_run(&text, &e->runs[i]);
        mlt_json_out_object(json);
        put_words(json, "what", &text);
        mlt_json_out_kbool(json, "counts", true);
        mlt_json_out_object_end(json);
    }
    for (size_t i = 0; i < e->rejected_count; i++) {
        mlt_json_out_object(json);
        mlt_json_out_kstring(json, "what", e->rejected[i].what);
        mlt_json_out_kbool(json, "counts", false);
        mlt_json_out_kstring(json, "why", e->rejected[i].why);
        mlt_json_out_object_end(json);
    }
    for (size_t i = 0; i < kept->paper_count; i++) {
        const struct mlt_kept_paper paper = {.what = kept->papers[i].what,
                                             .about = kept->papers[i].about,
                                             .person = kept->papers[i].person,
                                             .at = kept->papers[i].at};
        mlt_explain_paper(&text, &paper);
        mlt_json_out_object(json);
        put_words(json, "what", &text);
        mlt_json_out_kbool(json, "counts", kept->papers[i].fault == NULL);
        if (kept->papers[i].fault)
            mlt_json_out_kstring(json, "why", kept->papers[i].fault);
        mlt_json_out_object_end(json);
    }
    mlt_json_out_array_end(json);
    mlt_json_out_key(json, "facts");
    mlt_json_out_array(json);
    for (size_t i = 0; i < kept->fact_count; i++)
        mlt_json_out_string(json, kept->facts[i]);
    mlt_json_out_array_end(json);
}

bool mlt_explain_json(const struct mlt_explain_input *in, struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_decision *d = &in->kept->decision;
    struct mlt_buf title = MLT_BUF_INIT, words = MLT_BUF_INIT, next = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_decision_title(d, &title);
    mlt_decision_words(d, &words);
    mlt_explain_next_step(&next, in);
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "mltest_explanation", 1);
    mlt_json_out_kstring(&json, "verdict", mlt_verdict_name(d->verdict));
    mlt_json_out_key(&json, "advisory");
    if (in->kept->has_context)
        mlt_json_out_bool(&json, in->kept->context.advisory);
    else
        mlt_json_out_null(&json);
    put_words(&json, "title", &title);
    put_words(&json, "why", &words);
    put_words(&json, "next", &next);
    put_criteria(&json, in);
    put_evidence(&json, in->kept);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err);
}

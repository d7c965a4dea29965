#include <string.h>

#include "gates/decide/words.h"

static bool deployed_to(struct mlt_criterion_work *w, const char *environment, struct mlt_err *err)
{
    const struct mlt_evidence *e = w->evidence;
    for (size_t i = 0; i < e->deployment_count; i++)
        if (strcmp(e->deployments[i].environment, environment) == 0 &&
            strcmp(e->deployments[i].digest, e->subject.digest) == 0)
            return mlt_criterion_set(w, MLT_VERDICT_PASS,
                                     mlt_arena_printf(w->arena, "deployed to %s by decision %.12s",
                                                      environment,
                                                      e->deployments[i].decision_digest),
                                     err);
    return mlt_criterion_set(
        w, MLT_VERDICT_INVALID,
        mlt_arena_printf(w->arena,
                         "no deployment of these files to %s is recorded: mltest deploy %s@%s "
                         "--env %s",
                         environment, e->subject.model, e->subject.version, environment),
        err);
}

bool mlt_word_deployed(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const char *text = w->requirement->text;
    (void)about;
    char *environment =
        mlt_arena_strndup(w->arena, text, strlen(text) - strlen("_deployment_successful"));
    return environment ? deployed_to(w, environment, err) : mlt_err_oom(err);
}

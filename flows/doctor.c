#include "flows/doctor.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flows/setting.h"
#include "harness/base/fs.h"
#include "harness/base/subprocess.h"
#include "harness/runner/pool.h"

struct checkup {
    struct mlt_buf *out;
    struct mlt_buf apt; /* packages that would help */
    int needed_missing;
};

static void say(struct checkup *c, bool ok, bool needed, const char *what, const char *detail,
                const char *package)
{
    mlt_buf_printf(c->out, "%-8s %-22s %s\n",
                   ok       ? "ok"
                   : needed ? "MISSING"
                            : "absent",
                   what, detail);
    if (ok)
        return;
    if (package)
        mlt_buf_printf(&c->apt, " %s", package);
    c->needed_missing += needed;
}

static void check_program(struct checkup *c, const char *name, const char *flag,
                          const char *for_what, const char *package)
{
    const char *argv[] = {name, flag, NULL};
    const struct mlt_subprocess_options options = {.argv = argv};
    struct mlt_subprocess_result result;
    struct mlt_err err = MLT_ERR_INIT;
    bool found =
        mlt_subprocess_run(&options, NULL, 5ull * 1000000000, 4096, NULL, NULL, &result, &err);
    say(c, found, false, name, for_what, package);
}

static void check_xgboost(struct checkup *c)
{
    void *library = dlopen("libxgboost.so.0", RTLD_LAZY | RTLD_LOCAL);
    say(c, library != NULL, false, "libxgboost", "the xgboost adapter", "libxgboost0");
    if (library)
        dlclose(library);
}

static void check_worker(struct checkup *c, struct mlt_arena *arena)
{
    char *path;
    struct mlt_err err = MLT_ERR_INIT;
    bool found = mlt_pool_find_worker(arena, &path, &err);
    say(c, found, true, "worker program", found ? path : err.text, NULL);
}

static void check_registry(struct checkup *c, const char *url, struct mlt_arena *arena)
{
    struct mlt_registry *registry;
    struct mlt_err err = MLT_ERR_INIT;
    if (mlt_setting_registry(url, NULL, true, arena, &registry, &err)) {
        say(c, true, true, "registry", mlt_registry_url(registry), NULL);
        mlt_registry_close(registry);
        return;
    }
    const char *env = getenv("MLTEST_REGISTRY");
    say(c, false, url || (env && *env), "registry", err.text, NULL);
}

static void check_scratch(struct checkup *c, struct mlt_arena *arena)
{
    const char *parent = getenv("TMPDIR");
    char *dir;
    struct mlt_err err = MLT_ERR_INIT;
    parent = parent && *parent ? parent : "/tmp";
    bool ok = mlt_fs_temp_dir(parent, "mltest-doctor-", arena, &dir, &err);
    say(c, ok, true, "scratch space", ok ? parent : err.text, NULL);
    if (ok && !mlt_fs_remove_tree(dir, &err))
        say(c, false, true, "scratch space", err.text, NULL);
}

bool mlt_flow_doctor(const char *registry, struct mlt_arena *arena, struct mlt_buf *out,
                     struct mlt_err *err)
{
    struct checkup c = {.out = out, .apt = MLT_BUF_INIT};
    mlt_buf_printf(out, "%-8s %-22s %ld\n", "ok", "processors", sysconf(_SC_NPROCESSORS_ONLN));
    check_worker(&c, arena);
    check_scratch(&c, arena);
    check_registry(&c, registry, arena);
    check_xgboost(&c);
    check_program(&c, "ssh-keygen", "-?", "approvals and records, signed by people",
                  "openssh-client");
    check_program(&c, "gnuplot", "--version", "plots beside Markdown reports", "gnuplot-nox");
    check_program(&c, "fasttext", "help", "the text example", "fasttext");
    check_program(&c, "python3", "--version", "models in Python behind the process adapter",
                  "python3");
    if (c.apt.len)
        mlt_buf_printf(out, "\non Debian: apt-get install --no-install-recommends%s\n", c.apt.data);
    mlt_buf_free(&c.apt);
    if (c.needed_missing)
        return mlt_err_set(err, MLT_ERR_INFRA, "%d thing%s that mltest needs %s missing",
                           c.needed_missing, c.needed_missing == 1 ? "" : "s",
                           c.needed_missing == 1 ? "is" : "are");
    return true;
}

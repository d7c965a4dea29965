#include <string.h>
#include <unistd.h>

#include "tests/unit/registry/fixture.h"

TCase *serve_case(void);

static const char *resolved(const char *version)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    ck_ok(mlt_registry_get(registry, "m", version, &arena, &v, &err));
    return v.version;
}

START_TEST(get_resolves_versions_and_names_the_nearest)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    ck_fails(mlt_registry_get(registry, "m", "", &arena, &v, &err), MLT_ERR_USAGE,
             "no model \"m\"");
    registered("1.0.0");
    registered("1.10.0");
    registered("1.9.0");
    ck_assert_str_eq(resolved(""), "1.10.0");
    ck_assert_str_eq(resolved("1.9.0"), "1.9.0");
    ck_fails(mlt_registry_get(registry, "m", "1.9.1", &arena, &v, &err), MLT_ERR_USAGE,
             "m has no version \"1.9.1\": the nearest is 1.9.0");
    ck_fails(mlt_registry_get(registry, "m", "v1.9.0", &arena, &v, &err), MLT_ERR_USAGE,
             "did you mean 1.9.0?");
    ck_fails(mlt_registry_get(registry, "mm", "1.9.1", &arena, &v, &err), MLT_ERR_USAGE,
             "no model \"mm\"; did you mean \"m\"?");
}
END_TEST

START_TEST(production_and_latest_say_how_to_get_one)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    char serving[MLT_SEMVER_CHARS];
    registered("1.0.0");
    ck_ok(mlt_registry_serving(registry, "m", serving, &err));
    ck_assert_str_eq(serving, "");
    ck_fails(mlt_registry_get(registry, "m", "production", &arena, &v, &err), MLT_ERR_USAGE,
             "`mltest registry adopt m@VERSION --as production --reason");
    ck_fails(mlt_registry_get(registry, "m", "latest", &arena, &v, &err), MLT_ERR_USAGE,
             "none has; name a version");
}
END_TEST

START_TEST(adopt_moves_the_pointer_and_latest)
{
    struct mlt_err err = MLT_ERR_INIT;
    char target[64] = "";
    registered("1.0.0");
    registered("1.1.0");
    ck_ok(mlt_registry_adopt(registry, "m", "1.1.0", "serves since May", &err));
    ck_assert_str_eq(resolved("production"), "1.1.0");
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "rolled back by hand", &err));
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "again", &err));
    ck_assert_str_eq(resolved("production"), "1.0.0");
    /* The highest that was ever in Production. */
    ck_assert_str_eq(resolved("latest"), "1.1.0");
    ck_assert_int_eq(readlink(unit_path("registry/m/latest"), target, sizeof target - 1), 5);
    ck_assert_str_eq(target, "1.1.0");
    ck_assert_str_eq(faults_of(NULL, NULL), "");
}
END_TEST

START_TEST(latest_is_never_an_experiment)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version_entry *entries;
    size_t count;
    registered("1.0.0");
    registered("1.1.0-experiment-attention");
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "serves", &err));
    ck_ok(mlt_registry_adopt(registry, "m", "1.1.0-experiment-attention", "serves", &err));
    ck_assert_str_eq(resolved("production"), "1.1.0-experiment-attention");
    ck_assert_str_eq(resolved("latest"), "1.0.0");
    ck_ok(mlt_registry_versions(registry, "m", &arena, &entries, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(entries[0].version, "1.0.0");
    ck_assert(!entries[0].serving && entries[1].serving);
    ck_assert_str_eq(entries[0].state, "Production");
}
END_TEST

START_TEST(adopt_needs_a_reason_and_an_unaltered_version)
{
    struct mlt_err err = MLT_ERR_INIT;
    registered("1.0.0");
    ck_fails(mlt_registry_adopt(registry, "m", "1.0.0", " ", &err), MLT_ERR_USAGE, "reason");
    ck_fails(mlt_registry_adopt(registry, "m", "1.0.0", NULL, &err), MLT_ERR_USAGE, "reason");
    ck_fails(mlt_registry_adopt(registry, "m", "1.2.0", "x", &err), MLT_ERR_USAGE, "no version");
    ck_fails(mlt_registry_adopt(registry, "m", "latest", "x", &err), MLT_ERR_USAGE,
             "not a version");
    ck_assert_int_eq(unlink(unit_path("registry/m/1.0.0/model.bin")), 0);
    ck_fails(mlt_registry_adopt(registry, "m", "1.0.0", "x", &err), MLT_ERR_EVIDENCE,
             "model.bin is missing");
}
END_TEST

/* As of now. */
static bool deploy(const struct mlt_deployment *d, struct mlt_err *err)
{
    struct mlt_moment moment;
    bool raced = true;
    ck_assert(mlt_registry_moment(registry, "m", &moment, err));
    bool ok = mlt_registry_record_deployment(registry, d, &moment, &raced, err);
    ck_assert(!ok || !raced);
    return ok;
}

static struct mlt_deployment deployment(const char *environment, const char *version)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_version v;
    char decision[MLT_SHA256_HEX], *path;
    ck_ok(mlt_registry_get(registry, "m", version, &arena, &v, &err));
    ck_ok(mlt_registry_store_decision(registry, "m", version, "{}", 2, &arena, &path, &err));
    ck_ok(mlt_hash_bytes("{}", 2, decision, &err));
    return (struct mlt_deployment){.environment = environment,
                                   .model = "m",
                                   .version = version,
                                   .digest = mlt_arena_strdup(&arena, v.digest),
                                   .decision_digest = mlt_arena_strdup(&arena, decision),
                                   .reason = "release"};
}

START_TEST(deployments_are_kept_oldest_first_and_production_serves)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_deployment *list, staging, production, other;
    size_t count;
    registered("1.0.0");
    registered("1.1.0");
    staging = deployment("staging", "1.0.0");
    production = deployment("production", "1.0.0");
    other = deployment("production", "1.1.0");
    ck_fails(deploy(&production, &err), MLT_ERR_USAGE,
             "1.0.0 is in Development, and production takes it in state Production only");
    ck_ok(deploy(&staging, &err));
    ck_assert_uint_eq(strlen(resolved("")), 5);
    ck_ok(mlt_registry_adopt(registry, "m", "1.1.0", "serves", &err));
    ck_ok(mlt_registry_adopt(registry, "m", "1.0.0", "serves", &err));
    ck_ok(mlt_registry_adopt(registry, "m", "1.1.0", "serves", &err));
    ck_ok(deploy(&production, &err));
    ck_assert_str_eq(resolved("production"), "1.0.0");
    ck_ok(deploy(&other, &err));
    ck_assert_str_eq(resolved("production"), "1.1.0");
    ck_assert_str_eq(resolved("latest"), "1.1.0");
    ck_ok(mlt_registry_deployments(registry, "m", "1.0.0", &arena, &list, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(list[0].environment, "staging");
    ck_assert_str_eq(list[1].environment, "production");
    ck_assert_str_eq(list[0].reason, "release");
    ck_assert_ptr_nonnull(list[0].by);
    ck_assert_str_eq(faults_of(NULL, NULL), "");
    /* A deployment whose decision is gone has nothing to show for itself. */
    char *kept = mlt_arena_printf(&arena, "registry/m/.evidence/1.1.0/decisions/%s.json",
                                  other.decision_digest);
    ck_assert_int_eq(unlink(unit_path(kept)), 0);
    ck_assert_ptr_nonnull(
        strstr(faults_of(NULL, NULL), "m@1.1.0 was deployed to production by it"));
}
END_TEST

START_TEST(deployments_of_other_content_are_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_deployment d;
    registered("1.0.0");
    d = deployment("staging", "1.0.0");
    d.digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    ck_fails(deploy(&d, &err), MLT_ERR_EVIDENCE, "registered as");
    d.digest = "";
    ck_fails(deploy(&d, &err), MLT_ERR_USAGE, "SHA-256");
    d = deployment("../production", "1.0.0");
    ck_fails(deploy(&d, &err), MLT_ERR_USAGE, "environment");
}
END_TEST

TCase *serve_case(void)
{
    TCase *tc = tcase_create("serve");
    tcase_add_checked_fixture(tc, registry_setup, registry_teardown);
    tcase_add_test(tc, get_resolves_versions_and_names_the_nearest);
    tcase_add_test(tc, production_and_latest_say_how_to_get_one);
    tcase_add_test(tc, adopt_moves_the_pointer_and_latest);
    tcase_add_test(tc, latest_is_never_an_experiment);
    tcase_add_test(tc, adopt_needs_a_reason_and_an_unaltered_version);
    tcase_add_test(tc, deployments_are_kept_oldest_first_and_production_serves);
    tcase_add_test(tc, deployments_of_other_content_are_refused);
    return tc;
}

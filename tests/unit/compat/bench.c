#include "tests/unit/compat/bench.h"

#include <string.h>

struct mlt_arena bench_arena;

void bench_setup(void)
{
    bench_arena = (struct mlt_arena)MLT_ARENA_INIT;
}

void bench_teardown(void)
{
    mlt_arena_free(&bench_arena);
}

enum mlt_part bench_part(const char *part)
{
    return strcmp(part, "input") == 0    ? MLT_PART_INPUT
           : strcmp(part, "output") == 0 ? MLT_PART_OUTPUT
                                         : MLT_PART_SETTING;
}

struct mlt_contract bench_config(const char *json)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *config;
    struct mlt_contract contract;
    ck_ok(mlt_json_parse("config.json", json, strlen(json), &config, &err));
    ck_ok(mlt_contract_decode("config.json", config, &bench_arena, &contract, &err));
    mlt_json_free(config);
    return contract;
}

struct mlt_contract bench_contract(const char *part, const char *text)
{
    enum mlt_part at = bench_part(part);
    bool input = at == MLT_PART_INPUT && *text, output = at == MLT_PART_OUTPUT;
    return bench_config(mlt_arena_printf(
        &bench_arena,
        "{\"inputs\":[{\"name\":\"keep\",\"type\":\"number\"}%s%s],\"output\":%s,\"settings\":[%s]"
        "}",
        input ? "," : "", input ? text : "",
        output ? text : "{\"name\":\"score\",\"type\":\"number\",\"min\":0,\"max\":20}",
        at == MLT_PART_SETTING ? text : ""));
}

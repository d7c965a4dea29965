/* The event log that the references of analysis.c were computed on. */
#include "tests/unit/experiment/log.h"

const char *const small_log =
    "unit,arm,buy,spent,clicks,views,pre\nu0,A,0,1.5,3,7,5\nu1,B,1,28.13,0,5,16\n"
    "u1,B,0,5.5,2,7,16\nu1,B,0,5.5,1,7,16\nu2,A,0,11.1,4,7,37\nu2,A,0,11.1,3,7,37\n"
    "u2,A,0,11.1,4,5,37\nu3,B,0,8.8,0,1,27\nu4,A,0,10.2,0,1,34\nu4,A,0,10.2,0,2,34\n"
    "u4,A,0,10.2,4,6,34\nu5,B,0,0.7,0,1,0\nu5,B,0,0.7,2,2,0\nu5,B,1,11.61,0,3,0\n"
    "u6,A,0,0.0,0,4,0\nu6,A,0,0.0,1,2,0\nu7,B,1,27.98,0,6,21\nu8,A,1,26.54,3,3,26\n"
    "u8,A,0,7.8,4,4,26\nu9,B,1,13.57,6,8,30\nu10,A,0,11.7,2,2,39\nu11,B,0,11.5,7,8,36\n"
    "u11,B,0,11.5,0,2,36\nu11,B,1,15.48,2,2,36\nu12,A,1,38.71,0,2,21\nu12,A,0,6.3,6,6,21\n"
    "u12,A,0,6.3,0,5,21\nu13,B,0,8.2,4,7,25\nu14,A,0,1.5,0,1,5\nu14,A,1,24.86,0,5,5\n"
    "u15,B,1,29.1,3,4,16\nu15,B,0,5.5,0,4,16\nu15,B,0,5.5,4,5,16\nu16,A,1,16.7,0,3,3\n"
    "u16,A,0,0.9,1,5,3\nu16,A,0,0.9,4,7,3\nu17,B,0,2.2,2,6,5\nu17,B,0,2.2,1,4,5\n"
    "u17,B,1,23.0,0,6,5\nu18,A,0,3.3,6,6,11\nu18,A,0,3.3,2,7,11\nu19,B,0,8.8,2,2,27\n"
    "u19,B,0,8.8,1,2,27\nu19,B,0,8.8,6,7,27\nu20,A,0,4.8,0,5,16\nu20,A,0,4.8,4,6,16\n"
    "u20,A,0,4.8,1,7,16\nu21,B,0,2.2,0,1,5\nu21,B,0,2.2,0,8,5\nu22,A,1,34.34,1,2,28\n"
    "u22,A,0,8.4,5,7,28\nu22,A,0,8.4,1,1,28\nu23,B,1,30.81,4,4,21\nu23,B,1,17.79,4,7,21\n"
    "u23,B,0,7.0,3,7,21\nu24,A,0,7.8,3,6,26\nu25,B,0,7.0,3,3,21\nu25,B,0,7.0,0,1,21\n"
    "u25,B,0,7.0,2,2,21\nu26,A,0,2.4,2,2,8\nu26,A,1,10.72,0,1,8\nu26,A,0,2.4,0,2,8\n"
    "u27,B,0,9.1,1,8,28\nu27,B,0,9.1,3,6,28\nu27,B,1,27.9,2,5,28\nu28,A,0,9.3,1,2,31\n"
    "u28,A,0,9.3,7,8,31\nu29,B,0,7.6,0,5,23\nu29,B,0,7.6,3,7,23\nu30,A,1,13.66,0,4,30\n"
    "u30,A,0,9.0,3,3,30\nu31,B,1,31.07,4,7,39\nu32,A,0,3.9,0,1,13\nu32,A,0,3.9,1,6,13\n"
    "u33,B,1,19.94,3,7,12\nu34,A,0,9.0,7,7,30\nu34,A,0,9.0,0,1,30\nu34,A,0,9.0,2,2,30\n"
    "u35,B,0,12.1,3,7,38\nu36,A,0,1.5,0,6,5\nu36,A,0,1.5,2,3,5\nu36,A,1,19.05,3,3,5\n"
    "u37,B,1,48.9,2,2,18\nu38,A,0,7.8,2,3,26\nu39,B,1,27.62,0,5,28\nu39,B,0,9.1,0,2,28\n"
    "u40,A,0,3.6,5,7,12\nu40,A,0,3.6,1,6,12\nu41,B,1,17.16,3,8,1\nu41,B,0,1.0,4,6,1\n"
    "u41,B,0,1.0,5,8,1\nu42,A,0,10.5,2,5,35\nu42,A,1,30.26,6,7,35\nu42,A,0,10.5,4,5,35\n"
    "u43,B,0,6.4,0,2,19\nu43,B,0,6.4,1,8,19\nu44,A,0,7.5,2,3,25\nu44,A,0,7.5,8,8,25\n"
    "u45,B,0,11.8,8,8,37\nu46,A,0,3.9,1,6,13\nu46,A,0,3.9,5,7,13\nu46,A,1,29.43,0,1,13\n"
    "u47,B,0,10.0,2,7,31\nu47,B,1,19.92,4,4,31\nu47,B,1,26.27,1,4,31\nu48,A,0,3.9,1,3,13\n"
    "u48,A,0,3.9,4,4,13\nu48,A,1,11.03,1,4,13\nu49,B,0,7.3,1,4,22\nu49,B,1,10.21,0,4,22\n"
    "u50,A,1,11.86,2,2,8\nu50,A,0,2.4,4,8,8\nu50,A,1,19.76,1,2,8\nu51,B,0,4.3,4,7,12\n"
    "u51,B,0,4.3,7,7,12\nu51,B,0,4.3,1,1,12\nu52,A,0,9.9,8,8,33\nu52,A,1,22.1,6,7,33\n"
    "u53,B,0,2.5,1,4,6\nu53,B,0,2.5,1,2,6\nu53,B,0,2.5,3,5,6\nu54,A,0,6.3,1,3,21\n"
    "u55,B,1,8.22,7,8,6\nu56,A,1,22.04,0,4,6\nu56,A,1,16.72,2,2,6\nu56,A,0,1.8,1,8,6\n"
    "u57,B,0,9.1,1,1,28\nu57,B,0,9.1,5,5,28\nu57,B,1,24.11,0,8,28\nu58,A,0,10.2,8,8,34\n"
    "u58,A,0,10.2,6,8,34\nu58,A,1,26.11,4,5,34\nu59,B,0,11.8,2,3,37\n";

static const char *const arms[] = {"A", "B", "C"};

static struct mlt_experiment_metric metric_of(const char *text, struct mlt_arena *arena)
{
    struct mlt_experiment_metric metric;
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_experiment_metric_parse(text, arena, &metric, &err));
    return metric;
}

struct mlt_experiment log_experiment(const char *text, size_t arm_count, const char *const *metrics,
                                     struct mlt_arena *arena)
{
    const char *path = unit_path("events.csv");
    struct mlt_experiment_metric *list = mlt_arena_calloc(arena, 8, sizeof *list);
    size_t count = 0;
    unit_write_text(path, text);
    for (; metrics[count] != NULL; count++)
        list[count] = metric_of(metrics[count], arena);
    return (struct mlt_experiment){.events = mlt_arena_strdup(arena, path),
                                   .unit = "unit",
                                   .variant = "arm",
                                   .arm = arms,
                                   .arms = arm_count,
                                   .metric = list,
                                   .metrics = count};
}

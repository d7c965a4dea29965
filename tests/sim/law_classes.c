/* Three classes, guessed right more or less often by class; a wrong guess is the next class oftener
 * than the one after it. */
#include <string.h>

#include "harness/stats/dist.h"
#include "tests/sim/law.h"

enum { EVEN, RARE };
static const double correlation = 0.8, next_of_wrong = 0.7;

static double share_of_class(int kind, int class)
{
    static const double rare[SIM_CLASSES] = {0.75, 0.2, 0.05};
    return kind == RARE ? rare[class] : 1.0 / SIM_CLASSES;
}

static double right(int side, int class)
{
    return (side == SIM_CANDIDATE ? 0.75 : 0.78) - 0.05 * class;
}

/* Chance that a row of class `label` is called `guess`. */
static double confusion(int side, int label, int guess)
{
    double good = right(side, label);
    int step = (guess - label + SIM_CLASSES) % SIM_CLASSES;
    return step == 0 ? good : (1 - good) * (step == 1 ? next_of_wrong : 1 - next_of_wrong);
}

/* What a normal number must stay below for each label, and for each step from the label. */
struct borders {
    double label[SIM_CLASSES], step[2][SIM_CLASSES][2];
};

static struct borders make_borders(int kind)
{
    struct borders b;
    double sum = 0;
    for (int k = 0; k < SIM_CLASSES; k++) {
        sum += share_of_class(kind, k);
        b.label[k] = k == SIM_CLASSES - 1 ? 100 : mlt_normal_quantile(sum);
        for (int s = 0; s < 2; s++) {
            double good = right(s, k);
            b.step[s][k][0] = mlt_normal_quantile(good);
            b.step[s][k][1] = mlt_normal_quantile(good + (1 - good) * next_of_wrong);
        }
    }
    return b;
}

static void draw_row(const struct borders *b, double label, const double z[2], size_t i,
                     struct sim_data *out)
{
    int class = 0;
    while (!(label < b->label[class]))
        class ++;
    out->label[i] = class;
    for (int s = 0; s < 2; s++) {
        int step = z[s] < b->step[s][class][0] ? 0 : z[s] < b->step[s][class][1] ? 1 : 2;
        for (int k = 0; k < SIM_CLASSES; k++)
            out->score[s][i * SIM_CLASSES + (size_t)k] =
                k == (class + step) % SIM_CLASSES ? 0.6 : 0.2;
    }
}

static void draw(const struct sim_law *law, struct mlt_rng *rng, size_t n, struct sim_data *out)
{
    const struct borders borders = make_borders(law->kind);
    struct sim_source guess = {law->clustered, correlation, {0, 0}}, label = guess;
    uint32_t clusters = sim_clusters(n), last = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        double y[2], z[2];
        out->cluster[i] = (uint32_t)(i * clusters / n);
        if (law->clustered && out->cluster[i] != last) {
            sim_source_next_cluster(&guess, rng);
            sim_source_next_cluster(&label, rng);
            last = out->cluster[i];
        }
        sim_source_draw(&label, rng, y);
        sim_source_draw(&guess, rng, z);
        draw_row(&borders, y[0], z, i, out);
    }
    out->rows.task = law->task;
    out->rows.n = n;
    out->rows.cluster = law->clustered ? out->cluster : NULL;
    out->rows.n_clusters = clusters;
}

/* F1 of a class is 2 hits / (rows of the class + guesses of it). */
static double truth(const struct sim_law *law, const char *metric, int side)
{
    double mean = 0;
    if (strcmp(metric, "macro_f1") != 0)
        sim_die("only macro_f1 is known for classes");
    for (int k = 0; k < SIM_CLASSES; k++) {
        double guessed = 0, share = share_of_class(law->kind, k);
        for (int label = 0; label < SIM_CLASSES; label++)
            guessed += share_of_class(law->kind, label) * confusion(side, label, k);
        mean += 2 * share * confusion(side, k, k) / (share + guessed) / SIM_CLASSES;
    }
    return mean;
}

const struct sim_law sim_multiclass_laws[] = {
    {"even", "three classes of equal shares", MLT_TASK_MULTICLASS, false, EVEN, draw, truth},
    {"rare", "shares 0.75, 0.2 and 0.05", MLT_TASK_MULTICLASS, false, RARE, draw, truth},
    {"clusters", "as even; labels and guesses go together", MLT_TASK_MULTICLASS, true, EVEN, draw,
     truth},
    {NULL, NULL, 0, false, 0, NULL, NULL},
};

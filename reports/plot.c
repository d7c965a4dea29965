#include "reports/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/base/str.h"
#include "harness/base/subprocess.h"
#include "reports/cell.h"
#include "reports/figures.h"
#include "reports/quantity.h"

enum {
    ROWS_MOST = 60,
    ROW_PIXELS = 26,
    WIDTH_PIXELS = 1000,
    NAME_COLUMNS = 46,
    SVG_BYTES = 4 << 20
};
static const uint64_t timeout_ns = 30000000000u;
/* The axis shows at most this many margins to each side; what lies beyond ends at the frame. */
static const double axis_least = -3, axis_most = 5;

struct axis {
    double lo, hi;
};

static bool is_drawn(const struct mlt_finding *f)
{
    return f->is_comparison && mlt_figures_of(f).has_axis;
}

size_t mlt_plot_rows(const struct mlt_finding *findings, size_t count)
{
    size_t rows = 0;
    for (size_t i = 0; i < count; i++)
        rows += is_drawn(&findings[i]);
    return rows;
}

static double clamp(double value, double lo, double hi)
{
    return value < lo ? lo : value > hi ? hi : value;
}

static struct axis axis_of(const struct mlt_finding *findings, size_t count)
{
    struct axis axis = {-0.5, 1.5};
    for (size_t i = 0, rows = 0; i < count && rows < ROWS_MOST; i++) {
        if (!is_drawn(&findings[i]))
            continue;
        rows++;
        struct mlt_figures g = mlt_figures_of(&findings[i]);
        axis.lo = fmin(axis.lo, fmin(g.at, isnan(g.at_lo) ? g.at : g.at_lo));
        axis.hi = fmax(axis.hi, fmax(g.at, isnan(g.at_hi) ? g.at : g.at_hi));
    }
    axis.lo = clamp(axis.lo - 0.15, axis_least, axis_most);
    axis.hi = clamp(axis.hi + 0.15, axis_least, axis_most);
    return axis;
}

/* gnuplot takes double quotes and backslashes as its own, and writes "]]>" and U+FFFE, U+FFFF as
 * they are, which XML forbids. */
static void harmless(struct mlt_buf *out, const char *safe)
{
    for (const char *at = safe; *at; at++) {
        if (*at == '"')
            mlt_buf_puts(out, "″");
        else if (*at == '`')
            mlt_buf_puts(out, "′");
        else if (*at == '\\')
            mlt_buf_puts(out, "∖");
        else if (*at == '>' && at > safe && at[-1] == ']')
            mlt_buf_puts(out, "›");
        else if (strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0)
            at += 2;
        else
            mlt_buf_putc(out, *at);
    }
}

/* Text inside a data block whose columns are parted by tabs: no control characters, so no tab and
 * no line that could end the block. */
static void field(struct mlt_buf *out, const char *text, unsigned columns)
{
    struct mlt_buf safe = MLT_BUF_INIT, cut = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, text, strlen(text), 4 * (size_t)columns);
    if (mlt_cell_columns(safe.data, safe.len) > columns)
        mlt_cell_put(&cut, safe.data, columns, MLT_ALIGN_LEFT);
    else
        mlt_buf_append(&cut, safe.data, safe.len);
    harmless(out, cut.data);
    out->oom |= safe.oom || cut.oom;
    mlt_buf_free(&safe);
    mlt_buf_free(&cut);
}

static void name_field(struct mlt_buf *out, const struct mlt_finding *f)
{
    struct mlt_buf name = MLT_BUF_INIT;
    if (f->slice_column)
        mlt_buf_printf(&name, "%s, ", f->metric ? f->metric : "?");
    mlt_figures_slice(&name, f);
    if (!f->slice_column)
        mlt_buf_puts(&name, f->criterion ? f->criterion : "?");
    field(out, name.data, NAME_COLUMNS);
    out->oom |= name.oom;
    mlt_buf_free(&name);
}

static void figure_field(struct mlt_buf *out, const struct mlt_finding *f)
{
    struct mlt_figures g = mlt_figures_of(f);
    char text[MLT_QUANTITY_CHARS], share[MLT_QUANTITY_CHARS];
    const double group[] = {g.worse, g.allowed};
    struct mlt_scale scale = mlt_scale_choose(f->unit, group, 2, 3);
    mlt_scale_format(&scale, g.worse, true, false, text);
    struct mlt_buf figure = MLT_BUF_INIT;
    mlt_buf_printf(&figure, "%s of %s", text,
                   mlt_scale_format(&scale, g.allowed, false, true, share));
    field(out, figure.data, 22);
    out->oom |= figure.oom;
    mlt_buf_free(&figure);
}

/* One block per verdict, so that each has its colour; all share the row numbers. */
static void data_block(struct mlt_buf *out, const struct mlt_finding *findings, size_t count,
                       enum mlt_verdict verdict, struct axis axis)
{
    mlt_buf_printf(out, "$%s << MLTEST_END\n", mlt_verdict_name(verdict));
    for (size_t i = 0, row = 0; i < count && row < ROWS_MOST; i++) {
        if (!is_drawn(&findings[i]))
            continue;
        row++;
        if (findings[i].verdict != verdict)
            continue;
        struct mlt_figures g = mlt_figures_of(&findings[i]);
        double lo = isnan(g.at_lo) ? g.at : g.at_lo, hi = isnan(g.at_hi) ? g.at : g.at_hi;
        mlt_buf_printf(out, "%.9g\t%zu\t%.9g\t%.9g\t", clamp(g.at, axis.lo, axis.hi), row,
                       clamp(lo, axis.lo, axis.hi), clamp(hi, axis.lo, axis.hi));
        name_field(out, &findings[i]);
        mlt_buf_putc(out, '\t');
        figure_field(out, &findings[i]);
        mlt_buf_putc(out, '\n');
    }
    /* An empty block is an error to gnuplot: a row outside the frame. */
    mlt_buf_puts(out, "-1e9\t-1e9\t-1e9\t-1e9\t \t \nMLTEST_END\n");
}

static const struct {
    enum mlt_verdict verdict;
    const char *color;
} looks[] = {{MLT_VERDICT_PASS, "#1a7f37"},
             {MLT_VERDICT_INCONCLUSIVE, "#b08800"},
             {MLT_VERDICT_INVALID, "#8250df"},
             {MLT_VERDICT_FAIL, "#cf222e"}};
enum { LOOKS = sizeof looks / sizeof *looks };

static void text_block(struct mlt_buf *out, const char *name, const char *text, unsigned columns)
{
    mlt_buf_printf(out, "$%s << MLTEST_END\n ", name);
    field(out, text, columns);
    mlt_buf_puts(out, "\nMLTEST_END\n");
}

static void frame(struct mlt_buf *out, size_t rows, struct axis axis)
{
    unsigned height = (unsigned)rows * ROW_PIXELS + 162;
    mlt_buf_printf(
        out,
        "set terminal svg size %d,%u dynamic font 'sans-serif,12' background '#ffffff' noenhanced\n"
        "set encoding utf8\nset decimalsign '.'\nset datafile separator '\\t'\n"
        "set lmargin at screen 0.36\nset rmargin at screen 0.84\n"
        "set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
        WIDTH_PIXELS, height, 1 - 62.0 / height, 88.0 / height);
    mlt_buf_printf(
        out,
        "set xrange [%.9g:%.9g]\nset yrange [%zu.5:0.5]\nset y2range [%zu.5:0.5]\n"
        "set border 1 lc rgb '#8c959f'\nset tics nomirror scale 0.5 textcolor rgb '#57606a'\n"
        "set ytics scale 0 offset -0.5,0 textcolor rgb '#24292f' noenhanced\n"
        "set y2tics scale 0 offset 0.5,0 textcolor rgb '#57606a' noenhanced\n"
        "set format x '%%g×'\nset xtics 0.5\n"
        "set xlabel 'difference as a share of the margin: 0 equal, 1× the margin, right is worse' "
        "textcolor rgb '#57606a'\n"
        "set grid xtics lc rgb '#eaeef2' lt 1\nset bars 0.6\nset key off\n",
        axis.lo, axis.hi, rows, rows);
    mlt_buf_puts(
        out,
        "set object 1 rectangle from graph 0,0 to first 1,graph 1 behind fillcolor rgb '#f3faf5' "
        "fillstyle solid noborder\n"
        "set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb '#8c959f' dt 3 lw 1.2\n"
        "set arrow 2 from 1, graph 0 to 1, graph 1 nohead lc rgb '#24292f' lw 1.8\n"
        "set label 1 $title[1] at screen 0.02, graph 1 offset 0,1.6 left noenhanced "
        "font 'sans-serif,15' textcolor rgb '#24292f'\n"
        "set label 2 $caption[1] at screen 0.02, screen 0 offset 0,0.9 left noenhanced "
        "font 'sans-serif,10' textcolor rgb '#57606a'\n");
    if (axis.hi - axis.lo > 4.5)
        mlt_buf_puts(out, "set xtics 1\n");
}

static void plot_command(struct mlt_buf *out)
{
    for (size_t i = 0; i < LOOKS; i++)
        mlt_buf_printf(out,
                       "%s$%s using 1:2:3:4:yticlabels(5):y2ticlabels(6) with xerrorbars "
                       "lw 2 pt 7 ps 0.8 lc rgb '%s'",
                       i ? ", " : "plot ", mlt_verdict_name(looks[i].verdict), looks[i].color);
    mlt_buf_putc(out, '\n');
}

static void caption_text(struct mlt_buf *out, const struct mlt_finding *findings, size_t count)
{
    size_t drawn = mlt_plot_rows(findings, count), comparisons = 0;
    for (size_t i = 0; i < count; i++)
        comparisons += findings[i].is_comparison;
    mlt_buf_puts(
        out, "green pass, yellow inconclusive, red fail, violet invalid; bars are the intervals "
             "that decide");
    if (drawn > ROWS_MOST)
        mlt_buf_printf(out, "; %zu milder ones not drawn", drawn - ROWS_MOST);
    if (comparisons > drawn)
        mlt_buf_printf(out, "; %zu without a margin or a number not drawn", comparisons - drawn);
}

static void script(struct mlt_buf *out, const struct mlt_finding *findings, size_t count,
                   const char *title)
{
    size_t drawn = mlt_plot_rows(findings, count);
    size_t rows = drawn < ROWS_MOST ? drawn : ROWS_MOST;
    struct axis axis = axis_of(findings, count);
    struct mlt_buf caption = MLT_BUF_INIT;
    caption_text(&caption, findings, count);
    for (size_t i = 0; i < LOOKS; i++)
        data_block(out, findings, count, looks[i].verdict, axis);
    text_block(out, "title", title, 110);
    text_block(out, "caption", caption.data, 200);
    frame(out, rows, axis);
    plot_command(out);
    out->oom |= caption.oom;
    mlt_buf_free(&caption);
}

static bool run_gnuplot(const struct mlt_buf *input, struct mlt_buf *svg, struct mlt_err *err)
{
    static const char *const argv[] = {"gnuplot", "-d", "-", NULL};
    static const char *const env[] = {"LC_ALL=C", "GNUTERM=svg", "GNUPLOT_LIB=", NULL};
    struct mlt_subprocess_options options = {.argv = argv, .dir = "/", .env = env};
    struct mlt_subprocess_result result = {0};
    struct mlt_buf words = MLT_BUF_INIT;
    char status[64];
    size_t before = svg->len;
    bool ok = mlt_subprocess_run(&options, input, timeout_ns, SVG_BYTES, svg, &words, &result, err);
    if (!ok)
        mlt_err_prefix(err, "the picture needs gnuplot (on Debian: apt-get install gnuplot-nox)");
    else if (result.timed_out)
        ok = mlt_err_set(err, MLT_ERR_INFRA, "gnuplot did not end within 30 s");
    else if (result.status != 0 || svg->len == before || result.out_truncated)
        ok = mlt_err_set(err, MLT_ERR_INFRA, "gnuplot drew no picture (%s): %.300s",
                         mlt_subprocess_status_text(result.status, status), words.data);
    mlt_buf_free(&words);
    return ok && mlt_buf_check(svg, err);
}

bool mlt_plot_svg(const struct mlt_finding *findings, size_t count, const char *title,
                  struct mlt_buf *svg, struct mlt_err *err)
{
    if (mlt_plot_rows(findings, count) == 0)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "there is nothing to draw: no finding compares two versions within a margin");
    struct mlt_finding *sorted = malloc(count * sizeof *sorted);
    if (!sorted)
        return mlt_err_oom(err);
    memcpy(sorted, findings, count * sizeof *sorted);
    mlt_findings_sort(sorted, count);
    struct mlt_buf text = MLT_BUF_INIT;
    script(&text, sorted, count, title ? title : "");
    bool ok = mlt_buf_check(&text, err) && run_gnuplot(&text, svg, err);
    mlt_buf_free(&text);
    free(sorted);
    return ok;
}

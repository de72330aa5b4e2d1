/* Histograms in the HTML report: how many elements are how many ulps off, beside what the budgets allow. */
#include <math.h>
#include <string.h>

#include "real/dtype.h"
#include "report/gnuplot.h"
#include "report/html_case.h"
#include "report/html_page.h"
#include "report/number.h"

/* Upper ends of the bins; the last two hold what is more, and what is no number. */
static const double ends[] = {0, 0.5, 1, 2, 4, 8, 16, 64, 256, 1024, 1e6, 1e9, 1e12, INFINITY};
static const char *const names[] = {"0",      "to 1/2", "to 1",    "to 2",   "to 4",
                                    "to 8",   "to 16",  "to 64",   "to 256", "to 1024",
                                    "to 1e6", "to 1e9", "to 1e12", "more",   "no number"};
enum { ENDS = sizeof ends / sizeof *ends, BINS = ENDS + 1, CLASSES = 3 };
static const char *const classes[CLASSES] = {"passes", "undecided", "fails"};

struct histogram {
    size_t counts[BINS][CLASSES], count;
    double least, most; /* budgets in ulps; most is 0 when there is none */
};

static size_t bin_of(double ulps)
{
    size_t i = 0;
    if (isnan(ulps))
        return BINS - 1;
    while (ulps > ends[i])
        i++;
    return i;
}

static void count_element(struct histogram *h, const gck_element *e, gck_dtype dtype)
{
    char style = *html_class_of(e->verdict); /* good, open, bad */
    size_t class = style == 'g' ? 0 : style == 'o' ? 1 : 2;
    h->counts[bin_of(e->zero ? 0 : e->ulps)][class]++;
    h->count++;
    double budget = e->budget / dtype_ulp((enum dtype)dtype, e->reference);
    if (e->zero || e->reference == 0 || !isfinite(budget))
        return;
    h->least = h->most > 0 ? fmin(h->least, budget) : budget;
    h->most = fmax(h->most, budget);
}

static bool is_empty(const struct histogram *h, size_t bin)
{
    return h->counts[bin][0] + h->counts[bin][1] + h->counts[bin][2] == 0;
}

/* "The rounding budget of these elements is 2.3 to 40 ulps." */
static void add_budgets(struct text *text, const struct histogram *h)
{
    char least[NUMBER_TEXT], most[NUMBER_TEXT];
    number_ulps(least, h->least);
    number_ulps(most, h->most);
    if (h->most <= 0)
        return;
    text_add(text, "<p>The rounding budget of an element is %s", least);
    if (strcmp(least, most) != 0)
        text_add(text, " to %s", most);
    text_add(text, " ulps here.</p>\n");
}

static void add_counts(struct text *text, const struct histogram *h)
{
    add_budgets(text, h);
    html_scroll_begin(text, "Elements by distance");
    text_add(text, "<table class=\"numbers\"><caption>Elements by distance</caption>\n<thead><tr><th "
                   "scope=\"col\">ulps</th>");
    for (size_t k = 0; k < CLASSES; k++)
        text_add(text, "<th scope=\"col\" class=\"n\">%s</th>", classes[k]);
    text_add(text, "</tr></thead>\n<tbody>");
    for (size_t i = 0; i < BINS; i++) {
        if (is_empty(h, i))
            continue;
        text_add(text, "<tr><th scope=\"row\">%s</th>", names[i]);
        for (size_t k = 0; k < CLASSES; k++)
            text_add(text, h->counts[i][k] ? "<td class=\"n\">%zu</td>" : "<td class=\"n\">-</td>",
                     h->counts[i][k]);
        text_add(text, "</tr>");
    }
    text_add(text, "</tbody></table>");
    html_scroll_end(text);
}

/* Where on the axis of bins a number of ulps lies. */
static double place_of(double ulps)
{
    size_t i = bin_of(ulps);
    if (i == 0 || i >= ENDS - 1)
        return (double)i;
    return (double)i - 0.5 + (ulps - ends[i - 1]) / (ends[i] - ends[i - 1]);
}

/* Few elements are counted on a plain axis, many on a logarithmic one, where a single one still shows. */
static void add_axes(struct text *script, size_t most, size_t last)
{
    enum { FEW = 20 };
    text_add(script, "set terminal svg size 900, 300 dynamic enhanced font 'sans-serif,13' butt\n"
                     "set encoding utf8\nink = '#24292f'\ngrey = '#848d97'\nset border 3 linecolor rgb grey\n"
                     "set xtics nomirror noenhanced textcolor rgb ink scale 0\n"
                     "set ytics nomirror textcolor rgb ink\nset ylabel 'elements' textcolor rgb ink\n"
                     "set xlabel 'distance from the reference, ulps' textcolor rgb ink\n"
                     "set style fill solid 0.9 noborder\nset tmargin 2\n"
                     "set key above right horizontal textcolor rgb ink\n");
    if (most > FEW)
        text_add(script, "set logscale y\nset yrange [0.5:%g]\n", 1.5 * (double)most);
    else
        text_add(script, "set yrange [0:%g]\nset ytics %d\n", (double)most + 0.5,
                 most > 10  ? 5
                 : most > 5 ? 2
                            : 1);
    text_add(script, "set xrange [-0.6:%zu.6]\n", last);
}

/* The band of the budgets, its upper end a line: what is left of all of it passes. */
static void add_band(struct text *script, const struct histogram *h)
{
    if (h->most > 0)
        text_add(
            script,
            "set object 1 rectangle from %g, graph 0 to %g, graph 1 fillcolor rgb grey fillstyle solid 0.25 "
            "noborder behind\nset arrow 1 from %g, graph 0 to %g, graph 1 nohead linecolor rgb grey "
            "linewidth 1.5 dashtype 2\n",
            place_of(h->least), place_of(h->most), place_of(h->most), place_of(h->most));
}

static void add_script(struct text *script, const struct histogram *h)
{
    static const struct {
        const char *colour, *width; /* what hides behind another is wider */
    } looks[CLASSES] = {{"#2a9d8f", "0.86"}, {"#e09f3e", "0.6"}, {"#d1495b", "0.34"}};
    size_t last = BINS - 1, most = 1;
    for (size_t i = 0; i < BINS; i++)
        for (size_t k = 0; k < CLASSES; k++)
            most = h->counts[i][k] > most ? h->counts[i][k] : most;
    while (last > 6 && is_empty(h, last))
        last--;
    add_axes(script, most, last);
    add_band(script, h);
    text_add(script, "$d << END\n");
    for (size_t i = 0; i <= last; i++) {
        text_add(script, "\"%s\"", names[i]);
        for (size_t k = 0; k < CLASSES; k++)
            text_add(script, h->counts[i][k] ? " %zu" : " NaN", h->counts[i][k]);
        text_add(script, "\n");
    }
    text_add(script, "END\nplot ");
    for (size_t k = 0; k < CLASSES; k++)
        text_add(script, "$d using 0:%zu:(%s):xtic(1) with boxes title '%s' linecolor rgb '%s', ", k + 2,
                 looks[k].width, classes[k], looks[k].colour);
    text_add(script, "NaN with lines title 'rounding budget' linecolor rgb grey linewidth 4\n");
}

void html_histogram(struct text *text, const struct html_view *view, const gck_run *run)
{
    enum { FEWEST = 4 }; /* elements that are worth a picture */
    struct histogram h = {0};
    struct text script = {0}, drawn = {0}, svg = {0};
    struct errors errors = {0};
    for (size_t t = 0; t < run->tensor_count; t++)
        for (size_t i = 0; i < run->tensors[t].count; i++) {
            gck_element e = gck_tensor_element(&run->tensors[t], i);
            count_element(&h, &e, run->dtype);
        }
    if (h.count < 2)
        return;
    add_counts(text, &h);
    if (h.count < FEWEST)
        return;
    add_script(&script, &h);
    gck_status status =
        gnuplot_draw(&drawn, &script, "histograms", NULL, view->settings->options.stop, &errors);
    if (!status) {
        gnuplot_svg(&svg, drawn.data, "Elements by their distance from the reference");
        html_picture(text, &svg, "The table above as a histogram, with the band of the rounding budgets");
    } else {
        html_missing(text, status, &errors);
    }
    text->failed |= script.failed || drawn.failed || svg.failed;
    text_free(&script);
    text_free(&drawn);
    text_free(&svg);
    errors_free(&errors);
}

/* The sweep as a script for gnuplot: double precision near by, and five precisions from afar. */
#include <math.h>

#include "report/gnuplot.h"
#include "report/number.h"
#include "report/sweep.h"

/* What both panels share. Grey text and lines show on white and on black. */
static const char colours[SWEEP_CURVES][8] = {"#e09f3e", "#d1495b", "#9b72cf", "#2f7de1", "#2a9d8f"};
static const char methods[SWEEP_METHODS][8] = {"#d1495b", "#e09f3e", "#2a9d8f"};

/* Data blocks $c53, $f53, $r53: columns h and error, a blank line where there is nothing to show. */
static void add_data(struct text *script, const struct sweep_curve *c, gck_method method)
{
    text_add(script, "$%c%d << END\n", "cfr"[method], c -> bits);
    for (size_t i = 0; i < c->count; i++) {
        double error = c->points[i].error[method];
        if (error > 0)
            text_add(script, "%.17g %.6g\n", ldexp(1, c->points[i].exponent), error);
        else
            text_add(script, "\n");
    }
    text_add(script, "END\n");
}

static void add_title(struct text *script, const struct sweep_view *view)
{
    struct text title = {0};
    char d[NUMBER_TEXT];
    text_add(&title, "How wrong is a numerical derivative?   %s:  d%s/d%s = %s", view->sweep->id,
             view->objective, view->element, number_digits(d, view->sweep->derivative, 8));
    text_add(script, "set multiplot\nset label 9 ");
    gnuplot_quote(script, title.data ? title.data : "");
    text_add(script, " at screen 0.5, screen 0.955 center noenhanced font ',16' textcolor rgb ink\n");
    script->failed |= title.failed;
    text_free(&title);
}

static void add_axes(struct text *script, double left, double bottom, int every_x, int every_y)
{
    text_add(script,
             "set xrange [1e%g:1]\nset yrange [1e%g:4]\n"
             "set xtics 1e-300, 1e%d, 1 nomirror textcolor rgb ink\n"
             "set ytics 1e-300, 1e%d, 1 nomirror textcolor rgb ink\n",
             left, bottom, every_x, every_y);
}

static void add_best(struct text *script, int tag, const struct sweep_curve *c, gck_method method,
                     const char *colour)
{
    const struct sweep_point *best = &c->points[c->best[method]];
    if (!(best->error[method] > 0))
        return;
    text_add(script, "set label %d '' at %.6g, %.6g point pointtype 7 pointsize 0.9 linecolor rgb '%s' front\n",
             tag, ldexp(1, best->exponent), best->error[method], colour);
}

/* Theory's two branches, thin and dashed. The powers are written out so that 0 to a power never occurs. */
static void add_theory(struct text *script, const struct sweep *s, double floor_power)
{
    double near_floor = pow(10, floor_power + 0.7);
    struct sweep_theory at_one = sweep_theory(s, GCK_CENTERED, 53, 1);
    text_add(script, "a = %.17g\nb = %.17g\n", at_one.truncation, at_one.rounding);
    if (at_one.truncation > 0)
        text_add(script,
                 "set label 5 \"h^2 |f'''| / 6\" at sqrt(%g/a)/5, %g right noenhanced textcolor rgb grey font "
                 "',11'\n",
                 near_floor, near_floor);
    /* Above its line, and not above the plot. */
    double step = fmax(1e-12, 60 * at_one.rounding);
    text_add(script, "set label 6 'u |f| / h' at %g, %g left noenhanced textcolor rgb grey font ',11'\n", step,
             30 * at_one.rounding / step);
}

static void add_default_marks(struct text *script)
{
    for (int i = 0; i < SWEEP_DEFAULTS; i++)
        text_add(script,
                 "set arrow %d from %s, graph 0 to %s, graph 1 nohead linecolor rgb grey dashtype 3\n"
                 "set label %d '%s %s' at %s, graph 0.985 rotate by 90 right offset %s, 0 noenhanced "
                 "textcolor rgb ink font ',11' front\n",
                 20 + i, sweep_defaults[i].text, sweep_defaults[i].text, 20 + i, sweep_defaults[i].who,
                 sweep_defaults[i].text, sweep_defaults[i].text, i ? "0.9" : "-0.7");
}

/* Double precision near by. */
static void add_double(struct text *script, const struct sweep_view *view)
{
    const struct sweep *s = view->sweep;
    const struct sweep_curve *c = &s->curves[SWEEP_53];
    text_add(script, "set lmargin at screen 0.075\nset rmargin at screen 0.475\n"
                     "set title 'Double precision, three differences' textcolor rgb ink font ',13'\n");
    double bottom = fmin(sweep_floor(s, SWEEP_53, GCK_CENTERED), sweep_floor(s, SWEEP_53, GCK_RICHARDSON));
    add_axes(script, -17, bottom, 4, 4);
    add_default_marks(script);
    for (int m = 0; m < SWEEP_METHODS; m++)
        add_best(script, 30 + m, c, (gck_method)m, methods[m]);
    bool theory = sweep_is_smooth(s);
    if (theory)
        add_theory(script, s, bottom);
    text_add(script, "plot ");
    if (theory)
        text_add(script, "a*x**2 with lines notitle linewidth 1.5 dashtype 2 linecolor rgb grey, "
                         "b/x with lines notitle linewidth 1.5 dashtype 2 linecolor rgb grey, ");
    text_add(script,
             "$f53 with lines title 'forward' linewidth 2 linecolor rgb '%s', "
             "$r53 with lines title 'Richardson' linewidth 2 linecolor rgb '%s', "
             "$c53 with lines title 'centered' linewidth 3 linecolor rgb '%s'\n",
             methods[GCK_FORWARD], methods[GCK_RICHARDSON], methods[GCK_CENTERED]);
    for (int tag = 5; tag < 40; tag++)
        if (tag < 7 || tag == 9 || tag > 29 || tag / 2 == 10) /* theory, the title, best steps, defaults */
            text_add(script, "unset label %d\n", tag);
    text_add(script, "unset arrow\n");
}

/* Five precisions from afar: each V twice as wide and deep as the one before. */
static void add_precisions(struct text *script, const struct sweep_view *view)
{
    const struct sweep *s = view->sweep;
    text_add(script, "set lmargin at screen 0.565\nset rmargin at screen 0.975\n"
                     "set title 'More bits: the centered difference' textcolor rgb ink font ',13'\n");
    add_axes(script, -82, sweep_floor(s, SWEEP_256, GCK_CENTERED) - 8, 20, 20);
    for (int k = 0; k < SWEEP_512; k++)
        add_best(script, 40 + k, &s->curves[k], GCK_CENTERED, colours[k]);
    text_add(script, "plot ");
    for (int k = SWEEP_CURVES; k-- > 0;)
        text_add(script, "$c%d with lines title '%d bits%s' linewidth %s linecolor rgb '%s'%s",
                 s->curves[k].bits, s->curves[k].bits,
                 k == SWEEP_53   ? ", double"
                 : k == SWEEP_24 ? ", single"
                                 : "",
                 k == SWEEP_53 || k == SWEEP_256 ? "3.5" : "2", colours[k], k ? ", " : "\n");
}

static const char setup_svg[] = "set terminal svg size 1200, 560 dynamic enhanced font 'sans-serif,13' butt\n";
static const char setup_png[] =
    "set terminal pngcairo size 2400, 1120 fontscale 1.7 linewidth 2 pointscale 2 enhanced font 'Sans,13' "
    "background rgb '#ffffff'\n";

void sweep_gnuplot(struct text *script, const struct sweep_view *view, enum sweep_format format)
{
    const struct sweep *s = view->sweep;
    text_add(script, "%s", format == SWEEP_SVG ? setup_svg : setup_png);
    text_add(script, "set encoding utf8\nink = '#24292f'\ngrey = '#848d97'\n"
                     "set border 3 linecolor rgb grey\nset logscale xy\nunset mxtics\nunset mytics\nset format "
                     "xy '10^{%%T}'\n"
                     "set grid linecolor rgb '#808080' linewidth 0.3 dashtype 1\n"
                     "set tmargin at screen 0.835\nset bmargin at screen 0.135\nset samples 8\nset clip two\n"
                     "set xlabel 'step h' textcolor rgb ink\nset ylabel 'relative error' textcolor rgb ink\n"
                     "set key bottom left Left reverse textcolor rgb ink spacing 1.15 samplen 2\n");
    for (int k = 0; k < SWEEP_CURVES; k++)
        add_data(script, &s->curves[k], GCK_CENTERED);
    add_data(script, &s->curves[SWEEP_53], GCK_FORWARD);
    add_data(script, &s->curves[SWEEP_53], GCK_RICHARDSON);
    add_title(script, view);
    add_double(script, view);
    add_precisions(script, view);
    text_add(script, "unset multiplot\n");
}

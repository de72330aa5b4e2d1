/* Sweeps shown: which format, and the words. */
#include "report/sweep.h"

#include <math.h>

#include "report/clean.h"
#include "report/gnuplot.h"
#include "report/number.h"

const char *const sweep_format_names[SWEEP_FORMATS] = {"pretty", "csv", "json", "svg", "png"};

bool sweep_is_smooth(const struct sweep *s)
{
    return s->agreement != GCK_CORNER && isfinite(s->derivative) && s->derivative != 0;
}

static double best_error(const struct sweep_curve *curve, gck_method method)
{
    return curve->points[curve->best[method]].error[method];
}

static double best_step(const struct sweep_curve *curve, gck_method method)
{
    return ldexp(1, curve->points[curve->best[method]].exponent);
}

double sweep_floor(const struct sweep *s, enum sweep_curve_index curve, gck_method method)
{
    const struct sweep_curve *c = &s->curves[curve];
    double least = best_error(c, method), limit = floor(-c->bits * log10(2)) - 1;
    double power = least > 0 ? floor(log10(least)) - 1 : limit;
    return fmax(fmin(power, -4), limit);
}

static void add_head(struct text *text, const struct sweep_view *view)
{
    const struct sweep *s = view->sweep;
    char x[NUMBER_TEXT], f[NUMBER_TEXT], d[NUMBER_TEXT], error[NUMBER_TEXT];
    clean_add(text, s->id);
    text_add(text, ": d");
    clean_add(text, view->objective);
    text_add(text, "/d");
    clean_add(text, view->element);
    text_add(text, " = %s at ", number_digits(d, s->derivative, 16));
    clean_add(text, view->element);
    text_add(text, " = %s, where ", number_digits(x, s->x, 6));
    clean_add(text, view->objective);
    text_add(text, " = %s\n", number_digits(f, s->value, 6));
    if (s->agreement == GCK_AGREES)
        text_add(text, "The derivative has %d bits and was proved: its difference agrees to %s.\n\n", s->bits,
                 number_error(error, s->distance));
    else if (s->agreement == GCK_CORNER)
        text_add(text, "This is a corner or an edge: a convention decides, and no step comes near it.\n\n");
    else if (s->agreement == GCK_UNDECIDED)
        text_add(text, "The derivative has %d bits, and its own difference is too coarse to prove it.\n\n",
                 s->bits);
    else
        text_add(text, "The derivative is not that of the function: its own difference is off by %s.\n\n",
                 number_error(error, s->distance));
}

static void add_table(struct text *text, const struct sweep *s)
{
    text_add(text, "\n%4s  %20s  %20s  %20s\n", "", "centered", "forward", "Richardson");
    text_add(text, "bits   best step     error   best step     error   best step     error\n");
    for (int k = 0; k < SWEEP_CURVES; k++) {
        static const gck_method methods[] = {GCK_CENTERED, GCK_FORWARD, GCK_RICHARDSON};
        const struct sweep_curve *c = &s->curves[k];
        text_add(text, "%4d", c->bits);
        for (int m = 0; m < SWEEP_METHODS; m++) {
            char step[NUMBER_TEXT], error[NUMBER_TEXT];
            text_add(text, "  %10s%10s", number_error(step, best_step(c, methods[m])),
                     number_error(error, best_error(c, methods[m])));
        }
        text_add(text, "\n");
    }
    text_add(text, "\n");
}

/* "11 digits": how many of a result with this relative error are right. */
static int digits(double error)
{
    double d = error > 0 ? floor(-log10(error)) : 154;
    return d < 0 ? 0 : (int)d;
}

/* Why the curve is a V, with this function's numbers. */
static void add_shape(struct text *text, const struct sweep *s)
{
    char step[NUMBER_TEXT], theory[NUMBER_TEXT], error[NUMBER_TEXT];
    const struct sweep_curve *c = &s->curves[SWEEP_53];
    if (s->third == 0) {
        text_add(text, "f''' is 0 here, so a centered difference has no truncation error: only rounding\n"
                       "is left, at most u |f| / h, and large steps are the best.\n");
        return;
    }
    double best = cbrt(3 * ldexp(s->size, -c->bits) / fabs(s->third));
    text_add(text,
             "Large steps: the function bends away from its chord, and the centered\n"
             "error falls like h^2 |f'''| / 6. Small steps: f(x + h) and f(x - h) share\n"
             "their digits, and rounding grows like u |f| / h. In double the two meet at\n"
             "h = %s (theory: cbrt(3 u |f| / |f'''|) = %s). The best error is\n"
             "%s: some %d of 16 digits are right, and no step gives more.\n",
             number_error(step, best_step(c, GCK_CENTERED)), number_error(theory, best),
             number_error(error, best_error(c, GCK_CENTERED)), digits(best_error(c, GCK_CENTERED)));
}

static void add_defaults(struct text *text, const struct sweep *s)
{
    char error[NUMBER_TEXT], ratio[NUMBER_TEXT], single[NUMBER_TEXT];
    const struct sweep_curve *c = &s->curves[SWEEP_53];
    double best = best_error(c, GCK_CENTERED);
    for (int i = 0; i < SWEEP_DEFAULTS; i++) {
        double found = c->defaults[i].error[GCK_CENTERED];
        text_add(text, "h = %s (%s): %s in double", sweep_defaults[i].text, sweep_defaults[i].who,
                 number_error(error, found));
        if (found > best && best > 0)
            text_add(text, ", the best x %s", number_error(ratio, found / best));
        text_add(text, "; %s in single.\n",
                 number_error(single, s->curves[SWEEP_24].defaults[i].error[GCK_CENTERED]));
    }
}

static void add_precisions(struct text *text, const struct sweep *s)
{
    char step[NUMBER_TEXT], error[NUMBER_TEXT];
    const struct sweep_curve *c = &s->curves[SWEEP_256];
    text_add(text,
             "At 256 bits the same straight line goes on to h = %s, error %s:\n"
             "%d digits are right. That is what gradcheck compares with: the error of the\n"
             "difference no longer hides yours.\n",
             number_error(step, best_step(c, GCK_CENTERED)), number_error(error, best_error(c, GCK_CENTERED)),
             digits(best_error(c, GCK_CENTERED)));
}

void sweep_words(struct text *text, const struct sweep_view *view)
{
    const struct sweep *s = view->sweep;
    if (s->agreement == GCK_CORNER) {
        text_add(text, "The differences settle on something else than the convention, or on nothing, at\n"
                       "every precision: more bits cannot help at a corner.\n");
    } else if (!sweep_is_smooth(s)) {
        text_add(text, "The derivative is 0: every difference that is not exactly 0 has the relative\n"
                       "error 1. Choose another element with --param.\n");
    } else {
        add_shape(text, s);
        add_defaults(text, s);
        if (s->third != 0)
            add_precisions(text, s);
    }
}

void sweep_pretty(struct text *text, const struct sweep_view *view)
{
    add_head(text, view);
    sweep_plots(text, view);
    add_table(text, view->sweep);
    sweep_words(text, view);
}

static gck_status add_picture(struct text *text, const struct sweep_view *view, enum sweep_format format,
                              const volatile bool *stop, struct errors *errors)
{
    struct text script = {0}, picture = {0};
    sweep_gnuplot(&script, view, format);
    gck_status status =
        gnuplot_draw(&picture, &script, sweep_format_names[format], "--format csv or json", stop, errors);
    if (!status && format == SWEEP_SVG)
        gnuplot_svg(text, picture.data, "Relative error of differences against the step");
    else if (!status)
        text_bytes(text, picture.data, picture.size);
    text->failed |= picture.failed;
    text_free(&picture);
    text_free(&script);
    return status;
}

gck_status sweep_add(struct text *text, const struct sweep_view *view, enum sweep_format format,
                     const volatile bool *stop, struct errors *errors)
{
    switch (format) {
    case SWEEP_CSV:
        sweep_csv(text, view);
        return GCK_OK;
    case SWEEP_JSON:
        sweep_json(text, view);
        return GCK_OK;
    case SWEEP_SVG:
    case SWEEP_PNG:
        return add_picture(text, view, format, stop, errors);
    default:
        sweep_pretty(text, view);
        return GCK_OK;
    }
}

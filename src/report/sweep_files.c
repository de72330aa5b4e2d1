/* The sweep for programs: CSV and JSON. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "files/json_text.h"
#include "report/clean.h"
#include "report/json_list.h"
#include "report/sweep.h"

enum { FORMAT_VERSION = 1 };

void sweep_csv(struct text *text, const struct sweep_view *view)
{
    const struct sweep *s = view->sweep;
    text_add(text, "bits,method,exponent,h,error,truncation,rounding\n");
    for (int k = 0; k < SWEEP_CURVES; k++)
        for (int m = 0; m < SWEEP_METHODS; m++)
            for (size_t i = 0; i < s->curves[k].count; i++) {
                const struct sweep_point *p = &s->curves[k].points[i];
                double h = ldexp(1, p->exponent);
                struct sweep_theory t = sweep_theory(s, (gck_method)m, s->curves[k].bits, h);
                text_add(text, "%d,%s,%d,%.17g,%.6g,%.6g,%.6g\n", s->curves[k].bits,
                         sweep_method_name((gck_method)m), p->exponent, h, p->error[m], t.truncation,
                         t.rounding);
            }
}

static json_t *number(double x)
{
    return isnan(x) ? json_string("nan") : isinf(x) ? json_string(x > 0 ? "inf" : "-inf") : json_real(x);
}

static json_t *string(const char *from)
{
    struct text text = {0};
    text_add(&text, "%s", "");
    clean_add(&text, from);
    json_t *value = text.failed ? NULL : json_string(text.data ? text.data : "");
    text_free(&text);
    return value;
}

static json_t *point(const struct sweep *s, gck_method method, int bits, double h, double error)
{
    struct sweep_theory t = sweep_theory(s, method, bits, h);
    return json_pack("{s:o, s:o, s:o, s:o}", "h", number(h), "error", number(error), "truncation",
                     number(t.truncation), "rounding", number(t.rounding));
}

static json_t *defaults(const struct sweep_curve *c, gck_method method)
{
    json_t *list = json_array();
    for (int i = 0; i < SWEEP_DEFAULTS; i++) {
        const struct sweep_default *d = &sweep_defaults[i];
        json_list_append(&list, json_pack("{s:s, s:o, s:o}", "who", d->who, "h", number(d->step), "error",
                                          number(c->defaults[i].error[method])));
    }
    return list;
}

static json_t *curve(const struct sweep *s, const struct sweep_curve *c, gck_method method)
{
    json_t *points = json_array();
    for (size_t i = 0; i < c->count; i++)
        json_list_append(
            &points, point(s, method, c->bits, ldexp(1, c->points[i].exponent), c->points[i].error[method]));
    const struct sweep_point *best = &c->points[c->best[method]];
    return json_pack("{s:i, s:s, s:o, s:o, s:o}", "bits", c->bits, "method", sweep_method_name(method), "best",
                     point(s, method, c->bits, ldexp(1, best->exponent), best->error[method]), "defaults",
                     defaults(c, method), "points", points);
}

void sweep_json(struct text *text, const struct sweep_view *view)
{
    const struct sweep *s = view->sweep;
    json_t *curves = json_array();
    for (int k = 0; k < SWEEP_CURVES; k++)
        for (int m = 0; m < SWEEP_METHODS; m++)
            json_list_append(&curves, curve(s, &s->curves[k], (gck_method)m));
    json_t *root =
        json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:s, s:o, s:i}, s:o, s:o, s:o, s:o}",
                  "gradcheck-sweep", FORMAT_VERSION, "case", string(s->id), "objective",
                  string(view->objective), "element", string(view->element), "x", number(s->x), "value",
                  number(s->value), "derivative", number(s->derivative), "proof", "agreement",
                  gck_agreement_name(s->agreement), "distance", number(s->distance), "bits", s->bits, "second",
                  number(s->second), "third", number(s->third), "fifth", number(s->fifth), "curves", curves);
    json_text_add(text, root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    text_add(text, "\n");
    json_decref(root);
}

/* The sweep: difference quotients at every step from 1 to below the unit roundoff, beside the derivative. */
#include "check/sweep.h"

#include <math.h>

#include "check/numeric.h"
#include "real/wide.h"

enum { WIDE_BITS = 640, MOST_CANDIDATES = 64 };

/* How fine each sweep is: a point every so many binary orders of magnitude. */
static const struct precision {
    int bits, stride;
} precisions[SWEEP_CURVES] = {{24, 1}, {53, 1}, {113, 1}, {256, 2}, {512, 4}};

const struct sweep_default sweep_defaults[SWEEP_DEFAULTS] = {{"PyTorch", "1e-6", 1e-6},
                                                             {"lecture notes", "1e-5", 1e-5}};

const char *sweep_method_name(gck_method method)
{
    static const char *const names[] = {"centered", "forward", "Richardson"};
    return names[method];
}

struct sweep_theory sweep_theory(const struct sweep *s, gck_method method, int bits, double h)
{
    double size = fabs(s->derivative), rounding = ldexp(s->size, -bits) / h / size;
    switch (method) {
    case GCK_CENTERED:
        return (struct sweep_theory){h * h * fabs(s->third) / 6 / size, rounding};
    case GCK_FORWARD:
        return (struct sweep_theory){h * fabs(s->second) / 2 / size, 2 * rounding};
    default:
        return (struct sweep_theory){h * h * h * h * fabs(s->fifth) / 480 / size, 3 * rounding};
    }
}

/* f along one element, at one precision. */
struct probe {
    const struct reference *base;
    m_evaluation *moved;
    size_t node, index;
};

static gck_status probe_new(struct probe *p, const struct reference *base, size_t node, size_t index,
                            struct arena *scratch)
{
    *p = (struct probe){.base = base, .node = node, .index = index};
    bool *moves = arena_alloc(scratch, base->graph->count, sizeof *moves);
    if (!moves)
        return GCK_NO_MEMORY;
    moves[node] = true;
    gck_status status = m_evaluation_vary(&p->moved, base->evaluation, moves);
    if (!status)
        m_evaluation_forward(p->moved);
    return status;
}

static void probe_free(struct probe *p)
{
    m_evaluation_free(p->moved);
}

/* r = f(x + times h) */
static void value_at(m_element *r, const struct probe *p, const m_element *h, int times)
{
    const m_context *c = m_evaluation_context(p->moved);
    M_LOCAL(t, c);
    m_mul_si(t, h, times, c);
    m_add(m_evaluation_value(p->moved, p->node) + p->index, reference_value(p->base, p->node) + p->index, t, c);
    m_evaluation_forward_touched(p->moved, p->node, p->index);
    m_evaluation_objective(r, p->moved);
}

/* r = (f(x + h) - f(x - h)) / 2h */
static void centered(m_element *r, const struct probe *p, const m_element *h)
{
    const m_context *c = m_evaluation_context(p->moved);
    M_LOCAL(below, c);
    value_at(r, p, h, 1);
    value_at(below, p, h, -1);
    m_sub(r, r, below, c);
    m_div(r, r, h, c);
    m_scale(r, r, -1, c);
}

static void forward(m_element *r, const struct probe *p, const m_element *h)
{
    const m_context *c = m_evaluation_context(p->moved);
    M_LOCAL(here, c);
    m_evaluation_objective(here, p->base->evaluation);
    value_at(r, p, h, 1);
    m_sub(r, r, here, c);
    m_div(r, r, h, c);
}

/* r = (4 D(h/2) - D(h)) / 3, given D(h) */
static void richardson(m_element *r, const struct probe *p, const m_element *h, const m_element *coarse)
{
    const m_context *c = m_evaluation_context(p->moved);
    M_LOCAL(half, c);
    m_scale(half, h, -1, c);
    centered(r, p, half);
    m_mul_si(r, r, 4, c);
    m_sub(r, r, coarse, c);
    m_div_si(r, r, 3, c);
}

static void errors_at(double error[SWEEP_METHODS], const struct probe *p, const m_element *h,
                      const m_element *truth)
{
    const m_context *c = m_evaluation_context(p->moved);
    M_LOCAL(d, c);
    M_LOCAL(r, c);
    forward(d, p, h);
    error[GCK_FORWARD] = m_relative_error(d, truth);
    centered(d, p, h);
    error[GCK_CENTERED] = m_relative_error(d, truth);
    richardson(r, p, h, d);
    error[GCK_RICHARDSON] = m_relative_error(r, truth);
}

/* The middle of the three neighbours whose worst error is least. */
static size_t best_of(const struct sweep_curve *curve, int method)
{
    size_t best = 0;
    double least = INFINITY;
    for (size_t i = 1; i + 1 < curve->count; i++) {
        double worst = 0;
        for (size_t k = i - 1; k <= i + 1; k++) {
            double error = curve->points[k].error[method];
            worst = error <= worst ? worst : isnan(error) ? INFINITY : error;
        }
        if (worst < least) {
            least = worst;
            best = i;
        }
    }
    return best;
}

static gck_status curve_take(struct sweep_curve *curve, struct arena *results, struct arena *scratch,
                             const struct reference *base, const struct sweep *s, const m_element *truth,
                             const volatile bool *stop, int stride)
{
    struct probe p;
    int bits = base->bits, last = bits + bits / 8 + 6;
    *curve = (struct sweep_curve){.bits = bits, .count = (size_t)(last / stride) + 1};
    curve->points = arena_alloc(results, curve->count, sizeof *curve->points);
    gck_status status = curve->points ? probe_new(&p, base, s->node, s->index, scratch) : GCK_NO_MEMORY;
    if (status)
        return status;
    const m_context *c = m_evaluation_context(p.moved);
    M_LOCAL(h, c);
    for (size_t i = 0; i < curve->count && !status; i++) {
        curve->points[i].exponent = -(int)i * stride;
        m_set_si(h, 1, c);
        m_scale(h, h, curve->points[i].exponent, c);
        errors_at(curve->points[i].error, &p, h, truth);
        if (stop && *stop)
            status = GCK_STOPPED;
    }
    for (int i = 0; i < SWEEP_DEFAULTS; i++) {
        m_set_double(h, sweep_defaults[i].step, c);
        errors_at(curve->defaults[i].error, &p, h, truth);
    }
    for (int m = 0; m < SWEEP_METHODS; m++)
        curve->best[m] = best_of(curve, m);
    probe_free(&p);
    return status;
}

/* A sum of f at multiples of h, over a power of h: a derivative of that order. */
struct stencil {
    int order, divisor, count;
    int at[6], weight[6];
};
static const struct stencil second = {2, 1, 3, {-1, 0, 1}, {1, -2, 1}};
static const struct stencil third = {3, 2, 4, {-2, -1, 1, 2}, {-1, 2, -2, 1}};
static const struct stencil fifth = {5, 2, 6, {-3, -2, -1, 1, 2, 3}, {-1, 4, -5, 5, -4, 1}};

/* The derivative by the stencil, 0 where it is mere rounding. The step leaves truncation and rounding both
 * below what a double shows. */
static double higher(const struct probe *p, const struct stencil *stencil, double x)
{
    const m_context *c = m_evaluation_context(p->moved);
    int scale = scale_exponent(x, 0), step = (scale < 0 ? scale : 0) - 80;
    M_LOCAL(h, c);
    M_LOCAL(sum, c);
    M_LOCAL(f, c);
    double size = 0;
    m_set_si(h, 1, c);
    m_scale(h, h, step, c);
    for (int i = 0; i < stencil->count; i++) {
        value_at(f, p, h, stencil->at[i]);
        m_mul_si(f, f, stencil->weight[i], c);
        size = fmax(size, m_size(f));
        m_add(sum, sum, f, c);
    }
    /* rounding alone gives some 2^-WIDE_BITS |f| */
    if (m_size(sum) <= ldexp(size, 24 - WIDE_BITS))
        return 0;
    m_scale(sum, sum, -step * stencil->order, c);
    m_div_si(sum, sum, stencil->divisor, c);
    return m_to_double(sum);
}

static gck_status shape_of(struct sweep *s, const struct reference *wide, struct arena *scratch)
{
    struct probe p;
    gck_status status = probe_new(&p, wide, s->node, s->index, scratch);
    if (status)
        return status;
    const m_context *c = m_evaluation_context(p.moved);
    M_LOCAL(f, c);
    m_evaluation_objective(f, wide->evaluation);
    s->x = m_to_double(reference_value(wide, s->node) + s->index);
    s->value = m_to_double(f);
    s->size = reference_objective_size(wide);
    s->derivative = m_to_double(reference_gradient(wide, s->node) + s->index);
    s->second = higher(&p, &second, s->x);
    s->third = higher(&p, &third, s->x);
    s->fifth = higher(&p, &fifth, s->x);
    probe_free(&p);
    return GCK_OK;
}

/* Finds an element worth a picture: f' and f''' are not 0; else f' alone; else the first. */
static gck_status choose(struct sweep *s, const struct reference *wide, struct arena *scratch)
{
    const struct graph *graph = wide->graph;
    size_t tried = 0;
    struct sweep first = *s, sloped = *s;
    bool any = false, any_sloped = false;
    for (size_t p = 0; p < graph->wrt_count; p++) {
        size_t n = shape_count(&graph->nodes[graph->wrt[p]].shape);
        for (size_t i = 0; i < n && tried < MOST_CANDIDATES; i++, tried++) {
            s->node = graph->wrt[p];
            s->index = i;
            gck_status status = shape_of(s, wide, scratch);
            if (status || (s->derivative != 0 && s->third != 0))
                return status;
            if (!any)
                first = *s;
            if (!any_sloped && s->derivative != 0)
                sloped = *s;
            any = true;
            any_sloped |= s->derivative != 0;
        }
    }
    *s = any_sloped ? sloped : first;
    return GCK_OK;
}

/* A point of the case: its numbers in a dtype, and the reference there. */
struct place_of_sweep {
    struct binding binding;
    struct ladder ladder;
};

static gck_status reach(struct place_of_sweep *at, struct arena *scratch, const struct graph *graph,
                        enum dtype dtype, int bits, struct errors *errors)
{
    gck_status status = binding_new(&at->binding, scratch, graph, dtype, errors);
    at->ladder = (struct ladder){.graph = graph, .binding = &at->binding, .bits = bits};
    return status ? status : ladder_reach(&at->ladder, 0);
}

static gck_status curves_take(struct sweep *s, struct arena *results, struct arena *scratch,
                              const struct place_of_sweep *single, const struct place_of_sweep *full,
                              const volatile bool *stop)
{
    gck_status status = GCK_OK;
    for (int k = 0; k < SWEEP_CURVES && !status; k++) {
        const struct place_of_sweep *at = precisions[k].bits == 24 ? single : full;
        const m_element *truth = reference_gradient(&at->ladder.levels[0], s->node) + s->index;
        struct reference base;
        status = reference_new(&base, at->ladder.graph, &at->binding, precisions[k].bits, (struct branches){0});
        if (status)
            break;
        status = curve_take(&s->curves[k], results, scratch, &base, s, truth, stop, precisions[k].stride);
        reference_free(&base);
    }
    return status;
}

static gck_status prove(struct sweep *s, struct ladder *ladder)
{
    gck_numeric numeric;
    gck_status status = numeric_take_element(&numeric, ladder, s->node, s->index);
    s->agreement = numeric.agreement;
    s->distance = numeric.distance;
    return status;
}

gck_status sweep_take(struct sweep *s, struct arena *results, const struct graph *graph,
                      const struct sweep_settings *settings, struct errors *errors)
{
    struct arena scratch = {0};
    struct errors ignored = {0};
    struct place_of_sweep full = {0}, single = {0};
    *s = (struct sweep){.id = s->id, .bits = settings->bits > WIDE_BITS ? settings->bits : WIDE_BITS};
    gck_status status = reach(&full, &scratch, graph, FLOAT64, s->bits, errors);
    if (!status && reach(&single, &scratch, graph, FLOAT32, s->bits, &ignored)) {
        ladder_free(&single.ladder); /* beyond single's range: 24 bits of double's numbers */
        status = reach(&single, &scratch, graph, FLOAT64, s->bits, errors);
    }
    const struct reference *wide = &full.ladder.levels[0];
    if (!status && settings->node == SWEEP_ANY) {
        status = choose(s, wide, &scratch);
    } else if (!status) {
        s->node = (size_t)settings->node;
        s->index = settings->index;
        status = shape_of(s, wide, &scratch);
    }
    if (!status)
        status = prove(s, &full.ladder);
    if (!status)
        status = curves_take(s, results, &scratch, &single, &full, settings->stop);
    ladder_free(&single.ladder);
    ladder_free(&full.ladder);
    errors_free(&ignored);
    arena_free(&scratch);
    return status;
}

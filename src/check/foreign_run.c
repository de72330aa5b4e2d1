/* Graphs with an op of the engine's own, as black boxes: f(x) = <seed, value>, x all parameters side by side.
 */
#include "check/foreign_run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/answer.h"
#include "check/black_box.h"
#include "check/outcome.h"
#include "ops/foreign.h"

enum { MOST_COORDINATES = 4096 };

struct foreign {
    const struct subject *subject;
    const struct run_settings *settings;
    struct graph value_graph; /* the same, and no gradient is asked for */
    struct binding binding;   /* at the point */
    struct binding beside;    /* where f is evaluated */
    gck_answer answer;        /* at the point */
    const double *gradient;   /* side by side */
    gck_status status;        /* of the evaluations */
};

const char *foreign_op(const struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++)
        if (foreign_is(graph->nodes[i].op))
            return graph->nodes[i].op->name;
    return NULL;
}

gck_status foreign_refuse(const struct graph *graph, const char *what, struct errors *errors)
{
    const char *op = foreign_op(graph);
    return op ? errors_add(errors, GCK_BAD_CASE,
                           "%s is an op of the engine's own: there is no reference, and nothing to %s", op,
                           what)
              : GCK_OK;
}

static double objective(const struct foreign *f, const gck_answer *answer)
{
    size_t n = shape_count(&f->subject->graph->nodes[f->subject->graph->output].shape);
    double sum = answer->state == ANSWER_GIVEN && answer->value ? 0 : NAN;
    for (size_t i = 0; i < n && !isnan(sum); i++)
        sum += f->binding.seed[i] * answer->value[i];
    return sum;
}

/* The engine's value at x, rounded to the dtype; NaN when it has none there. */
static double value_at(const double *x, size_t n, void *user)
{
    struct foreign *f = user;
    const struct graph *graph = f->subject->graph;
    gck_answer answer;
    size_t at = 0;
    (void)n;
    for (size_t k = 0; k < graph->wrt_count; k++)
        for (size_t i = 0; i < shape_count(&graph->nodes[graph->wrt[k]].shape); i++)
            f->beside.values[graph->wrt[k]][i] = dtype_round(f->binding.dtype, x[at++]);
    if (!f->status)
        f->status = answer_ask(&answer, f->settings->engine, f->subject->id, &f->value_graph, &f->beside);
    if (f->status)
        return NAN;
    double y = objective(f, &answer);
    answer_free(&answer);
    return y;
}

static void gradient_at(double *gradient, const double *x, size_t n, void *user)
{
    const struct foreign *f = user;
    (void)x;
    memcpy(gradient, f->gradient, n * sizeof *gradient);
}

/* Parameters, or the engine's gradients in them (NaN: none came), side by side. */
static double *side_by_side(struct arena *arena, const struct foreign *f, size_t n, bool gradients)
{
    const struct graph *graph = f->subject->graph;
    double *all = arena_alloc(arena, n, sizeof *all);
    size_t at = 0;
    for (size_t k = 0; all && k < graph->wrt_count; k++) {
        size_t node = graph->wrt[k];
        const double *from = gradients ? answer_gradient(&f->answer, node) : f->binding.values[node];
        for (size_t i = 0; i < shape_count(&graph->nodes[node].shape); i++)
            all[at++] = from ? from[i] : NAN;
    }
    return all;
}

/* What rounding a gradient in the dtype may change in it, relative. */
static double roundoff_of(enum dtype dtype)
{
    return fmax(BLACK_BOX_ROUNDOFF, ldexp(4, -dtype_formats[dtype].bits));
}

static gck_element element_of(const gck_partial *p, size_t i, enum dtype dtype, gck_verdict verdict)
{
    double size = fmax(fabs(p->analytic), fabs(p->numeric));
    double error = isfinite(size) ? (size == 0 ? 0 : fabs(p->analytic - p->numeric) / size) : NAN;
    gck_element e = {.index = i,
                     .verdict = verdict,
                     .analytic = p->analytic,
                     .reference = p->numeric,
                     .reference_error = error,
                     .budget = p->error_bar + roundoff_of(dtype) * (isfinite(size) ? size : 0),
                     .checked = true,
                     .numeric = p->numeric,
                     .numeric_error = error,
                     .wide_error = NAN,
                     .left = p->left,
                     .right = p->right,
                     .corner = verdict == GCK_VERDICT_KINK};
    double ulp = dtype_ulp(dtype, p->numeric);
    e.ulps = error == 0 ? 0 : fabs(p->analytic - p->numeric) / ulp;
    return e;
}

static double ratio(const gck_element *e)
{
    return e->budget > 0 ? fabs(e->analytic - e->reference) / e->budget : 0;
}

/* One parameter's tensor from its partials. */
static gck_status tensor_new(gck_tensor *tensor, struct arena *results, const struct foreign *f, size_t node,
                             const gck_partial *partials)
{
    const struct node *own = &f->subject->graph->nodes[node];
    const struct gradient_given *given = &f->answer.gradients[node];
    size_t n = shape_count(&own->shape);
    struct tensor_check *t = arena_alloc(results, 1, sizeof *t);
    size_t *dims = arena_alloc(results, (size_t)own->shape.rank, sizeof *dims);
    const char *name = arena_text(results, own->name, strlen(own->name));
    gck_element *all = arena_alloc(results, n, sizeof *all);
    if (!t || !dims || !name || !all)
        return GCK_NO_MEMORY;
    memcpy(dims, own->shape.dim, (size_t)own->shape.rank * sizeof *dims);
    *t = (struct tensor_check){.checked = all, .checked_count = n, .dtype = f->binding.dtype};
    *tensor = (gck_tensor){.name = name,
                           .rank = own->shape.rank,
                           .dims = dims,
                           .count = n,
                           .checked = n,
                           .largest_wide_error = -1, /* none was taken */
                           .verdict = n ? GCK_VERDICT_OK : GCK_VERDICT_INCONCLUSIVE,
                           .private_data = t};
    for (size_t i = 0; i < n; i++) {
        gck_verdict verdict = !given->numbers                            ? GCK_VERDICT_MISSING
                              : !shape_equal(&given->shape, &own->shape) ? GCK_VERDICT_WRONG
                                                                         : partials[i].verdict;
        all[i] = element_of(&partials[i], i, t->dtype, verdict);
        tensor->counts[verdict]++;
        if (verdict > tensor->verdict)
            tensor->verdict = verdict;
        if (i == 0 || verdict > tensor->worst.verdict ||
            (verdict == tensor->worst.verdict && ratio(&all[i]) > ratio(&tensor->worst)))
            tensor->worst = all[i];
        if (verdict != GCK_VERDICT_KINK)
            tensor->largest_numeric_error = outcome_larger(tensor->largest_numeric_error, all[i].numeric_error);
    }
    if (given->numbers && !shape_equal(&given->shape, &own->shape))
        tensor->hint = "the gradient has another shape than the parameter";
    return GCK_OK;
}

/* Fills the run from the partials of all parameters. */
static gck_status fold(gck_run *run, struct arena *results, const struct foreign *f,
                       const gck_partial *partials, const gck_black_box *box)
{
    const struct graph *graph = f->subject->graph;
    gck_tensor *tensors = arena_alloc(results, graph->wrt_count, sizeof *tensors);
    char text[256];
    gck_status status = tensors ? GCK_OK : GCK_NO_MEMORY;
    size_t at = 0;
    run->verdict = graph->wrt_count ? GCK_VERDICT_OK : GCK_VERDICT_INCONCLUSIVE;
    for (size_t k = 0; k < graph->wrt_count && !status; k++) {
        status = tensor_new(&tensors[k], results, f, graph->wrt[k], partials + at);
        at += tensors[k].count;
        run->verdict = tensors[k].verdict > run->verdict ? tensors[k].verdict : run->verdict;
        run->numeric_error = outcome_larger(run->numeric_error, tensors[k].largest_numeric_error);
    }
    run->wide_error = NAN;
    run->tensors = tensors;
    run->tensor_count = status ? 0 : graph->wrt_count;
    run->certificate = (gck_certificate){.order = NAN, .bits = f->settings->bits, .elements = at, .of = at};
    snprintf(text, sizeof text,
             "%.80s has no reference: its gradient is compared with differences of the engine's %zu values",
             foreign_op(graph), box->calls);
    run->message = arena_text(results, text, strlen(text));
    return status ? status : run->message ? GCK_OK : GCK_NO_MEMORY;
}

/* Compares; the engine's answer at the point is there. */
static gck_status compare(gck_run *run, struct arena *results, struct arena *arena, struct foreign *f)
{
    const struct graph *graph = f->subject->graph;
    size_t n = 0;
    for (size_t k = 0; k < graph->wrt_count; k++)
        n += shape_count(&graph->nodes[graph->wrt[k]].shape);
    run->verdict = GCK_VERDICT_INCONCLUSIVE;
    run->message = f->settings->engine->once
                       ? "an op of the engine's own is compared with the engine's values at other points, and "
                         "these gradients are known at one"
                       : "too many elements for a black box: at most 4096 can be compared one by one";
    if (f->settings->engine->once || n > MOST_COORDINATES)
        return GCK_OK;
    gck_black_box box;
    gck_partial *partials = arena_alloc(arena, n, sizeof *partials);
    double *x = side_by_side(arena, f, n, false);
    f->gradient = side_by_side(arena, f, n, true);
    if (!partials || !x || !f->gradient)
        return GCK_NO_MEMORY;
    gck_status status =
        black_box_take(&box, partials, x, n, value_at, gradient_at, f, roundoff_of(f->binding.dtype));
    status = f->status ? f->status : status;
    return status ? status : fold(run, results, f, partials, &box);
}

gck_status foreign_run_take(gck_run *run, struct arena *results, const struct subject *subject,
                            enum dtype dtype, const struct run_settings *settings, struct errors *errors)
{
    struct arena arena = {0};
    struct foreign f = {.subject = subject, .settings = settings, .value_graph = *subject->graph};
    f.value_graph.wrt_count = 0;
    *run = (gck_run){.dtype = (gck_dtype)dtype,
                     .engine = arena_text(results, settings->engine->name, strlen(settings->engine->name))};
    gck_status status = run->engine ? GCK_OK : GCK_NO_MEMORY;
    if (!status)
        status = binding_new(&f.binding, &arena, subject->graph, dtype, errors);
    if (!status)
        status = binding_copy(&f.beside, &arena, subject->graph, &f.binding);
    if (!status)
        status = answer_ask(&f.answer, settings->engine, subject->id, subject->graph, &f.binding);
    if (!status) {
        run->forward_ms = f.answer.forward_ms;
        run->backward_ms = f.answer.backward_ms;
        if (f.answer.state == ANSWER_GIVEN) {
            status = compare(run, results, &arena, &f);
        } else {
            const char *why = f.answer.message ? f.answer.message : "the engine gave no reason";
            run->verdict = f.answer.state == ANSWER_ERROR ? GCK_VERDICT_ERROR : GCK_VERDICT_UNSUPPORTED;
            run->message = arena_text(results, why, strlen(why));
        }
        answer_free(&f.answer);
    }
    arena_free(&arena);
    return status;
}

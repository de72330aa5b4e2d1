/* Outcomes: per-tensor folding, and the differences of the worst element. */
#include "check/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/hint.h"
#include "real/wide.h"

gck_element gck_tensor_element(const gck_tensor *tensor, size_t i)
{
    const struct tensor_check *t = tensor->private_data;
    size_t low = 0, high = t->checked_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->checked[middle].index < i)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < t->checked_count && t->checked[low].index == i)
        return t->checked[low];
    gck_element e = {
        .index = i, .verdict = (gck_verdict)t->verdict[i], .analytic = t->analytic ? t->analytic[i] : NAN};
    e.reference = t->reference[i];
    e.reference_error = t->reference_error[i];
    e.ulps = t->distance[i] == 0 ? 0 : t->distance[i] / dtype_ulp(t->dtype, e.reference);
    e.budget = t->budget[i];
    e.corner = t->corner && t->corner[i];
    e.zero = e.verdict == GCK_VERDICT_OK && e.ulps > 0 && fabs(e.reference) <= ldexp(e.budget, -20);
    e.numeric = e.numeric_error = e.wide_error = e.left = e.right = NAN;
    return e;
}

double outcome_larger(double a, double b)
{
    return isnan(a) || a > b ? a : b;
}

static double relative(double a, double n)
{
    if (!isfinite(a) || !isfinite(n))
        return NAN;
    return a == n ? 0 : fabs(a - n) / fmax(fabs(a), fabs(n));
}

/* Decimal digits of numeric that its error estimate vouches for: 1 to 16. */
static int certain_digits(const struct element_check *check)
{
    double size = m_size(check->numeric);
    if (size == 0 || !isfinite(size) || check->error == 0)
        return 16;
    double digits = floor(-log10(check->error / size));
    return digits < 1 ? 1 : digits > 16 ? 16 : (int)digits;
}

/* A one-sided difference; beside a jump or a vertical tangent its limit is infinite. */
static double one_sided(const struct element_check *check, const m_element *difference, bool grows)
{
    double slope = m_to_double(difference);
    return check->side != SIDE_SMOOTH && grows ? copysign(INFINITY, slope) : slope;
}

static void add_differences(gck_element *e, const struct element_check *check, const m_element *reference)
{
    e->checked = true;
    e->numeric = check->classic;
    e->numeric_error = relative(e->analytic, check->classic);
    e->left = one_sided(check, check->left, check->left_grows);
    e->right = one_sided(check, check->right, check->right_grows);
    e->corner |= check->side != SIDE_SMOOTH;
    if (check->side != SIDE_SMOOTH && m_is_finite(check->numeric)) {
        m_text(e->wide, sizeof e->wide, check->numeric, 16);
        e->wide_error = m_relative_error_double(e->analytic, check->numeric);
        return;
    }
    /* a difference of 0 within its own error, where the gradient is 0, is 0 */
    bool zero = m_size(check->numeric) <= check->error && m_is_zero(reference);
    if (zero)
        strcpy(e->wide, "0");
    else
        m_text(e->wide, sizeof e->wide, check->numeric, certain_digits(check));
    e->wide_error = zero ? (e->analytic == 0 ? 0 : 1) : m_relative_error_double(e->analytic, check->numeric);
    if (check->resolved && check->agrees) /* |numeric - g| is below both errors: the difference to g is exact */
        e->wide_error = e->reference_error;
}

static bool worse(const gck_element *a, const gck_element *b)
{
    double x = a->budget > 0 ? fabs(a->analytic - a->reference) / a->budget : 0;
    double y = b->budget > 0 ? fabs(b->analytic - b->reference) / b->budget : 0;
    if (a->verdict != b->verdict)
        return a->verdict > b->verdict;
    return x > y || (x == y && a->reference_error > b->reference_error);
}

static gck_status fill_check(struct tensor_check *t, struct arena *results, const struct judged *j)
{
    double *analytic = j->analytic ? arena_alloc(results, j->count, sizeof *analytic) : NULL;
    double *reference = arena_alloc(results, j->count, sizeof *reference);
    double *error = arena_alloc(results, j->count, sizeof *error);
    double *distance = arena_alloc(results, j->count, sizeof *distance);
    double *budget = arena_alloc(results, j->count, sizeof *budget);
    uint8_t *verdict = arena_alloc(results, j->count, sizeof *verdict);
    bool *corner = arena_alloc(results, j->count, sizeof *corner);
    if ((j->analytic && !analytic) || !reference || !error || !distance || !budget || !verdict || !corner)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < j->count; i++) {
        reference[i] = m_to_double(j->reference + i);
        if (analytic)
            analytic[i] = j->analytic[i];
        error[i] = analytic ? m_relative_error_double(analytic[i], j->reference + i) : NAN;
        distance[i] = j->distance[i];
        budget[i] = j->budget[i];
        verdict[i] = j->verdict[i];
        corner[i] = j->corner && j->corner[i];
    }
    t->analytic = analytic;
    t->reference = reference;
    t->reference_error = error;
    t->distance = distance;
    t->budget = budget;
    t->verdict = verdict;
    t->corner = corner;
    return GCK_OK;
}

/* Index of the element with the worst verdict, then the largest error for its budget. */
static size_t worst_of(const gck_tensor *tensor)
{
    gck_element worst = gck_tensor_element(tensor, 0);
    for (size_t i = 1; i < tensor->count; i++) {
        gck_element e = gck_tensor_element(tensor, i);
        if (worse(&e, &worst))
            worst = e;
    }
    return worst.index;
}

/* Whether a difference is taken of an element for being its tensor's worst. */
static bool is_shown(const struct trial_run *run, const gck_tensor *tensor, const struct judged *j)
{
    return !run->sparing || !gck_verdict_passes(tensor->verdict) || j->parameter == run->farthest;
}

/* The elements whose differences were taken, and the worst one's, which are taken now if need be. */
static gck_status fill_checked(gck_tensor *tensor, struct tensor_check *t, struct arena *results,
                               struct trial_run *run, const struct judged *j, size_t worst)
{
    const struct element_list *list = &run->elements->parameters[j->parameter];
    bool extra = is_shown(run, tensor, j) && !elements_find(run->elements, j->parameter, worst);
    gck_element *all = arena_alloc(results, list->count + extra, sizeof *all);
    if (!all)
        return GCK_NO_MEMORY;
    size_t n = 0;
    struct element_check own;
    gck_status status =
        extra ? element_take(&own, run->elements, run->proof, j->parameter, worst, run->method) : GCK_OK;
    for (size_t i = 0; i <= list->count && !status; i++) {
        if (extra && (i == list->count || list->items[i].index > worst)) {
            all[n] = gck_tensor_element(tensor, worst);
            add_differences(&all[n++], &own, j->reference + worst);
            extra = false;
        }
        if (i < list->count) {
            all[n] = gck_tensor_element(tensor, list->items[i].index);
            add_differences(&all[n++], &list->items[i], j->reference + list->items[i].index);
        }
    }
    t->checked = all;
    t->checked_count = n;
    for (size_t i = 0; i < n; i++) {
        if (all[i].corner || all[i].zero)
            continue;
        tensor->largest_numeric_error = outcome_larger(tensor->largest_numeric_error, all[i].numeric_error);
        tensor->largest_wide_error = outcome_larger(tensor->largest_wide_error, all[i].wide_error);
    }
    return status;
}

gck_status outcome_tensor(gck_tensor *tensor, struct arena *results, struct trial_run *run, size_t k)
{
    const struct judged *j = &run->tensors[k];
    const struct graph *graph = run->proof->ladder->graph;
    const struct shape *shape = &graph->nodes[j->node].shape;
    struct tensor_check *t = arena_alloc(results, 1, sizeof *t);
    size_t *dims = arena_alloc(results, (size_t)shape->rank, sizeof *dims);
    const char *name = arena_text(results, graph->nodes[j->node].name, strlen(graph->nodes[j->node].name));
    if (!t || !dims || !name)
        return GCK_NO_MEMORY;
    memcpy(dims, shape->dim, (size_t)shape->rank * sizeof *dims);
    t->dtype = run->proof->ladder->binding->dtype;
    *tensor = (gck_tensor){
        .name = name, .rank = shape->rank, .dims = dims, .count = j->count, .zero = j->zero, .private_data = t};
    gck_status status = fill_check(t, results, j);
    if (status)
        return status;
    for (size_t i = 0; i < j->count; i++) {
        gck_verdict verdict = (gck_verdict)j->verdict[i];
        tensor->counts[verdict]++;
        tensor->verdict = verdict > tensor->verdict ? verdict : tensor->verdict;
        if (!t->corner[i])
            tensor->largest_reference_error =
                outcome_larger(tensor->largest_reference_error, t->reference_error[i]);
    }
    if (j->count == 0) {
        tensor->verdict = GCK_VERDICT_INCONCLUSIVE; /* nothing was checked */
        return GCK_OK;
    }
    size_t worst = worst_of(tensor);
    if (!j->value)
        status = fill_checked(tensor, t, results, run, j, worst);
    tensor->checked = t->checked_count;
    tensor->worst = gck_tensor_element(tensor, worst);
    return status ? status : hint_for(&tensor->hint, run, k, results);
}

/* Corners: which answers are admissible where the derivative does not exist.
 *
 * An element passes when it lies between the one-sided differences, or in the hull of what a reverse sweep
 * gives with ties resolved to either side; where the case lists answers, only if it is one of them. Where no
 * finite one-sided derivative exists the list alone decides. Coordinates are not enough (at max(a, b) with a =
 * b each of (1, 0), (0, 1) lies within [0, 1], but so does (1, 1)): the elements on corners must pass along
 * joint directions too, except those that none of the others bends: there a corner that is convex beside one
 * that is concave would pull the answer out of every joint interval. */
#include "check/corners.h"

#include <math.h>

#include "check/judge.h"
#include "real/wide.h"

enum { JOINT_DIRECTIONS = 8, MOST_APART = 64 };

gck_status corners_mark(bool **corners, bool *any, struct arena *arena, const struct reference *reference,
                        const struct budget *budget)
{
    const struct graph *graph = reference->graph;
    *any = false;
    for (size_t p = 0; p < graph->wrt_count; p++) {
        size_t node = graph->wrt[p], n = shape_count(&graph->nodes[node].shape);
        const m_element *g = reference_gradient(reference, node);
        corners[node] = arena_alloc(arena, n, sizeof **corners);
        if (!corners[node])
            return GCK_NO_MEMORY;
        for (size_t i = 0; i < n; i++) {
            bool corner = !m_is_finite(g + i);
            for (size_t k = budget->first_tie; k < budget->alternative_count && !corner; k++) {
                const m_element *other = budget->alternatives[k].gradient[node] + i;
                double size = m_size(g + i) + m_size(other);
                corner = m_distance(g + i, other) > ldexp_up(size, -reference->bits / 2);
            }
            corners[node][i] = corner;
            *any |= corner;
        }
    }
    return GCK_OK;
}

/* How the elements of a group are tested together. */
struct group {
    struct trial_run *run;
    double **v; /* the joint direction being tested, per node */
    bool *moves;
    bool sided; /* every element lies between its one-sided differences */
    bool swept; /* every element lies in the hull of the alternatives */
    size_t size;
};

/* The interval between one-sided differences, each widened by its error; a side without a limit is left out. */
struct interval {
    double low, high;
};

static void include(struct interval *interval, const m_element *limit, double error)
{
    double x = m_to_double(limit);
    if (!isfinite(x) || !isfinite(error))
        return;
    interval->low = fmin(interval->low, x - error);
    interval->high = fmax(interval->high, x + error);
}

static bool between(double a, const m_element *left, double left_error, const m_element *right,
                    double right_error, double slack)
{
    struct interval interval = {INFINITY, -INFINITY}; /* empty */
    include(&interval, left, left_error);
    include(&interval, right, right_error);
    return isfinite(a) && a >= interval.low - slack && a <= interval.high + slack;
}

static enum dtype dtype_of(const struct trial_run *run)
{
    return run->proof->ladder->binding->dtype;
}

/* Room for the roundings of an answer that took the other side: the budget knows the reference's side alone. */
static double rounding(double a, enum dtype dtype)
{
    return ldexp(fabs(a), 2 - dtype_formats[dtype].bits);
}

static bool within_alternatives(const struct trial_run *run, const struct judged *t, size_t i)
{
    const struct budget *budget = run->proof->budget;
    double a = t->analytic[i], low = m_to_double(t->reference + i), high = low;
    for (size_t k = 0; k < budget->alternative_count; k++) {
        double other = m_to_double(budget->alternatives[k].gradient[t->node] + i);
        low = fmin(low, other);
        high = fmax(high, other);
    }
    double slack = t->budget[i] + rounding(a, dtype_of(run));
    return isfinite(a) && isfinite(low) && isfinite(high) && a >= low - slack && a <= high + slack;
}

/* The case's own list for this element, or NULL. */
static const struct kink_rule *rule_for(const struct subject *subject, size_t node, size_t element)
{
    const struct kink_rule *found = NULL;
    for (size_t k = 0; k < subject->kink_count; k++) {
        const struct kink_rule *rule = &subject->kinks[k];
        if (rule->parameter == node && (rule->element == (long)element || (rule->element < 0 && !found)))
            found = rule;
    }
    return found;
}

static bool allowed(const struct kink_rule *rule, double a, double budget, enum dtype dtype)
{
    for (size_t k = 0; k < rule->allowed_count; k++) {
        double x;
        if (!dtype_parse(&x, dtype, rule->allowed[k]))
            continue;
        if (isinf(x) ? a == x : fabs(a - x) <= (isfinite(budget) ? budget : 0) + rounding(x, dtype))
            return true;
    }
    return false;
}

static gck_status check_of(struct element_check *check, struct trial_run *run, const struct judged *t, size_t i)
{
    const struct element_check *found = elements_find(run->elements, t->parameter, i);
    if (found) {
        *check = *found;
        return GCK_OK;
    }
    return element_take(check, run->elements, run->proof, t->parameter, i, run->method);
}

static double finite_budget(const struct judged *t, size_t i)
{
    return isfinite(t->budget[i]) ? t->budget[i] : 0;
}

/* What is the matter with an answer on a corner that nothing admits. */
static gck_verdict refusal(double a)
{
    return isinf(a) ? GCK_VERDICT_NONFINITE : (gck_verdict)BEYOND;
}

/* Judges one element on a corner alone. GCK_VERDICT_KINK still has to stand the joint test, unless there is no
 * finite one-sided derivative and the case's list alone decides: then *by_list is set. */
static gck_status judge_one(gck_verdict *verdict, bool *by_list, struct group *group, const struct judged *t,
                            size_t i)
{
    const struct kink_rule *rule = rule_for(group->run->subject, t->node, i);
    double a = t->analytic[i];
    struct element_check check;
    *by_list = false;
    *verdict = GCK_VERDICT_NONFINITE;
    if (isnan(a))
        return GCK_OK;
    *verdict = refusal(a);
    if (rule && !allowed(rule, a, t->budget[i], dtype_of(group->run)))
        return GCK_OK;
    gck_status status = check_of(&check, group->run, t, i);
    if (status)
        return status;
    bool steep = check.side == SIDE_STEEP || (check.side == SIDE_EDGE && !check.settles);
    if (steep) {
        *by_list = rule != NULL;
        *verdict = rule ? GCK_VERDICT_KINK : GCK_VERDICT_INCONCLUSIVE;
        return GCK_OK;
    }
    bool sided = between(a, check.left, check.left_error, check.right, check.right_error,
                         finite_budget(t, i) + rounding(a, dtype_of(group->run)));
    bool swept = within_alternatives(group->run, t, i);
    if (!sided && !swept)
        return GCK_OK;
    group->sided &= sided;
    group->swept &= swept;
    *verdict = GCK_VERDICT_KINK;
    return GCK_OK;
}

/* <g, v> over the group: of a reference, of alternative `k`, or of the engine's answer. */
enum { OF_REFERENCE = -1, OF_ANSWER = -2 };
static void product(m_element *r, const struct group *group, int k, const m_context *c)
{
    const struct budget *budget = group->run->proof->budget;
    M_LOCAL(t, c);
    M_LOCAL(g, c);
    m_set_si(r, 0, c);
    for (size_t tensor = 0; tensor < group->run->count; tensor++) {
        const struct judged *judged = &group->run->tensors[tensor];
        const double *v = judged->value ? NULL : group->v[judged->node];
        for (size_t i = 0; v && i < judged->count; i++) {
            if (v[i] == 0)
                continue;
            if (k == OF_ANSWER)
                m_set_double(g, judged->analytic[i], c);
            else
                m_set(g,
                      k == OF_REFERENCE ? judged->reference + i
                                        : budget->alternatives[k].gradient[judged->node] + i,
                      c);
            m_set_double(t, v[i], c);
            m_mul(t, t, g, c);
            m_add(r, r, t, c);
        }
    }
}

static double slack_along(const struct group *group)
{
    double slack = 0;
    for (size_t k = 0; k < group->run->count; k++) {
        const struct judged *t = &group->run->tensors[k];
        const double *v = t->value ? NULL : group->v[t->node];
        for (size_t i = 0; v && i < t->count; i++)
            if (v[i] != 0)
                slack += fabs(v[i]) * (finite_budget(t, i) + rounding(t->analytic[i], dtype_of(group->run)));
    }
    return slack;
}

/* Whether <a, v> lies in the hull of the alternatives' <g, v>. */
static bool joint_swept(const struct group *group)
{
    const struct proof *proof = group->run->proof;
    const struct reference *reference = &proof->ladder->levels[0];
    m_context c = m_context_wide(reference->bits, FLOAT64);
    M_LOCAL(p, &c);
    product(p, group, OF_ANSWER, &c);
    double a = m_to_double(p);
    product(p, group, OF_REFERENCE, &c);
    double low = m_to_double(p), high = low;
    for (int k = 0; k < (int)proof->budget->alternative_count; k++) {
        product(p, group, k, &c);
        low = fmin(low, m_to_double(p));
        high = fmax(high, m_to_double(p));
    }
    double slack = slack_along(group);
    return a >= low - slack && a <= high + slack;
}

/* Whether <a, v> lies between the one-sided differences along v. */
static gck_status joint_sided(bool *in, struct group *group)
{
    const struct proof *proof = group->run->proof;
    const struct reference *reference = &proof->ladder->levels[0];
    m_context c = m_context_wide(reference->bits, FLOAT64);
    struct arena arena = {0};
    struct difference d;
    struct mover mover;
    struct direction direction = {.v = group->v};
    M_LOCAL(p, &c);
    gck_status status = difference_new(&d, &arena, reference->bits);
    if (!status)
        status = mover_new(&mover, proof->ladder, 0, group->moves);
    if (!status) {
        difference_take(&d, &mover, &direction);
        mover_free(&mover);
        product(p, group, OF_ANSWER, &c);
        double a = m_to_double(p);
        *in = between(a, d.left, d.left_error, d.right, d.right_error,
                      slack_along(group) + rounding(a, dtype_of(group->run)));
    }
    arena_free(&arena);
    return status;
}

/* A direction in which all elements whose verdict is KINK and that no list decides alone move together: the
 * first one with equal signs, the others with random ones. */
static void joint_direction(struct group *group, uint8_t *const *member, int number)
{
    const struct proof *proof = group->run->proof;
    struct random random = random_new(proof->seed, 5000 + (uint64_t)number);
    for (size_t k = 0; k < group->run->count; k++) {
        const struct judged *t = &group->run->tensors[k];
        if (!member[k])
            continue;
        const double *x = proof->ladder->binding->values[t->node];
        int typical = typical_exponent(x, t->count);
        for (size_t i = 0; i < t->count; i++) {
            bool flip = random_next(&random) >> 63 && number > 0;
            double length = ldexp(1, scale_exponent(x[i], typical));
            group->v[t->node][i] = !member[k][i] ? 0 : flip ? -length : length;
        }
    }
}

/* Tests the members jointly. */
static gck_status joint_test(bool *passes, struct group *group, uint8_t *const *member)
{
    bool sided = group->sided, swept = group->swept;
    gck_status status = GCK_OK;
    for (int d = 0; d < JOINT_DIRECTIONS && !status && (sided || swept); d++) {
        joint_direction(group, member, d);
        swept = swept && joint_swept(group);
        if (sided)
            status = joint_sided(&sided, group);
    }
    *passes = sided || swept;
    return status;
}

/* An element of the group, and its own one-sided differences. */
struct apart {
    size_t tensor, i;
    struct element_check check;
    bool independent; /* so far, of all others */
};

/* Whether what the element adds along v is what it adds alone, to both sides. */
static bool adds_up(const struct difference *with, const struct difference *without, const struct apart *e,
                    double v, const m_context *c)
{
    const struct element_check *own = &e->check;
    M_LOCAL(t, c);
    M_LOCAL(s, c);
    for (int side = 0; side < 2; side++) {
        const m_element *whole = side ? with->right : with->left, *rest = side ? without->right : without->left;
        bool right = (side == 1) == (v > 0);
        double error =
            fabs(v) * (right ? own->right_error : own->left_error) +
            (side ? with->right_error + without->right_error : with->left_error + without->left_error);
        m_set_double(t, v, c);
        m_mul(t, t, right ? own->right : own->left, c);
        double scale = m_size(t) + m_size(whole) + m_size(rest);
        m_add(s, t, rest, c);
        if (!(m_distance(s, whole) <= error + ldexp_up(scale, -(int)c->bits / 4)))
            return false;
    }
    return true;
}

/* Lists the members; NULL without an error when they are too many. */
static gck_status members_list(struct apart **list, struct group *group, uint8_t *const *member)
{
    size_t n = 0;
    *list = group->size <= MOST_APART ? arena_alloc(group->run->arena, group->size, sizeof **list) : NULL;
    gck_status status = *list || group->size > MOST_APART ? GCK_OK : GCK_NO_MEMORY;
    for (size_t k = 0; *list && k < group->run->count; k++)
        for (size_t i = 0; member[k] && i < group->run->tensors[k].count && !status; i++)
            if (member[k][i]) {
                struct apart *e = &(*list)[n++];
                *e = (struct apart){.tensor = k, .i = i, .independent = true};
                status = check_of(&e->check, group->run, &group->run->tensors[k], i);
            }
    return status;
}

/* Along the joint direction set in the group: who bends whom. */
static void compare_apart(struct group *group, struct apart *list, struct mover *mover, struct difference *with,
                          struct difference *without, const m_context *c)
{
    const struct direction direction = {.v = group->v};
    difference_take(with, mover, &direction);
    for (size_t n = 0; n < group->size; n++) {
        struct apart *e = &list[n];
        double *v = &group->v[group->run->tensors[e->tensor].node][e->i], own = *v;
        if (!e->independent)
            continue;
        *v = 0;
        difference_take(without, mover, &direction);
        *v = own;
        e->independent = adds_up(with, without, e, own, c);
    }
}

/* Takes the elements out of the group that are independent of all others: alone they were found admissible. */
static gck_status drop_independent(struct group *group, uint8_t *const *member)
{
    const struct proof *proof = group->run->proof;
    int bits = proof->ladder->levels[0].bits;
    m_context c = m_context_wide(bits, FLOAT64);
    struct arena arena = {0};
    struct difference with, without;
    struct mover mover;
    struct apart *list;
    gck_status status = members_list(&list, group, member);
    if (status || !list)
        return status;
    status = difference_new(&with, &arena, bits);
    status = status ? status : difference_new(&without, &arena, bits);
    if (!status)
        status = mover_new(&mover, proof->ladder, 0, group->moves);
    if (!status) {
        for (int d = 0; d < JOINT_DIRECTIONS; d++) {
            joint_direction(group, member, d);
            compare_apart(group, list, &mover, &with, &without, &c);
        }
        mover_free(&mover);
        size_t size = group->size;
        for (size_t n = 0; n < size; n++)
            if (list[n].independent) {
                member[list[n].tensor][list[n].i] = 0;
                group->size--;
            }
    }
    arena_free(&arena);
    return status;
}

/* Which elements of tensor k belong to the group; NULL when none does. */
typedef gck_status choose_members(uint8_t **member, struct group *group, size_t k);

static gck_status on_corners(uint8_t **member, struct group *group, size_t k)
{
    struct judged *t = &group->run->tensors[k];
    if (!t->corner || !t->analytic || t->value)
        return GCK_OK;
    uint8_t *own = arena_alloc(group->run->arena, t->count, sizeof *own);
    gck_status status = own ? GCK_OK : GCK_NO_MEMORY;
    for (size_t i = 0; i < t->count && !status; i++) {
        gck_verdict verdict;
        bool by_list;
        if (!t->corner[i])
            continue;
        status = judge_one(&verdict, &by_list, group, t, i);
        if (status)
            break;
        t->verdict[i] = (uint8_t)verdict;
        own[i] = verdict == GCK_VERDICT_KINK && !by_list;
        group->size += own[i];
        *member = own[i] ? own : *member;
    }
    return status;
}

static gck_status near_kinks(uint8_t **member, struct group *group, size_t k)
{
    struct judged *t = &group->run->tensors[k];
    if (!t->analytic || t->value)
        return GCK_OK;
    uint8_t *own = arena_alloc(group->run->arena, t->count, sizeof *own);
    if (!own)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < t->count; i++) {
        own[i] =
            t->verdict[i] == BEYOND && !(t->corner && t->corner[i]) && within_alternatives(group->run, t, i);
        group->size += own[i];
        *member = own[i] ? own : *member;
    }
    group->sided = false;
    return GCK_OK;
}

static gck_status judge_group(struct trial_run *run, choose_members *choose)
{
    const struct graph *graph = run->proof->ladder->graph;
    struct group group = {.run = run, .sided = true, .swept = true};
    group.v = arena_alloc(run->arena, graph->count, sizeof *group.v);
    group.moves = arena_alloc(run->arena, graph->count, sizeof *group.moves);
    uint8_t **member = arena_alloc(run->arena, run->count, sizeof *member);
    gck_status status = group.v && group.moves && member ? GCK_OK : GCK_NO_MEMORY;
    for (size_t k = 0; k < run->count && !status; k++) {
        status = choose(&member[k], &group, k);
        if (status || !member[k])
            continue;
        size_t node = run->tensors[k].node;
        group.v[node] = arena_alloc(run->arena, run->tensors[k].count, sizeof **group.v);
        group.moves[node] = true;
        status = group.v[node] ? GCK_OK : GCK_NO_MEMORY;
    }
    if (status || group.size == 0)
        return status;
    bool passes = true;
    if (group.size > 1)
        status = joint_test(&passes, &group, member);
    if (!status && !passes && group.sided) {
        status = drop_independent(&group, member);
        passes = group.size <= 1;
        if (!status && !passes)
            status = joint_test(&passes, &group, member);
    }
    for (size_t k = 0; k < run->count && !status; k++)
        for (size_t i = 0; member[k] && i < run->tensors[k].count; i++)
            if (member[k][i])
                run->tensors[k].verdict[i] = passes ? GCK_VERDICT_KINK : BEYOND;
    return status;
}

gck_status judge_corners(struct trial_run *run)
{
    return judge_group(run, on_corners);
}

gck_status judge_near_kinks(struct trial_run *run)
{
    if (run->proof->budget->alternative_count == 0)
        return GCK_OK;
    return judge_group(run, near_kinks);
}

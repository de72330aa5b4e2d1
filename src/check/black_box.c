/* The black-box check: somebody's gradient in double against extrapolated differences of their function. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "check/black_box.h"
#include "check/slope.h"

#define RESOLVED 0.01 /* bar over partial: a pass means two digits */
#define NARROW 0.001  /* bar over the whole, for partials too small to be seen */
#define WRONG_BARS 10.0
enum { PAIRED_KINKS = 16 }; /* up to so many corners every pair is checked jointly */

struct black_box {
    const double *origin;
    size_t n;
    gck_function *f;
    gck_gradient *grad;
    void *user;
    double *x;        /* scratch copy of origin */
    double *analytic; /* grad at origin */
    struct slope *slopes;
    gck_partial *partials, *own_partials;
    unsigned char *rounding; /* whether grad's element is mere rounding; NULL until needed */
    size_t *kinks;
    struct move *moves;
    double roundoff; /* what grad may lose, relative */
    double noise;    /* of f when all coordinates move */
    double steepest; /* the largest |partial| * scale that the differences vouch for */
    size_t calls, below_noise;
    bool joint; /* some corner was refused by a joint direction */
};

/* ---- judging one slope ---- */

static double allowance(const struct black_box *b, double analytic, struct estimate e)
{
    return e.bar + b->roundoff * fmax(fabs(analytic), fabs(e.value));
}

static gck_verdict judge_kink(const struct black_box *b, double analytic, const struct slope *s)
{
    struct estimate low = s->left, high = s->right;
    if (low.value > high.value) {
        low = s->right;
        high = s->left;
    }
    double below = low.value - analytic, above = analytic - high.value;
    double low_bar = allowance(b, analytic, low), high_bar = allowance(b, analytic, high);
    double middle = low.value / 2 + high.value / 2;
    bool at_side = fabs(below) <= low_bar || fabs(above) <= high_bar;
    bool inside = below <= low_bar && above <= high_bar;
    /* Noise may hide several corners: then only the usual choices are admitted. */
    if (inside && (!s->blurred || at_side || fabs(analytic - middle) <= low_bar + high_bar))
        return GCK_VERDICT_KINK;
    if (s->blurred)
        return GCK_VERDICT_INCONCLUSIVE;
    bool beyond = below > WRONG_BARS * low_bar || above > WRONG_BARS * high_bar;
    return beyond ? GCK_VERDICT_WRONG : GCK_VERDICT_INCONCLUSIVE;
}

/* Whether the value could be a one-sided derivative, as far as the one-sided bars can tell. */
static bool within_sides(double analytic, const struct slope *s)
{
    if (!s->left_finite || !s->right_finite)
        return false;
    if (s->left.row < 0 || s->right.row < 0)
        return true;
    return analytic >= fmin(s->left.value - s->left.bar, s->right.value - s->right.bar) &&
           analytic <= fmax(s->left.value + s->left.bar, s->right.value + s->right.bar);
}

static gck_verdict judge_far(const struct black_box *b, double analytic, const struct slope *s)
{
    double error = fabs(analytic - s->centered.value);
    bool sides_differ = fabs(s->left.value - s->right.value) > s->left.bar + s->right.bar;
    if (error <= WRONG_BARS * allowance(b, analytic, s->centered) || within_sides(analytic, s) ||
        (s->blurred && sides_differ))
        return GCK_VERDICT_INCONCLUSIVE;
    return GCK_VERDICT_WRONG;
}

/* ---- elements that are mere rounding ---- */

/* A gradient that is mathematically zero comes back as 1e-17 of noise: it changes its sign or by more than
 * half when x moves by a few thousand ulps. A small but real partial does not. */
static gck_status find_rounding(struct black_box *b)
{
    b->rounding = calloc(b->n, 1);
    double *moved = malloc(b->n * sizeof *moved);
    if (b->rounding == NULL || moved == NULL) {
        free(moved);
        return GCK_NO_MEMORY;
    }
    struct random random = random_new(1, 0);
    for (int turn = 0; turn < 4; turn++) {
        for (size_t i = 0; i < b->n; i++) {
            double ulps = (double)random_below(&random, 8192) - 4096;
            b->x[i] = b->origin[i] * (1 + ulps * DBL_EPSILON);
            moved[i] = b->analytic[i];
        }
        b->grad(moved, b->x, b->n, b->user);
        for (size_t i = 0; i < b->n; i++)
            if (fabs(moved[i] - b->analytic[i]) > 0.5 * fabs(b->analytic[i]))
                b->rounding[i] = 1;
    }
    memcpy(b->x, b->origin, b->n * sizeof *b->x);
    free(moved);
    return GCK_OK;
}

/* The bar says little about a partial this small; is it narrow beside everything else? */
static gck_status judge_small(gck_verdict *verdict, struct black_box *b, size_t i)
{
    const struct slope *s = &b->slopes[i];
    double blur = s->centered.bar * s->scale;
    *verdict = GCK_VERDICT_INCONCLUSIVE;
    if (!(blur <= NARROW * fmax(b->steepest, s->largest)))
        return GCK_OK;
    if (b->analytic[i] != 0 && b->rounding == NULL) {
        gck_status status = find_rounding(b);
        if (status != GCK_OK)
            return status;
    }
    bool zero = b->analytic[i] == 0 || b->rounding[i];
    if (!zero && !(blur <= NARROW * b->steepest))
        return GCK_OK;
    b->below_noise += !zero;
    *verdict = GCK_VERDICT_OK;
    return GCK_OK;
}

static gck_status judge(gck_verdict *verdict, struct black_box *b, size_t i)
{
    const struct slope *s = &b->slopes[i];
    double analytic = b->analytic[i];
    *verdict = GCK_VERDICT_INCONCLUSIVE;
    if (!isfinite(analytic))
        *verdict = GCK_VERDICT_NONFINITE;
    else if (s->kink)
        *verdict = judge_kink(b, analytic, s);
    else if (s->centered.row < 0)
        return GCK_OK;
    else if (fabs(analytic - s->centered.value) > allowance(b, analytic, s->centered))
        *verdict = judge_far(b, analytic, s);
    else if (s->centered.bar <= RESOLVED * fmax(fabs(analytic), fabs(s->centered.value)))
        *verdict = GCK_VERDICT_OK;
    else
        return judge_small(verdict, b, i);
    return GCK_OK;
}

/* ---- measuring ---- */

/* The geometric mean of the nonzero magnitudes: one huge coordinate does not set the steps of the others. */
static double typical_size(const double *x, size_t n)
{
    double logs = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0) {
            logs += log(fabs(x[i]));
            count++;
        }
    return count > 0 ? exp(logs / (double)count) : 1;
}

static struct line line_of(const struct black_box *b, size_t moves)
{
    return (struct line){.f = b->f,
                         .user = b->user,
                         .origin = b->origin,
                         .x = b->x,
                         .n = b->n,
                         .moves = b->moves,
                         .move_count = moves};
}

static struct slope measure(struct black_box *b, size_t moves, double scale, double claimed)
{
    struct slope slope;
    struct line line = line_of(b, moves);
    slope_measure(&slope, &line, scale, b->noise, claimed);
    b->calls += line.calls;
    return slope;
}

/* One coordinate may move f by so little that its noise does not show; all of them together do not. The median
 * of three random directions is taken: one may meet a corner. */
static void measure_noise(struct black_box *b, double typical)
{
    double noise[3];
    for (uint64_t turn = 0; turn < 3; turn++) {
        struct random random = random_new(2, turn);
        for (size_t i = 0; i < b->n; i++) {
            double weight =
                fmax(fabs(b->origin[i]), typical) * (1 + (double)random_below(&random, 1024) / 1024);
            b->moves[i] = (struct move){i, random_below(&random, 2) ? weight : -weight};
        }
        struct line line = line_of(b, b->n);
        noise[turn] = slope_noise(&line, 1);
        b->calls += line.calls;
    }
    b->noise = fmax(fmin(noise[0], noise[1]), fmin(fmax(noise[0], noise[1]), noise[2]));
}

static void measure_all(struct black_box *b)
{
    double typical = typical_size(b->origin, b->n);
    if (b->n > 1)
        measure_noise(b, typical);
    for (size_t i = 0; i < b->n; i++) {
        b->moves[0] = (struct move){i, 1};
        b->slopes[i] = measure(b, 1, fmax(fabs(b->origin[i]), typical), b->analytic[i]);
        const struct estimate *e = &b->slopes[i].centered;
        if (e->row >= 0)
            b->steepest = fmax(b->steepest, (fabs(e->value) - e->bar) * b->slopes[i].scale);
    }
}

/* ---- corners, jointly ---- */

/* Along the sum of the moves the gradient's slope must be admissible too. */
static bool joint_refuses(struct black_box *b, size_t count)
{
    double claimed = 0, size = 0, scale = INFINITY;
    for (size_t k = 0; k < count; k++) {
        double term = b->moves[k].weight * b->analytic[b->moves[k].index];
        claimed += term;
        size += fabs(term);
        scale = fmin(scale, b->slopes[b->moves[k].index].scale);
    }
    struct slope s = measure(b, count, scale, claimed);
    s.centered.bar += b->roundoff * size;
    s.left.bar += b->roundoff * size;
    s.right.bar += b->roundoff * size;
    if (s.kink)
        return judge_kink(b, claimed, &s) == GCK_VERDICT_WRONG;
    return s.centered.row >= 0 && fabs(claimed - s.centered.value) > allowance(b, claimed, s.centered) &&
           judge_far(b, claimed, &s) == GCK_VERDICT_WRONG;
}

static bool refuse_pairs(struct black_box *b, size_t count)
{
    bool refused = false;
    for (size_t k = 0; k < count; k++)
        for (size_t m = 0; m < k; m++)
            for (int sign = -1; sign <= 1; sign += 2) {
                b->moves[0] = (struct move){b->kinks[k], 1};
                b->moves[1] = (struct move){b->kinks[m], sign};
                if (!joint_refuses(b, 2))
                    continue;
                b->partials[b->kinks[k]].verdict = b->partials[b->kinks[m]].verdict = GCK_VERDICT_WRONG;
                refused = true;
            }
    return refused;
}

/* Every tied element of a maximum lies between its one-sided derivatives even when each gets the full
 * gradient; only moving them together tells. */
static void judge_joint(struct black_box *b)
{
    size_t count = 0;
    for (size_t i = 0; i < b->n; i++)
        if (b->partials[i].verdict == GCK_VERDICT_KINK)
            b->kinks[count++] = i;
    if (count < 2)
        return;
    if (count <= PAIRED_KINKS)
        b->joint = refuse_pairs(b, count);
    for (size_t k = 0; k < count; k++)
        b->moves[k] = (struct move){b->kinks[k], 1};
    if (b->joint || !joint_refuses(b, count))
        return;
    b->joint = true;
    for (size_t k = 0; k < count; k++)
        b->partials[b->kinks[k]].verdict = GCK_VERDICT_WRONG;
}

/* ---- the result ---- */

static double bars_off(const struct black_box *b, const gck_partial *p)
{
    double bar = p->error_bar + b->roundoff * fmax(fabs(p->analytic), fabs(p->numeric));
    double error = fabs(p->analytic - p->numeric);
    return error == 0 ? 0 : error / bar;
}

static void write_message(gck_black_box *r, const struct black_box *b)
{
    const gck_partial *p = &r->worst_partial;
    char what[136], noisy[64] = "";
    if (r->below_noise)
        snprintf(noisy, sizeof noisy, " (%zu of them only within the noise)", r->below_noise);
    snprintf(what, sizeof what, "partial %zu: grad says %.9g, differences say %.9g +- %.2g", r->worst,
             p->analytic, p->numeric, p->error_bar);
    size_t size = sizeof r->message;
    if (b->n == 0)
        snprintf(r->message, size, "inconclusive: there are no coordinates to check");
    else if (r->verdict == GCK_VERDICT_OK)
        snprintf(r->message, size, "ok: %zu partials agree%s; worst is %s", b->n, noisy, what);
    else if (r->verdict == GCK_VERDICT_WRONG && b->joint && isfinite(bars_off(b, p)) && p->left != p->right)
        snprintf(r->message, size, "wrong: %s; at a corner it does not fit the other tied partials", what);
    else if (r->verdict == GCK_VERDICT_WRONG)
        snprintf(r->message, size, "wrong: %s, %.2g bars apart: the formula is wrong", what, bars_off(b, p));
    else if (r->verdict == GCK_VERDICT_NONFINITE)
        snprintf(r->message, size, "nonfinite: %s", what);
    else if (r->verdict == GCK_VERDICT_KINK)
        snprintf(r->message, size, "kink: %s; a corner with slopes %.6g left and %.6g right", what, p->left,
                 p->right);
    else
        snprintf(r->message, size, "inconclusive: %s: %s", what,
                 isfinite(p->error_bar) ? "too close for wrong, or the bar too wide for ok"
                                        : "the differences do not settle");
}

static void summarize(gck_black_box *r, const struct black_box *b)
{
    r->verdict = b->n > 0 ? GCK_VERDICT_OK : GCK_VERDICT_INCONCLUSIVE;
    double most = -1;
    for (size_t i = 0; i < b->n; i++) {
        const gck_partial *p = &b->partials[i];
        double off = bars_off(b, p);
        r->counts[p->verdict]++;
        if (p->verdict > r->verdict || (p->verdict == r->verdict && (off > most || most < 0))) {
            r->verdict = p->verdict;
            r->worst = i;
            r->worst_partial = *p;
            most = off;
        }
    }
    r->calls = b->calls;
    r->below_noise = b->below_noise;
    write_message(r, b);
}

static gck_status check(struct black_box *b)
{
    memcpy(b->x, b->origin, b->n * sizeof *b->x);
    for (size_t i = 0; i < b->n; i++)
        b->analytic[i] = NAN; /* an element that grad forgets is seen */
    b->grad(b->analytic, b->x, b->n, b->user);
    memcpy(b->x, b->origin, b->n * sizeof *b->x);
    measure_all(b);
    for (size_t i = 0; i < b->n; i++) {
        const struct slope *s = &b->slopes[i];
        gck_partial *p = &b->partials[i];
        *p = (gck_partial){b->analytic[i], s->centered.value, s->centered.bar, s->left.value,
                           s->right.value, s->centered.step,  GCK_VERDICT_OK};
        gck_status status = judge(&p->verdict, b, i);
        if (status != GCK_OK)
            return status;
    }
    judge_joint(b);
    return GCK_OK;
}

static gck_status allocate(struct black_box *b)
{
    if (b->n > SIZE_MAX / sizeof *b->slopes)
        return GCK_NO_MEMORY;
    b->x = malloc(b->n * sizeof *b->x);
    b->analytic = malloc(b->n * sizeof *b->analytic);
    b->slopes = malloc(b->n * sizeof *b->slopes);
    b->kinks = malloc(b->n * sizeof *b->kinks);
    b->moves = malloc((b->n + 1) * sizeof *b->moves); /* a pair fits whatever n */
    if (b->partials == NULL)
        b->partials = b->own_partials = malloc(b->n * sizeof *b->partials);
    bool all = b->x && b->analytic && b->slopes && b->kinks && b->moves && b->partials;
    return all ? GCK_OK : GCK_NO_MEMORY;
}

static void release(struct black_box *b)
{
    free(b->x);
    free(b->analytic);
    free(b->slopes);
    free(b->kinks);
    free(b->moves);
    free(b->rounding);
    free(b->own_partials);
}

static gck_status refuse(gck_black_box *result, gck_status status, const char *why)
{
    memset(result, 0, sizeof *result);
    result->verdict = GCK_VERDICT_ERROR;
    snprintf(result->message, sizeof result->message, "error: %s", why);
    return status;
}

gck_status black_box_take(gck_black_box *result, gck_partial *partials, const double *x, size_t n,
                          gck_function *f, gck_gradient *grad, void *user, double roundoff)
{
    if (result == NULL)
        return GCK_BAD_USAGE;
    memset(result, 0, sizeof *result);
    if (f == NULL || grad == NULL || (x == NULL && n > 0))
        return refuse(result, GCK_BAD_USAGE, "f, grad or x is NULL");
    struct black_box b = {
        .origin = x, .n = n, .f = f, .grad = grad, .user = user, .partials = partials, .roundoff = roundoff};
    gck_status status = GCK_OK;
    if (n > 0) {
        status = allocate(&b);
        for (size_t i = 0; status == GCK_OK && i < n; i++)
            if (!isfinite(x[i]))
                status = GCK_BAD_USAGE;
        if (status == GCK_OK)
            status = check(&b);
    }
    if (status == GCK_OK)
        summarize(result, &b);
    else if (status == GCK_BAD_USAGE)
        refuse(result, status, "x is not finite");
    else
        refuse(result, status, "out of memory");
    release(&b);
    return status;
}

gck_status gck_check_function(gck_black_box *result, gck_partial *partials, const double *x, size_t n,
                              gck_function *f, gck_gradient *grad, void *user)
{
    return black_box_take(result, partials, x, n, f, grad, user, BLACK_BOX_ROUNDOFF);
}

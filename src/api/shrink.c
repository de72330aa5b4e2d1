/* Shrinking: a failing graph with less of everything, as long as the verdict stays. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/fuzz.h"

enum { MOST_CHECKS = 1500 };

struct shrinking {
    struct sketch *best, *trial;
    struct arena *arena;
    gck_verdict verdict;
    const gck_options *options;
    size_t checks;
    gck_status status;
};

/* Takes the trial for the best when it still fails in the same way. */
static bool take(struct shrinking *s)
{
    gck_verdict verdict;
    bool stop = s->options->stop && *s->options->stop;
    if (s->status || stop || s->checks++ >= MOST_CHECKS)
        return false;
    sketch_prune(s->trial);
    gck_status status = fuzz_verdict(&verdict, s->trial, s->options);
    if (status == GCK_NO_MEMORY || status == GCK_STOPPED || status == GCK_ENGINE)
        s->status = status;
    if (status || verdict != s->verdict)
        return false;
    *s->best = *s->trial;
    return true;
}

/* A seed that is short, and not constant: a seed of ones hides much. */
static double *short_seed(struct shrinking *s, size_t n)
{
    double *numbers = sketch_numbers(s->arena, n);
    for (size_t i = 0; numbers && i < n; i++)
        numbers[i] = (double)(i % 5) * 0.25 + 1;
    if (!numbers)
        s->status = GCK_NO_MEMORY;
    return numbers;
}

/* An earlier node becomes the output. */
static bool cut(struct shrinking *s)
{
    bool any = false;
    for (size_t i = 0; i < s->best->count; i++) {
        if (!s->best->nodes[i].op || i == s->best->output)
            continue;
        *s->trial = *s->best;
        s->trial->output = i;
        s->trial->seed = short_seed(s, shape_count(&s->best->nodes[i].shape));
        if (s->trial->seed && take(s)) {
            any = true;
            i = (size_t)-1;
        }
    }
    return any;
}

/* The values of the best sketch's nodes; NULL when memory fails. */
static double **values_of(struct shrinking *s)
{
    struct graph graph;
    double **values = NULL;
    bool sound;
    gck_status status = sketch_graph(&graph, s->best, s->arena);
    if (!status)
        status = sketch_values(&values, &sound, &graph, s->arena);
    if (status)
        s->status = status;
    return status ? NULL : values;
}

/* An op becomes an input with its value, or one of its arguments takes its place. */
static bool replace(struct shrinking *s)
{
    bool any = false;
    for (size_t i = s->best->count; i-- > 0 && !s->status;) {
        const struct sketch_node *node = &s->best->nodes[i];
        double **values = node->op && i != s->best->output ? values_of(s) : NULL;
        bool taken = false;
        for (size_t k = 0; values && k < node->arity && !taken; k++) {
            const struct sketch_node *input = &s->best->nodes[node->inputs[k]];
            if (input->integers || !shape_equal(&input->shape, &node->shape))
                continue;
            *s->trial = *s->best;
            for (size_t j = i + 1; j < s->trial->count; j++)
                for (size_t m = 0; m < s->trial->nodes[j].arity; m++)
                    if (s->trial->nodes[j].inputs[m] == i)
                        s->trial->nodes[j].inputs[m] = node->inputs[k];
            taken = take(s);
        }
        if (values && !taken) {
            *s->trial = *s->best;
            s->trial->nodes[i] = (struct sketch_node){.shape = node->shape, .numbers = values[i]};
            taken = take(s);
        }
        any |= taken;
        if (taken)
            i = s->best->count;
    }
    return any;
}

/* Numbers of a tensor whose axis is cut to `size`. */
static void *sliced(struct shrinking *s, const void *from, size_t item, struct shape shape, int axis,
                    size_t size)
{
    size_t inner = 1, outer = 1, was = shape.dim[axis];
    for (int i = 0; i < shape.rank; i++)
        *(i < axis ? &outer : &inner) *= i == axis ? 1 : shape.dim[i];
    char *to = arena_alloc(s->arena, outer * size * inner, item);
    for (size_t o = 0; o < outer && to; o++)
        memcpy(to + o * size * inner * item, (const char *)from + o * was * inner * item, size * inner * item);
    if (!to)
        s->status = GCK_NO_MEMORY;
    return to;
}

static void cut_axis(struct shrinking *s, struct sketch_node *node, int axis, size_t size)
{
    if (node->integers)
        node->integers = sliced(s, node->integers, sizeof *node->integers, node->shape, axis, size);
    else
        node->numbers = sliced(s, node->numbers, sizeof *node->numbers, node->shape, axis, size);
    node->shape.dim[axis] = size;
}

/* The seed follows the output's new shape. */
static bool take_resized(struct shrinking *s)
{
    struct arena arena = {0};
    struct graph graph;
    gck_status status = s->status ? s->status : sketch_graph(&graph, s->trial, &arena);
    arena_free(&arena);
    if (status)
        return false;
    for (size_t i = 0; i < s->trial->count; i++)
        if (shape_count(&s->trial->nodes[i].shape) == 0)
            return false;
    const struct shape *now = &s->trial->nodes[s->trial->output].shape;
    if (!shape_equal(now, &s->best->nodes[s->best->output].shape))
        s->trial->seed = short_seed(s, shape_count(now));
    return s->trial->seed && take(s);
}

/* Axes of size `from` shrink to `to`: of every input, or of input `only`. */
static bool resize(struct shrinking *s, size_t from, size_t to, size_t only, int only_axis)
{
    *s->trial = *s->best;
    bool any = false;
    for (size_t i = 0; i < s->trial->count; i++) {
        struct sketch_node *node = &s->trial->nodes[i];
        for (int axis = 0; !node->op && axis < node->shape.rank && !s->status; axis++)
            if (node->shape.dim[axis] == from && (only == SKETCH_MOST || (i == only && axis == only_axis))) {
                cut_axis(s, node, axis, to);
                any = true;
            }
    }
    return any && take_resized(s);
}

static bool shrink_shapes(struct shrinking *s)
{
    bool any = false;
    for (size_t from = 2; from <= 32; from++)
        for (size_t to = 1; to < from; to++)
            if (resize(s, from, to, SKETCH_MOST, 0)) {
                any = true;
                break;
            }
    for (size_t i = 0; i < s->best->count; i++)
        for (int axis = 0; !s->best->nodes[i].op && axis < s->best->nodes[i].shape.rank; axis++)
            for (size_t to = 1; to < s->best->nodes[i].shape.dim[axis]; to++)
                if (resize(s, s->best->nodes[i].shape.dim[axis], to, i, axis)) {
                    any = true;
                    i = 0;
                    axis = -1;
                    break;
                }
    return any;
}

/* Attributes go back to their defaults, one at a time. */
static bool drop_attributes(struct shrinking *s)
{
    bool any = false;
    for (size_t i = 0; i < s->best->count; i++)
        for (size_t at = 0; s->best->nodes[i].attributes[at];) {
            char *text = s->trial->nodes[i].attributes;
            *s->trial = *s->best;
            size_t size = strcspn(text + at, ";");
            size += text[at + size] == ';';
            memmove(text + at, text + at + size, strlen(text + at + size) + 1);
            bool taken = take_resized(s);
            any |= taken;
            at += taken ? 0 : size;
            if (taken && i >= s->best->count)
                return any;
        }
    return any;
}

static double short_number(double x, int digits)
{
    char text[40];
    snprintf(text, sizeof text, "%.*g", digits, x);
    return strtod(text, NULL);
}

static size_t digits_of(double x)
{
    int digits = 1;
    while (digits < 17 && short_number(x, digits) != x)
        digits++;
    return (size_t)digits;
}

/* Elements from .. to - 1 of a node's numbers (or of the seed: node NULL) with so many digits, where that is
 * fewer. */
static bool shorten(struct shrinking *s, size_t node, bool seed, size_t from, size_t to, int digits)
{
    const double *was = seed ? s->best->seed : s->best->nodes[node].numbers;
    size_t n = shape_count(&s->best->nodes[seed ? s->best->output : node].shape);
    double *now = sketch_numbers(s->arena, n);
    bool fewer = false;
    if (!now) {
        s->status = GCK_NO_MEMORY;
        return false;
    }
    memcpy(now, was, n * sizeof *now);
    for (size_t k = from; k < to; k++) {
        now[k] = short_number(was[k], digits);
        fewer |= digits_of(now[k]) < digits_of(was[k]);
    }
    *s->trial = *s->best;
    if (seed)
        s->trial->seed = now;
    else
        s->trial->nodes[node].numbers = now;
    return fewer && take(s);
}

static bool shorten_tensor(struct shrinking *s, size_t node, bool seed)
{
    size_t n = shape_count(&s->best->nodes[seed ? s->best->output : node].shape);
    bool any = false;
    for (int digits = 1; digits <= 4 && !any; digits++)
        any = shorten(s, node, seed, 0, n, digits);
    for (size_t k = 0; k < n && n <= 16; k++) {
        bool one = false;
        for (int digits = 1; digits <= 4 && !one; digits++)
            one = shorten(s, node, seed, k, k + 1, digits);
        any |= one;
    }
    return any;
}

static bool shorten_numbers(struct shrinking *s)
{
    bool any = shorten_tensor(s, 0, true);
    for (size_t i = 0; i < s->best->count; i++)
        if (s->best->nodes[i].numbers)
            any |= shorten_tensor(s, i, false);
    return any;
}

gck_status fuzz_shrink(struct sketch *sketch, struct arena *arena, gck_verdict verdict,
                       const gck_options *options)
{
    struct shrinking s = {.best = sketch, .arena = arena, .verdict = verdict, .options = options};
    s.trial = arena_alloc(arena, 1, sizeof *s.trial);
    if (!s.trial)
        return GCK_NO_MEMORY;
    for (bool any = true; any && !s.status;) {
        any = cut(&s);
        any |= replace(&s);
        any |= shrink_shapes(&s);
        any |= drop_attributes(&s);
    }
    while (!s.status && shorten_numbers(&s))
        continue;
    struct graph graph;
    return s.status ? s.status : sketch_graph(&graph, sketch, arena);
}

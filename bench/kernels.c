/* Times kernels written for any scalar, compiled for double, against loops written by hand, side by side.
 *
 *     build/bench/kernels
 *
 * A ratio near 1 says that the scalar layer costs nothing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "graph/evaluation.h"

enum { ROUNDS = 15, ELEMENTS = 4096, SIDE = 128, REPEATS = 200 };

/* Arguments, a value and gradients, on which a kernel and its hand-written twin both work. */
struct work {
    d_call call;
    double *a, *b, *y, *dy, *da, *db;
    size_t n, side; /* elements; rows and columns of a square */
};

/* dx += dy 4 e / (1 + e)^2 with e = e^(-2|x|) */
static void tanh_backward_by_hand(struct work *w)
{
    double *restrict dx = w->da;
    const double *restrict dy = w->dy, *restrict x = w->a;
    for (size_t i = 0; i < w->n; i++) {
        double e = exp(-2 * fabs(x[i])), t = 1 + e;
        dx[i] += 4 * (e / t / t) * dy[i];
    }
}

static void mul_by_hand(struct work *w)
{
    double *restrict y = w->y;
    const double *a = w->a, *b = w->b;
    for (size_t i = 0; i < w->n; i++)
        y[i] = a[i] * b[i];
}

/* In the order i, k, j: the usual one for row-major matrices. */
static void matmul_by_hand(struct work *w)
{
    size_t n = w->side;
    double *restrict y = w->y;
    const double *restrict a = w->a, *restrict b = w->b;
    memset(y, 0, n * n * sizeof *y);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < n; j++)
                y[i * n + j] += a[i * n + k] * b[k * n + j];
}

/* da += dy b^T, db += a^T dy */
static void matmul_backward_by_hand(struct work *w)
{
    size_t n = w->side;
    double *restrict da = w->da, *restrict db = w->db;
    const double *restrict a = w->a, *restrict b = w->b, *restrict dy = w->dy;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double s = 0;
            for (size_t k = 0; k < n; k++)
                s += dy[i * n + k] * b[j * n + k];
            da[i * n + j] += s;
        }
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                db[i * n + j] += a[k * n + i] * dy[k * n + j];
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A dense call of `op` with two arguments (the second is left out where the op takes one). */
static void work_new(struct work *w, struct node *node, const struct op *op, const struct shape *shape,
                     struct arena *arena)
{
    size_t n = w->n = shape_count(shape);
    double **arrays[] = {&w->a, &w->b, &w->y, &w->dy, &w->da, &w->db};
    struct random random = random_new(1, 0);
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) {
        *arrays[k] = arena_alloc(arena, n, sizeof(double));
        for (size_t i = 0; *arrays[k] && i < n; i++)
            (*arrays[k])[i] = (double)(random_next(&random) >> 11) * 0x1p-53 - 0.5;
    }
    w->side = shape->dim[0];
    const struct shape **shapes = arena_alloc(arena, 2, sizeof *shapes);
    const double **x = arena_alloc(arena, 2, sizeof *x);
    double **dx = arena_alloc(arena, 2, sizeof *dx);
    double *scratch = arena_alloc(arena, 2 * n, sizeof *scratch);
    if (!shapes || !x || !dx || !scratch)
        exit(1);
    shapes[0] = shapes[1] = shape;
    x[0] = w->a;
    x[1] = w->b;
    dx[0] = w->da;
    dx[1] = w->db;
    *node = (struct node){.op = op, .arity = op->least, .shape = *shape, .kind = KIND_FLOAT};
    w->call =
        (d_call){.node = node, .shapes = shapes, .x = x, .y = w->y, .dy = w->dy, .dx = dx, .scratch = scratch};
}

static void compare(const char *name, const char *op_name, bool backward, const struct shape *shape,
                    void (*by_hand)(struct work *w))
{
    const struct op *op = op_named(op_name);
    struct arena arena = {0};
    struct node node;
    struct work w;
    d_context c = {0};
    double best[2] = {INFINITY, INFINITY};
    if (!op)
        exit(1);
    work_new(&w, &node, op, shape, &arena);
    for (int round = 0; round < 2 * ROUNDS; round++) {
        double start = seconds();
        for (int k = 0; k < REPEATS; k++)
            if (round % 2)
                by_hand(&w);
            else if (backward)
                op->d_backward(&w.call, &c);
            else
                op->d_forward(&w.call, &c);
        best[round % 2] = fmin(best[round % 2], (seconds() - start) / REPEATS);
    }
    printf("%-16s %9.2f us  %9.2f us  %5.2f\n", name, 1e6 * best[0], 1e6 * best[1], best[0] / best[1]);
    arena_free(&arena);
}

int main(void)
{
    struct shape vector = {.rank = 1, .dim = {ELEMENTS}}, square = {.rank = 2, .dim = {SIDE, SIDE}};
    printf("%-16s %12s  %12s  %5s\n", "", "kernel", "by hand", "ratio");
    compare("tanh backward", "tanh", true, &vector, tanh_backward_by_hand);
    compare("mul", "mul", false, &vector, mul_by_hand);
    compare("matmul", "matmul", false, &square, matmul_by_hand);
    compare("matmul backward", "matmul", true, &square, matmul_backward_by_hand);
    return 0;
}

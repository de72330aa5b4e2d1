/* Times full checks of two-layer nets, and the classic exhaustive difference in double, each in a process of
 * its own. bench/README.md says what to compare them with.
 *
 *     build/bench/nets [JOBS]
 */
#include <gradcheck.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/case_handle.h"
#include "check/classic.h"

enum { TEXT = 4096 };

struct net {
    size_t batch, in, hidden, classes;
    bool penalty; /* L2 on both weights */
};

/* The case: ReLU, softmax cross entropy, and L2 or not. */
static gck_case *net_case(const struct net *n)
{
    static const char penalty[] = "  - R1 = l2_regularization(W1, strength=0.001)\n"
                                  "  - R2 = l2_regularization(W2, strength=0.001)\n"
                                  "  - L = add_n(data, R1, R2)\noutput: L\n";
    char text[TEXT], labels[256] = "", id[64];
    for (size_t i = 0; i < n->batch; i++)
        snprintf(labels + strlen(labels), sizeof labels - strlen(labels), i ? ", %zu" : "%zu",
                 3 * i % n->classes);
    snprintf(id, sizeof id, "bench/%zux%zu-%zu-%zu", n->batch, n->in, n->hidden, n->classes);
    int size = snprintf(text, sizeof text,
                        "gradcheck: 1\nid: %s\ntitle: a two-layer net\nwhy: speed\ninputs:\n"
                        "  x: {shape: [%zu, %zu], fill: uniform, low: -1, high: 1, seed: 1}\n"
                        "  W1: {shape: [%zu, %zu], fill: uniform, low: -0.03, high: 0.03, seed: 2}\n"
                        "  b1: {shape: [%zu], fill: uniform, low: -0.1, high: 0.1, seed: 3}\n"
                        "  W2: {shape: [%zu, %zu], fill: uniform, low: -0.2, high: 0.2, seed: 4}\n"
                        "  b2: {shape: [%zu], fill: uniform, low: -0.1, high: 0.1, seed: 5}\n"
                        "  t: {dtype: int64, data: [%s]}\n"
                        "graph:\n  - h = relu(affine(x, W1, b1))\n  - s = affine(h, W2, b2)\n"
                        "  - data = softmax_cross_entropy(s, t, reduction=mean)\n"
                        "%s",
                        id, n->batch, n->in, n->in, n->hidden, n->hidden, n->hidden, n->classes, n->classes,
                        labels, n->penalty ? penalty : "output: data\n");
    gck_case *c;
    gck_errors *errors = NULL;
    if (!gck_case_parse(&c, id, text, (size_t)size, &errors))
        return c;
    fprintf(stderr, "%s\n", gck_errors_get(errors, 0).message);
    exit(1);
}

static void full_check(const struct net *net, unsigned dtypes, int jobs)
{
    gck_case *c = net_case(net);
    gck_options options = gck_options_default();
    gck_result *result;
    options.dtypes = dtypes;
    options.jobs = jobs;
    if (gck_check(&result, c, &options, NULL))
        exit(1);
    printf("%-8s %7zu parameters", gck_verdict_name(result->verdict), result->parameters);
    gck_result_free(result);
    gck_case_free(c);
}

/* Every element of every parameter but x, as training code is checked. */
static void exhaustive_classic(const struct net *net, unsigned dtypes, int jobs)
{
    (void)dtypes;
    (void)jobs;
    gck_case *c = net_case(net);
    const struct graph *graph = &c->file->graph;
    struct arena arena = {0};
    struct errors errors = {0};
    struct binding binding;
    struct classic classic;
    size_t count = 0;
    double largest = 0;
    if (binding_new(&binding, &arena, graph, FLOAT64, &errors) || classic_new(&classic, graph, &binding) ||
        d_evaluation_backward(classic.base, NULL))
        exit(1);
    for (size_t p = 0; p < graph->wrt_count; p++) {
        size_t node = graph->wrt[p], n = shape_count(&graph->nodes[node].shape);
        if (strcmp(graph->nodes[node].name, "x") == 0)
            continue;
        if (classic_move(&classic, node))
            exit(1);
        const double *analytic = d_evaluation_gradient(classic.base, node);
        for (size_t i = 0; i < n; i++)
            largest = fmax(largest, fabs(classic_difference(&classic, i, GCK_CENTERED) - analytic[i]));
        count += n;
    }
    printf("|n-a|<=%.0e %5zu parameters", largest, count);
    classic_free(&classic);
    arena_free(&arena);
    gck_case_free(c);
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* Runs one measurement in a child and prints what it took. */
static void measure(const char *what, void (*body)(const struct net *net, unsigned dtypes, int jobs),
                    struct net net, unsigned dtypes, int jobs)
{
    struct timespec from, to;
    struct rusage use;
    int status = 1;
    printf("%-42s ", what);
    fflush(stdout);
    clock_gettime(CLOCK_MONOTONIC, &from);
    pid_t child = fork();
    if (child == 0) {
        body(&net, dtypes, jobs);
        fflush(stdout);
        _exit(0);
    }
    if (child < 0 || wait4(child, &status, 0, &use) < 0 || status != 0)
        exit(1);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double wall = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    printf("  %6.2f s wall  %6.2f s CPU  %4ld MB\n", wall, seconds_of(use.ru_utime) + seconds_of(use.ru_stime),
           use.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
    int jobs = argc > 1 ? atoi(argv[1]) : 2;
    unsigned one = 1u << GCK_FLOAT64, both = one | 1u << GCK_FLOAT32;
    struct net single = {1, 3072, 100, 10, true}, five = {5, 3072, 100, 10, true};
    struct net plain = {1, 784, 100, 10, false}, small = {1, 784, 100, 10, true};
    if (jobs < 1) {
        fprintf(stderr, "usage: nets [JOBS]\n");
        return 2;
    }
    measure("3072-100-10, batch 1, float64", full_check, single, one, jobs);
    measure("3072-100-10, batch 1, float64 and float32", full_check, single, both, jobs);
    measure("3072-100-10, batch 5, float64", full_check, five, one, jobs);
    measure("3072-100-10, batch 5, float64 and float32", full_check, five, both, jobs);
    measure("784-100-10 without L2, classic exhaustive", exhaustive_classic, plain, one, 1);
    measure("784-100-10 with L2, classic exhaustive", exhaustive_classic, small, one, 1);
    return 0;
}

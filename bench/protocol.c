/* Times asking an engine process: what gradcheck adds to the engine's own work, for a trivial graph and for a
 * gradient of 300,000 elements as decimals and as base64, against the least that any protocol has to do.
 *
 *     build/bench/protocol
 *
 * The engine is this program itself, started a second time: it has one answer ready and takes no time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/case_handle.h"
#include "base/random.h"
#include "check/answer.h"
#include "engine/base64.h"
#include "engine/child.h"
#include "engine/decimal.h"
#include "engine/pool.h"

enum { LARGE = 300000, ROUNDS = 5, SMALL_ROUNDS = 5000 };

/* ---- the engine ------------------------------------------------------------------------------- */

/* "data":[...] or "base64":"..." of n numbers between -1 and 1. */
static void add_numbers(struct text *text, size_t n, bool base64)
{
    struct random random = random_new(1, 0);
    double *x = malloc(n * sizeof *x);
    if (!x)
        exit(1);
    for (size_t i = 0; i < n; i++)
        x[i] = random_between(&random, -1, 1);
    text_add(text, base64 ? "\"base64\":\"" : "\"data\":[");
    if (base64)
        base64_floats(text, FLOAT64, x, n);
    for (size_t i = 0; i < n && !base64; i++) {
        char number[DECIMAL_TEXT];
        decimal_write(number, x[i]);
        text_add(text, i ? ",%s" : "%s", number);
    }
    text_add(text, base64 ? "\"" : "]");
    free(x);
}

/* Answers every request with the same gradient of x, of n elements. */
static int be_engine(size_t n, bool base64)
{
    struct text grads = {0};
    char *line = NULL;
    size_t room = 0;
    add_numbers(&grads, n, base64);
    if (grads.failed)
        return 1;
    while (getline(&line, &room, stdin) > 0) {
        const char *id = strstr(line, "\"id\":\"");
        if (!id)
            printf("{\"type\":\"hello\",\"protocol\":1,\"engine\":{\"name\":\"ready\"},"
                   "\"dtypes\":[\"float64\"],\"numbers\":[%s]}\n",
                   base64 ? "\"decimal\",\"base64\"" : "\"decimal\"");
        else
            printf("{\"type\":\"result\",\"id\":\"%.*s\",\"value\":{\"shape\":[],\"data\":[1]},"
                   "\"grads\":{\"x\":{\"shape\":[%zu],%s}}}\n",
                   (int)strcspn(id + 6, "\""), id + 6, n, grads.data);
        fflush(stdout);
    }
    free(line);
    text_free(&grads);
    return 0;
}

/* ---- the measurements --------------------------------------------------------------------------- */

/* y = sum(x), with n elements in x. */
static gck_case *sum_case(size_t n)
{
    char text[400];
    int size = snprintf(text, sizeof text,
                        "gradcheck: 1\nid: bench/sum\ntitle: a sum\nwhy: speed\ninputs:\n"
                        "  x: {shape: [%zu], fill: uniform, low: -1, high: 1, seed: 1}\n"
                        "graph:\n  - y = sum(x)\noutput: y\n",
                        n);
    gck_case *c;
    if (gck_case_parse(&c, "sum.yaml", text, (size_t)size, NULL))
        exit(1);
    return c;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds, int count)
{
    qsort(seconds, (size_t)count, sizeof *seconds, by_size);
    return seconds[count / 2];
}

/* Median seconds of asking an engine that has the gradient ready: 300,000 numbers there and 300,000 back. */
static double exchange(const char *program, size_t n, bool base64, int rounds)
{
    static double seconds[SMALL_ROUNDS];
    char command[4096];
    struct pool *pool;
    struct arena arena = {0};
    struct errors errors = {0};
    struct binding binding;
    gck_case *c = sum_case(n);
    const struct graph *graph = &c->file->graph;
    snprintf(command, sizeof command, "'%s' engine %zu %s", program, n, base64 ? "base64" : "decimal");
    struct pool_settings settings = {
        .command = command, .start_timeout = ENGINE_START_SECONDS, .timeout = ENGINE_CASE_SECONDS, .jobs = 1};
    if (binding_new(&binding, &arena, graph, FLOAT64, &errors) || pool_new(&pool, &settings, &errors))
        exit(1);
    for (int i = 0; i < rounds; i++) {
        gck_answer answer = {0};
        double from = child_clock();
        if (answer_ask(&answer, pool_engine(pool), "bench/sum", graph, &binding) ||
            answer.state != ANSWER_GIVEN || !answer_gradient(&answer, graph->wrt[0]))
            exit(1);
        seconds[i] = child_clock() - from;
        answer_free(&answer);
    }
    pool_free(pool);
    arena_free(&arena);
    gck_case_free(c);
    return median(seconds, rounds);
}

/* Median seconds of sending a line of so many bytes to cat and having it back. */
static double bare_pipe(size_t size, int rounds)
{
    static double seconds[SMALL_ROUNDS];
    char *argv[] = {"cat", NULL}, *line = malloc(size + 1);
    struct child child = {0};
    if (!line || child_start(&child, argv))
        exit(1);
    memset(line, 'x', size);
    line[size] = '\n';
    for (int i = 0; i < rounds; i++) {
        double from = child_clock();
        if (child_ask(&child, line, size + 1, size + 1, ENGINE_CASE_SECONDS, NULL) != CHILD_LINE)
            exit(1);
        seconds[i] = child_clock() - from;
    }
    child_end(&child, 1, NULL);
    child_free(&child);
    free(line);
    return median(seconds, rounds);
}

/* Median seconds of printing n doubles with 17 digits and reading them back, which is what decimals cost
 * whoever has nothing better than the C library. */
static double c_library(size_t n, int rounds)
{
    enum { WIDTH = 26 };
    double seconds[ROUNDS], sum = 0;
    struct random random = random_new(1, 0);
    double *x = malloc(n * sizeof *x);
    char *text = malloc(n * WIDTH);
    if (!x || !text)
        exit(1);
    for (size_t i = 0; i < n; i++)
        x[i] = random_between(&random, -1, 1);
    for (int k = 0; k < rounds; k++) {
        double from = child_clock();
        for (size_t i = 0; i < n; i++)
            snprintf(text + i * WIDTH, WIDTH, "%.17g", x[i]);
        for (size_t i = 0; i < n; i++)
            sum += strtod(text + i * WIDTH, NULL);
        seconds[k] = child_clock() - from;
    }
    free(x);
    free(text);
    return sum == 0.5 ? 0 : median(seconds, rounds);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "engine") == 0)
        return be_engine(strtoul(argv[2], NULL, 10), strcmp(argv[3], "base64") == 0);
    double small = exchange(argv[0], 2, false, SMALL_ROUNDS), pipe = bare_pipe(250, SMALL_ROUNDS);
    double decimal = exchange(argv[0], LARGE, false, ROUNDS), library = c_library(LARGE, ROUNDS);
    double base64 = exchange(argv[0], LARGE, true, ROUNDS), bytes = bare_pipe(LARGE * 8 / 3 * 4, ROUNDS);
    printf("a trivial graph          %8.1f us   a line through cat      %8.1f us   ratio %5.1f\n", 1e6 * small,
           1e6 * pipe, small / pipe);
    printf("300,000 as decimals      %8.3f s    printf and strtod       %8.3f s    ratio %5.1f\n", decimal,
           library, decimal / library);
    printf("300,000 as base64        %8.3f s    as many bytes through cat %6.3f s    ratio %5.1f\n", base64,
           bytes, base64 / bytes);
    return 0;
}

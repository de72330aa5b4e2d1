/* Tutorial: my own autodiff, checked by gradcheck without leaving the process.
 *
 * Part 1 is "my autodiff": a tape of scalars, 120 lines, that has never heard of gradcheck. Put yours in its
 * place. Part 2 is the adapter: it plays a request of gradcheck on the tape and hands the numbers back. What
 * the tape cannot do is refused, and such a case is skipped. Part 3 runs the adapter on case files. Each
 * gradient is measured against a reference with 256 bits.
 *
 *     ./engine [CASE.yaml]...        default: all in cases/lectures
 *
 * Exit status: 0 all passed, 1 a gradient failed or nothing was checked, 2 a bad case file.
 *
 * Build:  cc engine.c $(pkg-config --cflags --libs gradcheck) -lm */
#include <glob.h>
#include <gradcheck.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a term joins a gradient: a value that is used twice gets the sum. broken_engine.c forgets that. */
#ifndef JOIN
#define JOIN(gradient, term) ((gradient) += (term))
#endif

/* ---- part 1: my autodiff ------------------------------------------------------------------- */

enum operation { LEAF, ADD, SUB, MUL, DIV, NEG, RECIPROCAL, SQUARE, EXP, SIGMOID, TANH, RELU };

struct variable {
    enum operation operation;
    size_t a, b; /* the operands: earlier variables */
    double value, gradient;
};

struct tape {
    struct variable *at;
    size_t count, room;
};

static double compute(enum operation operation, double a, double b)
{
    switch (operation) {
    case ADD:
        return a + b;
    case SUB:
        return a - b;
    case MUL:
        return a * b;
    case DIV:
        return a / b;
    case NEG:
        return -a;
    case RECIPROCAL:
        return 1 / a;
    case SQUARE:
        return a * a;
    case EXP:
        return exp(a);
    case SIGMOID: /* e^a / (1 + e^a) for a < 0: 1 + e^-a would overflow */
        return a < 0 ? exp(a) / (1 + exp(a)) : 1 / (1 + exp(-a));
    case TANH:
        return tanh(a);
    case RELU:
        return a > 0 ? a : 0;
    default:
        return a;
    }
}

/* Appends a variable; room was made before. */
static size_t record(struct tape *tape, enum operation operation, size_t a, size_t b, double leaf)
{
    double value = operation == LEAF ? leaf : compute(operation, tape->at[a].value, tape->at[b].value);
    tape->at[tape->count] = (struct variable){operation, a, b, value, 0};
    return tape->count++;
}

/* From the last variable to the first: every operand gets its local gradient times the upstream one. */
static void backward(struct tape *tape)
{
    for (size_t i = tape->count; i-- > 0;) {
        const struct variable *y = &tape->at[i];
        struct variable *a = &tape->at[y->a], *b = &tape->at[y->b];
        double dy = y->gradient, e;
        switch (y->operation) {
        case ADD:
            JOIN(a->gradient, dy);
            JOIN(b->gradient, dy);
            break;
        case SUB:
            JOIN(a->gradient, dy);
            JOIN(b->gradient, -dy);
            break;
        case MUL:
            JOIN(a->gradient, dy * b->value);
            JOIN(b->gradient, dy * a->value);
            break;
        case DIV:
            JOIN(a->gradient, dy / b->value);
            JOIN(b->gradient, -dy * (y->value / b->value));
            break;
        case NEG:
            JOIN(a->gradient, -dy);
            break;
        case RECIPROCAL:
            JOIN(a->gradient, -dy * y->value * y->value);
            break;
        case SQUARE:
            JOIN(a->gradient, 2 * dy * a->value);
            break;
        case EXP:
            JOIN(a->gradient, dy * y->value);
            break;
        case SIGMOID: /* y (1 - y), without the digits that 1 - y loses near 1 */
            e = exp(-fabs(a->value));
            JOIN(a->gradient, dy * (e / (1 + e) / (1 + e)));
            break;
        case TANH: /* nor 1 - y^2, which is 0 where y rounds to 1: cases/hard/tanh-saturated.yaml */
            e = exp(-2 * fabs(a->value));
            JOIN(a->gradient, dy * (4 * e / (1 + e) / (1 + e)));
            break;
        case RELU:
            JOIN(a->gradient, a->value > 0 ? dy : 0);
            break;
        case LEAF:
            break;
        }
    }
}

/* ---- part 2: the adapter ------------------------------------------------------------------- */

/* What gradcheck calls the operations; `sum` is done with ADD. */
static const char *const names[] = {
    [ADD] = "add",       [SUB] = "sub",   [MUL] = "mul",
    [DIV] = "div",       [NEG] = "neg",   [RECIPROCAL] = "reciprocal",
    [SQUARE] = "square", [EXP] = "exp",   [SIGMOID] = "sigmoid",
    [TANH] = "tanh",     [RELU] = "relu",
};
enum { OPERATIONS = sizeof names / sizeof *names };

static enum operation operation_named(const char *name)
{
    for (int i = ADD; i < OPERATIONS; i++)
        if (strcmp(names[i], name) == 0)
            return (enum operation)i;
    return LEAF;
}

/* Which element of `x` goes into element i of `y`: shapes are aligned at the last axis, sizes of 1 stretch. */
static size_t broadcast(const gck_node *x, const gck_node *y, size_t i)
{
    size_t index = 0, stride = 1;
    for (int k = 0; k < x->rank; k++) {
        size_t size = x->dims[x->rank - 1 - k], along = y->dims[y->rank - 1 - k];
        index += (size == 1 ? 0 : i % along) * stride;
        stride *= size;
        i /= along;
    }
    return index;
}

/* Plays node `at` on the tape; its first variable becomes first[at]. False when the tape cannot. */
static bool play(struct tape *tape, size_t *first, const gck_request *request, size_t at)
{
    const gck_node *y = &request->nodes[at], *x = request->nodes;
    char text[64];
    if (!y->op) {
        if (!y->values && y->count) /* labels and masks */
            return false;
        first[at] = tape->count;
        for (size_t i = 0; i < y->count; i++)
            record(tape, LEAF, 0, 0, y->values[i]);
        return true;
    }
    if (strcmp(y->op, "sum") == 0 && !gck_request_attribute(request, at, "axes", text, sizeof text)) {
        size_t from = y->inputs[0], total = record(tape, LEAF, 0, 0, 0);
        for (size_t i = 0; i < x[from].count; i++)
            total = record(tape, ADD, total, first[from] + i, 0);
        first[at] = total;
        return true;
    }
    enum operation operation = operation_named(y->op);
    if (operation == LEAF)
        return false;
    size_t a = y->inputs[0], b = y->inputs[y->arity - 1];
    first[at] = tape->count;
    for (size_t i = 0; i < y->count; i++)
        record(tape, operation, first[a] + broadcast(&x[a], y, i), first[b] + broadcast(&x[b], y, i), 0);
    return true;
}

/* Variables that a request takes, at most: one an element, and one an addition of a sum. */
static size_t room_for(const gck_request *request)
{
    size_t room = 1;
    for (size_t i = 0; i < request->node_count; i++) {
        room += request->nodes[i].count + 1;
        for (size_t k = 0; k < request->nodes[i].arity; k++)
            room += request->nodes[request->nodes[i].inputs[k]].count;
    }
    return room;
}

/* The values or the gradients of a node's variables. */
static void gather(double *numbers, const struct tape *tape, size_t first, size_t count, bool gradients)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = gradients ? tape->at[first + i].gradient : tape->at[first + i].value;
}

/* The whole answer: the output's value, and the gradient in every node. Only the parameters' are asked for; the
 * inner ones help gradcheck to say which gate is wrong. */
static void answer_all(gck_answer *answer, const gck_request *request, struct tape *tape, const size_t *first,
                       double *numbers)
{
    const gck_node *output = &request->nodes[request->output];
    gather(numbers, tape, first[request->output], output->count, false);
    gck_answer_value(answer, numbers, output->count);
    for (size_t i = 0; i < output->count; i++)
        tape->at[first[request->output] + i].gradient = request->seed[i];
    backward(tape);
    for (size_t k = 0; k < request->node_count; k++) {
        const gck_node *node = &request->nodes[k];
        gather(numbers, tape, first[k], node->count, true);
        gck_answer_gradient(answer, k, numbers, node->rank, node->dims);
    }
}

/* The callback: what a gck_engine is. */
static void my_grad(gck_answer *answer, const gck_request *request, void *user)
{
    (void)user;
    struct tape tape = {.room = room_for(request)};
    size_t *first = calloc(request->node_count, sizeof *first);
    double *numbers = calloc(tape.room, sizeof *numbers);
    tape.at = calloc(tape.room, sizeof *tape.at);
    if (!first || !numbers || !tape.at) {
        gck_answer_error(answer, "out of memory");
    } else {
        size_t at = 0;
        while (at < request->node_count && play(&tape, first, request, at))
            at++;
        if (at < request->node_count)
            gck_answer_unsupported(answer, request->nodes[at].op ? request->nodes[at].op : "labels or masks");
        else
            answer_all(answer, request, &tape, first, numbers);
    }
    free(tape.at);
    free(numbers);
    free(first);
}

/* ---- part 3: the check --------------------------------------------------------------------- */

struct summary {
    size_t passed, failed, skipped, bad;
};

/* What went wrong in a run: the worst element of every failing parameter, and the gate to look at. */
static void print_failure(const gck_run *run)
{
    for (size_t k = 0; k < run->tensor_count; k++) {
        const gck_tensor *t = &run->tensors[k];
        if (gck_verdict_passes(t->verdict))
            continue;
        printf("    %s[%zu]: gradient %.17g, reference %.17g; %zu of %zu elements %s\n", t->name,
               t->worst.index, t->worst.analytic, t->worst.reference, t->counts[t->verdict], t->count,
               gck_verdict_name(t->verdict));
        if (t->hint)
            printf("    hint: %s\n", t->hint);
    }
    if (run->guilty_node)
        printf("    the first wrong gate, going backward: %s (%s)\n", run->guilty_node, run->guilty_op);
    if (run->message)
        printf("    %s\n", run->message);
}

static void check_file(struct summary *summary, const char *path)
{
    const gck_engine engine = {.name = "tape", .grad = my_grad};
    gck_options options = gck_options_default();
    options.engine = &engine;
    options.dtypes = 1u << GCK_FLOAT64; /* the tape computes in double */
    options.jobs = 2;                   /* of the reference; the engine is called from one thread at a time */

    gck_case *c = NULL;
    gck_result *result = NULL;
    gck_errors *errors = NULL;
    gck_status status = gck_case_load(&c, path, &errors);
    if (!status)
        status = gck_check(&result, c, &options, &errors);
    if (!status) {
        const gck_run *run = &result->runs[0];
        bool skipped = result->verdict == GCK_VERDICT_UNSUPPORTED;
        printf("%-36s %-12s ", result->id, gck_verdict_name(result->verdict));
        if (skipped)
            printf("%s\n", run->message);
        else
            printf("%zu parameters, relative error at most %.1e\n", result->parameters, run->wide_error);
        if (!gck_verdict_passes(result->verdict))
            print_failure(run);
        summary->skipped += skipped;
        summary->passed += !skipped && gck_verdict_passes(result->verdict);
        summary->failed += !gck_verdict_passes(result->verdict);
    } else {
        for (size_t i = 0; i < gck_errors_count(errors); i++) {
            gck_error e = gck_errors_get(errors, i);
            fprintf(stderr, "%s:%zu:%zu: %s\n", e.file ? e.file : path, e.line, e.column, e.message);
        }
        summary->bad++;
    }
    gck_errors_free(errors);
    gck_result_free(result);
    gck_case_free(c);
}

int main(int argc, char **argv)
{
    struct summary summary = {0};
    glob_t lectures = {0};
    if (argc > 1)
        for (int i = 1; i < argc; i++)
            check_file(&summary, argv[i]);
    else if (glob("cases/lectures/*.yaml", 0, NULL, &lectures) == 0)
        for (size_t i = 0; i < lectures.gl_pathc; i++)
            check_file(&summary, lectures.gl_pathv[i]);
    globfree(&lectures);
    printf("%zu passed, %zu failed, %zu skipped, %zu bad files\n", summary.passed, summary.failed,
           summary.skipped, summary.bad);
    if (summary.bad)
        return 2;
    return summary.failed || !summary.passed ? 1 : 0; /* nothing checked is no pass */
}

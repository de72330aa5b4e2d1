/* A tape of scalars as an engine: every number is an entry with its derivatives, and backward runs along it. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef json_int_t place; /* on the tape, where 0 holds the number 0; also an index */
typedef struct {
    struct entry {
        double value, grad, by[2]; /* derivatives by two entries before it */
        place of[2];
    } * at;
    place count, room;
} tape;

/* GATE(name, value y, derivatives by a and b). */
#define GATES(GATE)                                                                                            \
    GATE(add, a + b, 1, 1)                                                                                     \
    GATE(sub, a - b, 1, -1)                                                                                    \
    GATE(mul, (a * b), b, a)                                                                                   \
    GATE(div, a / b, 1 / b, -y / b)                                                                            \
    GATE(reciprocal, 1 / a, -y * y, 0)                                                                         \
    GATE(exp, exp(a), y, 0)                                                                                    \
    GATE(log, log(a), 1 / a, 0)                                                                                \
    GATE(tanh, tanh(a), 1 / (cosh(a) * cosh(a)), 0)                                                            \
    GATE(sigmoid, 1 / (1 + exp(-a)), y / (1 + exp(a)), 0)                                                      \
    GATE(relu, a > 0 ? a : 0, a > 0, 0)
#define NAME(name, ...) #name "\",\""
#define HELLO                                                                                                  \
    "{\"type\":\"hello\",\"protocol\":1,\"engine\":{\"name\":\"c\"},\"dtypes\":[\"float64\"],\"ops\":["        \
    "\"" GATES(NAME) "sum\",\"matmul\",\"affine\",\"softmax_cross_entropy\"]}"

static place push(tape *t, double value, place a, double by_a, place b, double by_b)
{
    if (t->count == t->room &&
        !(t->at = realloc(t->at, (size_t)(t->room = 2 * t->room + 1024) * sizeof *t->at)))
        abort();
    t->at[t->count] = (struct entry){value, 0, {by_a, by_b}, {a, b}};
    return t->count++;
}

/* The entry of a gate; of one with a single input j does not matter. -1: there is no such gate. */
static place gate(tape *t, const char *op, place i, place j)
{
    double a = t->at[i].value, b = t->at[j].value, y;
#define PUSH(name, value, by_a, by_b)                                                                          \
    if (!strcmp(op, #name))                                                                                    \
        return y = value, push(t, y, i, by_a, j, by_b);
    GATES(PUSH)
    return -1;
}

/* A tensor is {"shape": [...], "at": [...]}, its numbers' places on the tape. */
#define RANK(x) ((place)json_array_size(json_object_get(x, "shape")))
#define COUNT(x) ((place)json_array_size(json_object_get(x, "at")))
#define SIZE(x, axis) json_integer_value(json_array_get(json_object_get(x, "shape"), (size_t)(axis)))
#define AT(x, i) json_integer_value(json_array_get(json_object_get(x, "at"), (size_t)(i)))

/* Strings such as "nan" are what strtod takes, too. */
static double number(json_t *x)
{
    return json_is_string(x) ? strtod(json_string_value(x), NULL) : json_number_value(x);
}

static json_t *write_tensor(const tape *t, json_t *x, int grad)
{
    json_t *data = json_array();
    for (place i = 0; i < COUNT(x); i++) {
        double y = grad ? t->at[AT(x, i)].grad : t->at[AT(x, i)].value;
        json_array_append_new(data, isfinite(y) ? json_real(y) : json_sprintf("%g", isnan(y) ? NAN : y));
    }
    return json_pack("{sOso}", "shape", json_object_get(x, "shape"), "data", data);
}

/* The functions below return NULL for what they lack. Here the shape of a or b ends in the other's. */
static json_t *gates(tape *t, const char *op, json_t *a, json_t *b)
{
    for (place k = 1; k <= RANK(a) && k <= RANK(b); k++)
        if (SIZE(a, RANK(a) - k) != SIZE(b, RANK(b) - k))
            return NULL;
    json_t *at = json_array(), *wide = RANK(a) > RANK(b) ? a : b;
    for (place i = 0; i < COUNT(wide); i++)
        json_array_append_new(at, json_integer(gate(t, op, AT(a, i % COUNT(a)), AT(b, i % COUNT(b)))));
    return json_pack("{sOso}", "shape", json_object_get(wide, "shape"), "at", at);
}

static json_t *affine(tape *t, json_t *x, json_t *w, json_t *b)
{
    place k = SIZE(w, 0), n = SIZE(w, 1);
    if (RANK(x) != 2 || RANK(w) != 2)
        return NULL;
    json_t *at = json_array();
    for (place i = 0; i < SIZE(x, 0) * n; i++) {
        place total = b ? AT(b, i % n) : 0;
        for (place j = 0; j < SIZE(w, 0); j++)
            total = gate(t, "add", total, gate(t, "mul", AT(x, i / n * k + j), AT(w, j * n + i % n)));
        json_array_append_new(at, json_integer(total));
    }
    return json_pack("{s[II]so}", "shape", SIZE(x, 0), n, "at", at);
}

/* The mean over rows of log(sum of e^(x - x[label])); overflows where a label is 709 below another score. */
static json_t *cross_entropy(tape *t, json_t *x, json_t *labels)
{
    place y = 0, n = SIZE(x, 1);
    if (RANK(x) != 2 || RANK(labels) != 1)
        return NULL;
    for (place i = 0; i < COUNT(labels); i++) {
        place total = 0, label = i * n + (place)t->at[AT(labels, i)].value;
        for (place j = i * n; j < i * n + n; j++)
            total = gate(t, "add", total, gate(t, "exp", gate(t, "sub", AT(x, j), AT(x, label)), 0));
        y = gate(t, "add", y, gate(t, "log", total, 0));
    }
    y = gate(t, "div", y, push(t, (double)COUNT(labels), 0, 0, 0, 0));
    return json_pack("{s[]s[I]}", "shape", "at", y);
}

static json_t *compute(tape *t, const char *op, json_t *given, json_t *x[], size_t n)
{
    json_t *mean = json_object_get(given, "reduction");
    if (json_object_get(given, "axes") || json_is_true(json_object_get(given, "keepdims")) ||
        (mean && strcmp(json_string_value(mean), "mean") != 0) || json_object_get(given, "ignore_index") ||
        json_number_value(json_object_get(given, "label_smoothing")) != 0)
        return NULL;
    if (!strcmp(op, "matmul") || !strcmp(op, "affine"))
        return affine(t, x[0], x[1], n == 3 ? x[2] : NULL);
    if (!strcmp(op, "softmax_cross_entropy"))
        return n == 2 ? cross_entropy(t, x[0], x[1]) : NULL;
    if (strcmp(op, "sum") != 0)
        return gate(t, op, 0, 0) < 0 ? NULL : gates(t, op, x[0], x[n - 1]);
    place total = 0;
    for (place i = 0; i < COUNT(x[0]); i++)
        total = gate(t, "add", total, AT(x[0], i));
    return json_pack("{s[]s[I]}", "shape", "at", total);
}

static json_t *grad(tape *t, json_t *nodes, json_t *request)
{
    json_t *inputs, *graph, *wrt, *x, *want = json_object_get(request, "want");
    const char *name, *op;
    json_unpack(request, "{sososo}", "inputs", &inputs, "graph", &graph, "wrt", &wrt);
    json_object_foreach(inputs, name, x)
    {
        json_t *at = json_array(), *data = json_object_get(x, "data");
        for (size_t i = 0; i < json_array_size(data); i++)
            json_array_append_new(at, json_integer(push(t, number(json_array_get(data, i)), 0, 0, 0, 0)));
        json_object_set_new(nodes, name, json_pack("{sOso}", "shape", json_object_get(x, "shape"), "at", at));
    }
    for (size_t i = 0; i < json_array_size(graph); i++) {
        json_t *given, *arguments[3] = {NULL};
        size_t n = 0;
        x = json_array_get(graph, i);
        json_unpack(x, "{sssssoso}", "name", &name, "op", &op, "inputs", &inputs, "attributes", &given);
        for (; n < json_array_size(inputs); n++)
            arguments[n % 3] = json_object_get(nodes, json_string_value(json_array_get(inputs, n)));
        if (!(x = compute(t, op, given, arguments, n)))
            return json_pack("{ssssss}", "type", "unsupported", "what", "attribute", "name", op);
        json_object_set_new(nodes, name, x);
    }
    json_t *y = json_object_get(nodes, json_string_value(json_object_get(request, "output")));
    json_t *grads = json_object(), *seed = json_object_get(json_object_get(request, "seed"), "data");
    for (place i = 0; i < COUNT(y); i++)
        t->at[AT(y, i)].grad += number(json_array_get(seed, (size_t)i));
    for (struct entry *e = t->at + t->count; e-- > t->at;)
        for (place i = 0; i < 2; i++)
            t->at[e->of[i]].grad += e->by[i] != 0 ? e->grad * e->by[i] : 0;
    for (size_t i = 0, n = json_array_size(wrt); i < n + json_array_size(want); i++) {
        name = json_string_value(i < n ? json_array_get(wrt, i) : json_array_get(want, i - n));
        json_object_set_new(grads, name, write_tensor(t, json_object_get(nodes, name), 1));
    }
    return json_pack("{sssoso}", "type", "result", "value", write_tensor(t, y, 0), "grads", grads);
}

int main(void)
{
    char *line = NULL;
    tape t = {NULL, 0, 0};
    for (size_t room = 0; getline(&line, &room, stdin) > 0; t.count = 0) {
        json_t *request = json_loads(line, 0, NULL), *nodes = json_object(), *answer = NULL;
        const char *type = json_string_value(json_object_get(request, "type"));
        if (!type || !strcmp(type, "bye"))
            exit(0);
        push(&t, 0, 0, 0, 0, 0);
        if (!strcmp(type, "hello"))
            answer = json_loads(HELLO, 0, NULL);
        else if (!strcmp(type, "grad"))
            answer = grad(&t, nodes, request);
        else
            answer = json_pack("{ssss}", "type", "unsupported", "what", "type");
        json_object_set(answer, "id", json_object_get(request, "id"));
        json_dumpf(answer, stdout, JSON_COMPACT);
        puts("");
        fflush(stdout);
        json_decref(answer);
        json_decref(nodes);
        json_decref(request);
    }
}

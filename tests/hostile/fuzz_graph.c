/* Graphs: ops with any shapes and attributes. The bytes choose; what the shape rules accept is evaluated,
 * forward and backward, in double and, when it is small, in MPFR. */
#include "fuzz.h"

#include <string.h>

#include "graph/evaluation.h"

enum { MOST_INPUTS = 6, MOST_OPS = 3, MOST_NUMBERS = 2000, MOST_WORK = 200000, MOST_MPFR_WORK = 2000 };

struct bytes {
    const uint8_t *at, *end;
};

static unsigned take(struct bytes *b, unsigned below)
{
    return b->at < b->end ? *b->at++ % below : 0;
}

struct making {
    struct arena arena;
    struct errors errors;
    struct graph graph;
};

static void *room(struct making *m, size_t count, size_t size)
{
    void *result = arena_alloc(&m->arena, count, size);
    REQUIRE(result);
    return result;
}

static void add_input(struct making *m, struct bytes *b)
{
    static const double numbers[] = {0, 1, -1, 0.5, -2.25, 3, 1e-3, 1e300, -0.0, 5e-324, 0.25, 7};
    static const size_t sizes[] = {1, 2, 3, 0, 4, 5, 2, 3, 16, 1000, 70000, (size_t)1 << 40};
    struct shape shape = {.rank = (int)take(b, 6)};
    enum kind kind = take(b, 4) == 3 ? KIND_INTEGER : KIND_FLOAT;
    if (kind == KIND_INTEGER && take(b, 4) == 3)
        kind = KIND_BOOL;
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = sizes[take(b, sizeof sizes / sizeof *sizes)];
    size_t count = 0;
    struct values values = {0};
    bool small = shape_count_within(&count, &shape, MOST_NUMBERS);
    double *doubles = room(m, small ? count : 1, sizeof *doubles);
    int64_t *integers = room(m, small ? count : 1, sizeof *integers);
    for (size_t i = 0; i < count && small; i++) {
        doubles[i] = numbers[take(b, sizeof numbers / sizeof *numbers)];
        integers[i] = kind == KIND_BOOL ? (int64_t)take(b, 2) : (int64_t)take(b, 8) - 2;
    }
    if (kind == KIND_FLOAT)
        values.doubles = doubles;
    else
        values.integers = integers;
    if (small)
        (void)graph_input(&m->graph, "x", kind, &shape, values, &m->errors);
}

static const char *a_number(struct bytes *b)
{
    static const char *const texts[] = {
        "0",    "1", "-1",  "2",     "3",       "0.5", "-2",      "4",
        "1e-5", "7", "100", "1e308", "-1e-320", "64",  "1000000", "9223372036854775807"};
    return texts[take(b, sizeof texts / sizeof *texts)];
}

static const char *a_value(struct making *m, struct bytes *b, const struct attribute_spec *spec)
{
    struct text text = {0};
    if (spec->type == ATTRIBUTE_BOOL) {
        text_add(&text, take(b, 2) ? "true" : "false");
    } else if (spec->type == ATTRIBUTE_CHOICE) {
        const char *word = spec->choices;
        for (unsigned i = take(b, 4); i > 0 && word[strcspn(word, " ")]; i--)
            word += strcspn(word, " ") + 1;
        text_add(&text, "%.*s", (int)strcspn(word, " "), word);
    } else if (spec->type == ATTRIBUTE_INTEGERS) {
        unsigned count = take(b, 5);
        text_add(&text, "[");
        for (unsigned i = 0; i < count; i++)
            text_add(&text, "%s%s", i ? ", " : "", a_number(b));
        text_add(&text, "]");
    } else if (spec->type == ATTRIBUTE_TEXT) { /* einsum: "ij,jk->ik" */
        static const char letters[] = "ijk,->lab. Z\x7f";
        text_add(&text, "\"");
        for (unsigned i = take(b, 16); i > 0; i--)
            text_add(&text, "%c", letters[take(b, sizeof letters - 1)]);
        text_add(&text, "\"");
    } else {
        text_add(&text, "%s", a_number(b));
    }
    const char *copy = arena_text(&m->arena, text.data, text.size);
    REQUIRE(copy);
    text_free(&text);
    return copy;
}

static bool add_op(struct making *m, struct bytes *b)
{
    const struct op *op = &op_table[take(b, 256) % op_count];
    if (take(b, 2))
        op = &op_table[(size_t)(op - op_table + 200) % op_count];
    struct attribute_text attributes[MOST_ATTRIBUTES];
    size_t inputs[MOST_INPUTS], arity = op->least + take(b, 3), count = 0;
    if (arity > op->most || arity > MOST_INPUTS)
        arity = op->least;
    for (size_t i = 0; i < arity; i++)
        inputs[i] = take(b, (unsigned)m->graph.count);
    for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++)
        if (take(b, 2) || op->attributes[i].initial == REQUIRED)
            attributes[count++] =
                (struct attribute_text){op->attributes[i].name, a_value(m, b, &op->attributes[i]), {0}};
    long node = strcmp(op->name, "expr") == 0
                    ? NO_NODE /* has no arguments of its own: the case reader makes it */
                    : graph_apply(&m->graph, "y", op, inputs, arity, attributes, count, &m->errors);
    if (node != NO_NODE)
        m->graph.output = (size_t)node;
    return node != NO_NODE;
}

#define EVALUATE(s, context)                                                                                   \
    do {                                                                                                       \
        s##_evaluation *e;                                                                                     \
        REQUIRE(s##_evaluation_new(&e, &m->graph, context) == GCK_OK);                                         \
        s##_evaluation_bind(e, &binding);                                                                      \
        s##_evaluation_forward(e);                                                                             \
        REQUIRE(s##_evaluation_backward(e, NULL) == GCK_OK);                                                   \
        s##_evaluation_free(e);                                                                                \
    } while (0)

static void evaluate(struct making *m)
{
    bool *marked = room(m, m->graph.count, 1);
    struct binding binding;
    size_t count = shape_count(&m->graph.nodes[m->graph.output].shape);
    double *seed = room(m, count, sizeof *seed);
    memset(marked, 1, m->graph.count);
    for (size_t i = 0; i < count; i++)
        seed[i] = 1.0 + (double)i;
    m->graph.seed = (struct values){.doubles = seed};
    double work = graph_work(&m->graph, marked);
    if (m->graph.elements > MOST_NUMBERS || work > MOST_WORK)
        return;
    for (size_t i = 0; i < m->graph.count; i++)
        if (m->graph.nodes[i].scratch > 100 * MOST_NUMBERS)
            return;
    REQUIRE(binding_new(&binding, &m->arena, &m->graph, FLOAT64, &m->errors) == GCK_OK);
    EVALUATE(d, &(d_context){0});
    if (work < MOST_MPFR_WORK) {
        m_context context = m_context_wide(64, FLOAT64);
        EVALUATE(m, &context);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct making m = {0};
    struct bytes b = {data, data + size};
    m.graph.arena = &m.arena;
    for (unsigned i = 1 + take(&b, MOST_INPUTS); i > 0; i--)
        add_input(&m, &b);
    bool made = false;
    if (m.graph.count)
        for (unsigned i = 1 + take(&b, MOST_OPS); i > 0; i--)
            made |= add_op(&m, &b);
    for (const struct error *error = m.errors.first; error; error = error->next)
        REQUIRE(error->status == GCK_BAD_CASE && *error->message);
    if (made)
        evaluate(&m);
    errors_free(&m.errors);
    arena_free(&m.arena);
    return 0;
}

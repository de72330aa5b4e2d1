/* The case library leaves nothing out: what the table of ops declares and what random calls of an op do (ranks,
 * sizes of 1, numbers of arguments, broadcasting, values of attributes) is done by some case, and expected
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "case/case.h"
#include "case/library.h"
#include "support/recipes.h"

enum { TRIALS = 400, EVALUATIONS = 12, FACTS_MOST = 96, FACT_SIZE = 64, OPS_MOST = 1000 };

/* What calls of an op do, as texts: "rank 2", "ties=first", "a is broadcast". */
struct facts {
    char list[FACTS_MOST][FACT_SIZE];
    size_t count;
};

__attribute__((format(printf, 2, 3))) static void fact(struct facts *facts, const char *format, ...)
{
    char text[FACT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert_in_range(size, 1, FACT_SIZE - 1);
    for (size_t i = 0; i < facts->count; i++)
        if (strcmp(facts->list[i], text) == 0)
            return;
    assert_in_range(facts->count, 0, FACTS_MOST - 1);
    strcpy(facts->list[facts->count++], text);
}

static bool has(const struct facts *facts, const char *text)
{
    for (size_t i = 0; i < facts->count; i++)
        if (strcmp(facts->list[i], text) == 0)
            return true;
    return false;
}

/* ---- attributes ---- */

/* The words of a choice, one after the other. */
static void choice_facts(struct facts *facts, const struct attribute_spec *spec, long only)
{
    const char *word = spec->choices;
    for (long i = 0; *word; i++) {
        int size = (int)strcspn(word, " ");
        if (only < 0 || i == only)
            fact(facts, "%s=%.*s", spec->name, size, word);
        word += size + (word[size] == ' ');
    }
}

static bool is_default(const struct attribute *attribute, const struct attribute_spec *spec)
{
    if (!attribute->given)
        return true;
    if (!spec->initial)
        return false;
    switch (spec->type) {
    case ATTRIBUTE_REAL:
        return strtod(attribute->text, NULL) == strtod(spec->initial, NULL);
    case ATTRIBUTE_BOOL:
        return attribute->integer == (strcmp(spec->initial, "true") == 0);
    case ATTRIBUTE_INTEGER:
        return attribute->integer == strtol(spec->initial, NULL, 10);
    default:
        for (size_t i = 0; i < attribute->count; i++)
            if (attribute->list[i] != strtol(spec->initial, NULL, 10))
                return false;
        return true;
    }
}

static void attribute_facts(struct facts *facts, const struct attribute *attribute,
                            const struct attribute_spec *spec)
{
    if (spec->type == ATTRIBUTE_CHOICE) {
        choice_facts(facts, spec, attribute->integer);
        return;
    }
    if (spec->initial != REQUIRED)
        fact(facts, is_default(attribute, spec) ? "%s as by default" : "%s another than by default",
             spec->name);
    if (!attribute->given)
        return;
    if (spec->type == ATTRIBUTE_INTEGER)
        fact(facts, attribute->integer < 0 ? "%s < 0" : "%s >= 0", spec->name);
    if (spec->type == ATTRIBUTE_REAL)
        fact(facts, strtod(attribute->text, NULL) < 0 ? "%s < 0" : "%s >= 0", spec->name);
    if (spec->type != ATTRIBUTE_INTEGERS)
        return;
    fact(facts, attribute->count == 1 ? "%s of one number" : "%s of several numbers", spec->name);
    for (size_t i = 0; i < attribute->count; i++)
        if (attribute->list[i] < 0)
            fact(facts, "%s with a number < 0", spec->name);
}

/* What follows from the row alone: every choice, both booleans, the default and something else. */
static void row_facts(struct facts *facts, const struct op *op)
{
    for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++) {
        const struct attribute_spec *spec = &op->attributes[i];
        if (spec->type == ATTRIBUTE_CHOICE) {
            choice_facts(facts, spec, -1);
        } else if (spec->initial != REQUIRED) {
            fact(facts, "%s as by default", spec->name);
            fact(facts, "%s another than by default", spec->name);
        }
    }
    fact(facts, "an expected gradient that is not our own");
}

/* ---- arguments ---- */

static void integer_facts(struct facts *facts, const struct node *x, const char *name)
{
    size_t n = shape_count(&x->shape);
    bool mask = true;
    for (size_t i = 0; i < n; i++)
        mask &= x->values.integers[i] == 0 || x->values.integers[i] == 1;
    for (size_t i = 0; i < n && !mask; i++) {
        if (x->values.integers[i] < 0)
            fact(facts, "%s with a number < 0", name);
        for (size_t j = 0; j < i && n <= 64; j++)
            if (x->values.integers[i] == x->values.integers[j])
                fact(facts, "%s with a number twice", name);
    }
}

static void argument_facts(struct facts *facts, const struct graph *graph, const struct node *node, size_t i,
                           const char *name)
{
    const struct node *x = &graph->nodes[node->inputs[i]];
    for (int axis = 0; axis < x->shape.rank; axis++)
        if (x->shape.dim[axis] == 1)
            fact(facts, "an axis of size 1");
    if (i == 0 && x->shape.rank <= 4)
        fact(facts, "rank %d", x->shape.rank);
    if (node->op->pointwise && node->arity > 1 && !shape_equal(&x->shape, &node->shape))
        fact(facts, "%s is broadcast", name);
    if (i < 32 && node->op->either_arguments >> i & 1)
        fact(facts, x->kind == KIND_FLOAT ? "%s of numbers" : "%s of integers", name);
    if (x->kind == KIND_INTEGER && x->values.integers)
        integer_facts(facts, x, name);
}

static void call_facts(struct facts *facts, const struct graph *graph, const struct node *node)
{
    const struct op *op = node->op;
    const char *s = op->arguments;
    for (size_t i = 0; i < node->arity; i++) {
        char name[32];
        size_t length = strcspn(s, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, s);
        argument_facts(facts, graph, node, i, name);
        if (s[length] == ' ')
            s += length + 1; /* x... stands for all that follow */
    }
    if (op->least != op->most)
        fact(facts, node->arity == 1 ? "1 argument" : "%zu arguments",
             node->arity < 3 || op->most != ANY_ARITY ? node->arity : 3);
    for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++)
        attribute_facts(facts, &node->attributes[i], &op->attributes[i]);
}

/* ---- what is asked for, what there is ---- */

/* What random calls of the op do; one that compares has a corner, and needs a case there. */
static void recipe_facts(struct facts *facts, const struct op *op)
{
    const struct recipe *recipe = recipe_named(op->name);
    assert_non_null(recipe);
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        struct build build;
        build_start(&build, trial);
        struct drawn drawn = recipe_draw_call(&build, recipe);
        size_t node = recipe_apply(&build, &drawn);
        call_facts(facts, &build.graph, &build.graph.nodes[node]);
        if (trial < EVALUATIONS) {
            struct decisions decisions = {0};
            d_context context = {.decisions = &decisions};
            build_double_in(&build, &context);
            if (decisions.count)
                fact(facts, "a case in kinks/");
            decisions_free(&decisions);
        }
        build_free(&build);
    }
}

static void case_facts(struct facts *facts, const struct case_file *file, const struct node *node)
{
    call_facts(facts, &file->graph, node);
    if (strncmp(file->id, "kinks/", 6) == 0)
        fact(facts, "a case in kinks/");
    if (file->by != BY_CLOSED_FORM && file->by != BY_PUBLISHED)
        return;
    for (size_t i = 0; i < file->expected_count; i++)
        if (file->expected[i].gradient)
            fact(facts, "an expected gradient that is not our own");
}

static void read_cases(struct facts *facts, size_t *cases)
{
    struct library library = {0};
    struct errors errors = {0};
    assert_int_equal(library_add(&library, SOURCE_DIR "/cases", &errors), GCK_OK);
    for (size_t i = 0; i < library.count; i++) {
        struct case_file *file;
        size_t last[OPS_MOST] = {0};
        if (case_load(&file, library.paths[i], NULL, &errors) != GCK_OK)
            fail_msg("%s: %s", library.paths[i], errors.first ? errors.first->message : "not read");
        for (size_t n = 0; n < file->graph.count; n++) {
            const struct node *node = &file->graph.nodes[n];
            if (!node->op)
                continue;
            size_t o = (size_t)(node->op - op_table);
            case_facts(&facts[o], file, node);
            cases[o] += !last[o];
            last[o] = 1;
        }
        case_free(file);
    }
    library_free(&library);
    errors_free(&errors);
}

static void test_every_op_is_covered(void **state)
{
    (void)state;
    assert_in_range(op_count, 1, OPS_MOST);
    struct facts *done = calloc(op_count, sizeof *done);
    size_t cases[OPS_MOST] = {0}, holes = 0;
    assert_non_null(done);
    read_cases(done, cases);
    printf("%-30s %6s %8s %6s\n", "op", "cases", "covered", "of");
    for (size_t o = 0; o < op_count; o++) {
        const struct op *op = &op_table[o];
        struct facts asked = {.count = 0};
        size_t missing = 0;
        row_facts(&asked, op);
        recipe_facts(&asked, op);
        for (size_t i = 0; i < asked.count; i++)
            missing += !has(&done[o], asked.list[i]);
        printf("%-30s %6zu %8zu %6zu\n", op->name, cases[o], asked.count - missing, asked.count);
        for (size_t i = 0; i < asked.count; i++)
            if (!has(&done[o], asked.list[i]))
                printf("    no case of %s has: %s\n", op->name, asked.list[i]);
        holes += missing;
    }
    free(done);
    fflush(stdout);
    if (holes)
        fail_msg("%zu holes in the case library (above): a case for each, or a row more in a case there is",
                 holes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_op_is_covered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What is wrong with a call is said in the terms of that call: for every op and every attribute, unknown names,
 * wrong types, numbers out of range, wrong numbers and shapes of arguments, and indices that point nowhere.
 * With VERBOSE=1 in the environment every message is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/recipes.h"

enum { CALLS = 12, ATTRIBUTES_SIZE = 512 };

/* A right call of an op, of which one thing is then made wrong. */
struct trial {
    struct build build;
    const struct op *op;
    struct drawn drawn;
    char attributes[ATTRIBUTES_SIZE];
};

static void trial_start(struct trial *trial, const struct op *op, uint64_t number)
{
    const struct recipe *recipe = recipe_named(op->name);
    assert_non_null(recipe);
    trial->op = op;
    build_start(&trial->build, number);
    trial->drawn = recipe_draw_call(&trial->build, recipe);
    strcpy(trial->attributes, trial->drawn.attributes);
}

/* The attributes without the one of that name. */
static void drop_attribute(struct trial *trial, const char *name)
{
    char rest[ATTRIBUTES_SIZE], *state = rest;
    strcpy(rest, trial->attributes);
    trial->attributes[0] = '\0';
    for (char *one; (one = strtok_r(state, ";", &state)) != NULL;) {
        one += strspn(one, " ");
        size_t size = strlen(name);
        if (*one == '\0' || (strncmp(one, name, size) == 0 && one[size] == '='))
            continue;
        strcat(trial->attributes, one);
        strcat(trial->attributes, ";");
    }
}

__attribute__((format(printf, 2, 3))) static void add_attribute(struct trial *trial, const char *format, ...)
{
    size_t used = strlen(trial->attributes);
    if (used && trial->attributes[used - 1] != ';')
        trial->attributes[used++] = ';';
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(trial->attributes + used, sizeof trial->attributes - used, format, arguments);
    va_end(arguments);
    assert_true(strlen(trial->attributes) + 1 < sizeof trial->attributes);
}

/* Applies what the trial has become, and ends it. Where it is refused, the first message is kept. */
static bool refused(char message[1024], struct trial *trial)
{
    long node =
        build_apply(&trial->build, trial->op->name, trial->attributes, trial->drawn.inputs, trial->drawn.arity);
    snprintf(message, 1024, "%s", build_error(&trial->build));
    build_free(&trial->build);
    if (node == NO_NODE && getenv("VERBOSE"))
        printf("%s\n", message);
    return node == NO_NODE;
}

/* All that is wrong with the messages is shown, not the first alone. */
__attribute__((format(printf, 2, 3))) static void complain(size_t *problems, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    ++*problems;
}

/* The message names the op and says all of these (NULL ends them). */
static void expect_says(size_t *problems, const char *message, const struct op *op, ...)
{
    va_list words;
    if (strncmp(message, op->name, strlen(op->name)) != 0)
        complain(problems, "\"%s\" does not begin with the op %s", message, op->name);
    va_start(words, op);
    for (const char *word; (word = va_arg(words, const char *)) != NULL;)
        if (!strstr(message, word))
            complain(problems, "\"%s\" does not say \"%s\"", message, word);
    va_end(words);
}

static void must_be_refused(size_t *problems, char message[1024], struct trial *trial)
{
    char attributes[ATTRIBUTES_SIZE];
    const char *name = trial->op->name;
    strcpy(attributes, trial->attributes);
    if (!refused(message, trial))
        complain(problems, "%s with %s is not refused", name, attributes);
}

#define FOR_EVERY_ATTRIBUTE(op, spec)                                                                          \
    for (const struct op *op = op_table; op < op_table + op_count; op++)                                       \
        for (const struct attribute_spec *spec = op->attributes;                                               \
             spec < op->attributes + MOST_ATTRIBUTES && spec->name; spec++)

/* ---- attributes ---- */

static void test_unknown_attributes(void **state)
{
    (void)state;
    size_t problems = 0;
    char message[1024], misspelt[80];
    struct trial trial;
    for (const struct op *op = op_table; op < op_table + op_count; op++) {
        trial_start(&trial, op, 1);
        add_attribute(&trial, "zzzzqqqq=1");
        must_be_refused(&problems, message, &trial);
        expect_says(&problems, message, op, "has no attribute zzzzqqqq; it has",
                    op->attributes[0].name ? op->attributes[0].name : "none", NULL);
    }
    FOR_EVERY_ATTRIBUTE(op, spec)
    {
        if (strlen(spec->name) < 3)
            continue; /* too short to be recognized misspelt */
        snprintf(misspelt, sizeof misspelt, "%.2s%s", spec->name, spec->name + 1);
        trial_start(&trial, op, 1);
        add_attribute(&trial, "%s=1", misspelt);
        must_be_refused(&problems, message, &trial);
        expect_says(&problems, message, op, misspelt, "did you mean ", spec->name, NULL);
    }
    assert_int_equal(problems, 0);
}

static void test_attributes_given_twice_or_not_at_all(void **state)
{
    (void)state;
    size_t problems = 0;
    char message[1024];
    struct trial trial;
    FOR_EVERY_ATTRIBUTE(op, spec)
    {
        trial_start(&trial, op, 1);
        drop_attribute(&trial, spec->name);
        if (spec->initial == REQUIRED) {
            must_be_refused(&problems, message, &trial);
            expect_says(&problems, message, op, "needs the attribute ", spec->name, spec->doc, NULL);
            trial_start(&trial, op, 1);
            drop_attribute(&trial, spec->name);
        }
        add_attribute(&trial, "%s=1;%s=1", spec->name, spec->name);
        must_be_refused(&problems, message, &trial);
        if (spec->type != ATTRIBUTE_CHOICE && spec->type != ATTRIBUTE_BOOL && spec->type != ATTRIBUTE_TEXT)
            expect_says(&problems, message, op, "attribute ", spec->name, " is given twice", NULL);
    }
    assert_int_equal(problems, 0);
}

static void test_attributes_of_a_wrong_type(void **state)
{
    (void)state;
    size_t problems = 0;
    static const char *const wrong[][5] = {
        [ATTRIBUTE_INTEGER] = {"1.5", "many", "[1]", "1e3", "true"},
        [ATTRIBUTE_REAL] = {"much", "[1.5]", "nan", "inf", "true"},
        [ATTRIBUTE_BOOL] = {"1", "yes", "True", "[true]", "0.5"},
        [ATTRIBUTE_INTEGERS] = {"1.5", "many", "[1.5]", "[1, true]", "[[1]]"},
        [ATTRIBUTE_CHOICE] = {"1.5", "zzzzqqqq", "[1]", "true", "-"},
        [ATTRIBUTE_TEXT] = {"1.5", "zzzzqqqq", "[1]", "true", "\"a"},
    };
    static const char *const wanted[] = {
        [ATTRIBUTE_INTEGER] = "an integer", [ATTRIBUTE_REAL] = "a finite number",
        [ATTRIBUTE_BOOL] = "true or false", [ATTRIBUTE_INTEGERS] = "a list of integers",
        [ATTRIBUTE_CHOICE] = "one of ",     [ATTRIBUTE_TEXT] = "a text in double quotes",
    };
    char message[1024], given[120];
    struct trial trial;
    FOR_EVERY_ATTRIBUTE(op, spec)
    {
        for (size_t i = 0; i < 5; i++) {
            trial_start(&trial, op, 1);
            drop_attribute(&trial, spec->name);
            add_attribute(&trial, "%s=%s", spec->name, wrong[spec->type][i]);
            snprintf(given, sizeof given, "%s: %s = %s; it must be ", op->name, spec->name,
                     wrong[spec->type][i]);
            must_be_refused(&problems, message, &trial);
            expect_says(&problems, message, op, given, wanted[spec->type], NULL);
        }
    }
    assert_int_equal(problems, 0);
}

/* What is wrong because of an attribute, and said in other terms: sizes, and a label that is left out no more.
 */
static bool follows(const char *message, const struct attribute_spec *spec)
{
    return strstr(message, " would have shape ") || strstr(message, "no elements to normalize over") ||
           (strcmp(spec->name, "ignore_index") == 0 && strstr(message, " is the label "));
}

/* A number out of range is named with its attribute. Which numbers are, the op decides. */
static void test_attributes_out_of_range(void **state)
{
    (void)state;
    size_t problems = 0;
    static const char *const integers[] = {"-1000000", "-9", "-1", "0", "9", "1000000", "9223372036854775807"};
    static const char *const reals[] = {"-1e30", "-2", "-1", "0", "2", "1e30"};
    char message[1024];
    struct trial trial;
    FOR_EVERY_ATTRIBUTE(op, spec)
    {
        bool real = spec->type == ATTRIBUTE_REAL;
        if (!real && spec->type != ATTRIBUTE_INTEGER && spec->type != ATTRIBUTE_INTEGERS)
            continue;
        size_t count = real ? sizeof reals / sizeof *reals : sizeof integers / sizeof *integers;
        for (uint64_t call = 0; call < CALLS; call++)
            for (size_t i = 0; i < count; i++) {
                const char *number = real ? reals[i] : integers[i];
                trial_start(&trial, op, call);
                drop_attribute(&trial, spec->name);
                add_attribute(&trial, "%s=%s", spec->name, number);
                if (refused(message, &trial) && !follows(message, spec))
                    expect_says(&problems, message, op, spec->name, NULL);
            }
    }
    assert_int_equal(problems, 0);
}

/* ---- arguments ---- */

static void test_wrong_numbers_of_arguments(void **state)
{
    (void)state;
    size_t problems = 0;
    char message[1024], given[40];
    struct trial trial;
    for (const struct op *op = op_table; op < op_table + op_count; op++) {
        trial_start(&trial, op, 1);
        trial.drawn.arity = op->least - 1;
        snprintf(given, sizeof given, ", not %zu", op->least - 1);
        must_be_refused(&problems, message, &trial);
        expect_says(&problems, message, op, " takes ", "argument", op->arguments, given, NULL);
        if (op->most == ANY_ARITY)
            continue;
        size_t many[64];
        trial_start(&trial, op, 1);
        for (size_t i = 0; i <= op->most; i++)
            many[i] = trial.drawn.inputs[0];
        snprintf(given, sizeof given, ", not %zu", op->most + 1);
        assert_int_equal(build_apply(&trial.build, op->name, trial.attributes, many, op->most + 1), NO_NODE);
        expect_says(&problems, build_error(&trial.build), op, " takes ", "argument", op->arguments, given,
                    NULL);
        build_free(&trial.build);
    }
    assert_int_equal(problems, 0);
}

/* "x3", what the trial calls its argument. */
static const char *called(char name[16], const struct trial *trial, size_t argument)
{
    snprintf(name, 16, "x%zu", trial->drawn.inputs[argument]);
    return name;
}

static void test_arguments_of_a_wrong_kind(void **state)
{
    (void)state;
    size_t problems = 0;
    static const int64_t zero = 0;
    char message[1024], name[16];
    struct trial trial;
    for (const struct op *op = op_table; op < op_table + op_count; op++)
        for (size_t k = 0; k < 31 && k < op->least; k++) {
            bool integers = op->integer_arguments >> k & 1;
            if (op->either_arguments >> k & 1)
                continue;
            trial_start(&trial, op, 1);
            struct shape scalar = {0};
            trial.drawn.inputs[k] = integers ? build_input(&trial.build, scalar, 0, 1)
                                             : build_given_integers(&trial.build, scalar, &zero);
            called(name, &trial, k);
            must_be_refused(&problems, message, &trial);
            expect_says(&problems, message, op, name, integers ? "must hold integers" : "holds integers", NULL);
        }
    assert_int_equal(problems, 0);
}

/* Shapes that do not fit are shown, with the argument's name. */
static void test_arguments_of_a_wrong_shape(void **state)
{
    (void)state;
    size_t problems = 0;
    static const char *const shapes[] = {
        "[]", "[7]", "[11, 13]", "[5, 1, 7]", "[3, 5, 7, 11]", "[0]", "[2, 0, 3]", "[1, 1, 1, 1, 1, 1, 1, 1]"};
    char message[1024];
    struct trial trial;
    for (const struct op *op = op_table; op < op_table + op_count; op++)
        for (uint64_t call = 0; call < CALLS; call++)
            for (size_t k = 0; k < op->most && k < CALL_MOST; k++)
                for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
                    trial_start(&trial, op, call);
                    if (k < trial.drawn.arity &&
                        trial.build.graph.nodes[trial.drawn.inputs[k]].kind == KIND_FLOAT)
                        trial.drawn.inputs[k] = build_input(&trial.build, build_shape(shapes[i]), 0.25, 0.5);
                    bool named = false, sized;
                    char names[CALL_MOST][16];
                    size_t arity = trial.drawn.arity;
                    for (size_t n = 0; n < arity; n++)
                        called(names[n], &trial, n);
                    if (!refused(message, &trial))
                        continue;
                    for (size_t n = 0; n < arity; n++)
                        named |= strstr(message, names[n]) != NULL;
                    for (int a = 0; a < MOST_ATTRIBUTES && op->attributes[a].name; a++)
                        named |= strstr(message, op->attributes[a].name) != NULL;
                    named |= strstr(message, " takes ") != NULL; /* so many layers take so many weights */
                    sized = strpbrk(message, "0123456789") != NULL || strstr(message, "scalar") != NULL;
                    expect_says(&problems, message, op, NULL);
                    if (!named || !sized)
                        complain(&problems, "\"%s\" does not say which argument has which shape", message);
                }
    assert_int_equal(problems, 0);
}

/* Ops with a mask in which any number but 0 is true. */
static bool takes_any_number(const struct op *op)
{
    static const char *const names[] = {"where", "scaled_dot_product_attention", "multi_head_attention"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(op->name, names[i]) == 0)
            return true;
    return false;
}

/* Indices and labels that point outside are named with their argument and their number. */
static void test_indices_out_of_range(void **state)
{
    (void)state;
    size_t problems = 0;
    static const int64_t far[] = {1000000, -1000000};
    char message[1024], name[16], number[24];
    struct trial trial;
    for (const struct op *op = op_table; op < op_table + op_count; op++)
        for (size_t k = 0; k < 31 && k < op->most; k++)
            for (size_t i = 0; i < 2; i++) {
                if (!(op->integer_arguments >> k & 1) && !(op->either_arguments >> k & 1))
                    continue;
                int64_t numbers[64];
                uint64_t call = 0;
                for (bool found = false; !found && call < 100; call++) {
                    trial_start(&trial, op, call);
                    found = k < trial.drawn.arity &&
                            trial.build.graph.nodes[trial.drawn.inputs[k]].kind == KIND_INTEGER &&
                            shape_count(&trial.build.graph.nodes[trial.drawn.inputs[k]].shape) > 0;
                    if (!found)
                        build_free(&trial.build);
                }
                if (call == 100)
                    fail_msg("%s: no call with integers was drawn", op->name);
                struct node *given = &trial.build.graph.nodes[trial.drawn.inputs[k]];
                size_t n = shape_count(&given->shape);
                memcpy(numbers, given->values.integers, n * sizeof *numbers);
                numbers[n - 1] = far[i];
                trial.drawn.inputs[k] = build_given_integers(&trial.build, given->shape, numbers);
                called(name, &trial, k);
                snprintf(number, sizeof number, "%lld", (long long)far[i]);
                if (takes_any_number(op)) {
                    assert_false(refused(message, &trial));
                    continue;
                }
                must_be_refused(&problems, message, &trial);
                expect_says(&problems, message, op, name, number, NULL);
            }
    assert_int_equal(problems, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_attributes),
        cmocka_unit_test(test_attributes_given_twice_or_not_at_all),
        cmocka_unit_test(test_attributes_of_a_wrong_type),
        cmocka_unit_test(test_attributes_out_of_range),
        cmocka_unit_test(test_wrong_numbers_of_arguments),
        cmocka_unit_test(test_arguments_of_a_wrong_kind),
        cmocka_unit_test(test_arguments_of_a_wrong_shape),
        cmocka_unit_test(test_indices_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* gradcheck ops: the ops by family, or the documentation of one. */
#include "ops/op.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "report/table.h"

/* "affine(x, W, b)" */
static void add_call(struct text *text, const struct op *op)
{
    text_add(text, "%s(", op->name);
    for (const char *s = op->arguments; *s; s++)
        text_add(text, *s == ' ' ? ", " : "%c", *s);
    text_add(text, ")");
}

static bool is_first_of_family(size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(op_table[j].family, op_table[i].family) == 0)
            return false;
    return true;
}

static void list_family(struct text *text, const char *family, size_t width, bool colour)
{
    struct table table = {.columns = 2, .indent = 2, .width = {width}};
    for (size_t i = 0; i < op_count; i++) {
        if (strcmp(op_table[i].family, family) != 0)
            continue;
        struct text call = {0};
        add_call(&call, &op_table[i]);
        table_cell(&table, STYLE_PLAIN, call.failed ? "" : call.data);
        table_cell(&table, STYLE_PLAIN, op_table[i].doc);
        text_free(&call);
    }
    style_add(text, colour, STYLE_BOLD, family);
    text_add(text, "\n");
    table_add_to(text, &table, colour);
    table_free(&table);
}

static void list_ops(struct text *text, bool colour)
{
    size_t width = 0;
    for (size_t i = 0; i < op_count; i++) {
        struct text call = {0};
        add_call(&call, &op_table[i]);
        width = call.size > width ? call.size : width;
        text_free(&call);
    }
    for (size_t i = 0; i < op_count; i++)
        if (is_first_of_family(i)) {
            if (i)
                text_add(text, "\n");
            list_family(text, op_table[i].family, width, colour);
        }
    text_add(text, "\n%zu ops; gradcheck ops NAME documents one\n", op_count);
}

static void add_fact(struct text *text, const char *label, const char *fact)
{
    if (fact)
        text_add(text, "  %-12s%s\n", label, fact);
}

/* "one of mean, sum, none" */
static void add_choices(struct text *text, const char *choices)
{
    text_add(text, "one of ");
    for (const char *s = choices; *s; s++)
        text_add(text, *s == ' ' ? ", " : "%c", *s);
}

static void add_attribute(struct text *text, const struct attribute_spec *spec)
{
    static const char *const types[] = {[ATTRIBUTE_NONE] = "",
                                        [ATTRIBUTE_INTEGER] = "integer",
                                        [ATTRIBUTE_REAL] = "real number",
                                        [ATTRIBUTE_BOOL] = "true or false",
                                        [ATTRIBUTE_INTEGERS] = "list of integers"};
    text_add(text, "    %s: ", spec->name);
    if (spec->type == ATTRIBUTE_CHOICE)
        add_choices(text, spec->choices);
    else
        text_add(text, "%s", types[spec->type]);
    if (spec->initial == REQUIRED)
        text_add(text, "; must be given");
    else
        text_add(text, "; default %s", spec->initial ? spec->initial : "none");
    if (spec->doc)
        text_add(text, "\n      %s", spec->doc);
    text_add(text, "\n");
}

static void add_arity(struct text *text, const struct op *op)
{
    text_add(text, "  %-12s%s", "arguments", op->arguments);
    if (op->most == ANY_ARITY)
        text_add(text, " (%zu or more)", op->least);
    else if (op->least != op->most)
        text_add(text, " (%zu to %zu)", op->least, op->most);
    size_t i = 0;
    for (const char *s = op->arguments; *s; i++) {
        size_t length = strcspn(s, " ");
        if (i < 32 && op->integer_arguments >> i & 1)
            text_add(text, "; %.*s holds integers", (int)length, s);
        else if (i < 32 && op->either_arguments >> i & 1)
            text_add(text, "; %.*s holds numbers or integers", (int)length, s);
        s += length + (s[length] == ' ');
    }
    text_add(text, "\n");
}

static void document_op(struct text *text, const struct op *op, bool colour)
{
    struct text call = {0};
    add_call(&call, op);
    style_add(text, colour, STYLE_BOLD, call.failed ? op->name : call.data);
    text_free(&call);
    text_add(text, ": %s\n\n", op->doc);
    add_fact(text, "formula", op->formula);
    add_fact(text, "", "dx is the gradient of the output in x; += because gradients of branches add up");
    add_arity(text, op);
    if (op->attributes[0].name)
        text_add(text, "  attributes\n");
    for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++)
        add_attribute(text, &op->attributes[i]);
    add_fact(text, "role", op->role);
    add_fact(text, "Jacobian",
             op->pointwise ? "diagonal in each argument: y_i depends on the x_i alone" : NULL);
    add_fact(text, "convention", op->convention);
    add_fact(text, "source", op->source);
    add_fact(text, "PyTorch", op->torch);
    add_fact(text, "NumPy", op->numpy);
    add_fact(text, "ONNX", op->onnx);
    add_fact(text, "example", op->example);
    add_fact(text, "family", op->family);
}

static int unknown_op(const char *name)
{
    struct suggestion suggestion = {.name = name};
    for (size_t i = 0; i < op_count; i++)
        suggestion_offer(&suggestion, op_table[i].name);
    if (suggestion.best)
        return cli_usage("ops", "there is no op '%s'; did you mean '%s'?", name, suggestion.best);
    return cli_usage("ops", "there is no op '%s'; `gradcheck ops` lists them", name);
}

int cmd_ops(int argc, char **argv)
{
    struct arguments arguments;
    if (!arguments_read(&arguments, argc, argv, 1u << OPTION_COLOR))
        return TALLY_USAGE;
    struct text text = {0};
    bool colour = arguments_colour(&arguments, STDOUT_FILENO);
    for (size_t i = 0; i < arguments.path_count; i++) {
        const struct op *op = op_named(arguments.paths[i]);
        if (!op) {
            text_free(&text);
            return unknown_op(arguments.paths[i]);
        }
        text_add(&text, "%s", i ? "\n" : "");
        document_op(&text, op, colour);
    }
    if (!arguments.path_count)
        list_ops(&text, colour);
    int status = cli_print(&text);
    text_free(&text);
    return status;
}

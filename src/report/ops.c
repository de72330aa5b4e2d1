/* The ops: a list of them, and the documentation of one. */
#include "report/ops.h"

#include <string.h>

#include "case/example.h"
#include "report/table.h"

enum { LABEL = 14, WIDTH = 100 };

void ops_call(struct text *text, const struct op *op)
{
    text_add(text, "%s(", op->name);
    for (const char *s = op->arguments; *s; s++)
        text_add(text, *s == ' ' ? ", " : "%c", *s);
    text_add(text, ")");
}

bool ops_first_of_family(size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(op_table[j].family, op_table[i].family) == 0)
            return false;
    return true;
}

size_t ops_summary(const struct op *op)
{
    bool quoted = false;
    size_t size = 0;
    for (const char *s = op->doc; *s; s++, size++) {
        quoted ^= *s == '`';
        if (!quoted && (*s == ':' || *s == ';' || (*s == '.' && !s[1])))
            return size;
    }
    return size;
}

static void list_family(struct text *text, const char *family, bool colour)
{
    struct table table = {.columns = 2, .indent = 2};
    for (size_t i = 0; i < op_count; i++) {
        if (strcmp(op_table[i].family, family) != 0)
            continue;
        struct text call = {0}, summary = {0};
        ops_call(&call, &op_table[i]);
        text_bytes(&summary, op_table[i].doc, ops_summary(&op_table[i]));
        table_text(&table, STYLE_PLAIN, &call);
        table_text(&table, STYLE_PLAIN, &summary);
        text_free(&call);
        text_free(&summary);
    }
    style_add(text, colour, STYLE_BOLD, family);
    text_add(text, "\n");
    table_add_to(text, &table, colour);
    table_free(&table);
    text_add(text, "\n");
}

void ops_list(struct text *text, const char *family, bool colour)
{
    size_t count = 0;
    for (size_t i = 0; i < op_count; i++) {
        bool listed = !family || strcmp(family, op_table[i].family) == 0;
        count += listed;
        if (listed && ops_first_of_family(i))
            list_family(text, op_table[i].family, colour);
    }
    text_add(text, "%zu ops; gradcheck ops NAME documents one\n", count);
}

/* Words up to `end`, in lines of WIDTH columns, all but the first of which begin at column `indent`. */
static void add_wrapped(struct text *text, size_t indent, const char *words, const char *end)
{
    size_t column = indent;
    while (words < end) {
        size_t length = strcspn(words, " ");
        if (words + length > end)
            length = (size_t)(end - words);
        if (column > indent && column + 1 + length > WIDTH) {
            text_add(text, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            text_add(text, " ");
            column++;
        }
        text_bytes(text, words, length);
        column += length;
        words += length;
        words += strspn(words, " ");
    }
    text_add(text, "\n");
}

static void add_fact(struct text *text, const char *label, const char *fact)
{
    text_add(text, "  %-*s", LABEL - 2, label);
    add_wrapped(text, LABEL, fact, fact + strlen(fact));
}

/* Value and gradients, a line each. */
static void add_formula(struct text *text, const char *formula)
{
    const char *label = "formula", *cut;
    for (; (cut = strstr(formula, " ;  ")) != NULL; formula = cut + 4, label = "") {
        text_add(text, "  %-*s", LABEL - 2, label);
        add_wrapped(text, LABEL, formula, cut);
    }
    add_fact(text, label, formula);
    add_fact(text, "", "(dx is the gradient of the output in x; += because gradients of branches add up)");
}

/* "one of mean, sum, none" */
static void add_choices(struct text *text, const char *choices)
{
    text_add(text, "one of ");
    for (const char *s = choices; *s; s++)
        text_add(text, *s == ' ' ? ", " : "%c", *s);
}

void ops_attribute_values(struct text *text, const struct attribute_spec *spec)
{
    static const char *const types[] = {[ATTRIBUTE_NONE] = "",
                                        [ATTRIBUTE_INTEGER] = "integer",
                                        [ATTRIBUTE_REAL] = "real number",
                                        [ATTRIBUTE_BOOL] = "true or false",
                                        [ATTRIBUTE_INTEGERS] = "list of integers",
                                        [ATTRIBUTE_TEXT] = "text in double quotes"};
    if (spec->type == ATTRIBUTE_CHOICE)
        add_choices(text, spec->choices);
    else
        text_add(text, "%s", types[spec->type]);
}

static void add_attribute(struct text *text, const struct attribute_spec *spec)
{
    text_add(text, "    %s: ", spec->name);
    ops_attribute_values(text, spec);
    if (spec->initial == REQUIRED)
        text_add(text, "; must be given");
    else
        text_add(text, "; default %s", spec->initial ? spec->initial : "none");
    text_add(text, "\n      ");
    if (spec->doc)
        add_wrapped(text, 6, spec->doc, spec->doc + strlen(spec->doc));
}

static void add_arguments(struct text *text, const struct op *op)
{
    text_add(text, "  %-*s%s", LABEL - 2, "arguments", op->arguments);
    if (op->most == ANY_ARITY)
        text_add(text, " (%zu or more)", op->least);
    else if (op->least != op->most)
        text_add(text, " (%zu to %zu)", op->least, op->most);
    size_t i = 0;
    for (const char *s = op->arguments; *s; i++) {
        size_t length = strcspn(s, " ");
        const char *holds = op_argument_holds(op, i);
        if (holds)
            text_add(text, "; %.*s holds %s", (int)length, s, holds);
        s += length + (s[length] == ' ');
    }
    text_add(text, "\n");
}

static void add_example(struct text *text, const struct op *op)
{
    struct text example = {0};
    example_add(&example, op);
    text_add(text, "  %-*sgradcheck ops %s --example > %s.yaml && gradcheck check %s.yaml\n\n", LABEL - 2,
             "example", op->name, op->name, op->name);
    for (char *line = example.data; line && *line;) {
        size_t length = strcspn(line, "\n");
        text_add(text, "    %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    text->failed |= example.failed;
    text_free(&example);
}

void ops_describe(struct text *text, const struct op *op, bool colour)
{
    struct text call = {0};
    ops_call(&call, op);
    style_add(text, colour, STYLE_BOLD, call.failed ? op->name : call.data);
    text_free(&call);
    text_add(text, "\n  ");
    add_wrapped(text, 2, op->doc, op->doc + strlen(op->doc));
    text_add(text, "\n");
    add_formula(text, op->formula);
    add_arguments(text, op);
    if (op->attributes[0].name)
        text_add(text, "  attributes\n");
    for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++)
        add_attribute(text, &op->attributes[i]);
    if (op->role)
        add_fact(text, "role", op->role);
    if (op->pointwise)
        add_fact(text, "Jacobian", "diagonal in each argument: y_i depends on the x_i alone");
    if (op->convention)
        add_fact(text, "convention", op->convention);
    if (op->source)
        add_fact(text, "source", op->source);
    add_fact(text, "PyTorch", op->torch ? op->torch : "none");
    add_fact(text, "NumPy", op->numpy ? op->numpy : "none");
    add_fact(text, "ONNX", op->onnx ? op->onnx : "none");
    add_fact(text, "family", op->family);
    add_example(text, op);
}

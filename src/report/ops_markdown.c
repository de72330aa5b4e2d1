/* docs/ops.md: every op, from the table. */
#include <string.h>

#include "case/example.h"
#include "report/ops.h"

/* Text for people: what Markdown would take for markup is escaped, except between backquotes. */
static void add_escaped(struct text *text, const char *words)
{
    bool code = false;
    for (const char *s = words; *s; s++) {
        code ^= *s == '`';
        /* A bar ends a cell of a table even in code. */
        bool escape = *s == '|' || (!code && strchr("*_<[]\\#", *s));
        text_add(text, escape ? "\\%c" : "%c", *s);
    }
}

/* Families and their ops. */
static void add_contents(struct text *text)
{
    text_add(text, "| family | ops |\n|---|---|\n");
    for (size_t i = 0; i < op_count; i++) {
        if (!ops_first_of_family(i))
            continue;
        text_add(text, "| %s | ", op_table[i].family);
        for (size_t j = i, n = 0; j < op_count; j++)
            if (strcmp(op_table[j].family, op_table[i].family) == 0)
                text_add(text, "%s[%s](#%s)", n++ ? ", " : "", op_table[j].name, op_table[j].name);
        text_add(text, " |\n");
    }
}

static void add_formula(struct text *text, const char *formula)
{
    text_add(text, "\n```text\n");
    for (const char *cut; (cut = strstr(formula, " ;  ")) != NULL; formula = cut + 4)
        text_add(text, "%.*s\n", (int)(cut - formula), formula);
    text_add(text, "%s\n```\n", formula);
}

static void add_attributes(struct text *text, const struct op *op)
{
    if (op->attributes[0].name)
        text_add(text, "\n| attribute | values | default | meaning |\n|---|---|---|---|\n");
    for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++) {
        const struct attribute_spec *spec = &op->attributes[i];
        text_add(text, "| `%s` | ", spec->name);
        ops_attribute_values(text, spec);
        text_add(text, " | %s | ",
                 spec->initial == REQUIRED ? "must be given"
                 : spec->initial           ? spec->initial
                                           : "none");
        add_escaped(text, spec->doc ? spec->doc : "");
        text_add(text, " |\n");
    }
}

static void add_fact(struct text *text, const char *label, const char *fact)
{
    if (!fact)
        return;
    text_add(text, "- %s: ", label);
    add_escaped(text, fact);
    text_add(text, "\n");
}

/* Bytes of a name, with what its own brackets hold: what is said after a blank or a comma is no part of it. */
static size_t name_size(const char *name)
{
    size_t size = 0, depth = 0;
    for (; name[size] && (depth || !strchr(", ", name[size])); size++) {
        depth += strchr("([", name[size]) != NULL;
        depth -= depth && strchr(")]", name[size]);
    }
    return size;
}

/* The name as code, the rest as text. */
static void add_name(struct text *text, const char *library, const char *name)
{
    size_t length = name ? name_size(name) : 0;
    text_add(text, "%s ", library);
    if (!name || strcmp(name, "none") == 0) {
        text_add(text, "none");
        return;
    }
    text_add(text, "`%.*s`", (int)length, name);
    add_escaped(text, name + length);
}

static void add_arguments(struct text *text, const struct op *op)
{
    text_add(text, "\n- Arguments: ");
    if (op->most == ANY_ARITY)
        text_add(text, "%zu or more", op->least);
    else if (op->least != op->most)
        text_add(text, "%zu to %zu", op->least, op->most);
    else
        text_add(text, "%zu", op->least);
    size_t i = 0;
    for (const char *s = op->arguments; *s; i++) {
        size_t length = strcspn(s, " ");
        const char *holds = op_argument_holds(op, i);
        if (holds)
            text_add(text, "; `%.*s` holds %s", (int)length, s, holds);
        s += length + (s[length] == ' ');
    }
    text_add(text, "\n");
}

static void add_op(struct text *text, const struct op *op)
{
    text_add(text, "\n### %s\n\n`", op->name);
    ops_call(text, op);
    text_add(text, "`\n\n");
    add_escaped(text, op->doc);
    text_add(text, "\n");
    add_formula(text, op->formula);
    add_attributes(text, op);
    add_arguments(text, op);
    add_fact(text, "Role", op->role);
    if (op->pointwise)
        add_fact(text, "Jacobian", "diagonal in each argument");
    add_fact(text, "Convention", op->convention);
    add_fact(text, "Source", op->source);
    text_add(text, "- ");
    add_name(text, "PyTorch", op->torch);
    add_name(text, "; NumPy", op->numpy);
    add_name(text, "; ONNX", op->onnx);
    text_add(text, "\n\n```yaml\n");
    example_add(text, op);
    text_add(text, "```\n");
}

void ops_markdown(struct text *text)
{
    text_add(text, "# Ops\n\n"
                   "<!-- Made by `gradcheck ops --markdown > docs/ops.md` from src/ops/families/; edits are "
                   "overwritten. -->\n\n"
                   "The ops that cases are made of. `gradcheck ops NAME` shows the same on a terminal, and "
                   "`gradcheck ops NAME --example` prints\nits example alone, a complete case. In the formulas "
                   "y is the value and dx the gradient of the output in x; += because gradients\nof branches "
                   "add up. Broadcasting is NumPy's. How cases are written: "
                   "[case-format.md](case-format.md).\n\n");
    add_contents(text);
    for (size_t i = 0; i < op_count; i++) {
        if (!ops_first_of_family(i))
            continue;
        text_add(text, "\n## Family %s\n", op_table[i].family);
        for (size_t j = i; j < op_count; j++)
            if (strcmp(op_table[j].family, op_table[i].family) == 0)
                add_op(text, &op_table[j]);
    }
}

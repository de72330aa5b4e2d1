/* Examples: a complete case of one op, made from its row in the table. */
#include "case/example.h"

#include <string.h>

#include "case/case.h"

/* The arguments that rows without `inputs` get, which are ops of one to three tensors of any shape. */
static void add_inputs(struct text *text, const struct op *op)
{
    static const char *const numbers[] = {"[-1.5, 0.25, 2]", "[0.5, -2, 1.25]", "[1.5, 3, -0.75]"};
    text_add(text, "inputs:\n");
    if (!op->inputs) {
        const char *s = op->arguments;
        for (size_t i = 0; *s && i < sizeof numbers / sizeof *numbers; i++) {
            size_t length = strcspn(s, " ");
            text_add(text, "  %.*s: %s\n", (int)length, s, numbers[i]);
            s += length + (s[length] == ' ');
        }
        return;
    }
    for (const char *line = op->inputs; *line;) {
        size_t length = strcspn(line, "\n");
        text_add(text, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

/* The name that the example's row defines: "y" of "y = relu(x)" and of "expr: y = ...". */
static void add_output(struct text *text, const struct op *op)
{
    const char *name = op->example;
    if (strncmp(name, "expr: ", 6) == 0)
        name += 6;
    text_add(text, "output: %.*s\n", (int)strcspn(name, " "), name);
}

static void add_case(struct text *text, const struct op *op, bool seeded)
{
    text_add(text, "gradcheck: 1\nid: examples/%s\n", op->name);
    add_inputs(text, op);
    text_add(text, "graph:\n  - %s\n", op->example);
    add_output(text, op);
    if (seeded)
        text_add(text, "seed: {fill: uniform, low: -1, high: 1, seed: 1}\n");
}

void example_add(struct text *text, const struct op *op)
{
    /* An output of one element needs no seed: try without. */
    struct text bare = {0};
    struct errors errors = {0};
    struct case_file *file = NULL;
    add_case(&bare, op, false);
    gck_status status =
        bare.failed ? GCK_NO_MEMORY : case_read(&file, op->name, bare.data, bare.size, NULL, &errors);
    text->failed |= status == GCK_NO_MEMORY;
    case_free(file);
    errors_free(&errors);
    text_free(&bare);
    add_case(text, op, status != GCK_OK);
}

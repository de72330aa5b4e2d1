/* Attributes: parsing and checking one op's attribute texts. */
#include "graph/attributes.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { MOST_LIST = 64 };

/* The largest single integer: far beyond every size, and sums and products of two fit. Lists may hold any long;
 * the rules that read them mind it, and x[start:9223372036854775807] is a way to say "to the end". */
static const long MOST_INTEGER = (1L << 31) - 1;

/* A whole decimal integer; *end is set behind it. */
static bool integer_read(long *value, const char *text, const char **end)
{
    const char *digits = text + (*text == '-' || *text == '+');
    if (*digits < '0' || *digits > '9')
        return false;
    int saved = errno;
    char *stop;
    errno = 0;
    *value = strtol(text, &stop, 10);
    bool fits = errno == 0;
    errno = saved;
    *end = stop;
    return fits;
}

static const char *spaces(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

/* Where values are kept. */
struct keeper {
    struct arena *arena;
    bool no_memory;
};

/* "[1, 2]", "[]", or a single integer. */
static bool list_read(struct attribute *attribute, const char *text, struct keeper *keeper)
{
    long *list = arena_alloc(keeper->arena, MOST_LIST, sizeof *list);
    keeper->no_memory |= !list;
    if (!list)
        return false;
    attribute->list = list;
    if (*text != '[')
        return attribute->count = 1, integer_read(list, text, &text) && *text == '\0';
    text = spaces(text + 1);
    while (*text != ']') {
        if (attribute->count == MOST_LIST || !integer_read(list + attribute->count++, text, &text))
            return false;
        text = spaces(text);
        if (*text == ',')
            text = spaces(text + 1);
        else if (*text != ']')
            return false;
    }
    return text[1] == '\0';
}

/* Position of `word` among the space-separated `choices`, or -1. */
static long choice_read(const char *word, const char *choices)
{
    size_t length = strlen(word);
    for (long i = 0; *choices; i++) {
        size_t size = strcspn(choices, " ");
        if (size == length && memcmp(choices, word, size) == 0)
            return i;
        choices += size + (choices[size] == ' ');
    }
    return -1;
}

/* "a text" in double quotes, which are taken off. */
static bool quoted_read(struct attribute *attribute, const char *text, struct keeper *keeper)
{
    size_t size = strlen(text);
    if (size < 2 || text[0] != '"' || strchr(text + 1, '"') != text + size - 1)
        return false;
    attribute->text = arena_text(keeper->arena, text + 1, size - 2);
    keeper->no_memory |= !attribute->text;
    return attribute->text != NULL;
}

static bool value_read(struct attribute *attribute, const struct attribute_spec *spec, const char *text,
                       struct keeper *keeper)
{
    double number;
    switch (spec->type) {
    case ATTRIBUTE_INTEGER:
        return integer_read(&attribute->integer, text, &text) && *text == '\0' &&
               attribute->integer >= -MOST_INTEGER && attribute->integer <= MOST_INTEGER;
    case ATTRIBUTE_REAL:
        attribute->text = text;
        return dtype_parse(&number, FLOAT64, text) && isfinite(number);
    case ATTRIBUTE_BOOL:
        attribute->integer = strcmp(text, "true") == 0;
        return attribute->integer || strcmp(text, "false") == 0;
    case ATTRIBUTE_INTEGERS:
        return list_read(attribute, text, keeper);
    case ATTRIBUTE_CHOICE:
        attribute->integer = choice_read(text, spec->choices);
        return attribute->integer >= 0;
    case ATTRIBUTE_TEXT:
        return quoted_read(attribute, text, keeper);
    case ATTRIBUTE_NONE:
        break;
    }
    return false;
}

static void choice_error(const struct op *op, const struct attribute_spec *spec, const char *given,
                         struct errors *errors)
{
    struct suggestion near = {.name = given};
    struct arena scratch = {0};
    struct text all = {0};
    for (const char *word = spec->choices; *word;) {
        size_t size = strcspn(word, " ");
        const char *copy = arena_text(&scratch, word, size);
        if (copy)
            suggestion_offer(&near, copy);
        text_add(&all, "%s%.*s", word == spec->choices ? "" : ", ", (int)size, word);
        word += size + (word[size] == ' ');
    }
    errors_add(errors, GCK_BAD_CASE, "%s: %s = %s; it must be one of %s%s%s%s", op->name, spec->name, given,
               all.failed ? spec->choices : all.data, near.best ? ": did you mean " : "",
               near.best ? near.best : "", near.best ? "?" : "");
    text_free(&all);
    arena_free(&scratch);
}

static void value_error(const struct op *op, const struct attribute_spec *spec, const char *text,
                        struct errors *errors)
{
    bool large =
        spec->type == ATTRIBUTE_INTEGER && strspn(text, "-+0123456789") == strlen(text) && strlen(text) >= 10;
    static const char *const wanted[] = {
        [ATTRIBUTE_INTEGER] = "an integer",
        [ATTRIBUTE_REAL] = "a finite number",
        [ATTRIBUTE_BOOL] = "true or false",
        [ATTRIBUTE_INTEGERS] = "a list of integers such as [0, 1]",
        [ATTRIBUTE_TEXT] = "a text in double quotes",
    };
    if (spec->type == ATTRIBUTE_CHOICE)
        choice_error(op, spec, text, errors);
    else
        errors_add(errors, GCK_BAD_CASE, "%s: %s = %.60s; it must be %s%s", op->name, spec->name, text,
                   wanted[spec->type], large ? " below 2^31" : "");
}

static void unknown_error(const struct op *op, const char *name, struct errors *errors)
{
    struct suggestion near = {.name = name};
    struct text all = {0};
    for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++) {
        suggestion_offer(&near, op->attributes[i].name);
        text_add(&all, "%s%s", i ? ", " : "", op->attributes[i].name);
    }
    if (near.best)
        errors_add(errors, GCK_BAD_CASE, "%s has no attribute %s: did you mean %s?", op->name, name, near.best);
    else if (all.data)
        errors_add(errors, GCK_BAD_CASE, "%s has no attribute %s; it has: %s", op->name, name, all.data);
    else
        errors_add(errors, GCK_BAD_CASE, "%s has no attribute %s; it has none", op->name, name);
    text_free(&all);
}

void attributes_read(struct node *node, struct arena *arena, const struct attribute_text *given, size_t count,
                     struct errors *errors)
{
    const struct op *op = node->op;
    struct keeper keeper = {.arena = arena};
    struct place here = errors->here;
    for (size_t i = 0; i < count; i++) {
        int k = op_attribute(op, given[i].name);
        errors->here = given[i].place;
        if (k < 0) {
            unknown_error(op, given[i].name, errors);
        } else if (node->attributes[k].given) {
            errors_add(errors, GCK_BAD_CASE, "%s: attribute %s is given twice", op->name, given[i].name);
        } else {
            node->attributes[k].given = true;
            if (!value_read(&node->attributes[k], &op->attributes[k], given[i].value, &keeper) &&
                !keeper.no_memory)
                value_error(op, &op->attributes[k], given[i].value, errors);
        }
    }
    errors->here = here;
    for (int k = 0; k < MOST_ATTRIBUTES && op->attributes[k].name; k++) {
        const struct attribute_spec *spec = &op->attributes[k];
        if (node->attributes[k].given || !spec->initial)
            continue;
        if (spec->initial == REQUIRED)
            errors_add(errors, GCK_BAD_CASE, "%s needs the attribute %s: %s", op->name, spec->name, spec->doc);
        else
            value_read(&node->attributes[k], spec, spec->initial, &keeper);
    }
    if (keeper.no_memory)
        errors_add(errors, GCK_NO_MEMORY, "out of memory");
}

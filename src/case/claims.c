/* The derivative that a row claims for its formula, as nodes of the graph and an op that follows them. */
#include <string.h>

#include "case/rows.h"

/* The distinct names that a formula uses, in order of first use. */
static size_t formula_names(const char ***names, struct reader *reader)
{
    const struct formula *formula = &reader->formula;
    size_t count = 0;
    *names = arena_alloc(&reader->scratch, formula->count + 1, sizeof **names);
    if (!*names)
        return reader_no_memory(reader), 0;
    for (size_t i = 0; i < formula->count; i++) {
        size_t k = 0;
        if (formula->steps[i].type != STEP_NAME)
            continue;
        while (k < count && strcmp((*names)[k], formula->steps[i].text) != 0)
            k++;
        if (k == count)
            (*names)[count++] = formula->steps[i].text;
    }
    return count;
}

/* The claim for one argument, as a node; NO_NODE after an error. */
static long claim_apply(struct reader *reader, struct scope *scope, const struct item *claim)
{
    struct trace trace;
    if (claim->type == ITEM_BAD)
        return NO_NODE;
    if (claim->type != ITEM_TEXT) {
        reader_error(reader, claim, "a claim is a formula such as y * (1 - y)");
        return NO_NODE;
    }
    item_trace(&trace, reader, claim);
    if (!formula_read(&reader->formula, reader->arena, &trace, 0, claim->size, true, reader->errors)) {
        item_uses(reader, claim);
        return NO_NODE;
    }
    return formula_apply(reader, scope, NULL);
}

/* The claim that belongs to the argument, or NULL after an error. */
static const struct item *claim_for(struct reader *reader, const struct item *claim, const char *argument)
{
    if (claim->type == ITEM_TEXT)
        return claim;
    const struct item *own = item_field(claim, argument);
    if (!own)
        reader_error(reader, claim, "no derivative is claimed for %s, which the formula uses", argument);
    return own;
}

/* Every key of `claim:` must be an argument of the formula. */
static bool claim_keys_right(struct reader *reader, const struct item *claim, const char *const *names,
                             size_t count)
{
    bool right = true;
    for (const struct item *key = claim->type == ITEM_MAP ? claim->first : NULL; key && key->next;
         key = key->next->next) {
        struct suggestion near = {.name = key->type == ITEM_TEXT ? key->text : ""};
        size_t i = 0;
        if (key->type != ITEM_TEXT)
            continue;
        while (i < count && strcmp(key->text, names[i]) != 0)
            suggestion_offer(&near, names[i++]);
        if (i < count)
            continue;
        right = false;
        if (near.best)
            reader_error(reader, key, "the formula has no argument %s: did you mean %s?", SHOW(key->text),
                         near.best);
        else
            reader_error(reader, key, "the formula has no argument %s", SHOW(key->text));
    }
    return right;
}

/* Whether claims and arguments can belong together. */
static bool claims_right(struct reader *reader, const struct item *claim, const char *const *names,
                         size_t count)
{
    if (count == 0)
        reader_error(reader, claim, "the formula has no argument to claim a derivative for");
    else if (claim->type == ITEM_TEXT && count > 1)
        reader_error(reader, claim,
                     "the formula has %zu arguments; claim a derivative for each: {%s: ..., %s: ...}", count,
                     names[0], names[1]);
    else
        return claim_keys_right(reader, claim, names, count);
    return false;
}

/* Arguments and claims, one after the other, into `inputs`. */
static bool claims_apply(size_t *inputs, struct reader *reader, const struct item *claim, struct scope *scope,
                         const char *const *names, size_t count)
{
    bool right = true;
    for (size_t i = 0; i < count && !reader_full(reader); i++) {
        const struct item *own = claim_for(reader, claim, names[i]);
        long derivative = own ? claim_apply(reader, scope, own) : NO_NODE;
        const struct name *argument = names_find(&reader->names, names[i]);
        if (derivative == NO_NODE || !argument || argument->node == NO_NODE) {
            right = false;
            continue;
        }
        inputs[2 * i] = (size_t)argument->node;
        inputs[2 * i + 1] = (size_t)derivative;
    }
    return right;
}

/* expr(formula, x1, claim1, x2, claim2, ...), called `target`. */
long claimed_apply(struct reader *reader, const struct item *claim, struct scope *scope, const char *target,
                   struct place place)
{
    const char **names;
    const struct op *op = op_named("expr");
    size_t count = formula_names(&names, reader);
    size_t *inputs = arena_alloc(&reader->scratch, 2 * count + 1, sizeof *inputs);
    if (!names || !inputs)
        return reader_no_memory(reader), NO_NODE;
    if (!op || !claims_right(reader, claim, names, count))
        return NO_NODE;
    long formula = formula_apply(reader, scope, NULL);
    scope->self = target;
    scope->self_node = formula;
    bool right = claims_apply(inputs + 1, reader, claim, scope, names, count) && formula != NO_NODE;
    inputs[0] = right ? (size_t)formula : 0;
    return right && !reader_full(reader)
               ? scope_apply(reader, scope, target, op, inputs, 2 * count + 1, NULL, 0, place)
               : NO_NODE;
}

/* What a case expects: values, gradients, and what is admissible at its corners. */
#include <limits.h>
#include <string.h>

#include "case/reader.h"
#include "real/wide.h"

static void expected_add(struct reader *reader, const struct item *key, const struct item *value, bool gradient)
{
    char want[SHAPE_TEXT], have[SHAPE_TEXT];
    struct tensor tensor;
    long i = reader_node(reader, key, key->text, gradient ? "expect: grad" : "expect: value");
    if (i == NO_NODE)
        return;
    const struct node *node = &reader->graph->nodes[i];
    if (!tensor_read(&tensor, reader, value, key->text, NUMBER_EXPECTED, NULL))
        return;
    if (node->kind != KIND_FLOAT)
        reader_error(reader, key,
                     gradient ? "expect: %s holds integers and has no gradient"
                              : "expect: %s holds integers, which stand in `inputs`; a value is that of floats",
                     node->name);
    else if (tensor.kind != KIND_FLOAT || !tensor.values.texts)
        reader_error(reader, value, "expect takes numbers as texts: no dtype, no generated tensors, no files");
    else if (!shape_equal(&tensor.shape, &node->shape))
        reader_error(reader, value, "expect: %s has shape %s, not %s", node->name,
                     shape_text(want, &node->shape), shape_text(have, &tensor.shape));
    else
        ((struct expected *)reader->file->expected)[reader->file->expected_count++] =
            (struct expected){(size_t)i, gradient, tensor.values.texts, item_place(key, &reader->source)};
}

static void expected_all(struct reader *reader, const struct item *map, bool gradient)
{
    for (const struct item *key = map ? map->first : NULL; key && key->next && !reader_full(reader);
         key = key->next->next)
        if (key->type == ITEM_TEXT)
            expected_add(reader, key, key->next, gradient);
}

void expect_read(struct reader *reader, const struct item *item)
{
    static const struct field_spec specs[] = {
        {"value", AS_MAP, false, "a map from nodes to numbers"},
        {"grad", AS_MAP, false, "a map from nodes to numbers"},
        {"by", AS_TEXT, true, "closed-form, published or reference"},
    };
    static const char *const words[] = {"closed-form", "published", "reference"};
    const struct item *f[3];
    bool right = fields_read(f, reader, specs, 3, item, "expect");
    size_t most = (f[0] ? f[0]->size : 0) + (f[1] ? f[1]->size : 0);
    if (right && most == 0)
        reader_error(reader, item, "expect is without value and grad; leave it out");
    if (f[2])
        reader->file->by = (enum expect_by)(1 + word_read(reader, f[2], words, 3, "by"));
    reader->file->expected = arena_alloc(reader->arena, most + 1, sizeof *reader->file->expected);
    if (!reader->file->expected) {
        reader_no_memory(reader);
        return;
    }
    expected_all(reader, f[0], false);
    expected_all(reader, f[1], true);
}

/* The numbers between the brackets of "x[1, 2]" as a flat index; false when they are no index of the shape. */
static bool index_read(long *element, const char *text, const struct shape *shape)
{
    size_t flat = 0;
    const char *s = text + 1;
    for (int i = 0; i < shape->rank; i++) {
        size_t index = 0;
        s += strspn(s, " ");
        if (*s < '0' || *s > '9')
            return false;
        for (; *s >= '0' && *s <= '9'; s++) {
            index = index * 10 + (size_t)(*s - '0');
            if (index >= shape->dim[i])
                return false;
        }
        s += strspn(s, " ");
        if (*s++ != (i + 1 < shape->rank ? ',' : ']'))
            return false;
        flat = flat * shape->dim[i] + index;
    }
    *element = (long)flat;
    return shape->rank > 0 && *s == '\0';
}

/* `at: x` or `at: x[3]`. */
static bool at_read(struct kink_rule *rule, struct reader *reader, const struct item *at)
{
    char shape[SHAPE_TEXT];
    size_t size = strcspn(at->text, "[");
    const char *name = arena_text(reader->arena, at->text, size);
    if (!name)
        return reader_no_memory(reader), false;
    long i = reader_node(reader, at, name, "kinks: at");
    if (i == NO_NODE)
        return false;
    const struct graph *graph = reader->graph;
    size_t k = 0;
    while (k < graph->wrt_count && graph->wrt[k] != (size_t)i)
        k++;
    rule->parameter = (size_t)i;
    rule->element = -1;
    if (k == graph->wrt_count) {
        if (!reader->wrt_right)
            return false;
        reader_error(reader, at, "kinks: %s is not a parameter: it is not in wrt", name);
        return false;
    }
    if (at->text[size] == '\0' || index_read(&rule->element, at->text + size, &graph->nodes[i].shape))
        return true;
    reader_error(reader, at, "kinks: %s is no element of %s with shape %s", SHOW(at->text), name,
                 shape_text(shape, &graph->nodes[i].shape));
    return false;
}

static bool allowed_read(struct kink_rule *rule, struct reader *reader, const struct item *item)
{
    struct tensor tensor;
    if (!tensor_read(&tensor, reader, item, "allowed", NUMBER_EXPECTED, NULL))
        return false;
    if (!tensor.values.texts || tensor.shape.rank != 1 || tensor.shape.dim[0] == 0) {
        reader_error(reader, item, "allowed is a list of numbers such as [0, 1], with at least one");
        return false;
    }
    for (size_t i = 0; i < tensor.shape.dim[0]; i++)
        if (strchr(tensor.values.texts[i], '/')) {
            reader_error(reader, item, "allowed takes decimals; %s is a fraction",
                         SHOW(tensor.values.texts[i]));
            return false;
        }
    rule->allowed = tensor.values.texts;
    rule->allowed_count = tensor.shape.dim[0];
    return true;
}

void kinks_read(struct reader *reader, const struct item *item)
{
    static const struct field_spec specs[] = {
        {"at", AS_TEXT, true, "a parameter or an element of one: x or 'x[3]'"},
        {"choice", AS_TEXT, true, "a name for the convention, such as relu-at-zero"},
        {"allowed", AS_LIST, true, "the admissible gradients, such as [0, 1]"},
    };
    struct kink_rule *rules = arena_alloc(reader->arena, item->size + 1, sizeof *rules);
    if (!rules) {
        reader_no_memory(reader);
        return;
    }
    reader->file->kinks = rules;
    for (const struct item *i = item->first; i && !reader_full(reader); i = i->next) {
        struct kink_rule rule = {0};
        const struct item *f[3];
        if (i->type != ITEM_MAP) {
            if (i->type != ITEM_BAD)
                reader_error(reader, i,
                             "a kink is a map such as {at: x, choice: relu-at-zero, allowed: [0, 1]}");
            continue;
        }
        bool right = fields_read(f, reader, specs, 3, i, "a kink");
        right = f[0] && at_read(&rule, reader, f[0]) && right;
        right = f[2] && allowed_read(&rule, reader, f[2]) && right;
        if (!right)
            continue;
        rule.choice = f[1]->text;
        rules[reader->file->kink_count++] = rule;
    }
}

void limits_read(struct reader *reader, const struct item *item)
{
    static const struct field_spec specs[] = {
        {"bits", AS_TEXT, false, "a whole number of bits from 64 to 4096"},
        {"exhaustive", AS_TEXT, false, "auto, all or a number of elements"},
    };
    const struct item *f[2];
    reader->file->exhaustive = GCK_AUTO;
    if (!item)
        return;
    fields_read(f, reader, specs, 2, item, "limits");
    if (f[0])
        whole_read(&reader->file->bits, reader, f[0], LEAST_BITS, MOST_BITS, "bits");
    if (!f[1] || strcmp(f[1]->text, "auto") == 0)
        return;
    if (strcmp(f[1]->text, "all") == 0)
        reader->file->exhaustive = GCK_ALL;
    else if (f[1]->text[0] >= 'a')
        word_read(reader, f[1], (const char *const[]){"auto", "all"}, 2, "exhaustive");
    else
        whole_read(&reader->file->exhaustive, reader, f[1], 0, LONG_MAX, "exhaustive");
}

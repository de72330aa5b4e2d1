/* Shape rules of attention. */
#include "ops/rules/attention.h"

#include "ops/rules.h"
#include "tensor/walk.h"

struct shape attention_scores(const struct shape *q, const struct shape *k)
{
    struct shape scores = *q;
    scores.dim[scores.rank - 1] = k->dim[k->rank - 2];
    return scores;
}

size_t attention_room(size_t batch, size_t l, size_t s)
{
    return 2 * batch * l * s + s;
}

/* Whether two shapes agree but for the last `free` axes. */
static bool same_batch(const struct shape *a, const struct shape *b, int free)
{
    struct shape left = *a, right = *b;
    left.rank -= free;
    right.rank -= free;
    return shape_equal(&left, &right);
}

/* A mask must broadcast to the scores; one of 0 and 1 must leave each query at least one key. */
static gck_status mask_check(const struct node *node, const struct argument *mask, const struct shape *scores,
                             struct errors *errors)
{
    char at[SHAPE_TEXT], text[SHAPE_TEXT];
    if (!shape_expands(&mask->shape, scores))
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: the mask %s has shape %s; it must broadcast to the scores, %s", node->op->name,
                          mask->name, shape_text(at, &mask->shape), shape_text(text, scores));
    if (mask->kind == KIND_FLOAT)
        return GCK_OK;
    const struct view view = view_expanded(&mask->shape, scores);
    size_t keys = scores->dim[scores->rank - 1], queries = scores->dim[scores->rank - 2];
    bool causal = node_attribute(node, "causal")->integer;
    for (size_t row = 0; row < shape_count(scores) / keys; row++) {
        ptrdiff_t offset = 0;
        size_t rest = row, kept = 0;
        for (int axis = scores->rank - 1; axis-- > 0; rest /= scores->dim[axis])
            offset += (ptrdiff_t)(rest % scores->dim[axis]) * view.stride[axis];
        for (size_t j = 0; j < keys && !(causal && j > row % queries); j++)
            kept += mask->integers[offset + (ptrdiff_t)j * view.stride[scores->rank - 1]] != 0;
        struct shape rows = *scores;
        rows.rank--;
        if (kept == 0)
            return errors_add(errors, GCK_BAD_CASE,
                              "%s: the mask %s leaves query %s no key; each needs at least one", node->op->name,
                              mask->name, shape_index_text(at, &rows, row));
    }
    return GCK_OK;
}

gck_status rule_attention(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char q[SHAPE_TEXT], k[SHAPE_TEXT], v[SHAPE_TEXT];
    const struct shape *queries = &arguments[0].shape, *keys = &arguments[1].shape,
                       *values = &arguments[2].shape;
    int rank = queries->rank;
    bool fit = rank >= 2 && same_batch(queries, keys, 2) && keys->rank == rank && same_batch(keys, values, 1) &&
               queries->dim[rank - 1] == keys->dim[rank - 1];
    if (!fit || keys->dim[rank - 1] == 0 || keys->dim[rank - 2] == 0)
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: %s, %s and %s have shapes %s, %s and %s; they must be (..., L, D), (..., S, D) and "
            "(..., S, E) with the same sizes in front, D and S at least 1",
            node->op->name, arguments[0].name, arguments[1].name, arguments[2].name, shape_text(q, queries),
            shape_text(k, keys), shape_text(v, values));
    struct shape scores = attention_scores(queries, keys);
    node->shape = *queries;
    node->shape.dim[rank - 1] = values->dim[rank - 1];
    node->scratch = attention_room(shape_count(&scores) / keys->dim[rank - 2], 1, keys->dim[rank - 2]);
    node->terms = keys->dim[rank - 2] * (1 + keys->dim[rank - 1]);
    return node->arity > 3 ? mask_check(node, &arguments[3], &scores, errors) : GCK_OK;
}

struct multi_head multi_head_of(const struct node *node, const struct shape *const *shapes)
{
    const struct shape *q = shapes[0];
    struct multi_head m = {.batch = 1, .heads = (size_t)node_attribute(node, "heads")->integer, .in = 3};
    m.biased = node->arity > 6;
    m.out = m.biased ? 5 : 4;
    m.mask = node->arity % 2 == 0 ? node->arity - 1 : 0;
    m.l = q->dim[q->rank - 2];
    m.s = shapes[1]->dim[q->rank - 2];
    m.width = q->dim[q->rank - 1];
    m.scores = *q;
    m.scores.rank = q->rank + 1;
    m.scores.dim[q->rank - 2] = m.heads;
    m.scores.dim[q->rank - 1] = m.l;
    m.scores.dim[q->rank] = m.s;
    for (int i = 0; i < q->rank - 2; i++)
        m.batch *= q->dim[i];
    return m;
}

static gck_status weight_check(const struct node *node, const struct argument *argument, struct shape wanted,
                               struct errors *errors)
{
    char given[SHAPE_TEXT], text[SHAPE_TEXT];
    if (argument->kind != KIND_FLOAT)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: the weights %s hold integers; numbers of a float dtype are needed",
                          node->op->name, argument->name);
    if (shape_equal(&argument->shape, &wanted))
        return GCK_OK;
    return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must have shape %s", node->op->name,
                      argument->name, shape_text(given, &argument->shape), shape_text(text, &wanted));
}

gck_status rule_multi_head_attention(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char q[SHAPE_TEXT], k[SHAPE_TEXT], v[SHAPE_TEXT];
    const struct shape *queries = &arguments[0].shape, *keys = &arguments[1].shape, *shapes[] = {queries, keys};
    int rank = queries->rank;
    long heads = node_attribute(node, "heads")->integer;
    bool fit = rank >= 2 && rank < MOST_RANK && same_batch(queries, keys, 2) && keys->rank == rank &&
               queries->dim[rank - 1] == keys->dim[rank - 1] && shape_equal(keys, &arguments[2].shape);
    if (!fit || keys->dim[rank - 1] == 0 || keys->dim[rank - 2] == 0)
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: %s, %s and %s have shapes %s, %s and %s; they must be (..., L, E), (..., S, E) and (..., S, "
            "E) with the same sizes in front, E and S at least 1",
            node->op->name, arguments[0].name, arguments[1].name, arguments[2].name, shape_text(q, queries),
            shape_text(k, keys), shape_text(v, &arguments[2].shape));
    size_t width = queries->dim[rank - 1];
    if (heads < 1 || width % (size_t)heads)
        return errors_add(errors, GCK_BAD_CASE, "%s: heads = %ld; it must divide E, which is %zu",
                          node->op->name, heads, width);
    struct multi_head m = multi_head_of(node, shapes);
    gck_status status = weight_check(node, &arguments[m.in], (struct shape){2, {3 * width, width}}, errors);
    if (!status && m.biased)
        status = weight_check(node, &arguments[m.in + 1], (struct shape){1, {3 * width}}, errors);
    if (!status)
        status = weight_check(node, &arguments[m.out], (struct shape){2, {width, width}}, errors);
    if (!status && m.biased)
        status = weight_check(node, &arguments[m.out + 1], (struct shape){1, {width}}, errors);
    size_t longest = m.l > m.s ? m.l : m.s;
    node->shape = *queries;
    node->scratch = attention_room(m.batch * m.heads, m.l, m.s) +
                    m.batch * width * (2 * (2 * m.l + 2 * m.s) + m.l + longest);
    node->terms = 4 * width + 2 * m.s;
    return !status && m.mask ? mask_check(node, &arguments[m.mask], &m.scores, errors) : status;
}

gck_status rule_rotary(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT];
    double base;
    const struct argument *x = &arguments[0];
    const char *given = node_attribute(node, "base")->text;
    if (x->shape.rank < 2 || x->shape.dim[x->shape.rank - 1] % 2)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must be (..., T, D) with even D",
                          node->op->name, x->name, shape_text(text, &x->shape));
    if (!dtype_parse(&base, FLOAT64, given) || base <= 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: base = %s; it must be above 0", node->op->name, given);
    node->shape = x->shape;
    return GCK_OK;
}

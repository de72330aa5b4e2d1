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

/* Whether two shapes agree but for the last `free` axes. */
static bool same_batch(const struct shape *a, const struct shape *b, int free)
{
    struct shape left = *a, right = *b;
    left.rank -= free;
    right.rank -= free;
    return shape_equal(&left, &right);
}

/* A mask of 0 and 1 must leave each query at least one key. */
static gck_status mask_check(const struct node *node, const struct argument *mask, const struct shape *scores,
                             struct errors *errors)
{
    char at[SHAPE_TEXT];
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
    if (node->arity > 3 && !shape_expands(&arguments[3].shape, &scores))
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: the mask %s has shape %s; it must broadcast to the scores, %s", node->op->name,
                          arguments[3].name, shape_text(q, &arguments[3].shape), shape_text(k, &scores));
    node->shape = *queries;
    node->shape.dim[rank - 1] = values->dim[rank - 1];
    node->scratch = 2 * shape_count(&scores) + keys->dim[rank - 2];
    node->terms = keys->dim[rank - 2] * (1 + keys->dim[rank - 1]);
    return node->arity > 3 && arguments[3].kind != KIND_FLOAT ? mask_check(node, &arguments[3], &scores, errors)
                                                              : GCK_OK;
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

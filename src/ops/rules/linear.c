/* Shape rules of matmul and affine. */
#include "ops/rules/linear.h"

#include "ops/rules.h"

/* The axes before the last `matrix` ones. */
static struct shape batch_of(const struct shape *shape, int matrix)
{
    struct shape batch = *shape;
    batch.rank = shape->rank > matrix ? shape->rank - matrix : 0;
    return batch;
}

/* First elements of the matrices of `count` elements each, over the batch that it broadcasts to. */
static struct view batch_view(const struct shape *own, const struct shape *batch, size_t count)
{
    struct view view = view_expanded(own, batch);
    for (int i = 0; i < batch->rank; i++)
        view.stride[i] *= (ptrdiff_t)count;
    return view;
}

bool product_of(struct product *product, struct shape *y, const struct shape *a, const struct shape *b)
{
    size_t m = a->rank > 1 ? a->dim[a->rank - 2] : 1, n = b->rank > 1 ? b->dim[b->rank - 1] : 1;
    size_t k = a->dim[a->rank - 1];
    struct shape a_batch = batch_of(a, 2), b_batch = batch_of(b, 2);
    *product = (struct product){.m = m, .k = k, .n = n};
    if (b->dim[b->rank > 1 ? b->rank - 2 : 0] != k || !shape_broadcast(&product->batch, &a_batch, &b_batch))
        return false;
    *y = product->batch;
    if (a->rank > 1)
        y->dim[y->rank++] = m;
    if (b->rank > 1)
        y->dim[y->rank++] = n;
    if (shape_count(&b_batch) == 1) {
        product->m *= shape_count(&product->batch);
        product->batch = (struct shape){0};
    } else {
        product->a_batch = batch_view(&a_batch, &product->batch, m * k);
        product->b_batch = batch_view(&b_batch, &product->batch, k * n);
        product->a_repeated = axes_expanded(&a_batch, &product->batch);
        product->b_repeated = axes_expanded(&b_batch, &product->batch);
        product->y_batch = batch_view(&product->batch, &product->batch, m * n);
    }
    product->a = (struct strides){(ptrdiff_t)k, 1};
    product->b = product->y = (struct strides){(ptrdiff_t)n, 1};
    return true;
}

/* The batch axes given in `bits`, as a shape, and two views over them. */
static struct shape batch_axes(struct view *left, struct view *right, const struct shape *batch, unsigned bits,
                               const struct view *left_batch, const struct view *right_batch)
{
    struct shape part = {0};
    *left = *right = (struct view){0};
    for (int i = 0; i < batch->rank; i++)
        if (bits >> i & 1) {
            left->stride[part.rank] = left_batch->stride[i];
            right->stride[part.rank] = right_batch->stride[i];
            part.dim[part.rank++] = batch->dim[i];
        }
    return part;
}

static struct product_gradient gradient_of(const struct product *product, unsigned repeated,
                                           const struct view *target, const struct view *left,
                                           const struct view *right)
{
    struct product_gradient g = {0};
    struct view unused;
    g.inner = batch_axes(&g.left_inner, &g.right_inner, &product->batch, repeated, left, right);
    g.outer = batch_axes(&g.left_outer, &g.right_outer, &product->batch, ~repeated, left, right);
    batch_axes(&g.target_outer, &unused, &product->batch, ~repeated, target, target);
    return g;
}

static struct strides transposed(struct strides strides)
{
    return (struct strides){strides.columns, strides.rows};
}

struct product_gradient gradient_of_a(const struct product *p)
{
    struct product_gradient g = gradient_of(p, p->a_repeated, &p->a_batch, &p->y_batch, &p->b_batch);
    g.rows = p->m;
    g.depth = p->n;
    g.columns = p->k;
    g.left = p->y;
    g.right = transposed(p->b);
    return g;
}

struct product_gradient gradient_of_b(const struct product *p)
{
    struct product_gradient g = gradient_of(p, p->b_repeated, &p->b_batch, &p->a_batch, &p->y_batch);
    g.rows = p->k;
    g.depth = p->m;
    g.columns = p->n;
    g.left = transposed(p->a);
    g.right = p->y;
    return g;
}

size_t gradient_scratch(const struct product_gradient *gradient)
{
    size_t inner = shape_count(&gradient->inner);
    return inner > 1 ? inner * gradient->columns : 0;
}

/* Reads the product a b into the node's shape, or says why there is none. */
static gck_status rule_product(struct product *product, struct node *node, const struct argument *a,
                               const struct argument *b, struct errors *errors)
{
    char first[SHAPE_TEXT], second[SHAPE_TEXT];
    if (product_of(product, &node->shape, &a->shape, &b->shape)) {
        node->terms = product->k;
        return GCK_OK;
    }
    size_t last = a->shape.dim[a->shape.rank - 1], vector = b->shape.rank == 1;
    size_t other = b->shape.dim[vector ? 0 : b->shape.rank - 2];
    shape_text(first, &a->shape);
    shape_text(second, &b->shape);
    if (last != other)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: %s has shape %s and %s has shape %s; the last size of %s, %zu, must equal the "
                          "%s of %s, %zu",
                          node->op->name, a->name, first, b->name, second, a->name, last,
                          vector ? "size" : "last but one", b->name, other);
    return errors_add(
        errors, GCK_BAD_CASE,
        "%s: %s has shape %s and %s has shape %s; the sizes before the last two, the batch, must be "
        "equal or 1",
        node->op->name, a->name, first, b->name, second);
}

gck_status rule_matmul(struct node *node, const struct argument *arguments, struct errors *errors)
{
    struct product product;
    for (int i = 0; i < 2; i++)
        if (arguments[i].shape.rank == 0)
            return errors_add(errors, GCK_BAD_CASE,
                              "matmul: %s is a scalar; both arguments need at least one axis (use mul)",
                              arguments[i].name);
    gck_status status = rule_product(&product, node, &arguments[0], &arguments[1], errors);
    if (status)
        return status;
    struct product_gradient da = gradient_of_a(&product), db = gradient_of_b(&product);
    size_t for_a = gradient_scratch(&da), for_b = gradient_scratch(&db);
    node->scratch = for_a > for_b ? for_a : for_b;
    return GCK_OK;
}

gck_status rule_affine(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT], weights[SHAPE_TEXT];
    const struct argument *x = &arguments[0], *w = &arguments[1];
    struct product product;
    if (x->shape.rank == 0)
        return errors_add(errors, GCK_BAD_CASE, "affine: %s is a scalar; it must have shape [N, D] or [D]",
                          x->name);
    if (w->shape.rank != 2)
        return errors_add(errors, GCK_BAD_CASE,
                          "affine: the weights %s have shape %s; they must have shape [D, H]", w->name,
                          shape_text(text, &w->shape));
    gck_status status = rule_product(&product, node, x, w, errors);
    if (!status && node->arity > 2 && (arguments[2].shape.rank != 1 || arguments[2].shape.dim[0] != product.n))
        return errors_add(
            errors, GCK_BAD_CASE,
            "affine: the bias %s has shape %s and the weights %s have shape %s; the bias must have "
            "shape [%zu]",
            arguments[2].name, shape_text(text, &arguments[2].shape), w->name, shape_text(weights, &w->shape),
            product.n);
    return status;
}

/* The shape rule of upsample, and which elements of x an element of y takes. */
#include "ops/rules/upsample.h"

#include "ops/rules/windows.h"

struct sampling sampling_of(const struct node *node, const struct shape *x, int axis)
{
    return (struct sampling){.from = x->dim[axis],
                             .to = node->shape.dim[axis],
                             .nearest = node_attribute(node, "mode")->integer == 0,
                             .corners = node_attribute(node, "align_corners")->integer};
}

struct sample sample_at(const struct sampling *s, size_t o)
{
    size_t above, below;
    if (s->nearest)
        return (struct sample){o * s->from / s->to, 0, 1};
    if (s->corners) {
        above = o * (s->from - 1);
        below = s->to > 1 ? s->to - 1 : 1;
    } else { /* (o + 1/2) from / to - 1/2 */
        above = (2 * o + 1) * s->from;
        above = above > s->to ? above - s->to : 0;
        below = 2 * s->to;
    }
    if (above / below >= s->from - 1)
        return (struct sample){s->from - 1, 0, 1};
    return (struct sample){above / below, above % below, below};
}

static size_t last_of(const struct sampling *s, size_t o)
{
    struct sample sample = sample_at(s, o);
    return sample.first + (sample.part > 0);
}

struct takers takers_of(const struct sampling *s, size_t i, size_t first)
{
    while (first < s->to && last_of(s, first) < i)
        first++;
    size_t end = first;
    while (end < s->to && sample_at(s, end).first <= i)
        end++;
    return (struct takers){first, end - first};
}

/* y's sizes, from size or scale. */
static gck_status sizes_given(struct node *node, const struct argument *x, struct errors *errors)
{
    bool size = node_attribute(node, "size")->given, scale = node_attribute(node, "scale")->given;
    if (size == scale)
        return errors_add(errors, GCK_BAD_CASE, "upsample: %s; give one of them",
                          size ? "both size and scale are given" : "neither size nor scale is given");
    const char *given = size ? "size" : "scale";
    gck_status status = window_numbers_right(node, given, 2, 1, errors);
    node->shape = x->shape;
    for (int i = 0; i < 2 && !status; i++)
        node->shape.dim[i + 2] = (size_t)window_number(node, given, i) * (size ? 1 : x->shape.dim[i + 2]);
    return status;
}

gck_status rule_upsample(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    gck_status status = window_shape_right(node, x, 4, "[N, C, H, W]", errors);
    if (!status)
        status = sizes_given(node, x, errors);
    if (!status && node_attribute(node, "align_corners")->integer && node_attribute(node, "mode")->integer == 0)
        return errors_add(errors, GCK_BAD_CASE,
                          "upsample: align_corners = true, but mode = nearest has no places in between; use "
                          "mode = bilinear");
    if (status)
        return status;
    size_t rows = node->shape.dim[2], columns = node->shape.dim[3];
    node->terms = node_attribute(node, "mode")->integer == 0 ? 1 : 4;
    node->scratch = 2 * (rows + columns) + rows * x->shape.dim[3] + 2; /* weights; rows of y, columns of x */
    return GCK_OK;
}

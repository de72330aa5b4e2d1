/* Renamings. */
#include "engine/renaming.h"

#include <stdlib.h>
#include <string.h>

#include "tensor/walk.h"

/* "2,0,1": a permutation of 0, 1, ... */
static bool axes_read(struct renaming *r, const char *text)
{
    unsigned seen = 0;
    for (const char *s = text; r->rank < MOST_RANK; s += 2) {
        int axis = *s - '0';
        if (axis < 0 || axis >= MOST_RANK || seen >> axis & 1)
            return false;
        seen |= 1u << axis;
        r->axes[r->rank++] = axis;
        if (s[1] != ',')
            return s[1] == '\0' && seen == (1u << r->rank) - 1;
    }
    return false;
}

gck_status renaming_read(struct renaming *r, struct arena *arena, const char *text, struct errors *errors)
{
    *r = (struct renaming){0};
    const char *equals = strrchr(text, '='), *to = equals ? equals + 1 : "", *axes = strchr(to, ':');
    size_t size = axes ? (size_t)(axes - to) : strlen(to);
    if (equals && axes && strcmp(axes, ":T") == 0)
        r->reversed = true;
    if (!equals || !size || (axes && !r->reversed && !axes_read(r, axes + 1)))
        return errors_add(
            errors, GCK_BAD_USAGE,
            "a renaming is TENSOR=PARAMETER, with :T behind it to transpose, or with axes such as "
            ":2,3,1,0 to reorder, not '%s'",
            text);
    r->from = arena_text(arena, text, (size_t)(equals - text));
    r->to = arena_text(arena, to, size);
    return r->from && r->to ? GCK_OK : errors_add(errors, GCK_NO_MEMORY, "out of memory");
}

/* Axis i of the parameter in the tensor. */
static int axis_of(const struct renaming *r, const struct shape *shape, int i)
{
    return r->reversed ? shape->rank - 1 - i : r->rank ? r->axes[i] : i;
}

bool renaming_shape(struct shape *out, const struct renaming *r, const struct shape *shape)
{
    if (r->rank && r->rank != shape->rank)
        return false;
    *out = *shape;
    for (int i = 0; i < shape->rank; i++)
        out->dim[i] = shape->dim[axis_of(r, shape, i)];
    return true;
}

void renaming_numbers(double *out, const struct renaming *r, const double *numbers, const struct shape *shape)
{
    struct shape reordered;
    if (!renaming_shape(&reordered, r, shape))
        return;
    struct view row_major = view_of(shape), views[2] = {view_of(&reordered), row_major};
    for (int i = 0; i < shape->rank; i++)
        views[1].stride[i] = row_major.stride[axis_of(r, shape, i)];
    for (struct walk w = walk_over(&reordered, 2, views); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++)
            out[w.offset[0] + (ptrdiff_t)i * w.step[0]] = numbers[w.offset[1] + (ptrdiff_t)i * w.step[1]];
}

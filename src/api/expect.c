/* Expectations of a case against the reference at its exact inputs. */
#include "api/expect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/foreign_run.h"
#include "check/reference.h"
#include "real/wide.h"

enum { MOST_MISMATCHES = 100, SHORT_DIGITS = 16, SHOWN_DIGITS = 25, MOST_FROZEN = 4096 };
enum { FROZEN_DIGITS = 40, LEAST_FROZEN = 17 }; /* as many as are certain, but at least what a double holds */

/* An evaluation at the case's exact decimals. */
struct exact {
    struct arena arena;
    struct binding binding;
    struct reference reference;
};

static gck_status exact_new(struct exact *exact, const struct graph *graph, int bits, struct errors *errors)
{
    struct branches compare = {0};
    *exact = (struct exact){0};
    gck_status status = binding_new(&exact->binding, &exact->arena, graph, FLOAT64, errors);
    exact->binding.exact = true;
    if (!status)
        status = reference_new(&exact->reference, graph, &exact->binding, bits, compare);
    if (status)
        arena_free(&exact->arena);
    return status;
}

static void exact_free(struct exact *exact)
{
    reference_free(&exact->reference);
    arena_free(&exact->arena);
}

static gck_status add(struct mismatches *m, const char *what, const char *expected, const char *found,
                      struct place place)
{
    if (m->count == MOST_MISMATCHES)
        return GCK_OK;
    if (!m->items && !(m->items = arena_alloc(m->arena, MOST_MISMATCHES, sizeof *m->items)))
        return GCK_NO_MEMORY;
    m->items[m->count] = (gck_mismatch){arena_text(m->arena, what, strlen(what)),
                                        arena_text(m->arena, expected, strlen(expected)),
                                        arena_text(m->arena, found, strlen(found)), place.line, place.column};
    const gck_mismatch *item = &m->items[m->count];
    if (!item->what || !item->expected || !item->found)
        return GCK_NO_MEMORY;
    m->count++;
    return GCK_OK;
}

/* Digits of the significand and the power of ten of the last one. */
static void last_digit(const char *text, int *digits, long *power)
{
    bool point = false, leading = true;
    *digits = 0;
    *power = 0;
    for (; *text && *text != 'e' && *text != 'E'; text++) {
        if (*text == '.')
            point = true;
        if (*text < '0' || *text > '9')
            continue;
        leading &= *text == '0';
        *digits += !leading;
        *power -= point;
    }
    if (*text)
        *power += strtol(text + 1, NULL, 10);
}

/* Whether x is what the text says. Zero is a rounded number only where it was published. */
static bool matches(const m_element *x, const char *text, enum expect_by by, int bits)
{
    m_context c = m_context_wide(bits, FLOAT64);
    M_LOCAL(expected, &c);
    M_LOCAL(half, &c);
    int digits;
    long power;
    if (!m_set_fraction(expected, text))
        return false;
    if (!m_is_finite(expected) || !m_is_finite(x))
        return m_distance(expected, x) == 0;
    last_digit(text, &digits, &power);
    if (strchr(text, '/') || (by == BY_CLOSED_FORM && digits < SHORT_DIGITS) ||
        (by == BY_REFERENCE && m_is_zero(expected))) {
        m_abs(half, expected, &c);
        if (m_is_zero(half))
            m_set_si(half, 1, &c);
        m_scale(half, half, -bits / 2, &c);
    } else { /* half of 10^power */
        char unit[32];
        snprintf(unit, sizeof unit, "5e%ld", power - 1);
        m_set_fraction(half, unit);
    }
    m_sub(expected, expected, x, &c);
    m_abs(expected, expected, &c);
    m_sub(expected, expected, half, &c);
    return m_sign(expected) <= 0;
}

static gck_status check_tensor(struct mismatches *m, const struct case_file *file, const struct expected *e,
                               const struct reference *reference)
{
    const struct node *node = &file->graph.nodes[e->node];
    const m_element *x =
        e->gradient ? reference_gradient(reference, e->node) : reference_value(reference, e->node);
    size_t n = shape_count(&node->shape);
    gck_status status = GCK_OK;
    for (size_t i = 0; i < n && !status; i++) {
        m->compared++;
        if (x && matches(x + i, e->texts[i], file->by, reference->bits))
            continue;
        char found[64] = "no gradient", index[SHAPE_TEXT], what[SHAPE_TEXT + 128];
        if (x)
            m_text(found, sizeof found, x + i, SHOWN_DIGITS);
        snprintf(what, sizeof what, "%s %.64s%s", e->gradient ? "grad" : "value", node->name,
                 shape_index_text(index, &node->shape, i));
        status = add(m, what, e->texts[i], found, e->place);
    }
    return status;
}

/* Whether two numbers are equal to 2^-(bits/2) of `largest`, which is finite, or of themselves. An infinity
 * equals only itself, and NaN nothing. */
static bool same_number(const m_element *x, const m_element *y, double largest, int bits)
{
    double part = ldexp_up(1, -bits / 2);
    return m_distance(x, y) <= part * largest || m_relative_error(x, y) <= part;
}

/* Compares two tensors that must be equal to 2^-(bits/2) of the largest finite element. */
static gck_status same_tensor(struct mismatches *m, const char *what, const char *other,
                              const struct shape *shape, const m_element *x, const m_element *y, int bits)
{
    size_t n = shape_count(shape);
    double largest = 0;
    gck_status status = GCK_OK;
    for (size_t i = 0; i < n; i++) {
        double size = fmax(m_size(x + i), m_size(y + i));
        largest = isfinite(size) ? fmax(largest, size) : largest;
    }
    for (size_t i = 0; i < n && !status; i++) {
        m->compared++;
        if (same_number(x + i, y + i, largest, bits))
            continue;
        char index[SHAPE_TEXT], text[SHAPE_TEXT + 256], a[64], b[64];
        m_text(a, sizeof a, y + i, SHOWN_DIGITS);
        m_text(b, sizeof b, x + i, SHOWN_DIGITS);
        snprintf(text, sizeof text, "%s%s, as in %.64s", what, shape_index_text(index, shape, i), other);
        status = add(m, text, a, b, (struct place){0});
    }
    return status;
}

/* Value and gradients of the same-named parameters. */
static gck_status same_graphs(struct mismatches *m, const struct graph *graph, const struct graph *twin,
                              const char *name, int bits, struct errors *errors)
{
    struct exact own, other;
    char what[128];
    const struct node *output = &graph->nodes[graph->output], *twin_output = &twin->nodes[twin->output];
    if (!shape_equal(&output->shape, &twin_output->shape)) {
        char a[SHAPE_TEXT], b[SHAPE_TEXT];
        return add(m, "shape of the output against its equal", shape_text(a, &twin_output->shape),
                   shape_text(b, &output->shape), output->place);
    }
    gck_status status = exact_new(&own, graph, bits, errors);
    if (status)
        return status;
    status = exact_new(&other, twin, bits, errors);
    if (!status) {
        snprintf(what, sizeof what, "value %.64s", output->name);
        status = same_tensor(m, what, name, &output->shape, reference_value(&own.reference, graph->output),
                             reference_value(&other.reference, twin->output), bits);
        for (size_t k = 0; k < graph->wrt_count && !status; k++) {
            const struct node *parameter = &graph->nodes[graph->wrt[k]];
            long node = graph_find(twin, parameter->name);
            snprintf(what, sizeof what, "grad %.64s", parameter->name);
            if (node == NO_NODE || !shape_equal(&twin->nodes[node].shape, &parameter->shape))
                status = add(m, what, "the same parameter in the equal graph", "none of that name and shape",
                             parameter->place);
            else
                status = same_tensor(m, what, name, &parameter->shape,
                                     reference_gradient(&own.reference, graph->wrt[k]),
                                     reference_gradient(&other.reference, (size_t)node), bits);
        }
        exact_free(&other);
    }
    exact_free(&own);
    return status;
}

static gck_status check_equal_case(struct mismatches *m, const struct case_file *file, int bits,
                                   struct errors *errors)
{
    char *path = case_sibling(file, file->equals_id);
    struct case_file *twin = NULL;
    errors->here = (struct place){.file = file->path};
    if (!path)
        return errors_add(
            errors, GCK_BAD_CASE,
            "equals: %s is looked for beside this case, but the file's path does not end in its id %s",
            file->equals_id, file->id);
    gck_status status = case_load(&twin, path, &file->loading, errors);
    if (!status)
        status = same_graphs(m, &file->graph, &twin->graph, file->equals_id, bits, errors);
    case_free(twin);
    free(path);
    return status;
}

gck_status expect_compare(struct mismatches *mismatches, const struct case_file *file, int bits,
                          struct errors *errors)
{
    gck_status status = GCK_OK;
    if (file->expected_count) {
        struct exact exact;
        status = exact_new(&exact, &file->graph, bits, errors);
        if (status)
            return status;
        for (size_t i = 0; i < file->expected_count && !status; i++)
            status = check_tensor(mismatches, file, &file->expected[i], &exact.reference);
        exact_free(&exact);
    }
    if (!status && file->equals_graph)
        status = same_graphs(mismatches, &file->graph, file->equals_graph, "the equal graph", bits, errors);
    if (!status && file->equals_id)
        status = check_equal_case(mismatches, file, bits, errors);
    return status;
}

/* Digits of a number that are certain: those that it keeps with twice the bits. -1: it is zero, and noise at
 * either. */
static int certain_digits(const m_element *low, const m_element *high, int bits)
{
    double error = m_relative_error(low, high);
    if (error <= pow(10, -FROZEN_DIGITS - 1) || (!m_is_finite(high) && m_distance(low, high) == 0))
        return FROZEN_DIGITS;
    if (m_size(high) <= ldexp_up(m_size(low), -bits / 2))
        return -1;
    return isfinite(error) ? (int)fmax(0, -log10(error) - 1) : 0;
}

/* A node's numbers at two precisions. */
struct frozen {
    const struct node *node;
    const m_element *low, *high;
    int bits; /* of low */
    size_t next;
};

/* Nested lists of the tensor's numbers, in YAML's flow style; false when one of them is not certain. */
static bool write_tensor(struct text *block, struct frozen *f, int axis)
{
    char number[128] = "0";
    if (axis == f->node->shape.rank) {
        const m_element *high = f->high + f->next;
        int digits = certain_digits(f->low + f->next, high, f->bits);
        if (digits > 0)
            m_text(number, sizeof number, high, digits);
        text_add(block, "%s", number);
        bool certain = digits < 0 || digits >= LEAST_FROZEN;
        f->next += certain;
        return certain;
    }
    bool certain = true;
    text_add(block, "[");
    for (size_t i = 0; i < f->node->shape.dim[axis] && certain; i++) {
        text_add(block, "%s", i ? ", " : "");
        certain = write_tensor(block, f, axis + 1);
    }
    text_add(block, "]");
    return certain;
}

/* Writes a node's numbers; false, and the first element that is not certain is kept in `doubt`. */
static bool write_named(struct text *block, struct text *doubt, const char *what, struct frozen f)
{
    char index[SHAPE_TEXT];
    text_add(block, "    %s: ", f.node->name);
    bool certain = write_tensor(block, &f, 0);
    text_add(block, "\n");
    if (!certain) {
        bool none = m_is_nan(f.high + f.next);
        text_add(doubt, "the %s %s%s ", what, f.node->name, shape_index_text(index, &f.node->shape, f.next));
        text_add(doubt, none ? "is not a number" : "keeps fewer than %d digits", LEAST_FROZEN);
    }
    return certain;
}

/* The numbers of `low` as far as they are those of `high`, which has twice the bits. */
static void write_block(struct text *block, struct text *doubt, const struct graph *graph,
                        const struct reference *low, const struct reference *high)
{
    size_t output = graph->output;
    text_clear(block);
    text_clear(doubt);
    text_add(block, "expect:\n  value:\n");
    bool certain = write_named(block, doubt, "value",
                               (struct frozen){&graph->nodes[output], reference_value(low, output),
                                               reference_value(high, output), low->bits, 0});
    text_add(block, "  grad:\n");
    for (size_t k = 0; k < graph->wrt_count && certain; k++) {
        size_t node = graph->wrt[k];
        certain = write_named(block, doubt, "gradient",
                              (struct frozen){&graph->nodes[node], reference_gradient(low, node),
                                              reference_gradient(high, node), low->bits, 0});
    }
    text_add(block, "  by: reference\n");
}

/* What became of it, the last time. */
static gck_status frozen_status(gck_status status, const struct text *block, struct text *doubt, int bits,
                                struct errors *errors)
{
    if (!status && (block->failed || doubt->failed))
        status = GCK_NO_MEMORY;
    if (!status && doubt->size)
        status = errors_add(errors, GCK_BAD_CASE, "%s at %d bits", doubt->data, bits);
    text_free(doubt);
    return status;
}

gck_status expect_frozen(struct text *block, const struct case_file *file, int bits, struct errors *errors)
{
    const struct graph *graph = &file->graph;
    struct exact low, high;
    struct text doubt = {0};
    size_t elements = shape_count(&graph->nodes[graph->output].shape);
    for (size_t k = 0; k < graph->wrt_count; k++)
        elements += shape_count(&graph->nodes[graph->wrt[k]].shape);
    errors->here = (struct place){.file = file->path};
    if (foreign_refuse(graph, "freeze", errors))
        return GCK_BAD_CASE;
    if (elements > MOST_FROZEN)
        return errors_add(errors, GCK_BAD_USAGE,
                          "%zu numbers are too many to freeze into a case file; at most %d", elements,
                          MOST_FROZEN);
    for (bits = bits < MOST_BITS / 2 ? bits : MOST_BITS / 2;; bits *= 2) {
        gck_status status = exact_new(&low, graph, bits, errors);
        if (!status) {
            status = exact_new(&high, graph, 2 * bits, errors);
            if (!status) {
                write_block(block, &doubt, graph, &low.reference, &high.reference);
                exact_free(&high);
            }
            exact_free(&low);
        }
        if (status || !doubt.size || 4 * bits > MOST_BITS)
            return frozen_status(status, block, &doubt, 2 * bits, errors);
    }
}

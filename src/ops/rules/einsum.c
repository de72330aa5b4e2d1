/* The shape rule of einsum: its equation, read letter by letter; what is wrong is named with its place. */
#include "ops/rules/einsum.h"

#include <string.h>

enum {
    MOST_TERMS = 1 << 21,
    ELLIPSIS = 256
}; /* key of an ellipsis's last axis; ELLIPSIS + 1: the one before */

/* The axes of one term of the equation: a letter each, or one of the ellipsis's. */
struct term {
    int keys[MOST_RANK + 1]; /* one more than allowed */
    int count;
    int ellipsis; /* where its axes go; -1: there is none */
};

/* An equation being read. `errors` NULL: it was read before, and is right. */
struct reading {
    const char *equation, *at;
    const struct node *node;
    struct errors *errors;
    struct term in[EINSUM_MOST], out;
    bool explicit_out;
    int keys[EINSUM_MOST]; /* of each label */
    struct einsum *einsum;
};

#define REFUSE(reading, ...) errors_add((reading)->errors, GCK_BAD_CASE, "einsum: " __VA_ARGS__)

/* Where the reading is, counted from 1. */
static int place(const struct reading *r)
{
    return (int)(r->at - r->equation) + 1;
}

static void skip_spaces(struct reading *r)
{
    r->at += strspn(r->at, " ");
}

static gck_status take_ellipsis(struct reading *r, struct term *term)
{
    if (strncmp(r->at, "...", 3) != 0)
        return REFUSE(r, "a single dot at character %d of \"%s\"; an ellipsis has three", place(r),
                      r->equation);
    if (term->ellipsis >= 0)
        return REFUSE(r, "a second ellipsis in one term, at character %d of \"%s\"", place(r), r->equation);
    term->ellipsis = term->count;
    r->at += 3;
    return GCK_OK;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* In UTF-8 a character may have several bytes. */
static gck_status bad_character(const struct reading *r)
{
    int size = 1;
    while (((unsigned char)r->at[size] & 0xc0) == 0x80)
        size++;
    return REFUSE(
        r, "`%.*s` at character %d of \"%s\"; an equation is made of letters, commas, `...` and one `->`", size,
        r->at, place(r), r->equation);
}

/* Letters and an ellipsis, up to one of the characters in `ends`. */
static gck_status take_term(struct reading *r, struct term *term, const char *ends)
{
    *term = (struct term){.ellipsis = -1};
    for (skip_spaces(r); *r->at && !strchr(ends, *r->at); skip_spaces(r)) {
        gck_status status = GCK_OK;
        if (*r->at == '.') {
            status = take_ellipsis(r, term);
        } else if (!is_letter(*r->at)) {
            return bad_character(r);
        } else if (term->count == MOST_RANK) {
            return REFUSE(r, "more than %d letters in one term, at character %d of \"%s\"", MOST_RANK, place(r),
                          r->equation);
        } else {
            term->keys[term->count++] = *r->at++;
        }
        if (status)
            return status;
    }
    return GCK_OK;
}

static gck_status take_terms(struct reading *r)
{
    size_t count = 0;
    r->at = r->equation;
    for (bool more = true; more; count++) {
        struct term unused;
        gck_status status = take_term(r, count < EINSUM_MOST ? &r->in[count] : &unused, ",-");
        if (status)
            return status;
        more = *r->at == ',';
        r->at += more;
    }
    if (count != r->node->arity)
        return REFUSE(
            r, "\"%s\" has %zu term%s for %zu argument%s; each argument has one, with commas between them",
            r->equation, count, count == 1 ? "" : "s", r->node->arity, r->node->arity == 1 ? "" : "s");
    r->explicit_out = *r->at == '-';
    if (!r->explicit_out)
        return GCK_OK;
    if (r->at[1] != '>')
        return REFUSE(r, "`-` at character %d of \"%s\"; an arrow is `->`", place(r), r->equation);
    r->at += 2;
    return take_term(r, &r->out, "");
}

/* The label of a key, made new where there is none; -1: there are too many. */
static int label_of(struct reading *r, int key)
{
    struct einsum *e = r->einsum;
    for (int i = 0; i < e->label_count; i++)
        if (r->keys[i] == key)
            return i;
    if (e->label_count == EINSUM_MOST)
        return -1;
    r->keys[e->label_count] = key;
    e->size[e->label_count] = 1;
    return e->label_count++;
}

static bool contains(const struct labels *labels, int label)
{
    for (int i = 0; i < labels->count; i++)
        if (labels->of[i] == label)
            return true;
    return false;
}

/* The key of an argument's axis. */
static int key_at(const struct term *term, int rank, int axis)
{
    int more = rank - term->count;
    if (term->ellipsis < 0 || axis < term->ellipsis)
        return term->keys[axis];
    if (axis >= term->ellipsis + more)
        return term->keys[axis - more];
    return ELLIPSIS + term->ellipsis + more - 1 - axis;
}

static gck_status bad_rank(const struct reading *r, size_t argument, const char *name,
                           const struct shape *shape)
{
    char text[SHAPE_TEXT];
    const struct term *term = &r->in[argument];
    return REFUSE(r, "term %zu of \"%s\" has %d letter%s%s, but %s has shape %s, %d ax%ss", argument + 1,
                  r->equation, term->count, term->count == 1 ? "" : "s",
                  term->ellipsis < 0 ? "" : " beside the ellipsis", name, shape_text(text, shape), shape->rank,
                  shape->rank == 1 ? "i" : "e");
}

static gck_status too_many_labels(const struct reading *r, const char *name, const struct shape *shape)
{
    char text[SHAPE_TEXT];
    return REFUSE(
        r, "with %s of shape %s \"%s\" has more than %d different labels, those of an ellipsis counted too",
        name, shape_text(text, shape), r->equation, EINSUM_MOST);
}

static gck_status bad_size(const struct reading *r, int label, size_t size, size_t other, const char *name)
{
    if (r->keys[label] < ELLIPSIS)
        return REFUSE(r, "in \"%s\" the label %c is %zu long in %s and %zu before; lengths must be equal or 1",
                      r->equation, r->keys[label], size, name, other);
    return REFUSE(
        r,
        "in \"%s\" axis %d of the ellipsis, counted from its end, is %zu long in %s and %zu before; lengths "
        "must be equal or 1",
        r->equation, r->keys[label] - ELLIPSIS + 1, size, name, other);
}

/* Labels, sizes and strides of one argument. */
static gck_status read_argument(struct reading *r, size_t argument, const struct shape *shape, const char *name)
{
    struct einsum *e = r->einsum;
    const struct term *term = &r->in[argument];
    struct labels *in = &e->in[argument];
    size_t own[EINSUM_MOST];
    ptrdiff_t stride = 1;
    if (term->ellipsis < 0 ? shape->rank != term->count : shape->rank < term->count)
        return bad_rank(r, argument, name, shape);
    for (int axis = 0; axis < shape->rank; axis++) {
        int label = label_of(r, key_at(term, shape->rank, axis));
        size_t size = shape->dim[axis];
        if (label < 0)
            return too_many_labels(r, name, shape);
        if (contains(in, label) && own[label] != size)
            return REFUSE(
                r, "term %zu of \"%s\" has the label %c twice, but these axes of %s are %zu and %zu long",
                argument + 1, r->equation, r->keys[label], name, own[label], size);
        if (size != 1 && e->size[label] != 1 && e->size[label] != size)
            return bad_size(r, label, size, e->size[label], name);
        if (!contains(in, label))
            in->of[in->count++] = label;
        own[label] = size;
        e->size[label] = size != 1 ? size : e->size[label];
    }
    for (int axis = shape->rank; axis-- > 0; stride *= (ptrdiff_t)shape->dim[axis])
        e->stride[argument][label_of(r, key_at(term, shape->rank, axis))] += shape->dim[axis] == 1 ? 0 : stride;
    return GCK_OK;
}

/* An argument's size of 1 is repeated along a longer label: then it does not have the label. */
static void drop_repeated(struct einsum *e)
{
    for (size_t k = 0; k < e->arity; k++) {
        struct labels kept = {0};
        for (int i = 0; i < e->in[k].count; i++)
            if (e->stride[k][e->in[k].of[i]] != 0 || e->size[e->in[k].of[i]] == 1)
                kept.of[kept.count++] = e->in[k].of[i];
        e->in[k] = kept;
    }
}

/* How often a letter occurs before the arrow. */
static int uses(const struct reading *r, int key)
{
    int count = 0;
    for (size_t k = 0; k < r->node->arity; k++)
        for (int i = 0; i < r->in[k].count; i++)
            count += r->in[k].keys[i] == key;
    return count;
}

/* Without an arrow: the ellipsis, then the letters that occur once, in the order of the alphabet. */
static void implicit_out(struct reading *r)
{
    r->out = (struct term){.ellipsis = 0};
    for (int key = 'A'; key <= 'z'; key++) /* what is no letter in between does not occur */
        if (uses(r, key) == 1)
            r->out.keys[r->out.count++] = key;
}

static gck_status add_output(struct reading *r, int key)
{
    struct einsum *e = r->einsum;
    int known = e->label_count, label = label_of(r, key);
    if (label < 0 || label == known)
        return REFUSE(r, "the label %c behind the arrow of \"%s\" is in no term before it", key, r->equation);
    if (contains(&e->out, label))
        return REFUSE(r, "the label %c is twice behind the arrow of \"%s\"", key, r->equation);
    e->out.of[e->out.count++] = label;
    return GCK_OK;
}

static gck_status read_output(struct reading *r)
{
    int axes = 0; /* of the ellipsis */
    bool ellipsis = false;
    gck_status status = GCK_OK;
    for (size_t k = 0; k < r->node->arity; k++)
        ellipsis = ellipsis || r->in[k].ellipsis >= 0;
    for (int i = 0; i < r->einsum->label_count; i++)
        axes = r->keys[i] >= ELLIPSIS + axes ? r->keys[i] - ELLIPSIS + 1 : axes;
    if (!r->explicit_out)
        implicit_out(r);
    else if (r->out.ellipsis >= 0 && !ellipsis)
        return REFUSE(r, "an ellipsis behind the arrow of \"%s\", but none before it", r->equation);
    for (int i = 0; i <= r->out.count && !status; i++) {
        for (int axis = axes; axis-- > 0 && i == r->out.ellipsis && !status;)
            status = add_output(r, ELLIPSIS + axis);
        if (i < r->out.count && !status)
            status = add_output(r, r->out.keys[i]);
    }
    return status;
}

static gck_status read_equation(struct reading *r, const struct shape *const *shapes,
                                const struct argument *arguments)
{
    struct einsum *e = r->einsum;
    r->equation = node_attribute(r->node, "equation")->text;
    *e = (struct einsum){.arity = r->node->arity};
    gck_status status = take_terms(r);
    for (size_t k = 0; k < e->arity && !status; k++)
        status = read_argument(r, k, shapes[k], arguments ? arguments[k].name : "");
    if (!status)
        status = read_output(r);
    if (status)
        return status;
    drop_repeated(e);
    ptrdiff_t stride = 1;
    for (int i = e->out.count; i-- > 0; stride *= (ptrdiff_t)e->size[e->out.of[i]])
        e->stride[e->arity][e->out.of[i]] = stride;
    return GCK_OK;
}

struct einsum einsum_of(const struct node *node, const struct shape *const *shapes)
{
    struct einsum e;
    struct reading reading = {.node = node, .einsum = &e};
    (void)read_equation(&reading, shapes, NULL);
    return e;
}

struct labels labels_outside(const struct einsum *e, const struct labels *part)
{
    struct labels rest = {0};
    for (int i = 0; i < e->label_count; i++)
        if (!contains(part, i))
            rest.of[rest.count++] = i;
    return rest;
}

struct shape labels_shape(const struct einsum *e, const struct labels *labels)
{
    struct shape shape = {.rank = labels->count};
    for (int i = 0; i < labels->count; i++)
        shape.dim[i] = e->size[labels->of[i]];
    return shape;
}

/* The terms of the sum for one element of y, or of an argument's gradient, may have to be put side by side. */
static gck_status sums_fit(size_t *most, const struct reading *r)
{
    const struct einsum *e = r->einsum;
    *most = 0;
    for (size_t k = 0; k <= e->arity; k++) {
        struct labels rest = labels_outside(e, k < e->arity ? &e->in[k] : &e->out);
        struct shape summed = labels_shape(e, &rest);
        size_t terms;
        if (!shape_count_within(&terms, &summed, MOST_TERMS))
            return REFUSE(r,
                          "\"%s\" sums more than %d terms for one element of %s; at most so many are possible",
                          r->equation, MOST_TERMS, k < e->arity ? "a gradient" : "the result");
        *most = terms > *most ? terms : *most;
    }
    return GCK_OK;
}

gck_status rule_einsum(struct node *node, const struct argument *arguments, struct errors *errors)
{
    struct einsum e;
    struct reading reading = {.node = node, .einsum = &e, .errors = errors};
    const struct shape *shapes[EINSUM_MOST];
    size_t most;
    for (size_t k = 0; k < node->arity; k++)
        shapes[k] = &arguments[k].shape;
    gck_status status = read_equation(&reading, shapes, arguments);
    if (!status)
        status = sums_fit(&most, &reading);
    if (status)
        return status;
    struct labels summed = labels_outside(&e, &e.out);
    struct shape sum = labels_shape(&e, &summed);
    node->shape = labels_shape(&e, &e.out);
    node->terms = shape_count(&sum) * node->arity;
    node->scratch = (node->arity + 1) * most;
    return GCK_OK;
}

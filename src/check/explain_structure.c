/* What a gate's Jacobian looks like, and why nobody forms it. */
#include <string.h>

#include "check/explain_parts.h"
#include "real/wide.h"

/* A number with commas between the thousands. */
static void add_count(struct text *text, uint64_t n)
{
    if (n >= 1000) {
        add_count(text, n / 1000);
        text_add(text, ",%03u", (unsigned)(n % 1000));
    } else {
        text_add(text, "%u", (unsigned)n);
    }
}

static size_t count_nonzero(const m_element *x, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += !m_is_zero(x + i);
    return count;
}

static uint64_t count_entries(const gck_jacobian *j)
{
    uint64_t count = 0;
    for (size_t i = 0; i < j->rows * j->columns; i++)
        count += j->entries[i].value != 0 || strspn(j->entries[i].text, "-0.") != strlen(j->entries[i].text);
    return count;
}

static bool off_diagonal_zero(const gck_jacobian *j)
{
    for (size_t r = 0; r < j->rows; r++)
        for (size_t k = 0; k < j->columns; k++)
            if (r != k && j->entries[r * j->columns + k].value != 0)
                return false;
    return true;
}

/* Sum of the columns' sums: the count of ones, where every entry is 0 or 1. */
static uint64_t count_ones(const m_element *ones, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += m_to_double(ones + i);
    return (uint64_t)sum;
}

enum { BIAS = 2 }; /* argument of affine */

/* What a family's Jacobians have in common: which entries can differ from 0. */
struct shape_rule_of_family {
    const char *family;
    const char *sentence;
};

static const char *sentence_of(const struct op *op, size_t k)
{
    static const struct shape_rule_of_family rules[] = {
        {"shapes", "zeros and ones, at most one 1 a row: the backward moves and sums elements"},
        {"reductions", "at most one entry a column: each input element is part of one output"},
        {"softmax",
         "a block for every slice along the axis, zeros outside: the backward needs one sum a slice"},
        {"linear", "the other factor repeated in blocks: the backward is a matrix product"},
    };
    if (k == BIAS && strcmp(op->family, "linear") == 0)
        return "one 1 a row: the backward sums over the batch";
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(op->family, rules[i].family) == 0)
            return rules[i].sentence;
    return NULL;
}

/* Entries that may differ from 0, by what the op does; 0 when nothing is known. */
static void count_by_rule(gck_jacobian *j, const struct graph *graph, const struct node *node, size_t k,
                          const m_element *ones)
{
    uint64_t all = (uint64_t)j->rows * j->columns;
    const struct shape *from = &graph->nodes[node->inputs[k]].shape;
    j->at_most = false;
    if (j->diagonal || j->rows == 1 || strcmp(node->op->family, "reductions") == 0) {
        j->nonzeros = count_nonzero(ones, j->columns);
    } else if (node->op->pointwise) {
        j->nonzeros = j->rows;
        j->at_most = true;
    } else if (strcmp(node->op->family, "shapes") == 0) {
        j->nonzeros = count_ones(ones, j->columns);
    } else if (strcmp(node->op->family, "softmax") == 0) {
        uint64_t length = from->rank ? from->dim[node->axis] : 1;
        bool keeps = j->rows == j->columns;
        j->nonzeros = (uint64_t)j->columns * (keeps ? length : 1);
        j->at_most = true;
    } else if (strcmp(node->op->family, "linear") == 0) {
        j->nonzeros = (uint64_t)j->rows * (k == BIAS || !node->terms ? 1 : node->terms);
        j->at_most = k != BIAS;
    } else {
        j->nonzeros = all;
        j->at_most = true;
    }
}

/* What there is to say in words. */
static void add_words(struct text *text, const struct node *node, const gck_jacobian *j, size_t k)
{
    const char *rule = sentence_of(node->op, k);
    if (j->diagonal) {
        text_add(text, "diagonal");
    } else if (j->rows == 1) {
        text_add(text, "one row: the gradient of a scalar");
    } else if (node->op->pointwise) {
        text_add(text, "one entry a row: the input is repeated by broadcasting, so the backward multiplies "
                       "element by element and sums the copies");
    } else {
        text_add(text, "%s", rule ? rule : "the backward multiplies by it without forming it");
    }
}

/* How many numbers it is made of; for one that is not written down entry by entry. */
static void add_numbers(struct text *text, const gck_jacobian *j)
{
    uint64_t all = (uint64_t)j->rows * j->columns;
    if (j->diagonal) {
        text_add(text, ": ");
        add_count(text, j->columns);
        text_add(text, " numbers instead of ");
        add_count(text, all);
        text_add(text, "; nobody forms it, the backward multiplies element by element");
        if (j->nonzeros < j->columns) {
            text_add(text, "; ");
            add_count(text, j->nonzeros);
            text_add(text, " of them are not zero");
        }
    } else if (j->nonzeros < all) {
        text_add(text, j->at_most ? "; at most " : "; ");
        add_count(text, j->nonzeros);
        text_add(text, " of ");
        add_count(text, all);
        text_add(text, " entries are not zero");
    }
}

gck_status explain_structure(gck_jacobian *j, struct arena *results, const struct graph *graph, size_t at,
                             size_t k, const m_element *ones)
{
    const struct node *node = &graph->nodes[at];
    struct text text = {0};
    bool square = shape_equal(&node->shape, &graph->nodes[node->inputs[k]].shape);
    j->diagonal = square && (j->entries ? off_diagonal_zero(j) : node->op->pointwise);
    if (j->entries)
        j->nonzeros = count_entries(j);
    else
        count_by_rule(j, graph, node, k, ones);
    if (j->rows == 1 && j->columns == 1)
        return GCK_OK;
    add_words(&text, node, j, k);
    if (!j->entries)
        add_numbers(&text, j);
    j->structure = explain_keep(results, &text);
    return j->structure ? GCK_OK : GCK_NO_MEMORY;
}

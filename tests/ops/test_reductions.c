/* sum, mean and amax against loops over multi-indices. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

enum { ROUNDS = 300, MOST_ELEMENTS_HERE = 6 * 6 * 6 * 6 };

/* The flat index of the group that element i of x goes into when the axes are reduced. */
static size_t group_of(const struct shape *x, unsigned axes, size_t i)
{
    size_t group = 0, stride = 1;
    for (int axis = x->rank; axis-- > 0; i /= x->dim[axis])
        if (!(axes >> axis & 1)) {
            group += i % x->dim[axis] * stride;
            stride *= x->dim[axis];
        }
    return group;
}

/* Random attributes for a tensor of this shape: which axes, written in a random way. */
static unsigned random_axes(char *text, size_t size, struct random *random, const struct shape *x)
{
    unsigned axes = (unsigned)random_below(random, (uint64_t)1 << x->rank);
    bool keepdims = random_below(random, 2);
    size_t used = 0;
    if (axes != (1u << x->rank) - 1 || random_below(random, 2)) {
        used += (size_t)snprintf(text, size, "axes=[");
        const char *comma = "";
        for (int i = x->rank; i-- > 0;)
            if (axes >> i & 1) {
                int shown = random_below(random, 2) ? i : i - x->rank;
                used += (size_t)snprintf(text + used, size - used, "%s%d", comma, shown);
                comma = ", ";
            }
        used += (size_t)snprintf(text + used, size - used, "]; ");
    }
    snprintf(text + used, size - used, "keepdims=%s", keepdims ? "true" : "false");
    return axes;
}

static size_t group_size(const struct shape *x, unsigned axes)
{
    size_t count = 1;
    for (int i = 0; i < x->rank; i++)
        count *= axes >> i & 1 ? x->dim[i] : 1;
    return count;
}

static void check_sum(const char *op, struct build *build, const struct shape *x, unsigned axes)
{
    double sums[MOST_ELEMENTS_HERE] = {0};
    struct build_result r = build_double(build);
    double n = strcmp(op, "mean") == 0 ? (double)group_size(x, axes) : 1;
    for (size_t i = 0; i < shape_count(x); i++) {
        sums[group_of(x, axes, i)] += r.value[0][i];
        build_assert_close(r.gradient[0][i], r.seed[group_of(x, axes, i)] / n, 0);
    }
    for (size_t i = 0; i < r.y_count; i++)
        build_assert_close(r.y[i], sums[i] / n, 0);
    build_assert_scalars_agree(build);
    build_assert_accumulates(build);
}

static void sums_and_means(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        const char *op = seed % 2 ? "sum" : "mean";
        struct build build;
        char attributes[128];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 4, 5);
        unsigned axes = random_axes(attributes, sizeof attributes, &build.random, &x);
        size_t input = build_input(&build, x, -1, 1);
        if (build_apply(&build, op, attributes, &input, 1) != NO_NODE)
            check_sum(op, &build, &x, axes);
        else
            assert_true(seed % 2 == 0 && group_size(&x, axes) == 0);
        build_free(&build);
    }
}

/* The largest of each group, and who gets its gradient. */
static void check_amax(struct build *build, const struct shape *x, unsigned axes, const char *ties)
{
    double largest[MOST_ELEMENTS_HERE], count[MOST_ELEMENTS_HERE] = {0};
    size_t first[MOST_ELEMENTS_HERE] = {0}, last[MOST_ELEMENTS_HERE] = {0};
    struct build_result r = build_double(build);
    size_t n = shape_count(x);
    for (size_t i = 0; i < r.y_count; i++)
        largest[i] = -INFINITY;
    for (size_t i = 0; i < n; i++)
        largest[group_of(x, axes, i)] = fmax(largest[group_of(x, axes, i)], r.value[0][i]);
    for (size_t i = 0; i < n; i++) {
        size_t g = group_of(x, axes, i);
        if (r.value[0][i] != largest[g])
            continue;
        if (count[g]++ == 0)
            first[g] = i;
        last[g] = i;
    }
    for (size_t i = 0; i < n; i++) {
        size_t g = group_of(x, axes, i);
        bool wins = strcmp(ties, "first") == 0  ? i == first[g]
                    : strcmp(ties, "last") == 0 ? i == last[g]
                                                : r.value[0][i] == largest[g];
        double share = strcmp(ties, "share") == 0 ? r.seed[g] / count[g] : r.seed[g];
        assert_true(build_same(r.y[g], largest[g]));
        assert_true(build_same(r.gradient[0][i], wins ? share : 0));
    }
    build_assert_scalars_agree(build);
    build_assert_accumulates(build);
}

static void maxima_with_ties(void **state)
{
    (void)state;
    static const char *const ties[] = {"share", "first", "last"};
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attributes[160];
        double numbers[MOST_ELEMENTS_HERE];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 4, 5);
        unsigned axes = random_axes(attributes, sizeof attributes, &build.random, &x);
        strcat(strcat(attributes, "; ties="), ties[seed % 3]);
        for (size_t i = 0; i < shape_count(&x); i++)
            numbers[i] = (double)random_below(&build.random, 4) - 1.5;
        size_t input = build_numbers(&build, x, numbers);
        if (build_apply(&build, "amax", attributes, &input, 1) != NO_NODE)
            check_amax(&build, &x, axes, ties[seed % 3]);
        else
            assert_int_equal(group_size(&x, axes), 0);
        build_free(&build);
    }
}

static void assert_shape(const char *op, const char *x, const char *attributes, const char *expected)
{
    struct build build;
    char text[SHAPE_TEXT];
    build_start(&build, 1);
    long node = build_op(&build, op, x, attributes, -1, 1);
    assert_int_not_equal(node, NO_NODE);
    assert_string_equal(shape_text(text, &build.graph.nodes[node].shape), expected);
    build_free(&build);
}

static void shapes_that_remain(void **state)
{
    (void)state;
    static const char *const ops[] = {"sum", "mean", "amax"};
    for (int i = 0; i < 3; i++) {
        assert_shape(ops[i], "[2, 3, 4]", "", "[]");
        assert_shape(ops[i], "[2, 3, 4]", "keepdims=true", "[1, 1, 1]");
        assert_shape(ops[i], "[2, 3, 4]", "axes=[]", "[2, 3, 4]");
        assert_shape(ops[i], "[2, 3, 4]", "axes=1", "[2, 4]");
        assert_shape(ops[i], "[2, 3, 4]", "axes=-1; keepdims=true", "[2, 3, 1]");
        assert_shape(ops[i], "[2, 3, 4]", "axes=[-3, 2]", "[3]");
        assert_shape(ops[i], "[]", "", "[]");
        assert_shape(ops[i], "[]", "axes=[]; keepdims=true", "[]");
        assert_shape(ops[i], "[0, 3]", "axes=1", "[0]");
        assert_shape(ops[i], "[0, 0]", "axes=0", "[0]");
    }
    assert_shape("sum", "[0, 3]", "", "[]");
}

static void a_sum_of_none_is_zero(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    assert_int_not_equal(build_op(&build, "sum", "[0, 3]", "axes=0", -1, 1), NO_NODE);
    struct build_result r = build_double(&build);
    assert_int_equal(r.y_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(build_same(r.y[i], 0));
    build_assert_scalars_agree(&build);
    build_free(&build);
}

static void refusals(void **state)
{
    (void)state;
    build_assert_refused("sum", "[2, 3]", "axes=2",
                         "sum: axes = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("mean", "[2, 3]", "axes=[0, -3]",
                         "mean: axes = -3 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("sum", "[2, 3]", "axes=[1, -1]", "sum: axes names axis 1 twice");
    build_assert_refused("amax", "[]", "axes=0", "amax: axes = 0, but x0 is a scalar and has no axes");
    build_assert_refused("sum", "[2]", "keepdims=maybe", "sum: keepdims = maybe; it must be true or false");
    build_assert_refused("amax", "[2]", "ties=none", "amax: ties = none; it must be one of share, first, last");
    build_assert_refused(
        "mean", "[0, 3]", "axes=0; keepdims=true",
        "mean: the reduced axes of x0 with shape [0, 3] hold no elements, and the mean of none "
        "is 0 / 0; they must hold at least one");
    build_assert_refused("amax", "[2, 0]", "",
                         "amax: the reduced axes of x0 with shape [2, 0] hold no elements, and none of none is "
                         "the largest; they must hold at least one");
}

/* amax of four numbers and its gradient under a context, the seed being 12. */
static struct build_result four(struct build *build, const double *x, const char *attributes,
                                const m_context *context)
{
    static const double twelve = 12;
    build_start(build, 1);
    size_t input = build_numbers(build, build_shape("[4]"), x);
    assert_int_not_equal(build_apply(build, "amax", attributes, &input, 1), NO_NODE);
    build->graph.seed = (struct values){.doubles = &twelve};
    return build_mpfr_in(build, context);
}

static void nan_is_the_largest(void **state)
{
    (void)state;
    struct build build;
    const double x[] = {1, NAN, 5, NAN};
    m_context context = m_context_wide(53, FLOAT64);
    struct build_result r = four(&build, x, "", &context);
    assert_true(isnan(r.y[0]));
    assert_true(r.gradient[0][0] == 0 && r.gradient[0][1] == 6 && r.gradient[0][2] == 0 &&
                r.gradient[0][3] == 6);
    build_assert_scalars_agree(&build);
    build_free(&build);
}

static void replays_take_the_recorded_branch(void **state)
{
    (void)state;
    struct build build;
    struct decisions recorded = {0}, replay;
    const double x[] = {1, 1 + 0x1p-20, 0.5, 1 - 0x1p-20}; /* one number at 8 bits but for 0.5 */
    m_context context = m_context_wide(8, FLOAT64);
    context.decisions = &recorded;
    struct build_result r = four(&build, x, "", &context);
    assert_true(r.gradient[0][0] == 4 && r.gradient[0][1] == 4 && r.gradient[0][3] == 4);
    assert_int_equal(recorded.count, 6); /* three forward, three backward */
    assert_int_equal(recorded.ties, 4);
    build_free(&build);

    decisions_replay(&replay, &recorded);
    context = m_context_wide(100, FLOAT64);
    context.decisions = &replay;
    r = four(&build, x, "", &context);
    assert_true(r.gradient[0][0] == 4 && r.gradient[0][1] == 4 && r.gradient[0][3] == 4);
    assert_true(build_same(r.y[0], 1));
    assert_int_equal(replay.next, 6);
    assert_false(replay.failed);
    build_free(&build);
    context.decisions = NULL;
    r = four(&build, x, "", &context);
    assert_true(r.gradient[0][1] == 12 && r.y[0] == 1 + 0x1p-20);
    build_free(&build);
    decisions_free(&recorded);
}

static void as_many_decisions_whatever_the_values(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct build build;
        struct decisions recorded = {0};
        build_start(&build, seed);
        assert_int_not_equal(build_op(&build, "amax", "[3, 5, 2]", "axes=[0, 2]", -1, 1), NO_NODE);
        d_context context = {.decisions = &recorded};
        build_double_in(&build, &context);
        assert_int_equal(recorded.count, 2 * 5 * 5);
        decisions_free(&recorded);
        build_free(&build);
    }
}

static void ties_broken_either_way(void **state)
{
    (void)state;
    const double x[] = {2, 1, 2, 2};
    for (int tie = -1; tie <= 1; tie += 2) {
        struct build build;
        struct decisions decisions = {.mode = DECIDE_TIES, .tie = tie};
        m_context context = m_context_wide(53, FLOAT64);
        context.decisions = &decisions;
        struct build_result r = four(&build, x, "", &context);
        for (int i = 0; i < 4; i++)
            assert_true(r.gradient[0][i] == (i == (tie < 0 ? 0 : 3) ? 12 : 0));
        build_free(&build);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_means),
        cmocka_unit_test(maxima_with_ties),
        cmocka_unit_test(shapes_that_remain),
        cmocka_unit_test(a_sum_of_none_is_zero),
        cmocka_unit_test(refusals),
        cmocka_unit_test(nan_is_the_largest),
        cmocka_unit_test(replays_take_the_recorded_branch),
        cmocka_unit_test(as_many_decisions_whatever_the_values),
        cmocka_unit_test(ties_broken_either_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

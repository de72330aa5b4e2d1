/* Shapes: counts, broadcasting, axes, texts. */
#include "tensor/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

static void counts(void **state)
{
    (void)state;
    struct shape shape = build_shape("[]");
    assert_int_equal(shape_count(&shape), 1);
    shape = build_shape("[2, 3, 4]");
    assert_int_equal(shape_count(&shape), 24);
    shape = build_shape("[2, 0, 4]");
    assert_int_equal(shape_count(&shape), 0);
}

static bool within(const char *text, size_t limit, size_t expected)
{
    struct shape shape = build_shape(text);
    size_t count;
    bool fits = shape_count_within(&count, &shape, limit);
    if (fits)
        assert_int_equal(count, expected);
    return fits;
}

static void counts_within_a_limit(void **state)
{
    (void)state;
    assert_true(within("[]", 1, 1));
    assert_true(within("[2, 3, 4]", 24, 24));
    assert_false(within("[2, 3, 4]", 23, 0));
    assert_false(within("[4294967296, 4294967296, 4294967296]", SIZE_MAX, 0));
    assert_true(within("[4294967296, 4294967295]", SIZE_MAX, ((size_t)UINT32_MAX + 1) * UINT32_MAX));
    assert_true(within("[0, 3]", 3, 0));
    assert_false(within("[0, 3]", 2, 0)); /* its strides and sums over its first axis have 3 elements */
    assert_false(within("[4294967296, 4294967296, 0]", SIZE_MAX, 0));
}

static void equality(void **state)
{
    (void)state;
    static const char *const shapes[] = {"[]", "[1]", "[2]", "[2, 1]", "[1, 2]", "[2, 3]"};
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 6; k++) {
            struct shape a = build_shape(shapes[i]), b = build_shape(shapes[k]);
            a.dim[a.rank] = 7; /* what lies behind the rank does not count */
            assert_int_equal(shape_equal(&a, &b), i == k);
        }
}

/* What the two broadcast to, or "none"; the same the other way round. */
static void broadcasts_to(const char *first, const char *second, const char *expected)
{
    char text[SHAPE_TEXT];
    struct shape a = build_shape(first), b = build_shape(second), out, back;
    bool fit = shape_broadcast(&out, &a, &b);
    assert_int_equal(shape_broadcast(&back, &b, &a), fit);
    assert_string_equal(fit ? shape_text(text, &out) : "none", expected);
    assert_true(!fit || shape_equal(&out, &back));
    assert_int_equal(shape_expands(&a, &b), fit && shape_equal(&out, &b));
    assert_int_equal(shape_expands(&b, &a), fit && shape_equal(&out, &a));
}

static void broadcasting(void **state)
{
    (void)state;
    broadcasts_to("[]", "[]", "[]");
    broadcasts_to("[]", "[2, 3]", "[2, 3]");
    broadcasts_to("[3]", "[2, 3]", "[2, 3]");
    broadcasts_to("[2, 1]", "[3]", "[2, 3]");
    broadcasts_to("[2, 1, 4]", "[1, 3, 1]", "[2, 3, 4]");
    broadcasts_to("[1]", "[0]", "[0]");
    broadcasts_to("[0, 1]", "[3]", "[0, 3]");
    broadcasts_to("[1, 1, 1]", "[1]", "[1, 1, 1]");
    broadcasts_to("[2]", "[3]", "none");
    broadcasts_to("[2, 3]", "[2]", "none");
    broadcasts_to("[0]", "[2]", "none");
}

static void broadcast_may_write_over_an_argument(void **state)
{
    (void)state;
    struct shape a = build_shape("[2, 1]"), b = build_shape("[3]"), expected = build_shape("[2, 3]");
    assert_true(shape_broadcast(&a, &a, &b));
    assert_true(shape_equal(&a, &expected));
}

static void reduced(void **state)
{
    (void)state;
    char text[SHAPE_TEXT];
    struct shape shape = build_shape("[2, 0, 4]");
    static const struct {
        unsigned axes;
        const char *dropped, *kept;
    } rows[] = {{0, "[2, 0, 4]", "[2, 0, 4]"},
                {1, "[0, 4]", "[1, 0, 4]"},
                {2, "[2, 4]", "[2, 1, 4]"},
                {5, "[0]", "[1, 0, 1]"},
                {7, "[]", "[1, 1, 1]"}};
    for (int i = 0; i < 5; i++) {
        struct shape out = shape_reduced(&shape, rows[i].axes, false);
        assert_string_equal(shape_text(text, &out), rows[i].dropped);
        out = shape_reduced(&shape, rows[i].axes, true);
        assert_string_equal(shape_text(text, &out), rows[i].kept);
    }
}

static void axes(void **state)
{
    (void)state;
    struct shape shape = build_shape("[2, 3, 4]"), scalar = build_shape("[]");
    for (long given = -3; given < 3; given++) {
        int axis = -1;
        assert_true(shape_axis(&axis, &shape, given));
        assert_int_equal(axis, given < 0 ? given + 3 : given);
    }
    int untouched = 7;
    assert_false(shape_axis(&untouched, &shape, 3));
    assert_false(shape_axis(&untouched, &shape, -4));
    assert_false(shape_axis(&untouched, &scalar, 0));
    assert_false(shape_axis(&untouched, &scalar, -1));
    assert_int_equal(untouched, 7);
}

static void texts(void **state)
{
    (void)state;
    char text[SHAPE_TEXT];
    struct shape shape = build_shape("[2, 3, 4]"), scalar = build_shape("[]"), long_one = {.rank = MOST_RANK};
    assert_string_equal(shape_text(text, &shape), "[2, 3, 4]");
    assert_string_equal(shape_text(text, &scalar), "[]");
    for (int i = 0; i < MOST_RANK; i++)
        long_one.dim[i] = SIZE_MAX;
    assert_int_equal(strlen(shape_text(text, &long_one)), 8 * 20 + 7 * 2 + 2);
    assert_string_equal(shape_index_text(text, &shape, 0), "[0, 0, 0]");
    assert_string_equal(shape_index_text(text, &shape, 23), "[1, 2, 3]");
    assert_string_equal(shape_index_text(text, &shape, 17), "[1, 1, 1]");
    assert_string_equal(shape_index_text(text, &scalar, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),   cmocka_unit_test(counts_within_a_limit),
        cmocka_unit_test(equality), cmocka_unit_test(broadcasting),
        cmocka_unit_test(reduced),  cmocka_unit_test(broadcast_may_write_over_an_argument),
        cmocka_unit_test(axes),     cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of m_dots: a panel of dots equals m_dot column by column, bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "real/real_mpfr.h"

enum { ROWS = 9, COLUMNS = 71, ROOM = ROWS * COLUMNS, LIMBS = 1024 / GMP_NUMB_BITS };

/* A row, a matrix and room for results, with their limbs. */
struct operands {
    m_element row[ROWS], matrix[ROOM], taken[COLUMNS];
    mp_limb_t limbs[ROWS + ROOM + COLUMNS][LIMBS];
};

static void draw(mpfr_ptr x, mp_limb_t *limbs, mpfr_prec_t bits, struct random *random)
{
    mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, bits, limbs);
    uint64_t kind = random_below(random, 8);
    mpfr_set_d(x, (double)(int64_t)random_next(random), MPFR_RNDN);
    if (kind >= 4) /* all limbs in use */
        mpfr_div_ui(x, x, 3, MPFR_RNDN);
    mpfr_mul_2si(x, x, (long)random_below(random, 200) - 100, MPFR_RNDN);
    if (kind == 0)
        mpfr_set_zero(x, random_below(random, 2) ? 1 : -1);
}

static struct operands *operands_new(mpfr_prec_t bits, struct random *random)
{
    struct operands *o = malloc(sizeof *o);
    assert_non_null(o);
    mp_limb_t(*limbs)[LIMBS] = o->limbs;
    for (size_t i = 0; i < ROWS; i++)
        draw(o->row + i, *limbs++, bits, random);
    for (size_t i = 0; i < ROOM; i++)
        draw(o->matrix + i, *limbs++, bits, random);
    for (size_t j = 0; j < COLUMNS; j++)
        draw(o->taken + j, *limbs++, bits, random);
    return o;
}

static void assert_same(mpfr_srcptr a, mpfr_srcptr b)
{
    if (mpfr_nan_p(a) || mpfr_nan_p(b))
        assert_true(mpfr_nan_p(a) && mpfr_nan_p(b));
    else
        assert_true(mpfr_equal_p(a, b) && mpfr_signbit(a) == mpfr_signbit(b));
}

static void check(struct operands *o, m_matrix b, size_t n, size_t width, const m_context *c)
{
    M_LOCAL(alone, c);
    m_dots(o->taken, o->row, 1, b, n, width, c);
    for (size_t j = 0; j < width; j++) {
        m_dot(alone, o->row, 1, b.data + (ptrdiff_t)j * b.columns, b.rows, n, c);
        assert_same(o->taken + j, alone);
    }
}

static void check_layouts(struct operands *o, const m_context *c)
{
    static const size_t widths[] = {0, 1, 2, 31, 32, 33, COLUMNS};
    for (size_t n = 0; n <= ROWS; n++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            check(o, (m_matrix){o->matrix, COLUMNS, 1}, n, widths[w], c);
            check(o, (m_matrix){o->matrix + COLUMNS - 1, COLUMNS, -1}, n, widths[w], c);
            check(o, (m_matrix){o->matrix, 1, ROWS}, n, widths[w], c);
            check(o, (m_matrix){o->matrix + (ROWS - 1) * COLUMNS, -COLUMNS, 1}, n, widths[w], c);
        }
}

static void test_equals_dots(void **state)
{
    (void)state;
    static const mpfr_prec_t widths[] = {M_DOT_WIDE, 128, 200, 256, 1024};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct random random = random_new(31, i);
        struct operands *o = operands_new(widths[i], &random);
        m_context c = m_context_wide(widths[i], FLOAT64);
        check_layouts(o, &c);
        free(o);
    }
}

/* A column with an infinity, a NaN or another precision does not disturb its neighbours. */
static void test_special_columns(void **state)
{
    (void)state;
    struct random random = random_new(32, 0);
    struct operands *o = operands_new(256, &random);
    m_context c = m_context_wide(256, FLOAT64);
    mpfr_set_inf(o->matrix + 3 * COLUMNS + 2, 1);
    mpfr_set_nan(o->matrix + 5 * COLUMNS + 40);
    mpfr_custom_init_set(o->matrix + 1 * COLUMNS + 7, MPFR_REGULAR_KIND, 3, 53, o->limbs[ROWS + COLUMNS + 7]);
    mpfr_set_d(o->matrix + 1 * COLUMNS + 7, 1.25, MPFR_RNDN);
    for (size_t i = 0; i < ROWS; i++)
        mpfr_set_zero(o->matrix + i * COLUMNS + 11, -1);
    check_layouts(o, &c);
    assert_true(mpfr_regular_p(o->taken) && mpfr_inf_p(o->taken + 2) != mpfr_nan_p(o->taken + 2));
    assert_true(mpfr_nan_p(o->taken + 40));
    mpfr_set_inf(o->row + 2, -1);
    check_layouts(o, &c);
    free(o);
}

/* Contexts that round every operation fall back on their order. */
static void test_in_order(void **state)
{
    (void)state;
    struct random random = random_new(33, 0);
    struct operands *o = operands_new(53, &random);
    m_context c = m_context_dtype(FLOAT64);
    check_layouts(o, &c);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_dots),
        cmocka_unit_test(test_special_columns),
        cmocka_unit_test(test_in_order),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}

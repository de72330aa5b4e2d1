/* Generated tensors: the numbers that docs/case-format.md promises. They were computed from its rules with
 * Python's fractions (exact values, rounded once by float()), by a program that shares nothing with this one.
 */
#include "case/generate.h"
#include "case_text.h"

static const double *doubles_of(struct case_file **file, const char *input)
{
    *file = case_with(input, "  - y = sum(x)", "");
    const struct node *x = &(*file)->graph.nodes[0];
    assert_non_null(x->values.doubles);
    return x->values.doubles;
}

static void test_uniform(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        size_t n;
        double x[4];
    } table[] = {
        {"{x: {shape: [4], fill: uniform, low: -1, high: 1, seed: 1}}",
         4,
         {0x1.b849fcp-1, 0x1.5b6b6p-1, -0x1.56b4fcp-1, 0x1.af909p-3}},
        {"{x: {shape: [2, 2], fill: uniform, low: -0.001, high: 0.0025, seed: 7}}",
         4,
         {0x1.4ab4ac083126fp-15, 0x1.3ef4228f5c28fp-9, 0x1.01adba5e353f8p-13, -0x1.e7b21cac08312p-12}},
        {"{x: {shape: [3], fill: uniform, low: 1e8, high: 35.0E+7, seed: 18446744073709551615}}",
         3,
         {0x1.a0e7cfe520ap+26, 0x1.d2054fbe465p+27, 0x1.07cad23d94bp+27}},
        {"{x: {shape: [3], fill: uniform, low: 1e-22, high: 0.3e-21, seed: 0}}",
         3,
         {0x1.6643ee6bac0bdp-72, 0x1.d48d3af026e95p-73, 0x1.41458bdbc8dc2p-73}},
        {"{x: {shape: [3], fill: uniform, low: 0.1, high: 0.300, seed: 42}}",
         3,
         {0x1.ec74b66666666p-4, 0x1.6397fcccccccdp-3, 0x1.03245a6666666p-2}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct case_file *file;
        const double *x = doubles_of(&file, table[i].input);
        assert_memory_equal(x, table[i].x, table[i].n * sizeof *x);
        case_free(file);
    }
}

static void test_normal(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        size_t n;
        double x[4];
    } table[] = {
        {"{x: {shape: [4], fill: normal, seed: 1}}", 4, {0x1.326cp-2, -0x1.a5ap-2, -0x1.883p-3, -0x1.f04cp-2}},
        {"{x: {shape: [4], fill: normal, mean: 0.3, std: 0.01, seed: 7}}",
         4,
         {0x1.2e4247ae147aep-2, 0x1.4948d70a3d70ap-2, 0x1.388e7ae147ae1p-2, 0x1.3740f5c28f5c3p-2}},
        {"{x: {shape: [3], fill: normal, mean: -1e3, std: 2.5, seed: 99}}",
         3,
         {-0x1.f2f76ep+9, -0x1.f40de44p+9, -0x1.f416b48p+9}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct case_file *file;
        const double *x = doubles_of(&file, table[i].input);
        assert_memory_equal(x, table[i].x, table[i].n * sizeof *x);
        case_free(file);
    }
}

static void test_integers(void **state)
{
    (void)state;
    static const int64_t a[] = {5, 1, 9, 8, 1, 9, 5, 5}, b[] = {1, 1, -5, -5, 3, 2};
    int64_t x[8];
    generate_integers(x, 8, 0, 10, 3);
    assert_memory_equal(x, a, sizeof a);
    generate_integers(x, 6, -5, 6, 4);
    assert_memory_equal(x, b, sizeof b);
}

static void test_constant(void **state)
{
    (void)state;
    struct case_file *file =
        case_with("{x: {shape: [3], fill: constant, value: 1e-400}}", "  - y = sum(x)", "");
    assert_string_equal(file->graph.nodes[0].values.texts[2], "1e-400");
    case_free(file);
}

/* The bounds are taken exactly or not at all. */
static void test_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool right;
        int64_t m, n;
        int exponent;
    } table[] = {
        {"0", "1", true, 0, 1, 0},
        {"-0.5", "20", true, -5, 200, -1},
        {"1000", "2000", true, 1, 2, 3},
        {"1.000000000000000000000000000", "0.2", true, 10, 2, -1},
        {"536870911", "-536870911", true, 536870911, -536870911, 0},
        {"536870912", "0", false, 0, 0, 0},
        {"5.36870911", "1e-9", false, 0, 0, 0},
        {"1e22", "0", true, 1, 0, 22},
        {"1e23", "0", false, 0, 0, 0},
        {"0e99999", "1e-22", true, 0, 1, -22},
        {"1e-23", "1e-22", false, 0, 0, 0},
        {"1e99999999999999999999", "1", false, 0, 0, 0},
        {"0.00000000000000000000000000000000001e35", "1", true, 1, 1, 0},
        {"100000000010000000000", "1", false, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct decimals d;
        bool right = decimals_read(&d, table[i].a, table[i].b);
        if (right != table[i].right ||
            (right && (d.a != table[i].m || d.b != table[i].n || d.exponent != table[i].exponent)))
            fail_msg("%s and %s: %d %lld %lld e%d", table[i].a, table[i].b, right, (long long)d.a,
                     (long long)d.b, d.exponent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uniform),  cmocka_unit_test(test_normal),   cmocka_unit_test(test_integers),
        cmocka_unit_test(test_constant), cmocka_unit_test(test_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

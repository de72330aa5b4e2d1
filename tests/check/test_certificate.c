/* The certificate: proves a right reference, finds a wrong one, and says so when it cannot tell. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "real/wide.h"
#include "support/engines.h"
#include "support/proving.h"

static gck_certificate certify(struct proving *p)
{
    gck_certificate certificate;
    assert_int_equal(certificate_take(&certificate, &p->proof), GCK_OK);
    return certificate;
}

static void spoil_level(struct proving *p, int level, size_t node, size_t index, double error)
{
    assert_int_equal(ladder_reach(&p->ladder, level), GCK_OK);
    m_element *g = m_evaluation_gradient(p->ladder.levels[level].evaluation, node) + index;
    m_context c = m_context_wide(p->ladder.levels[level].bits, FLOAT64);
    M_LOCAL(factor, &c);
    M_LOCAL(one, &c);
    m_set_double(factor, error, &c);
    m_set_si(one, 1, &c);
    m_add(factor, factor, one, &c);
    m_mul(g, g, factor, &c);
}

/* Makes the reference's own gradient of element `index` wrong by a relative `error`, at every precision. */
static void spoil(struct proving *p, const char *name, size_t index, double error)
{
    for (int level = 0; level <= p->proof.most_level; level++)
        spoil_level(p, level, proving_node(p, name), index, error);
}

static const char net_inputs[] = "{x: {shape: [1, 100], fill: uniform, low: -1, high: 1, seed: 5}, "
                                 "W: {shape: [100, 100], fill: uniform, low: -1, high: 1, seed: 6}, "
                                 "b: {shape: [100], fill: uniform, low: -1, high: 1, seed: 7}}";
static const char net_graph[] = "  - z = affine(x, W, b)\n  - a = tanh(z)\n  - y = sum(a)";

static void right_references_are_proved(void **state)
{
    (void)state;
    struct proving p;
    proving_new(&p, net_inputs, net_graph, "", FLOAT64, 256, 0);
    gck_certificate c = certify(&p);
    assert_verdict(c.verdict, GCK_VERDICT_OK);
    assert_int_equal(c.directions, 8); /* three parameters alone, and together; each scaled two ways */
    assert_int_equal(c.bits, 256);
    assert_true(c.agreement < 1e-38);
    assert_true(c.error < 1e-38 && c.error > 0);
    assert_true(fabs(c.order - 2) < 0.01);
    assert_false(c.exact);
    proving_free(&p);
}

/* Six directions of a product with 262,144 terms are much: each factor alone is scaled one way. A wrong element
 * does not pass for it. */
static void costly_graphs_take_fewer_directions(void **state)
{
    (void)state;
    struct proving p;
    proving_new(&p,
                "{x: {shape: [64, 64], fill: uniform, low: -1, high: 1, seed: 8}, "
                "W: {shape: [64, 64], fill: uniform, low: -1, high: 1, seed: 9}}",
                "  - a = matmul(x, W)\n  - y = sum(a)", "", FLOAT64, 128, 0);
    gck_certificate c = certify(&p);
    assert_verdict(c.verdict, GCK_VERDICT_OK);
    assert_int_equal(c.directions, 4); /* two parameters alone, and together scaled two ways */
    spoil(&p, "W", 1234, 1e-12);
    assert_verdict(certify(&p).verdict, GCK_VERDICT_WRONG);
    proving_free(&p);
}

/* No direction but the joint ones, so these must see what is wrong in the parameter that counts least. */
static void the_costliest_graphs_are_proved_jointly(void **state)
{
    (void)state;
    const char *const spoilt[] = {NULL, "W", "t"};
    for (size_t k = 0; k < 3; k++) {
        struct proving p;
        proving_new(&p,
                    "{x: {shape: [64, 64], fill: uniform, low: -1, high: 1, seed: 8}, "
                    "W: {shape: [64, 200], fill: uniform, low: -1, high: 1, seed: 9}, t: 0.7}",
                    "  - a = matmul(x, W)\n  - b = tanh(a)\n  - s = sum(b)\n  - q = square(t)\n"
                    "  - y = s + q * 1e-12",
                    "", FLOAT64, 256, 0);
        if (spoilt[k])
            spoil(&p, spoilt[k], 0, 1e-10);
        gck_certificate c = certify(&p);
        assert_verdict(c.verdict, spoilt[k] ? GCK_VERDICT_WRONG : GCK_VERDICT_OK);
        assert_int_equal(c.directions, 2);
        proving_free(&p);
    }
}

static void one_wrong_element_of_many_is_found(void **state)
{
    (void)state;
    const double errors[] = {0.1, 1e-8, 1e-14, 1e-25};
    const char *const wrt[] = {"wrt: [W]", ""};
    for (int k = 0; k < 8; k++) {
        struct proving p;
        proving_new(&p, net_inputs, net_graph, wrt[k / 4], FLOAT64, 256, 0);
        spoil(&p, "W", 7313, errors[k % 4]);
        gck_certificate c = certify(&p);
        if (errors[k % 4] < 1e-20) { /* far below what the dtype could see: not worth a word */
            assert_verdict(c.verdict, GCK_VERDICT_OK);
        } else {
            assert_verdict(c.verdict, GCK_VERDICT_WRONG);
        }
        /* one of 10,000 elements, of about their size: the share of the sum that is off */
        assert_in_range((long)-log10(c.agreement / errors[k % 4]), 2, 6);
        proving_free(&p);
    }
}

static void tiny_and_huge_elements_do_not_hide(void **state)
{
    (void)state;
    for (size_t index = 0; index < 3; index++) {
        struct proving p;
        proving_new(&p, "{x: [1e-20, 1, 1e20], w: [3e20, 0.7, 5e-20]}",
                    "  - a = x * w\n  - b = tanh(a)\n  - y = sum(b)", "wrt: [x]", FLOAT64, 256, 2);
        assert_verdict(certify(&p).verdict, GCK_VERDICT_OK);
        spoil(&p, "x", index, 1e-6);
        assert_verdict(certify(&p).verdict, GCK_VERDICT_WRONG);
        proving_free(&p);
    }
}

static void linear_functions_are_said_to_be(void **state)
{
    (void)state;
    struct proving p;
    proving_new(&p, "{x: [1, 2, 3]}", "  - y = sum(x)", "", FLOAT64, 256, 0);
    gck_certificate c = certify(&p);
    assert_verdict(c.verdict, GCK_VERDICT_OK);
    assert_true(c.exact && isnan(c.order));
    proving_free(&p);
}

static void gradients_that_overflow_the_dtype_are_proved_too(void **state)
{
    (void)state;
    struct proving p;
    proving_new(&p, "{x: [300, 1]}", "  - a = x ** 3\n  - y = sum(a)", "", FLOAT16, 256, 0);
    assert_true(isinf(p.budget.gradient[0][0]));
    assert_verdict(certify(&p).verdict, GCK_VERDICT_OK);
    spoil(&p, "x", 0, 1e-3);
    assert_verdict(certify(&p).verdict, GCK_VERDICT_WRONG);
    proving_free(&p);
}

static gck_certificate of_run(const char *inputs, const char *graph, int bits, int max_bits,
                              gck_verdict *verdict)
{
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT64;
    options.bits = bits;
    options.max_bits = max_bits;
    gck_result *result = check_text(inputs, graph, "", NULL, &options);
    gck_certificate c = result->runs[0].certificate;
    *verdict = result->verdict;
    gck_result_free(result);
    return c;
}

static void what_is_not_resolved_is_inconclusive(void **state)
{
    (void)state;
    gck_verdict verdict;
    gck_certificate c = of_run("{x: 0.3}", "  - y = 1 + 1e-60 * tanh(x)", 256, 256, &verdict);
    assert_verdict(c.verdict, GCK_VERDICT_INCONCLUSIVE);
    assert_verdict(verdict, GCK_VERDICT_INCONCLUSIVE);
    c = of_run("{x: 0.3}", "  - y = 1 + 1e-60 * tanh(x)", 256, 1024, &verdict);
    assert_verdict(c.verdict, GCK_VERDICT_OK);
    assert_in_range(c.bits, 512, 1024);
    assert_verdict(verdict, GCK_VERDICT_OK);
}

/* At 256 bits 1 - cos x is 0 here, and so is every difference: all digits lost, without a trace. */
static void lost_digits_are_not_called_wrong(void **state)
{
    (void)state;
    gck_verdict verdict;
    gck_certificate c = of_run("{x: 1e-50}", "  - y = (1 - cos(x)) / x ** 2", 256, 4096, &verdict);
    assert_verdict(c.verdict, GCK_VERDICT_OK);
    assert_verdict(verdict, GCK_VERDICT_INCONCLUSIVE); /* float64 gives 0 for y = 1/2: it cannot tell */
    c = of_run("{x: 1e-12}", "  - y = sqrt(x * x + 1) - 1", 64, 1024,
               &verdict); /* 0 at 64 bits, 5e-25 in truth */
    assert_int_not_equal(c.verdict, GCK_VERDICT_WRONG);
    assert_verdict(verdict, GCK_VERDICT_INCONCLUSIVE);
}

/* No gradient, no digits to agree on, whatever the precision. The certificate settles it from 1024 bits on at
 * the latest; with fewer allowed it must not claim a disagreement. */
static void zero_gradients_at_any_precision(void **state)
{
    (void)state;
    static const struct {
        int bits, max_bits;
    } limits[] = {{64, 4096}, {128, 128}, {256, 256}, {256, 1024}, {2048, 2048}, {4096, 4096}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (int dtype = 0; dtype < GCK_DTYPES; dtype++) {
            gck_options options = gck_options_default();
            options.dtypes = 1u << dtype;
            options.bits = limits[i].bits;
            options.max_bits = limits[i].max_bits;
            gck_result *result =
                check_text("{x: [[-1.13, 1.8, -0.15], [-0.42, -1.86, -1.32]]}", "  - y = softmax(x, axis=1)",
                           "seed: [[2, 2, 2], [-3, -3, -3]]", NULL, &options);
            gck_verdict verdict = result->verdict;
            bool may_stay_open = limits[i].max_bits < 1024 && verdict == GCK_VERDICT_INCONCLUSIVE;
            if (verdict != GCK_VERDICT_OK && !may_stay_open)
                fail_msg("%d to %d bits: %s", limits[i].bits, limits[i].max_bits, gck_verdict_name(verdict));
            assert_true(verdict != GCK_VERDICT_OK || result->runs[0].tensors[0].zero);
            gck_result_free(result);
        }
}

static void zero_gradients_pass_and_say_so(void **state)
{
    (void)state;
    static const struct {
        const char *inputs, *graph;
        const char *parameter;
    } cases[] = {
        {"{x: [[0.3, -1.7], [2.1, 0.4], [-0.9, 1.3]], b: [0.5, 0.25], s: [[1, -2], [0.3, 0.7], [1.1, -0.6]]}",
         "  - z = x + b\n  - m = mean(z, axes=[0], keepdims=true)\n  - d = z - m\n  - e = d * d\n  - w = e * "
         "s\n"
         "  - y = sum(w)",
         "b"},
        {"{b: [0.3, -1.7, 2.1]}", "  - p = softmax(b)\n  - y = sum(p)", "b"},
        {"{b: [0.7, -0.2]}", "  - s = sin(b) ** 2\n  - c = cos(b) ** 2\n  - t = s + c\n  - y = sum(t)", "b"},
        {"{b: [-1, -2], x: 3}", "  - r = relu(b)\n  - t = sum(r)\n  - y = t * x + x", "b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gck_result *result = check_text(cases[i].inputs, cases[i].graph, "", NULL, NULL);
        assert_verdict(result->verdict, GCK_VERDICT_OK);
        size_t found = 0;
        for (size_t k = 0; k < result->runs[0].tensor_count; k++) {
            const gck_tensor *t = &result->runs[0].tensors[k];
            bool named = t->name[0] == cases[i].parameter[0];
            found += named;
            assert_true(!named || t->zero);
            assert_true(named || !t->zero);
        }
        assert_int_equal(found, 1);
        gck_result_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_references_are_proved),
        cmocka_unit_test(costly_graphs_take_fewer_directions),
        cmocka_unit_test(the_costliest_graphs_are_proved_jointly),
        cmocka_unit_test(one_wrong_element_of_many_is_found),
        cmocka_unit_test(tiny_and_huge_elements_do_not_hide),
        cmocka_unit_test(linear_functions_are_said_to_be),
        cmocka_unit_test(gradients_that_overflow_the_dtype_are_proved_too),
        cmocka_unit_test(what_is_not_resolved_is_inconclusive),
        cmocka_unit_test(lost_digits_are_not_called_wrong),
        cmocka_unit_test(zero_gradients_at_any_precision),
        cmocka_unit_test(zero_gradients_pass_and_say_so),
    };
    return cmocka_run_group_tests_name("certificate", tests, NULL, NULL);
}

/* Answers of engines: what is asked, what is copied, and what is made of nonsense. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/engines.h"
#include "support/proving.h"

/* What the engine saw, and what it is to do. */
struct seen {
    void (*act)(gck_answer *answer, const gck_request *request);
    size_t calls;
};

static void grad(gck_answer *answer, const gck_request *request, void *user)
{
    struct seen *seen = user;
    seen->calls++;
    seen->act(answer, request);
}

/* Asks such an engine about a case in float32. The answer is freed by the caller, then the proving. */
static void ask(gck_answer *answer, struct proving *p, void (*act)(gck_answer *, const gck_request *))
{
    static const char rows[] = "  - r = relu(z)\n  - q = r * W\n  - s = sum(q, axes=[0, 1], keepdims=false)\n"
                               "  - l = leaky_relu(s, slope=0.01)\n  - y = l * 2";
    struct seen seen = {.act = act};
    gck_engine engine = {.name = "seen", .grad = grad, .user = &seen};
    proving_new(p, "{z: [[1, 2, 0.1]], W: [[3], [4]]}", rows, "wrt: [W]", FLOAT32, 64, 0);
    assert_int_equal(answer_ask(answer, &engine, "some/id", &p->file->graph, &p->binding), GCK_OK);
    assert_int_equal(seen.calls, 1);
}

static void look(gck_answer *answer, const gck_request *request)
{
    char text[64], small[4];
    (void)answer;
    assert_string_equal(request->id, "some/id");
    assert_int_equal(request->dtype, GCK_FLOAT32);
    size_t wanted = 0, found = 0;
    for (size_t i = 0; i < request->node_count; i++) {
        const gck_node *n = &request->nodes[i];
        wanted += n->wanted;
        for (size_t k = 0; k < n->arity; k++)
            assert_true(n->inputs[k] < i);
        assert_int_equal(n->op == NULL, n->values != NULL);
        if (n->name && strcmp(n->name, "z") == 0) {
            assert_int_equal(n->rank, 2);
            assert_int_equal(n->dims[0], 1);
            assert_int_equal(n->dims[1], 3);
            assert_int_equal(n->count, 3);
            assert_true(n->values[2] == (double)0.1f);
            assert_false(n->wanted);
        } else if (n->op && strcmp(n->op, "sum") == 0) {
            found++;
            assert_string_equal(gck_request_attribute(request, i, "axes", text, sizeof text), "[0, 1]");
            assert_string_equal(gck_request_attribute(request, i, "keepdims", text, sizeof text), "false");
            assert_null(gck_request_attribute(request, i, "nonsense", text, sizeof text));
            assert_string_equal(gck_request_attribute(request, i, "axes", small, sizeof small), "[0,");
        } else if (n->op && strcmp(n->op, "leaky_relu") == 0) {
            found++;
            assert_string_equal(gck_request_attribute(request, i, "slope", text, sizeof text), "0.01");
        } else if (n->op && strcmp(n->op, "relu") == 0) {
            found++;
            assert_null(gck_request_attribute(request, i, "slope", text, sizeof text));
        }
    }
    assert_int_equal(wanted, 1);
    assert_int_equal(found, 3);
    assert_true(request->seed[0] == 1);
}

static void requests_hold_the_graph(void **state)
{
    (void)state;
    gck_answer answer;
    struct proving p;
    ask(&answer, &p, look);
    assert_int_equal(answer.state, ANSWER_GIVEN);
    assert_null(answer.value);
    answer_free(&answer);
    proving_free(&p);
}

static size_t wanted_node(const gck_request *request)
{
    size_t i = 0;
    while (!request->nodes[i].wanted)
        i++;
    return i;
}

static void give_numbers(gck_answer *answer, const gck_request *request)
{
    double g[] = {0.1, 1e300}, y = 0.1;
    const size_t dims[] = {2, 1};
    gck_answer_gradient(answer, wanted_node(request), g, 2, dims);
    gck_answer_value(answer, &y, 1);
    g[0] = y = 7;
}

static void numbers_are_copied_and_rounded(void **state)
{
    (void)state;
    gck_answer answer;
    struct proving p;
    ask(&answer, &p, give_numbers);
    const struct gradient_given *given = &answer.gradients[proving_node(&p, "W")];
    assert_true(given->numbers[0] == (double)0.1f);
    assert_true(isinf(given->numbers[1]));
    assert_true(answer.value[0] == (double)0.1f);
    answer_free(&answer);
    proving_free(&p);
}

static void give_nonsense(gck_answer *answer, const gck_request *request)
{
    const double g[] = {1, 2};
    const size_t empty[] = {0, 5}, huge[] = {(size_t)1 << 40, (size_t)1 << 40};
    const size_t nine[] = {1, 1, 1, 1, 1, 1, 1, 1, 2};
    gck_answer_gradient(answer, request->node_count, g, 1, empty);
    gck_answer_gradient(answer, (size_t)-1, g, 1, empty);
    gck_answer_gradient(answer, 0, g, 2, empty);
    gck_answer_gradient(answer, 1, g, 2, huge);
    gck_answer_gradient(answer, 2, g, 9, nine);
    gck_answer_gradient(answer, 3, g, -1, NULL);
    gck_answer_gradient(answer, 4, NULL, 2, empty);
    gck_answer_value(answer, NULL, 1);
    gck_answer_value(answer, g, 2);
}

static void nonsense_is_survived(void **state)
{
    (void)state;
    gck_answer answer;
    struct proving p;
    ask(&answer, &p, give_nonsense);
    for (size_t i = 0; i < 5; i++) /* something came: of the wrong shape, which is not the same as missing */
        assert_non_null(answer.gradients[i].numbers);
    assert_null(answer.value);
    assert_int_equal(answer.value_count, 2);
    answer_free(&answer);
    proving_free(&p);
}

static void give_up_silently(gck_answer *answer, const gck_request *request)
{
    (void)request;
    gck_answer_error(answer, NULL);
}

static void an_error_may_have_no_text(void **state)
{
    (void)state;
    gck_answer answer;
    struct proving p;
    ask(&answer, &p, give_up_silently);
    assert_int_equal(answer.state, ANSWER_ERROR);
    assert_null(answer.message);
    answer_free(&answer);
    proving_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_hold_the_graph),
        cmocka_unit_test(numbers_are_copied_and_rounded),
        cmocka_unit_test(nonsense_is_survived),
        cmocka_unit_test(an_error_may_have_no_text),
    };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}

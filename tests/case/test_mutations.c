/* 20,000 damaged cases: whatever the bytes, the reader answers with a case or with errors that have places. */
#include "base/random.h"
#include "case_text.h"

static const char *const good[] = {
    "gradcheck: 1\nid: a/b\ninputs: {x: -2, y: 5, z: -4}\ngraph:\n  - q = add(x, y)\n  - f = q * z\noutput: f\n"
    "wrt: [x, y, z]\nexpect:\n  value: {q: 3, f: -12}\n  grad: {q: -4, x: -4}\n  by: closed-form\n",
    "gradcheck: 1\nid: a/b\ninputs:\n  x: [[1, 2.5], [3, -4e-3]]\n  t: {dtype: int64, data: [1, 0]}\n"
    "  w: {shape: [2, 3], fill: uniform, low: -1, high: 1, seed: 7}\ngraph: |\n  a = matmul(x, w) # first\n"
    "  L = softmax_cross_entropy(a, t, reduction=mean) + 0.5 * sum(w ** 2, axes=[0, 1])\noutput: L\n",
    "gradcheck: 1\nid: k\ndtypes: [float64]\ninputs: {x: [0, 1]}\ngraph:\n  - expr: \"y = 1 / (1 + exp(-x))\"\n"
    "    claim: {x: y * (1 - y)}\noutput: y\nseed: [1, 2]\nkinks:\n  - {at: 'x[0]', choice: c, allowed: [0, "
    "1]}\n"
    "limits: {bits: 256, exhaustive: all}\nequals:\n  graph:\n    - y = sigmoid(x)\n  output: y\n",
    "{\"gradcheck\": 1, \"id\": \"j\", \"inputs\": {\"x\": [1, \"inf\"], \"u\": {\"shape\": [2], \"data\": [1, "
    "2]}}, "
    "\"graph\": [\"y = mean(square(x - u))\"], \"output\": \"y\", \"wrt\": [\"u\"]}",
};

/* Bytes that mean something to the reader. */
static const char spice[] = "{}[]()-+*/=,:#'\"\\|>&!%@ \n\t\r0129eE._xy\xff\xc3\x80";

/* Returns the new size. */
static size_t mutate(char *bytes, size_t size, size_t room, struct random *random)
{
    size_t at = (size_t)random_below(random, size), length = 1 + (size_t)random_below(random, 12);
    switch (random_below(random, 6)) {
    case 0:
        bytes[at] = (char)random_below(random, 256);
        return size;
    case 1:
        bytes[at] = spice[random_below(random, sizeof spice - 1)];
        return size;
    case 2: /* insert */
        if (size == room)
            return size;
        memmove(bytes + at + 1, bytes + at, size - at);
        bytes[at] = spice[random_below(random, sizeof spice - 1)];
        return size + 1;
    case 3: /* delete */
        length = length < size - at ? length : size - at - 1;
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length;
    case 4: /* repeat */
        length = length < size - at ? length : size - at;
        if (size + length > room)
            return size;
        memmove(bytes + at + length, bytes + at, size - at);
        return size + length;
    default: /* cut off */
        return random_below(random, 20) ? size : at + 1;
    }
}

static void check(const char *bytes, size_t size, size_t *accepted)
{
    struct errors errors = {0};
    struct case_file *file = NULL;
    gck_status status = case_read(&file, "m.yaml", bytes, size, NULL, &errors);
    assert_int_equal(status == GCK_OK, errors.count == 0);
    assert_int_equal(status == GCK_OK, file != NULL);
    assert_true(status == GCK_OK || status == GCK_BAD_CASE);
    for (const struct error *error = errors.first; error; error = error->next) {
        assert_string_equal(error->place.file, "m.yaml");
        assert_true(error->place.line >= 1 && error->place.column >= 1);
    }
    *accepted += status == GCK_OK;
    case_free(file);
    errors_free(&errors);
}

static void test_mutations(void **state)
{
    (void)state;
    enum { ROUNDS = 20000, ROOM = 2048 };
    size_t accepted = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct random random = random_new(20240229, round);
        const char *text = good[round % (sizeof good / sizeof *good)];
        char bytes[ROOM];
        size_t size = strlen(text);
        memcpy(bytes, text, size);
        for (uint64_t n = 1 + random_below(&random, 4); n > 0; n--)
            size = mutate(bytes, size, ROOM, &random);
        char *exact = test_malloc(size); /* so that reading past the end is seen */
        memcpy(exact, bytes, size);
        check(exact, size, &accepted);
        test_free(exact);
    }
    assert_in_range(accepted, ROUNDS / 50, ROUNDS / 2); /* the damage is real, and not always deadly */
}

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        case_free(case_of(good[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_mutations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Renamings: what is one, and where the elements go when axes are reordered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "engine/renaming.h"

static void test_reads(void **state)
{
    struct arena arena = {0};
    struct errors errors = {0};
    struct renaming r;
    (void)state;
    assert_int_equal(renaming_read(&r, &arena, "fc1.weight=W1", &errors), GCK_OK);
    assert_string_equal(r.from, "fc1.weight");
    assert_string_equal(r.to, "W1");
    assert_false(r.reversed || r.rank);
    assert_int_equal(renaming_read(&r, &arena, "a=b:c=W:T", &errors), GCK_OK);
    assert_string_equal(r.from, "a=b:c");
    assert_string_equal(r.to, "W");
    assert_true(r.reversed);
    assert_int_equal(renaming_read(&r, &arena, "=K:7,6,5,4,3,2,1,0", &errors), GCK_OK);
    assert_string_equal(r.from, "");
    assert_int_equal(r.rank, 8);
    assert_int_equal(r.axes[0], 7);
    assert_int_equal(renaming_read(&r, &arena, "x=y:0", &errors), GCK_OK);
    assert_int_equal(r.rank, 1);
    static const char *const bad[] = {
        "",       "W",       "=",       "x=",       "x=:T",  "x=y:",    "x=y:t",
        "x=y:1",  "x=y:0,0", "x=y:0,2", "x=y:0,1,", "x=y:8", "x=y:0 1", "x=y:0,1,2,3,4,5,6,7,8",
        "x=y:T,0"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(renaming_read(&r, &arena, bad[i], &errors), GCK_BAD_USAGE);
    assert_non_null(strstr(errors.first->message, "TENSOR=PARAMETER"));
    errors_free(&errors);
    arena_free(&arena);
}

/* Every element of random tensors, under random permutations, against its multi-index. */
static void test_reorders(void **state)
{
    enum { ROUNDS = 500, MOST = 4 * 4 * 4 * 4 };
    struct random random = random_new(5, 5);
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct renaming r = {.rank = (int)random_below(&random, 5)};
        struct shape shape = {.rank = r.rank}, reordered;
        double in[MOST], out[MOST];
        for (int i = 0; i < r.rank; i++) {
            int j = (int)random_below(&random, (uint64_t)i + 1);
            shape.dim[i] = (size_t)random_below(&random, 5);
            r.axes[i] = r.axes[j];
            r.axes[j] = i;
        }
        r.reversed = random_below(&random, 4) == 0;
        for (int i = 0; i < r.rank && r.reversed; i++)
            r.axes[i] = r.rank - 1 - i;
        assert_true(renaming_shape(&reordered, &r, &shape));
        size_t count = shape_count(&shape);
        for (size_t k = 0; k < count; k++)
            in[k] = (double)k;
        renaming_numbers(out, &r, in, &shape);
        for (size_t k = 0; k < count; k++) {
            size_t index[MOST_RANK], rest = k, from = 0;
            for (int i = r.rank; i-- > 0; rest /= reordered.dim[i])
                index[r.axes[i]] = rest % reordered.dim[i];
            for (int i = 0; i < r.rank; i++)
                from = from * shape.dim[i] + index[i];
            assert_true(out[k] == (double)from);
        }
    }
}

static void test_ranks(void **state)
{
    struct renaming r = {.rank = 2, .axes = {1, 0}};
    struct shape out, shape = {.rank = 3, .dim = {1, 2, 3}};
    (void)state;
    assert_false(renaming_shape(&out, &r, &shape));
    r = (struct renaming){.reversed = true};
    assert_true(renaming_shape(&out, &r, &shape));
    assert_int_equal(out.dim[0], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_reorders),
        cmocka_unit_test(test_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

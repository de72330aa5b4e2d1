/* Picks: what --param accepts, and which elements it means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "report/pick.h"

static const size_t dims[] = {4, 5};
static const gck_tensor matrix = {.name = "W1", .rank = 2, .dims = dims, .count = 20};
static const gck_tensor scalar = {.name = "x", .count = 1};

/* The picked indices of W1 as bits. */
static unsigned picked(const char *text)
{
    struct errors errors = {0};
    struct pick pick;
    assert_int_equal(pick_read(&pick, text, &errors), GCK_OK);
    assert_true(pick_fits(&pick, &matrix));
    assert_int_equal(pick_check(&pick, &matrix, &errors), GCK_OK);
    unsigned bits = 0;
    for (size_t i = 0; i < matrix.count; i++)
        bits |= (unsigned)pick_has(&pick, &matrix, i) << i;
    return bits;
}

static void test_picked(void **state)
{
    (void)state;
    assert_int_equal(picked("W1"), 0xfffff);
    assert_int_equal(picked("W1[3, 2]"), 1u << 17);
    assert_int_equal(picked("W1[3,:]"), 0x1fu << 15);
    assert_int_equal(picked("W1[-1]"), 0x1fu << 15);
    assert_int_equal(picked("W1[:,0]"), 1u | 1u << 5 | 1u << 10 | 1u << 15);
    assert_int_equal(picked("W1[0:2, -1]"), 1u << 4 | 1u << 9);
    assert_int_equal(picked("W1[ 2: , :1 ]"), 1u << 10 | 1u << 15);
    assert_int_equal(picked("W1[:-3,1:3]"), 3u << 1);
}

static void assert_refused(const char *text, const char *why)
{
    struct errors errors = {0};
    struct pick pick;
    assert_int_equal(pick_read(&pick, text, &errors), GCK_BAD_USAGE);
    assert_non_null(strstr(errors.first->message, why));
    errors_free(&errors);
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused("", "the name is missing");
    assert_refused("[3]", "the name is missing");
    assert_refused("W[", "an index is missing");
    assert_refused("W[]", "an index is missing");
    assert_refused("W[1", "do not close");
    assert_refused("W[1]x", "do not close");
    assert_refused("W[a]", "an index is missing");
    assert_refused("W[1;2]", "do not close");
    assert_refused("W[99999999999999999999]", "an index is missing");
    assert_refused("W[0,0,0,0,0,0,0,0,0]", "more axes");
    char longer[300];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_refused(longer, "too long");
}

static void assert_unfit(const char *text, const gck_tensor *tensor, const char *why)
{
    struct errors errors = {0};
    struct pick pick;
    assert_int_equal(pick_read(&pick, text, &errors), GCK_OK);
    assert_int_equal(pick_check(&pick, tensor, &errors), GCK_BAD_USAGE);
    assert_non_null(strstr(errors.first->message, why));
    errors_free(&errors);
}

static void test_unfit(void **state)
{
    (void)state;
    assert_unfit("W1[4, 0]", &matrix, "axis 0 of W1 has 4 elements");
    assert_unfit("W1[0, -6]", &matrix, "axis 1 of W1 has 5 elements");
    assert_unfit("W1[2:2]", &matrix, "picks nothing");
    assert_unfit("W1[0:9]", &matrix, "leaves the tensor");
    assert_unfit("W1[0,0,0]", &matrix, "too many indices: W1 has rank 2");
    assert_unfit("x[0]", &scalar, "too many indices: x has rank 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picked),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_unfit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Filters: all in, all out, and what is said of a program that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/filter.h"

struct outcome {
    struct text out, why;
    enum filter_end end;
};

static void run(struct outcome *o, char *const *argv, const char *input, size_t size, double seconds,
                size_t most)
{
    struct filter filter = {.argv = argv, .seconds = seconds, .most = most};
    *o = (struct outcome){0};
    o->end = filter_run(&o->out, &o->why, &filter, input, size);
}

static void drop(struct outcome *o)
{
    text_free(&o->out);
    text_free(&o->why);
}

/* Far more than a pipe holds, bytes of every kind, in both directions at once. */
static void everything_comes_back(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    static char bytes[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 7 + i / 256);
    struct outcome o;
    run(&o, (char *const[]){"cat", NULL}, bytes, SIZE, 60, 2 * SIZE);
    assert_int_equal(o.end, FILTER_DONE);
    assert_int_equal(o.out.size, SIZE);
    assert_memory_equal(o.out.data, bytes, SIZE);
    drop(&o);
}

static void a_missing_program_is_told_apart(void **state)
{
    (void)state;
    struct outcome o;
    run(&o, (char *const[]){"gradcheck-has-no-such-program", NULL}, "x", 1, 60, 100);
    assert_int_equal(o.end, FILTER_MISSING);
    drop(&o);
}

static void fails(char *const *argv, double seconds, size_t most, const char *why)
{
    struct outcome o;
    run(&o, argv, "some input\n", 11, seconds, most);
    assert_int_equal(o.end, FILTER_FAILED);
    assert_int_equal(o.out.size, 0);
    assert_non_null(strstr(o.why.data, why));
    assert_null(strchr(o.why.data, '\n'));
    drop(&o);
}

static void a_failure_says_how(void **state)
{
    (void)state;
    fails((char *const[]){"sh", "-c", "cat; echo no such >&2; echo colour >&2; exit 3", NULL}, 60, 100,
          "it exited with status 3; it says: no such colour");
    fails((char *const[]){"sh", "-c", "exec <&-; exit 4", NULL}, 60, 100, "it exited with status 4");
    fails((char *const[]){"true", NULL}, 60, 100, "it wrote nothing");
    fails((char *const[]){"cat", NULL}, 60, 4, "it wrote more than 4 bytes");
    fails((char *const[]){"sleep", "50", NULL}, 0.2, 100, "it was not done within 0.2 s");
}

static void a_raised_flag_ends_it(void **state)
{
    (void)state;
    volatile bool stop = true;
    struct filter filter = {
        .argv = (char *const[]){"sleep", "50", NULL}, .seconds = 60, .most = 1, .stop = &stop};
    struct outcome o = {0};
    assert_int_equal(filter_run(&o.out, &o.why, &filter, "", 0), FILTER_STOPPED);
    drop(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(a_missing_program_is_told_apart),
        cmocka_unit_test(a_failure_says_how),
        cmocka_unit_test(a_raised_flag_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

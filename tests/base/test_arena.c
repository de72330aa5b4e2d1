/* Arenas: alignment, zeroes, growth, joining, and requests that cannot be met. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena arena = {0};
    unsigned char *blocks[300];
    for (size_t i = 0; i < 300; i++) {
        size_t size = i * i + 1; /* up to several blocks' size */
        blocks[i] = arena_alloc(&arena, size, 1);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(blocks[i][k], 0);
        memset(blocks[i], (int)(i & 0xff), size);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t k = 0; k < i * i + 1; k++)
            assert_int_equal(blocks[i][k], i & 0xff);
    arena_free(&arena);
    assert_null(arena.blocks);
    assert_non_null(arena_alloc(&arena, 1, 1)); /* usable again */
    arena_free(&arena);
}

static void nothing_is_a_valid_request(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_non_null(arena_alloc(&arena, 0, 8));
    assert_non_null(arena_alloc(&arena, 8, 0));
    assert_non_null(arena_alloc(&arena, SIZE_MAX, 0));
    arena_free(&arena);
    arena_free(&arena);
}

static void absurd_requests_fail(void **state)
{
    (void)state;
    struct arena arena = {0};
    volatile size_t most = SIZE_MAX; /* beyond what compilers warn about */
    assert_null(arena_alloc(&arena, most, 1));
    assert_null(arena_alloc(&arena, most - 15, 1));
    assert_null(arena_alloc(&arena, most - 31, 1));
    assert_null(arena_alloc(&arena, most - 63, 1));
    assert_null(arena_alloc(&arena, most / 2 + 2, 2));
    assert_null(arena_alloc(&arena, most / 8 + 1, 8));
    assert_null(arena_text(&arena, "x", most));
    assert_non_null(arena_alloc(&arena, 1, 1));
    arena_free(&arena);
}

static void texts_are_terminated(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(arena_text(&arena, "gradient", 4), "grad");
    assert_string_equal(arena_text(&arena, "", 0), "");
    arena_free(&arena);
}

static void joined_arenas_live_as_one(void **state)
{
    (void)state;
    struct arena a = {0}, b = {0}, empty = {0};
    char *first = arena_text(&a, "first", 5), *second = arena_text(&b, "second", 6);
    arena_join(&a, &b);
    assert_null(b.blocks);
    arena_join(&a, &empty);
    arena_free(&b);
    assert_string_equal(first, "first");
    assert_string_equal(second, "second");
    arena_join(&empty, &a);
    assert_null(a.blocks);
    assert_string_equal(second, "second");
    arena_free(&empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(nothing_is_a_valid_request),
        cmocka_unit_test(absurd_requests_fail),
        cmocka_unit_test(texts_are_terminated),
        cmocka_unit_test(joined_arenas_live_as_one),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}

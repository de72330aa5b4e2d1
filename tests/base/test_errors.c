/* The error record: order, places, and messages that are safe to print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/errors.h"
#include "base/text.h"

static void errors_keep_their_order_and_place(void **state)
{
    (void)state;
    struct errors errors = {.here = {"a.yaml", 3, 7}};
    assert_int_equal(errors_add(&errors, GCK_BAD_CASE, "unknown op %s", "ad"), GCK_BAD_CASE);
    errors.here.line = 5;
    assert_int_equal(errors_add(&errors, GCK_IO, "%zu", (size_t)2), GCK_IO);
    assert_int_equal(errors.count, 2);
    assert_string_equal(errors.first->message, "unknown op ad");
    assert_string_equal(errors.first->place.file, "a.yaml");
    assert_int_equal(errors.first->place.line, 3);
    assert_int_equal(errors.first->place.column, 7);
    assert_int_equal(errors.first->status, GCK_BAD_CASE);
    assert_ptr_equal(errors.first->next, errors.last);
    assert_string_equal(errors.last->message, "2");
    assert_int_equal(errors.last->place.line, 5);
    assert_null(errors.last->next);
    errors_free(&errors);
    assert_int_equal(errors.count, 0);
    assert_null(errors.first);
}

static void control_characters_do_not_reach_a_terminal(void **state)
{
    (void)state;
    struct errors errors = {0};
    errors_add(&errors, GCK_BAD_CASE,
               "a\x1b[2Jb\nc\x7f"
               "d");
    assert_string_equal(errors.first->message, "a?[2Jb?c?d");
    errors_free(&errors);
}

/* However a long message is cut, it stays UTF-8. */
static void long_messages_are_cut_between_characters(void **state)
{
    (void)state;
    static const char *const characters[] = {"x", "\xc3\xa9", "\xe2\x88\x82", "\xf0\x9d\x9c\x95"};
    for (int k = 0; k < 4; k++)
        for (int shift = 0; shift < 4; shift++) {
            struct errors errors = {0};
            struct text text = {0};
            size_t bad;
            text_bytes(&text, "abc", (size_t)shift);
            while (text.size < 3000)
                text_add(&text, "%s", characters[k]);
            errors_add(&errors, GCK_BAD_CASE, "%s", text.data);
            size_t size = strlen(errors.first->message);
            assert_in_range(size, 1019, 1023);
            assert_true(text_is_utf8(errors.first->message, size, &bad));
            assert_memory_equal(errors.first->message, text.data, size);
            text_free(&text);
            errors_free(&errors);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_keep_their_order_and_place),
        cmocka_unit_test(control_characters_do_not_reach_a_terminal),
        cmocka_unit_test(long_messages_are_cut_between_characters),
    };
    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}

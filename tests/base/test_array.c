/* Arrays: what was there stays, and a request that cannot be met changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"

static void items_stay(void **state)
{
    (void)state;
    size_t *items = NULL, room = 0, moved = 0;
    for (size_t count = 0; count < 1000; count++) {
        size_t before = room;
        items = array_room(items, count, &room, sizeof *items);
        assert_non_null(items);
        assert_true(room > count);
        moved += room != before;
        items[count] = count;
        for (size_t i = 0; i <= count; i++)
            assert_int_equal(items[i], i);
    }
    assert_in_range(moved, 1, 5); /* 64 to 1024 */
    free(items);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    char item;
    size_t room = SIZE_MAX / 2;
    assert_null(array_room(&item, room, &room, 16));
    assert_true(room == SIZE_MAX / 2);
    assert_ptr_equal(array_room(&item, 3, &room, 16), &item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_stay),
        cmocka_unit_test(too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Messages: what is taken for JSON, and what is said of the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/message.h"

/* Reads and writes again, keys sorted; NULL: refused, with a reason. */
static void reads(const char *line, const char *wanted)
{
    struct text why = {0};
    json_t *message = message_read(line, strlen(line), &why);
    char *again = message ? json_dumps(message, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    assert_int_equal(why.size > 0, wanted == NULL);
    if (wanted)
        assert_string_equal(again, wanted);
    else
        assert_null(message);
    free(again);
    json_decref(message);
    text_free(&why);
}

static void objects(void **state)
{
    (void)state;
    reads("{}", "{}");
    reads("{\"a\":[NaN,-Infinity,Infinity]}\r", "{\"a\":[\"nan\",\"-inf\",\"inf\"]}");
    reads("{\"NaN\":\"a NaN \\\" Infinity\",\"b\":NaN}", "{\"NaN\":\"a NaN \\\" Infinity\",\"b\":\"nan\"}");
    reads("{\"a\":123456789012345678901234567890}", "{\"a\":1.2345678901234568e29}");
    reads("{\"a\":-0}", "{\"a\":-0.0}");
}

static void nonsense(void **state)
{
    static char deep[100001];
    (void)state;
    reads("", NULL);
    reads("hello", NULL);
    reads("[]", NULL);
    reads("{\"a\":1", NULL);
    reads("{\"a\":1,\"a\":2}", NULL);
    reads("{} {}", NULL);
    reads("{\"a\":1e999}", NULL);
    reads("{\"a\":\"\xff\"}", NULL);
    reads("{\"a\":NaNs}", NULL);
    memset(deep, '[', sizeof deep - 1);
    reads(deep, NULL);
}

static void quotes(void **state)
{
    struct text text = {0};
    (void)state;
    message_quote(&text, "a\x1b\xff", 3);
    assert_string_equal(text.data, "'a\\x1b\\xff'");
    text_clear(&text);
    message_string(&text, "a\"b\\c\nd\x01");
    assert_string_equal(text.data, "\"a\\\"b\\\\c\\u000ad\\u0001\"");
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(objects), cmocka_unit_test(nonsense),
                                       cmocka_unit_test(quotes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Command lines: what a shell would make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/words.h"

/* `wanted` is the words, each with a | behind it. */
static void splits(const char *command, const char *wanted)
{
    struct arena arena = {0};
    struct errors errors = {0};
    char **argv, joined[256] = "";
    assert_int_equal(words_split(&argv, &arena, command, &errors), GCK_OK);
    for (char **word = argv; *word; word++) {
        strcat(joined, *word);
        strcat(joined, "|");
    }
    assert_string_equal(joined, wanted);
    arena_free(&arena);
    errors_free(&errors);
}

static void refuses(const char *command)
{
    struct arena arena = {0};
    struct errors errors = {0};
    char **argv;
    assert_int_equal(words_split(&argv, &arena, command, &errors), GCK_BAD_USAGE);
    assert_int_equal(errors.count, 1);
    arena_free(&arena);
    errors_free(&errors);
}

static void as_a_shell(void **state)
{
    (void)state;
    splits("a", "a|");
    splits("  a\tb\n c ", "a|b|c|");
    splits("a 'b c' d", "a|b c|d|");
    splits("a \"b 'c\" d", "a|b 'c|d|");
    splits("a b\\ c", "a|b c|");
    splits("a\"b\"'c'd", "abcd|");
    splits("a '' \"\"", "a|||");
    splits("a '\\n' \"\\n \\\" \\\\ \\$\"", "a|\\n|\\n \" \\ $|");
    splits("a $HOME *.c ; b", "a|$HOME|*.c|;|b|");
}

static void what_is_open(void **state)
{
    (void)state;
    refuses("");
    refuses(" \t");
    refuses("'a");
    refuses("a \"b");
    refuses("a \"b\\\"");
    refuses("a \\");
    refuses("'' a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_a_shell), cmocka_unit_test(what_is_open)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

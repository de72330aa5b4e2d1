/* HTML pages: nothing that a case says becomes markup, and a page is whole and brings all it needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "report/html_page.h"

static void assert_escaped(const char *from, const char *to)
{
    struct text text = {0};
    text_add(&text, "%s", "");
    html_add(&text, from);
    assert_false(text.failed);
    assert_string_equal(text.data, to);
    text_free(&text);
}

static void test_escapes(void **state)
{
    (void)state;
    assert_escaped("a < b && c > \"d\" + 'e'", "a &lt; b &amp;&amp; c &gt; &quot;d&quot; + &#39;e&#39;");
    assert_escaped("</title><script>alert(1)</script>", "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_escaped("a\033b\xff", "a?b?");
    assert_escaped("\xea\xb0\x80", "\xea\xb0\x80");
    assert_escaped(NULL, "");
}

static void test_page(void **state)
{
    (void)state;
    struct text text = {0};
    html_page_begin(&text, "<b>", "<style>.mine{}</style>\n");
    text_add(&text, "<h1>x</h1>");
    html_page_end(&text);
    assert_non_null(strstr(text.data, "<title>&lt;b&gt;</title>"));
    assert_non_null(strstr(text.data, "<style>.mine{}</style>\n</head>"));
    assert_non_null(strstr(text.data, "prefers-color-scheme:dark"));
    assert_non_null(strstr(text.data, "@media print"));
    assert_null(strstr(text.data, "http"));
    assert_null(strstr(text.data, "url("));
    assert_string_equal(text.data + text.size - strlen("</html>\n"), "</html>\n");
    text_free(&text);
}

static void test_verdicts(void **state)
{
    (void)state;
    assert_string_equal(html_class_of(GCK_VERDICT_KINK), "good");
    assert_string_equal(html_class_of(GCK_VERDICT_INCONCLUSIVE), "open");
    assert_string_equal(html_class_of(GCK_VERDICT_MISSING), "bad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

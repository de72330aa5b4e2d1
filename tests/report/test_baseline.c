/* Baselines: what a line may say, where a check stands, what goes stale, and what is written. */
#include "sample.h"

#include <math.h>

static char *dump(const char *path, char *buffer, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    buffer[fread(buffer, 1, size - 1, file)] = '\0';
    fclose(file);
    return buffer;
}

/* The text is refused at line and column with a message that has `part`. */
static void refused_bytes(const char *bytes, size_t size, size_t line, size_t column, const char *part)
{
    struct baseline b = {0};
    struct errors errors = {0};
    assert_int_not_equal(baseline_parse(&b, "known.txt", bytes, size, &errors), GCK_OK);
    assert_non_null(errors.first);
    assert_string_equal(errors.first->place.file, "known.txt");
    assert_int_equal(errors.first->place.line, line);
    assert_int_equal(errors.first->place.column, column);
    assert_contains(errors.first->message, part);
    errors_free(&errors);
    baseline_free(&b);
}

static void refused(const char *text, size_t line, size_t column, const char *part)
{
    refused_bytes(text, strlen(text), line, column, part);
}

static void test_read(void **state)
{
    (void)state;
    struct baseline b = {0};
    struct errors errors = {0};
    static const char text[] =
        "# head\n\nb/two@float32  inaccurate<=12.5  # digits\r\n\ta/one wrong#no comment # why\n"
        "a/one@expect wrong\n   # only a comment\nc missing";
    static const char good[] = "# head\n\nb/two@float32  inaccurate<=12.5  # digits\r\n\ta/one wrong   #why\n"
                               "a/one@expect wrong\n   # only a comment\nc missing";
    assert_int_not_equal(baseline_parse(&b, "known.txt", text, strlen(text), &errors), GCK_OK);
    assert_contains(errors.first->message, "'wrong#no' is no verdict");
    baseline_free(&b);
    errors_free(&errors);
    errors = (struct errors){0};
    assert_int_equal(baseline_parse(&b, "known.txt", good, strlen(good), &errors), GCK_OK);
    assert_int_equal(b.count, 4);
    assert_string_equal(b.lines[0].id, "a/one");
    assert_int_equal(b.lines[0].check, CHECK_EXPECT);
    assert_int_equal(b.lines[1].check, CHECK_ALL);
    assert_string_equal(b.lines[1].why, "why");
    assert_string_equal(b.lines[2].id, "b/two");
    assert_int_equal(b.lines[2].check, GCK_FLOAT32);
    assert_int_equal(b.lines[2].line, 3);
    assert_true(b.lines[2].most == 12.5);
    assert_string_equal(b.lines[2].why, "digits");
    assert_int_equal(b.lines[3].verdict, GCK_VERDICT_MISSING);
    assert_true(b.lines[3].most == INFINITY);
    assert_null(b.lines[3].why);
    baseline_free(&b);
    assert_int_equal(baseline_parse(&b, "known.txt", "", 0, &errors), GCK_OK);
    assert_int_equal(b.count, 0);
    baseline_free(&b);
}

static void test_refused(void **state)
{
    (void)state;
    refused("a/b", 1, 4, "no verdict stands behind 'a/b'");
    refused("\na/b wrnog", 2, 5, "'wrnog' is no verdict; did you mean wrong?");
    refused("a/b frobnicate", 1, 5, "a line is: id[@dtype]  verdict[<=ratio]  # why");
    refused("a/b ok", 1, 5, "'ok' passes; a baseline lists what fails");
    refused("a/b unsupported", 1, 5, "passes");
    refused("a/b wrong indeed", 1, 11, "'indeed' is one word too many");
    refused("A/b wrong", 1, 1, "'A/b' is no id of a case");
    refused("a b/c:d wrong", 1, 3, "is no verdict");
    refused("a/b:c wrong", 1, 4, "is no id of a case");
    refused("@float64 wrong", 1, 1, "is no id of a case");
    refused("a@flaot64 wrong", 1, 3, "'flaot64' is no dtype; did you mean float64?");
    refused("a@ wrong", 1, 3, "'' is no dtype");
    refused("a wrong<2", 1, 8, "'<2' is not <= and a ratio");
    refused("a wrong<=", 1, 10, "has no positive number");
    refused("a wrong<=0", 1, 10, "has no positive number");
    refused("a wrong<=-1", 1, 10, "has no positive number");
    refused("a wrong<=inf", 1, 10, "has no positive number");
    refused("a wrong<=1e999", 1, 10, "has no positive number");
    refused("a wrong<=0x2", 1, 10, "has no positive number");
    refused("a missing<=2", 1, 10, "bounds a ratio that there is none of");
    refused("a@expect missing", 1, 10, "is no verdict of an expectation");
    refused("a@expect wrong<=2", 1, 15, "bounds a ratio");
    refused("a wrong\nb wrong\na wrong", 3, 1, "a is also in line 1");
    refused("a@float32 wrong\na wrong", 2, 1, "a is also in line 1");
    refused("a wrong\na@bfloat16 wrong", 2, 1, "a is also in line 1");
    refused("a@expect wrong\na@expect wrong", 2, 1, "a is also in line 1");
    refused_bytes("a wrong # \xc3\xbc \xff", 14, 1, 13, "byte 0xff is no text");
    refused_bytes("a wr\0ng", 7, 1, 5, "byte 0x00 is no text");
}

/* A file of one line over and over is n^2 / 2 contradictions: as many are told as of other mistakes. */
static void test_many_overlaps(void **state)
{
    enum { LINES = 1000 };
    (void)state;
    struct baseline b = {0};
    struct errors errors = {0};
    struct text text = {0};
    for (int i = 0; i < LINES; i++)
        text_add(&text, "a wrong\n");
    assert_int_equal(baseline_parse(&b, "known.txt", text.data, text.size, &errors), GCK_BAD_USAGE);
    assert_int_equal(errors.count, 20);
    baseline_free(&b);
    errors_free(&errors);
    text_free(&text);
}

/* The nearest id of a case is sought for the first hundred lines that are about none. */
static void test_many_unmatched(void **state)
{
    enum { LINES = 300 };
    (void)state;
    const char *const ids[] = {"lectures/add-mul"};
    struct baseline b = {0};
    struct errors errors = {0};
    struct text text = {0};
    for (int i = 0; i < LINES; i++)
        text_add(&text, "lectures/add-mul%c%c wrong\n", 'a' + i / 26, 'a' + i % 26);
    assert_int_equal(baseline_parse(&b, "known.txt", text.data, text.size, &errors), GCK_OK);
    baseline_unmatched(&b, ids, 1);
    assert_int_equal(baseline_stale(&b), LINES);
    assert_string_equal(b.lines[99].stale, "no case has this id (did you mean lectures/add-mul?)");
    assert_string_equal(b.lines[100].stale, "no case has this id");
    baseline_free(&b);
    text_free(&text);
}

/* The longest id with the longest dtype is read; a long word is shown in part. */
static void test_long_words(void **state)
{
    (void)state;
    char text[512], id[201];
    struct baseline b = {0};
    struct errors errors = {0};
    memset(id, 'a', 200);
    id[200] = '\0';
    snprintf(text, sizeof text, "%s@bfloat16 inaccurate<=2", id);
    assert_int_equal(baseline_parse(&b, "known.txt", text, strlen(text), &errors), GCK_OK);
    assert_string_equal(b.lines[0].id, id);
    assert_int_equal(b.lines[0].check, GCK_BFLOAT16);
    baseline_free(&b);
    memset(text, 'a', 300);
    strcpy(text + 300, "A wrong");
    refused(text, 1, 301, "aaa...' is no id of a case");
    strcpy(text, "a ");
    memset(text + 2, 'w', 300);
    text[302] = '\0';
    refused(text, 1, 3, "www...' is no verdict");
}

/* Whatever the bytes are, reading ends, and every error has its place. */
static void test_any_bytes(void **state)
{
    (void)state;
    unsigned long long random = 12345;
    static const char letters[] = "ab/@ \t\r\n#<=1e.-wrong\xc3\xbc\xff";
    for (int round = 0; round < 20000; round++) {
        char bytes[64];
        size_t size = 0;
        struct baseline b = {0};
        struct errors errors = {0};
        for (; size < sizeof bytes; size++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            bytes[size] = letters[(random >> 33) % sizeof letters]; /* its NUL too */
        }
        char *exact = malloc(size); /* what is read behind it is seen by a sanitizer */
        assert_non_null(exact);
        memcpy(exact, bytes, size);
        gck_status status = baseline_parse(&b, "known.txt", exact, size, &errors);
        free(exact);
        assert_int_equal(status == GCK_OK, errors.count == 0);
        for (const struct error *e = errors.first; e; e = e->next)
            assert_true(e->place.line >= 1 && e->place.column >= 1 && e->place.column <= sizeof bytes + 1);
        errors_free(&errors);
        baseline_free(&b);
    }
}

static void test_standing(void **state)
{
    (void)state;
    struct baseline b = {0};
    struct errors errors = {0};
    static const char text[] = "a@float64 inaccurate<=10\na@expect wrong\nb wrong\n";
    assert_int_equal(baseline_parse(&b, "known.txt", text, strlen(text), &errors), GCK_OK);
    const struct {
        const char *id;
        int check;
        gck_verdict verdict;
        double ratio;
        enum standing_kind kind;
        size_t line; /* 0: no line is about it */
    } rows[] = {
        {"a", GCK_FLOAT64, GCK_VERDICT_INACCURATE, 9, STANDING_KNOWN, 1},
        {"a", GCK_FLOAT64, GCK_VERDICT_INACCURATE, 10, STANDING_KNOWN, 1},
        {"a", GCK_FLOAT64, GCK_VERDICT_INACCURATE, 10.5, STANDING_FAILS, 1},
        {"a", GCK_FLOAT64, GCK_VERDICT_INACCURATE, NAN, STANDING_FAILS, 1},
        {"a", GCK_FLOAT64, GCK_VERDICT_WRONG, 9, STANDING_FAILS, 1},
        {"a", GCK_FLOAT64, GCK_VERDICT_INCONCLUSIVE, 9, STANDING_FAILS, 1}, /* milder is different too */
        {"a", GCK_FLOAT64, GCK_VERDICT_OK, 0.5, STANDING_UNEXPECTED, 1},
        {"a", GCK_FLOAT64, GCK_VERDICT_UNSUPPORTED, NAN, STANDING_UNEXPECTED, 1},
        {"a", GCK_FLOAT32, GCK_VERDICT_INACCURATE, 9, STANDING_FAILS, 0},
        {"a", GCK_FLOAT32, GCK_VERDICT_OK, 0.5, STANDING_PASSES, 0},
        {"a", CHECK_EXPECT, GCK_VERDICT_WRONG, NAN, STANDING_KNOWN, 2},
        {"a", CHECK_EXPECT, GCK_VERDICT_OK, NAN, STANDING_UNEXPECTED, 2},
        {"b", GCK_BFLOAT16, GCK_VERDICT_WRONG, 1e300, STANDING_KNOWN, 3},
        {"b", GCK_BFLOAT16, GCK_VERDICT_WRONG, NAN, STANDING_KNOWN, 3},
        {"b", GCK_FLOAT64, GCK_VERDICT_OK, 0.5, STANDING_UNEXPECTED, 3},
        {"b", CHECK_EXPECT, GCK_VERDICT_WRONG, NAN, STANDING_FAILS,
         0}, /* a line without a dtype is about runs */
        {"c", GCK_FLOAT64, GCK_VERDICT_WRONG, 2, STANDING_FAILS, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct standing s = baseline_standing(&b, rows[i].id, rows[i].check, rows[i].verdict, rows[i].ratio,
                                              gck_verdict_passes(rows[i].verdict));
        if (s.kind != rows[i].kind || (s.known ? s.known->line : 0) != rows[i].line)
            fail_msg("row %zu: standing %d, line %zu", i, (int)s.kind, s.known ? s.known->line : 0);
    }
    /* What --allow lets pass may be listed, and is still told apart when it is mended. */
    struct standing s = baseline_standing(&b, "a", GCK_FLOAT64, GCK_VERDICT_INACCURATE, 9, true);
    assert_int_equal(s.kind, STANDING_KNOWN);
    assert_int_equal(baseline_standing(NULL, "a", 0, GCK_VERDICT_WRONG, 9, false).kind, STANDING_FAILS);
    assert_int_equal(baseline_standing(NULL, "a", 0, GCK_VERDICT_OK, 9, true).kind, STANDING_PASSES);
    baseline_free(&b);
}

/* The line about the sample's check `check` after a run. */
static const struct known *line_after(struct baseline *b, const struct sample *s,
                                      struct report_settings *settings, const char *text)
{
    sample_baseline(b, settings, s, text);
    return &b->lines[0];
}

static void test_stale(void **state)
{
    (void)state;
    struct sample s;
    struct baseline b;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 0);
    const struct {
        const char *text;
        enum known_state state;
        const char *stale;
    } rows[] = {
        {"group/sample@float64 wrong", KNOWN_MET, NULL},
        {"group/sample@float64 wrong<=1e20", KNOWN_MET, NULL},
        {"group/sample@float64 wrong<=10", KNOWN_OTHER, NULL},
        {"group/sample@float64 inaccurate", KNOWN_OTHER, NULL},
        {"group/sample@float32 wrong", KNOWN_UNEXPECTED, "it is ok now"},
        {"group/sample wrong", KNOWN_UNEXPECTED,
         "it is ok in float32 now; a line without a dtype speaks of all of them"},
        {"group/sample@expect wrong", KNOWN_UNEXPECTED, "it is ok now"},
        {"group/sample@float16 wrong", KNOWN_UNMATCHED, "the case is not checked in this dtype"},
        {"group/simple wrong", KNOWN_UNMATCHED, "no case has this id (did you mean group/sample?)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct known *line = line_after(&b, &s, &settings, rows[i].text);
        assert_int_equal(line->state, rows[i].state);
        if (rows[i].stale)
            assert_string_equal(line->stale, rows[i].stale);
        else
            assert_null(line->stale);
        assert_int_equal(baseline_stale(&b), rows[i].stale != NULL);
        baseline_free(&b);
    }
    /* What was not asked for is not missed. */
    settings.options.dtypes = 1u << GCK_FLOAT64 | 1u << GCK_FLOAT32;
    assert_int_equal(line_after(&b, &s, &settings, "group/sample@float16 wrong")->state, KNOWN_UNTESTED);
    baseline_free(&b);
    settings.options.dtypes = 0;
    s.result.expectations = 0;
    assert_string_equal(line_after(&b, &s, &settings, "group/sample@expect wrong")->stale,
                        "the case expects nothing");
    baseline_free(&b);
}

static void test_case_stands(void **state)
{
    (void)state;
    struct sample s;
    struct baseline b;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    assert_int_equal(report_stands(&settings, &s.result), STANDING_PASSES);
    sample_break(&s, 0);
    assert_int_equal(report_stands(&settings, &s.result), STANDING_FAILS);
    sample_baseline(&b, &settings, &s, "group/sample@float64 wrong");
    assert_int_equal(report_stands(&settings, &s.result), STANDING_KNOWN);
    sample_break(&s, 1);
    assert_int_equal(report_stands(&settings, &s.result), STANDING_FAILS);
    baseline_free(&b);
    sample_baseline(&b, &settings, &s, "group/sample wrong");
    assert_int_equal(report_stands(&settings, &s.result), STANDING_KNOWN);
    s.mismatch = (gck_mismatch){"value f", "1", "2", 3, 4};
    s.result.mismatches = &s.mismatch;
    s.result.mismatch_count = 1;
    assert_int_equal(report_stands(&settings, &s.result), STANDING_FAILS);
    baseline_free(&b);
    settings.baseline = NULL;
    s.result.run_count = 0;
    s.result.mismatch_count = 0;
    assert_int_equal(report_stands(&settings, &s.result), STANDING_FAILS);
}

/* Written: kept to the letter, replaced with the old reason, dropped, added; comments stay where they belong.
 */
static void test_write(void **state)
{
    (void)state;
    struct sample s;
    struct baseline b;
    struct report_settings settings = sample_settings("run");
    struct errors errors = {0};
    char path[] = "/tmp/gck-baseline-XXXXXX", buffer[1024];
    size_t count;
    sample_init(&s);
    sample_break(&s, 0);
    sample_break(&s, 1);
    close(mkstemp(path));
    sample_baseline(
        &b, &settings, &s,
        "# head\n\nno/such wrong # gone\n# of the next\ngroup/sample@float64   wrong   # kept as it is\n"
        "group/sample@float32 inaccurate # why\ngroup/sample@float16 wrong\n# the end\n");
    b.path = path;
    assert_int_equal(baseline_write(&count, &b, &errors), GCK_OK);
    assert_int_equal(count, 2);
    assert_string_equal(dump(path, buffer, sizeof buffer),
                        "# head\n\n# of the next\ngroup/sample@float64   wrong   # kept as it is\n"
                        "group/sample@float32  wrong<=1e16  # why\n# the end\n");
    baseline_free(&b);
    sample_baseline(&b, &settings, &s, "");
    b.path = path;
    assert_int_equal(baseline_write(&count, &b, &errors), GCK_OK);
    assert_string_equal(dump(path, buffer, sizeof buffer),
                        "# Known failures: id[@dtype]  verdict[<=ratio]  # why\n"
                        "group/sample@float64  wrong<=1e16\ngroup/sample@float32  wrong<=1e16\n");
    b.path = "/no/such/folder/known.txt";
    assert_int_equal(baseline_write(&count, &b, &errors), GCK_IO);
    assert_contains(errors.first->message, "cannot write /no/such/folder/known.txt");
    baseline_free(&b);
    errors_free(&errors);
    /* What was written is read, and then nothing fails. */
    settings.baseline = NULL;
    sample_baseline(&b, &settings, &s, buffer);
    assert_int_equal(report_stands(&settings, &s.result), STANDING_KNOWN);
    assert_int_equal(baseline_stale(&b), 0);
    baseline_free(&b);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),           cmocka_unit_test(test_refused),
        cmocka_unit_test(test_long_words),     cmocka_unit_test(test_many_overlaps),
        cmocka_unit_test(test_many_unmatched), cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_standing),       cmocka_unit_test(test_stale),
        cmocka_unit_test(test_case_stands),    cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

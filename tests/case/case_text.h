/* Reading a case from a string in a test. */
#ifndef GCK_TESTS_CASE_TEXT_H
#define GCK_TESTS_CASE_TEXT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "case/case.h"

/* A case that must be right; the test fails with its first error otherwise. */
static inline struct case_file *case_of(const char *text)
{
    struct errors errors = {0};
    struct case_file *file;
    gck_status status = case_read(&file, "test.yaml", text, strlen(text), NULL, &errors);
    if (status)
        fail_msg("%zu:%zu: %s", errors.first->place.line, errors.first->place.column, errors.first->message);
    errors_free(&errors);
    return file;
}

/* The shortest case around the given inputs and rows; `more` is further lines. */
static inline struct case_file *case_with(const char *inputs, const char *graph, const char *more)
{
    char text[8192];
    int size = snprintf(text, sizeof text, "gradcheck: 1\nid: test/x\ninputs: %s\ngraph:\n%s\noutput: y\n%s\n",
                        inputs, graph, more);
    assert_in_range(size, 1, sizeof text - 1);
    return case_of(text);
}

#endif

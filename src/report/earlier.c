/* Earlier reports. */
#include "report/earlier.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "files/file.h"
#include "report/tally.h"

enum { MOST_REPORT_BYTES = 1 << 30 };

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gck_status take_case(struct earlier *earlier, const json_t *one, struct errors *errors)
{
    const json_t *passed = json_object_get(one, "passed");
    const char *id = json_string_value(json_object_get(one, "id"));
    if (!id || !json_is_boolean(passed))
        return errors_add(errors, GCK_BAD_USAGE, "a case of this report lacks its id, or whether it passed");
    if (json_is_true(passed))
        return GCK_OK;
    const char *copy = arena_text(&earlier->arena, id, strlen(id));
    if (!copy)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    earlier->failed[earlier->count++] = copy;
    return GCK_OK;
}

static gck_status take_report(struct earlier *earlier, const json_t *root, struct errors *errors)
{
    const json_t *summary = json_object_get(root, "summary"), *cases = json_object_get(root, "cases");
    const json_t *status = json_object_get(summary, "exit_status");
    gck_status result = GCK_OK;
    if (!json_is_array(cases) || !json_is_integer(status))
        return errors_add(errors, GCK_BAD_USAGE, "this is no report that gradcheck run --format json wrote");
    if (json_integer_value(json_object_get(root, "format")) != 1)
        return errors_add(errors, GCK_BAD_USAGE, "this report is of another format; format 1 is known");
    if (json_integer_value(status) == TALLY_USAGE || json_integer_value(status) == TALLY_ENGINE)
        return errors_add(errors, GCK_BAD_USAGE,
                          "this run could not be carried out (exit status %d); please run all of it again",
                          (int)json_integer_value(status));
    earlier->failed = calloc(json_array_size(cases) + 1, sizeof *earlier->failed);
    if (!earlier->failed)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < json_array_size(cases) && !result; i++)
        result = take_case(earlier, json_array_get(cases, i), errors);
    qsort(earlier->failed, earlier->count, sizeof *earlier->failed, by_text);
    json_int_t selected = json_integer_value(json_object_get(summary, "cases"));
    json_int_t done = json_integer_value(json_object_get(summary, "done"));
    earlier->unreached = selected > done ? (size_t)(selected - done) : 0;
    return result;
}

gck_status earlier_parse(struct earlier *earlier, const char *path, const char *bytes, size_t size,
                         struct errors *errors)
{
    json_error_t error;
    gck_status status;
    errno = 0; /* jansson takes some failures of memory for bad tokens */
    json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &error);
    bool memory =
        !root && (errno == ENOMEM || json_error_code(&error) == json_error_out_of_memory || !*error.text);
    errors->here = (struct place){.file = path};
    if (root) {
        status = take_report(earlier, root, errors);
    } else {
        errors->here.line = error.line > 0 ? (size_t)error.line : 1;
        errors->here.column = error.column > 0 ? (size_t)error.column : 1;
        if (memory)
            status = errors_add(errors, GCK_NO_MEMORY, "out of memory");
        else
            status = errors_add(errors, GCK_BAD_USAGE, "this is no JSON: %s", error.text);
    }
    json_decref(root);
    errors->here = (struct place){0};
    return status;
}

gck_status earlier_read(struct earlier *earlier, const char *path, struct errors *errors)
{
    char *bytes = NULL;
    size_t size = 0;
    const struct file_limit limit = {MOST_REPORT_BYTES, "a report"};
    gck_status status = file_read(&bytes, &size, path, &limit, errors);
    if (!status)
        status = earlier_parse(earlier, path, bytes, size, errors);
    free(bytes);
    return status;
}

void earlier_free(struct earlier *earlier)
{
    arena_free(&earlier->arena);
    free(earlier->failed);
    *earlier = (struct earlier){0};
}

bool earlier_failed(const struct earlier *earlier, const char *id)
{
    return earlier->count && bsearch(&id, earlier->failed, earlier->count, sizeof *earlier->failed, by_text);
}

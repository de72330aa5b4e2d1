/* Reading recordings: an engine that answers what it once answered. */
#include "engine/recording.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/answer.h"
#include "engine/base64.h"
#include "engine/message.h"
#include "engine/reply.h"
#include "real/wide.h"

enum { MOST_RECORDING_BYTES = INT_MAX };

static const char *const starts[] = {"{\"type\":\"grad\",\"id\":\"", "{\"type\":\"value\",\"id\":\""};

/* Length of what stands before the id of a request; 0: of no known type. */
static size_t start_length(const char *request)
{
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(request, starts[i], strlen(starts[i])) == 0)
            return strlen(starts[i]);
    return 0;
}

/* One request and what came back; pointers into the file's text. */
struct exchange {
    const char *request, *key;
    const char *answer; /* NULL: it failed */
    const char *failure;
    size_t asked; /* how often this request was asked for again; of the first exchange with it */
};

struct recording {
    struct arena arena;
    gck_engine engine;
    gck_options options;
    struct hello hello;
    char *text; /* the file, its lines ended by NULs */
    struct exchange *exchanges;
    size_t exchange_count, exchange_room;
    const char **cases; /* their paths */
    size_t case_count, case_room;
    struct kept_file *files;
    size_t file_count, file_room;
    struct case_loading loading;
};

/* Whether it may be a recording, seen from its first bytes: nothing else is read to its end. */
static bool begins_right(const struct text *text)
{
    return text->size >= 2 && memcmp(text->data, "= ", 2) == 0;
}

/* The whole file. */
static gck_status read_file(struct text *text, const char *path, struct errors *errors)
{
    char buffer[65536];
    FILE *file = fopen(path, "re");
    if (!file)
        return errors_add(errors, GCK_IO, "%s cannot be read: %s", path, strerrordesc_np(errno));
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, file)) > 0;) {
        text_bytes(text, buffer, n);
        if (text->failed || text->size > MOST_RECORDING_BYTES || !begins_right(text))
            break;
    }
    bool failed = ferror(file) != 0;
    fclose(file);
    if (text->failed)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    if (text->size > MOST_RECORDING_BYTES)
        return errors_add(errors, GCK_BAD_USAGE, "%s is larger than any recording", path);
    return failed ? errors_add(errors, GCK_IO, "%s cannot be read to its end", path) : GCK_OK;
}

/* A whole number in low .. high; false when the field holds none. */
static bool take_number(long *number, const json_t *message, const char *name, long low, long high)
{
    double x = json_number_value(json_object_get(message, name));
    if (!json_is_number(json_object_get(message, name)) || !(x >= (double)low && x <= (double)high) ||
        x != trunc(x))
        return false;
    *number = (long)x;
    return true;
}

static gck_status take_options(struct recording *r, const json_t *message, struct errors *errors)
{
    const long most = 1L << 53;
    const char *seed = json_string_value(json_object_get(message, "seed"));
    const char *vary = json_string_value(json_object_get(message, "vary"));
    long bits, max_bits, dtypes, method;
    if (json_number_value(json_object_get(message, "version")) != 2)
        return errors_add(errors, GCK_BAD_USAGE, "this is a recording of another version; version 2 is known");
    if (!take_number(&bits, message, "bits", LEAST_BITS, MOST_BITS) ||
        !take_number(&max_bits, message, "max_bits", bits, MOST_BITS) ||
        !take_number(&dtypes, message, "dtypes", 0, (1L << GCK_DTYPES) - 1) ||
        !take_number(&r->options.exhaustive, message, "exhaustive", GCK_ALL, most) ||
        !take_number(&method, message, "method", GCK_CENTERED, GCK_RICHARDSON))
        return errors_add(errors, GCK_BAD_USAGE, "the options of this recording are damaged");
    r->options.bits = (int)bits;
    r->options.max_bits = (int)max_bits;
    r->options.dtypes = (unsigned)dtypes;
    r->options.method = (gck_method)method;
    r->options.laws = json_is_true(json_object_get(message, "laws"));
    r->options.seed = seed ? strtoull(seed, NULL, 10) : 1;
    r->loading.vary = vary ? strtoull(vary, NULL, 10) : 0;
    return GCK_OK;
}

static gck_status take_case(struct recording *r, const json_t *message, struct errors *errors)
{
    const char *path = json_string_value(json_object_get(message, "path"));
    if (!path)
        return errors_add(errors, GCK_BAD_USAGE, "a recorded case has a path");
    const char *copy = arena_text(&r->arena, path, strlen(path));
    const char **cases = array_room(r->cases, r->case_count, &r->case_room, sizeof *cases);
    r->cases = cases ? cases : r->cases;
    if (!copy || !cases)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    r->cases[r->case_count++] = copy;
    return GCK_OK;
}

static gck_status take_file(struct recording *r, const json_t *message, struct errors *errors)
{
    const char *path = json_string_value(json_object_get(message, "path"));
    const json_t *base64 = json_object_get(message, "base64");
    size_t size = json_string_length(base64);
    if (!path || !json_is_string(base64))
        return errors_add(errors, GCK_BAD_USAGE, "a recorded file has a path and base64");
    char *bytes = arena_alloc(&r->arena, size / 4 * 3 + 4, 1);
    struct kept_file file = {arena_text(&r->arena, path, strlen(path)), bytes, 0};
    struct kept_file *files = array_room(r->files, r->file_count, &r->file_room, sizeof *files);
    r->files = files ? files : r->files;
    if (!file.path || !bytes || !files)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    if (!base64_read_bytes(bytes, &file.size, json_string_value(base64), size))
        return errors_add(errors, GCK_BAD_USAGE, "the bytes of a recorded file are not base64");
    r->files[r->file_count++] = file;
    return GCK_OK;
}

/* A line that begins with "= ". */
static gck_status take_fact(struct recording *r, const char *line, bool first, struct errors *errors)
{
    struct text why = {0};
    json_t *message = message_read(line, strlen(line), &why);
    const char *type = json_string_value(json_object_get(message, "type"));
    gck_status status = GCK_OK;
    if (!message && errno == ENOMEM)
        status = errors_add(errors, GCK_NO_MEMORY, "out of memory");
    else if (first && (!type || strcmp(type, "recording") != 0))
        status = errors_add(errors, GCK_BAD_USAGE, "this is no recording");
    else if (first)
        status = take_options(r, message, errors);
    else if (type && strcmp(type, "case") == 0)
        status = take_case(r, message, errors);
    else if (type && strcmp(type, "file") == 0)
        status = take_file(r, message, errors);
    else if (!message)
        status = errors_add(errors, GCK_BAD_USAGE, "%s", why.data ? why.data : "out of memory");
    json_decref(message);
    text_free(&why);
    return status;
}

static gck_status take_hello(struct recording *r, const char *line, struct errors *errors)
{
    struct text why = {0};
    gck_status status = GCK_OK;
    hello_free(&r->hello);
    if (!hello_read(&r->hello, line, strlen(line), &why))
        status = errors_add(errors, GCK_BAD_USAGE, "the engine's hello: %s", why.data ? why.data : "?");
    text_free(&why);
    return status;
}

/* What came back for `request`, "< ..." or "! ...". */
static gck_status take_answer(struct recording *r, const char *request, const char *line, struct errors *errors)
{
    if (!request)
        return errors_add(errors, GCK_BAD_USAGE, "an answer stands under no request");
    if (strncmp(request, "{\"type\":\"hello\"", 15) == 0)
        return take_hello(r, line + 2, errors);
    if (!start_length(request))
        return errors_add(errors, GCK_BAD_USAGE, "the answer's request is of no known type");
    struct exchange *exchanges =
        array_room(r->exchanges, r->exchange_count, &r->exchange_room, sizeof *exchanges);
    if (!exchanges)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    r->exchanges = exchanges;
    bool failed = *line == '!';
    r->exchanges[r->exchange_count++] =
        (struct exchange){request, request_key(request), failed ? NULL : line + 2, failed ? line + 2 : NULL, 0};
    return GCK_OK;
}

static gck_status read_lines(struct recording *r, size_t size, struct errors *errors)
{
    const char *request = NULL;
    gck_status status = GCK_OK;
    char *line = r->text, *end = line + size;
    if (!line || size == 0)
        return errors_add(errors, GCK_BAD_USAGE, "this is no recording");
    for (size_t number = 1; line < end && !status; number++) {
        char *next = memchr(line, '\n', (size_t)(end - line));
        if (next)
            *next = '\0';
        errors->here.line = number;
        errors->here.column = 1;
        bool known = strlen(line) > 2 && line[1] == ' ' && strchr("=><!", *line);
        if (!known || (number == 1 && *line != '='))
            status = errors_add(errors, GCK_BAD_USAGE,
                                number == 1 ? "this is no recording" : "no line of a recording");
        else if (*line == '=')
            status = take_fact(r, line + 2, number == 1, errors);
        else if (*line == '>')
            request = line + 2;
        else
            status = take_answer(r, request, line, errors);
        line = next ? next + 1 : end;
    }
    return status;
}

static int by_key(const void *a, const void *b)
{
    const struct exchange *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->request > y->request) - (x->request < y->request);
}

/* The exchange with this request, or NULL: where it was asked several times (laws do), one after the other. */
static const struct exchange *find(struct recording *r, const char *key)
{
    size_t low = 0, high = r->exchange_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(r->exchanges[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == r->exchange_count || strcmp(r->exchanges[low].key, key) != 0)
        return NULL;
    size_t at = low + __atomic_fetch_add(&r->exchanges[low].asked, 1, __ATOMIC_RELAXED);
    if (at < r->exchange_count && strcmp(r->exchanges[at].key, key) == 0)
        return &r->exchanges[at];
    return &r->exchanges[low];
}

static void answer_again(gck_answer *answer, const struct recording *r, const struct plan *plan,
                         const struct exchange *exchange)
{
    const char *id = exchange->request + start_length(exchange->request);
    struct text own = {0}, why = {0};
    text_bytes(&own, id, strcspn(id, "\""));
    if (!exchange->answer)
        gck_answer_error(answer, exchange->failure);
    else if (own.failed ||
             !reply_read(answer, plan, &r->hello, own.data, exchange->answer, strlen(exchange->answer), &why))
        gck_answer_error(answer, why.data ? why.data : "out of memory");
    text_free(&own);
    text_free(&why);
}

static void recording_grad(gck_answer *answer, const gck_request *request, void *user)
{
    struct recording *r = user;
    struct arena arena = {0};
    struct plan plan;
    struct text what = {0}, line = {0};
    if (!plan_new(&plan, &arena, request)) {
        answer->no_memory = true;
    } else if (plan_refused(&what, &plan, &r->hello)) {
        gck_answer_unsupported(answer, what.data);
    } else {
        request_write(&line, &plan, "", r->hello.base64);
        if (line.size)
            line.data[line.size - 1] = '\0';
        answer->no_memory |= line.failed;
        const struct exchange *exchange = line.failed ? NULL : find(r, request_key(line.data));
        if (exchange)
            answer_again(answer, r, &plan, exchange);
        else
            gck_answer_error(answer, "the recording has no answer to this request");
    }
    text_free(&what);
    text_free(&line);
    arena_free(&arena);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A run checks a case once. Were a case read as often as a line of thirty bytes names it, 9 KB would ask for
 * gigabytes. */
static gck_status refuse_repeated(struct recording *r, struct errors *errors)
{
    const char **sorted = arena_alloc(&r->arena, r->case_count, sizeof *sorted);
    if (!sorted)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    if (r->case_count) {
        memcpy(sorted, r->cases, r->case_count * sizeof *sorted);
        qsort(sorted, r->case_count, sizeof *sorted, by_name);
    }
    for (size_t i = 1; i < r->case_count; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            return errors_add(errors, GCK_BAD_USAGE, "the case %s is recorded twice", sorted[i]);
    return GCK_OK;
}

/* Everything in r->text. */
static gck_status read_all(struct recording *r, const char *path, size_t size, struct errors *errors)
{
    errors->here = (struct place){.file = arena_text(&errors->arena, path, strlen(path))};
    gck_status status = read_lines(r, size, errors);
    if (!status && !r->hello.name)
        status = errors_add(errors, GCK_BAD_USAGE, "the engine's hello is not in this recording");
    if (!status)
        status = refuse_repeated(r, errors);
    errors->here = (struct place){0};
    if (status)
        return status;
    r->loading.kept = true;
    r->loading.files = r->files;
    r->loading.file_count = r->file_count;
    if (r->exchange_count)
        qsort(r->exchanges, r->exchange_count, sizeof *r->exchanges, by_key);
    r->engine = (gck_engine){.name = r->hello.name,
                             .grad = recording_grad,
                             .user = r,
                             .flushes_to_zero = r->hello.flushes_to_zero,
                             .dtypes = r->hello.dtypes};
    return GCK_OK;
}

/* Takes the text over. */
static gck_status recording_of(struct recording **out, const char *path, struct text *text,
                               struct errors *errors)
{
    struct recording *r = text->failed ? NULL : calloc(1, sizeof *r);
    if (!r)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    r->options = gck_options_default();
    r->text = text->data;
    size_t size = text->size;
    *text = (struct text){0};
    gck_status status = read_all(r, path, size, errors);
    if (status)
        recording_free(r);
    else
        *out = r;
    return status;
}

gck_status recording_read(struct recording **out, const char *path, const char *bytes, size_t size,
                          struct errors *errors)
{
    struct text text = {0};
    *out = NULL;
    text_bytes(&text, bytes, size);
    gck_status status = recording_of(out, path, &text, errors);
    text_free(&text);
    return status;
}

gck_status recording_open(struct recording **out, const char *path, struct errors *errors)
{
    struct text text = {0};
    *out = NULL;
    gck_status status = read_file(&text, path, errors);
    if (!status)
        status = recording_of(out, path, &text, errors);
    text_free(&text);
    return status;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    hello_free(&recording->hello);
    free(recording->text);
    free(recording->exchanges);
    free(recording->cases);
    free(recording->files);
    arena_free(&recording->arena);
    free(recording);
}

void recording_options(const struct recording *recording, gck_options *options)
{
    const gck_options *own = &recording->options;
    options->bits = own->bits;
    options->max_bits = own->max_bits;
    options->dtypes = own->dtypes;
    options->seed = own->seed;
    options->exhaustive = own->exhaustive;
    options->method = own->method;
    options->laws = own->laws;
}

size_t recording_cases(const struct recording *recording)
{
    return recording->case_count;
}

const char *recording_case(const struct recording *recording, size_t i)
{
    return recording->cases[i];
}

const struct case_loading *recording_loading(const struct recording *recording)
{
    return &recording->loading;
}

const gck_engine *recording_engine(const struct recording *recording)
{
    return &recording->engine;
}

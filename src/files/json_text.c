/* Parsing JSON, through jansson. */
#include "files/json_text.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* Length of the bare token at s, 0 when there is none; *name is what it becomes. */
static size_t bare_token(const char *s, size_t left, const char **name)
{
    static const struct {
        const char *token, *name;
    } tokens[] = {{"NaN", "\"nan\""}, {"-Infinity", "\"-inf\""}, {"Infinity", "\"inf\""}};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        size_t size = strlen(tokens[i].token);
        if (left >= size && memcmp(s, tokens[i].token, size) == 0) {
            *name = tokens[i].name;
            return size;
        }
    }
    return 0;
}

/* The line with its bare tokens as strings. */
static void quote_tokens(struct text *quoted, const char *line, size_t size)
{
    bool in_string = false;
    size_t from = 0;
    for (size_t i = 0; i < size;) {
        const char *name;
        size_t token = in_string || !strchr("NI-", line[i]) ? 0 : bare_token(line + i, size - i, &name);
        if (token) {
            text_bytes(quoted, line + from, i - from);
            text_add(quoted, "%s", name);
            i += token;
            from = i;
            continue;
        }
        if (in_string && line[i] == '\\')
            i++;
        else if (line[i] == '"')
            in_string = !in_string;
        i++;
    }
    text_bytes(quoted, line + from, size - from);
}

static bool has_tokens(const char *line, size_t size)
{
    return memmem(line, size, "NaN", 3) || memmem(line, size, "Infinity", 8);
}

json_t *json_text_read(const char *bytes, size_t size, int *line, struct text *why)
{
    json_error_t error = {.text = "out of memory"};
    struct text quoted = {0};
    if (has_tokens(bytes, size))
        quote_tokens(&quoted, bytes, size);
    errno = 0; /* jansson takes some failures of memory for bad tokens */
    json_t *document = quoted.failed
                           ? NULL
                           : json_loadb(quoted.data ? quoted.data : bytes, quoted.data ? quoted.size : size,
                                        JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    bool memory = !document && (quoted.failed || errno == ENOMEM);
    text_free(&quoted);
    if (!document && line)
        *line = error.line;
    if (!document)
        text_add(why, "%s", *error.text && !memory ? error.text : "out of memory");
    errno = memory ? ENOMEM : 0;
    return document;
}

static int add_piece(const char *bytes, size_t size, void *text)
{
    text_bytes(text, bytes, size);
    return 0;
}

void json_text_add(struct text *text, const json_t *value, size_t flags)
{
    if (!value || json_dump_callback(value, add_piece, text, flags) != 0)
        text->failed = true;
}

bool json_number_read(double *x, const json_t *item)
{
    const char *name = json_string_value(item);
    *x = json_number_value(item);
    if (json_is_number(item))
        return true;
    if (!name)
        return false;
    if (strcasecmp(name, "nan") == 0)
        *x = NAN;
    else if (strcasecmp(name, "inf") == 0)
        *x = INFINITY;
    else if (strcasecmp(name, "-inf") == 0)
        *x = -INFINITY;
    else
        return false;
    return true;
}

/* Reading lines of JSON, through jansson. */
#include "engine/message.h"

#include <string.h>

enum { QUOTED = 60 };

void message_quote(struct text *text, const char *bytes, size_t size)
{
    size_t shown = size < QUOTED ? size : QUOTED;
    text_add(text, "'");
    for (size_t i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)bytes[i];
        text_add(text, c < 0x20 || c >= 0x7f ? "\\x%02x" : "%c", c);
    }
    text_add(text, shown < size ? "...'" : "'");
}

void message_string(struct text *text, const char *string)
{
    text_add(text, "\"");
    for (const char *s = string; *s; s++) {
        size_t plain = strcspn(s, "\"\\\n\t\r\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13"
                                  "\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f");
        text_bytes(text, s, plain);
        s += plain;
        if (!*s)
            break;
        if (*s == '"' || *s == '\\')
            text_add(text, "\\%c", *s);
        else
            text_add(text, "\\u%04x", (unsigned)*s);
    }
    text_add(text, "\"");
}

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

json_t *message_read(const char *line, size_t size, struct text *why)
{
    json_error_t error;
    struct text quoted = {0};
    if (has_tokens(line, size))
        quote_tokens(&quoted, line, size);
    json_t *message = quoted.failed
                          ? NULL
                          : json_loadb(quoted.data ? quoted.data : line, quoted.data ? quoted.size : size,
                                       JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    text_free(&quoted);
    if (json_is_object(message))
        return message;
    text_add(why, "it sent what is no JSON object: ");
    message_quote(why, line, size);
    if (!message)
        text_add(why, " (%s)", error.text);
    json_decref(message);
    return NULL;
}

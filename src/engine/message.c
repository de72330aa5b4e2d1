/* Reading lines of JSON, through jansson. */
#include "engine/message.h"

#include <errno.h>
#include <string.h>

#include "files/json_text.h"

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

json_t *message_read(const char *line, size_t size, struct text *why)
{
    struct text error = {0};
    json_t *message = json_text_read(line, size, NULL, &error);
    if (json_is_object(message)) {
        text_free(&error);
        return message;
    }
    bool memory = !message && (!error.data || errno == ENOMEM);
    if (memory) {
        text_add(why, "out of memory");
    } else {
        text_add(why, "it sent what is no JSON object: ");
        message_quote(why, line, size);
        if (size && *line == '{')
            text_add(why, " (%s); a message is one line", error.data ? error.data : "?");
        else
            text_add(why, "; on its standard output a message is expected, and nothing else");
    }
    text_free(&error);
    json_decref(message);
    errno = memory ? ENOMEM : 0;
    return NULL;
}

/* Clean text: control characters replaced, widths on a terminal. */
#include "report/clean.h"

#include <stdint.h>
#include <string.h>

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* Decodes one sequence: its length, or 0 where there is none. */
static size_t decode(uint32_t *c, const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t length = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4, bad;
    if (strnlen(s, length) < length || !text_is_utf8(s, length, &bad))
        return 0;
    *c = length == 1 ? u[0] : u[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        *c = *c << 6 | (u[i] & 0x3f);
    return length;
}

static bool is_control(uint32_t c)
{
    static const struct range controls[] = {
        {0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f}, {0x2028, 0x202e},
        {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f}};
    return in_ranges(c, controls, sizeof controls / sizeof *controls);
}

void clean_add(struct text *text, const char *from)
{
    for (const char *s = from ? from : ""; *s;) {
        uint32_t c;
        size_t length = decode(&c, s);
        if (length && !is_control(c))
            text_bytes(text, s, length);
        else
            text_bytes(text, "?", 1);
        s += length ? length : 1;
    }
}

static size_t character_width(uint32_t c)
{
    static const struct range combining[] = {{0x300, 0x36f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                                             {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
                                             {0xfe20, 0xfe2f}};
    static const struct range wide[] = {
        {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
        {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
    if (in_ranges(c, combining, sizeof combining / sizeof *combining))
        return 0;
    return in_ranges(c, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

size_t clean_width(const char *text)
{
    size_t width = 0;
    while (*text) {
        uint32_t c;
        size_t length = decode(&c, text);
        width += length ? character_width(c) : 1;
        text += length ? length : 1;
    }
    return width;
}

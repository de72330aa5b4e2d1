/* Sources: lines, columns, and the way from a scalar's text back to the file. */
#include "case/source.h"

#include <string.h>

size_t source_break(const char *s, const char *end)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t left = (size_t)(end - s);
    if (left == 0)
        return 0;
    if (u[0] == '\n')
        return 1;
    if (u[0] == '\r')
        return left > 1 && u[1] == '\n' ? 2 : 1;
    if (left > 1 && u[0] == 0xc2 && u[1] == 0x85)
        return 2;
    return left > 2 && u[0] == 0xe2 && u[1] == 0x80 && (u[2] == 0xa8 || u[2] == 0xa9) ? 3 : 0;
}

static size_t lines_fill(uint32_t *lines, const char *bytes, size_t size)
{
    size_t count = 1;
    for (size_t i = 0; i < size;) {
        size_t length = source_break(bytes + i, bytes + size);
        i += length ? length : 1;
        if (!length)
            continue;
        if (lines)
            lines[count] = (uint32_t)i;
        count++;
    }
    return count;
}

gck_status source_open(struct source *source, const char *path, const char *bytes, size_t size,
                       struct arena *arena)
{
    *source = (struct source){.path = arena_text(arena, path, strlen(path)), .bytes = bytes, .size = size};
    source->line_count = lines_fill(NULL, bytes, size);
    uint32_t *lines = arena_alloc(arena, source->line_count, sizeof *lines);
    if (!lines || !source->path)
        return GCK_NO_MEMORY;
    lines_fill(lines, bytes, size);
    source->lines = lines;
    return GCK_OK;
}

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

struct place source_place(const struct source *source, size_t offset)
{
    size_t low = 0, high = source->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    struct place place = {source->path, low + 1, 1};
    for (size_t i = source->lines[low]; i < offset && i < source->size; i++)
        place.column += !continues(source->bytes[i]);
    return place;
}

void mark_move(struct mark *mark, const struct source *source, size_t line, size_t column)
{
    if (line != mark->line || column < mark->column)
        *mark = (struct mark){line, 0, line < source->line_count ? source->lines[line] : source->size};
    for (; mark->column < column && mark->offset < source->size; mark->column++)
        do
            mark->offset++;
        while (mark->offset < source->size && continues(source->bytes[mark->offset]));
}

static const char *end_of(const struct trace *trace)
{
    return trace->source->bytes + trace->source->size;
}

/* Moves on by one character of the source. */
static void advance(struct trace *trace)
{
    const char *end = end_of(trace);
    size_t length = source_break(trace->at, end);
    if (trace->at == end)
        return;
    if (length) {
        trace->at += length;
        trace->line++;
        trace->column = 1;
        return;
    }
    do
        trace->at++;
    while (trace->at < end && continues(*trace->at));
    trace->column++;
}

static char peek(const struct trace *trace)
{
    return trace->at < end_of(trace) ? *trace->at : '\0';
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* At the start of a line of a literal: skips what YAML removed as indentation. */
static void skip_indentation(struct trace *trace)
{
    size_t kept = strspn(trace->text + trace->offset, " "), there = 0;
    const char *end = end_of(trace);
    while (trace->at + there < end && trace->at[there] == ' ')
        there++;
    for (; there > kept; there--)
        advance(trace);
}

/* Past blanks, a line break and the blanks and empty lines after it; false when there is no break. */
static bool skip_fold(struct trace *trace)
{
    const char *s = trace->at, *end = end_of(trace);
    while (s < end && blank(*s))
        s++;
    if (!source_break(s, end))
        return false;
    while (trace->at < end && (blank(*trace->at) || source_break(trace->at, end)))
        advance(trace);
    return true;
}

/* Past an escape of a double-quoted scalar. An escaped line break stands for no character at all. */
static bool skip_escape(struct trace *trace)
{
    advance(trace);
    if (source_break(trace->at, end_of(trace)))
        return skip_fold(trace), false;
    char c = peek(trace);
    for (int left = c == 'x' ? 3 : c == 'u' ? 5 : c == 'U' ? 9 : 1; left > 0; left--)
        advance(trace);
    return true;
}

void trace_start(struct trace *trace, const struct source *source, enum style style, const char *text,
                 const struct mark *mark)
{
    unsigned line = (unsigned)mark->line + 1, column = (unsigned)mark->column + 1;
    *trace = (struct trace){.source = source,
                            .style = style,
                            .text = text,
                            .at = source->bytes + mark->offset,
                            .line = line,
                            .column = column};
    if (style == STYLE_SINGLE || style == STYLE_DOUBLE)
        advance(trace);
    if (style != STYLE_LITERAL)
        return;
    while (trace->line == line && trace->at < end_of(trace))
        advance(trace);
    skip_indentation(trace);
}

/* Moves over one character of the text. */
static void trace_step(struct trace *trace)
{
    char c = trace->text[trace->offset];
    do
        trace->offset++;
    while (continues(trace->text[trace->offset]));
    if (trace->style == STYLE_FOLDED)
        return;
    if (trace->style == STYLE_LITERAL) {
        advance(trace);
        if (c == '\n')
            skip_indentation(trace);
        return;
    }
    while (trace->style == STYLE_DOUBLE && peek(trace) == '\\')
        if (skip_escape(trace))
            return;
    if ((c == ' ' || c == '\n') && skip_fold(trace))
        return;
    if (c == '\n') /* one of several line breaks that were skipped together */
        return;
    if (trace->style == STYLE_SINGLE && c == '\'')
        advance(trace);
    advance(trace);
}

struct place trace_to(struct trace *trace, size_t offset)
{
    while (trace->offset < offset && trace->text[trace->offset])
        trace_step(trace);
    return (struct place){trace->source->path, trace->line, trace->column};
}

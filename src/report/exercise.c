/* Exercises: list, task, and errors with a caret. */
#include "report/exercise_parts.h"

#include <string.h>

#include "report/clean.h"
#include "report/style.h"

/* The line of a text that begins at `at`: its length without the break. */
static size_t line_length(const struct built_in *file, size_t at)
{
    const unsigned char *end = memchr(file->bytes + at, '\n', file->size - at);
    return end ? (size_t)(end - file->bytes) - at : file->size - at;
}

static const char *bytes_at(const struct built_in *file, size_t at)
{
    return (const char *)file->bytes + at;
}

/* The first line of a task, without its mark. */
static void add_title(struct text *text, const struct built_in *task)
{
    size_t length = line_length(task, 0);
    text_bytes(text, bytes_at(task, 2), length - 2);
}

void exercise_list(struct text *text, const struct exercise_view *view)
{
    for (size_t i = 0; i < exercise_count; i++) {
        text_add(text, "%2zu  %-14s  ", i + 1, exercises[i].name);
        add_title(text, &exercises[i].task[view->language]);
        text_add(text, "\n");
    }
}

/* A heading in bold; other lines as they are, fences of code left out. */
static void add_line(struct text *text, const struct built_in *task, size_t at, size_t length, bool colour)
{
    const char *line = bytes_at(task, at);
    if (length >= 3 && memcmp(line, "```", 3) == 0)
        return;
    if (length > 3 && memcmp(line, "## ", 3) == 0) {
        text_add(text, "%s%.*s%s\n", colour ? style_begin(STYLE_BOLD) : "", (int)(length - 3), line + 3,
                 colour ? STYLE_END : "");
        return;
    }
    text_bytes(text, line, length);
    text_add(text, "\n");
}

/* The task from its second line on, or only its last part, the hint. */
static void add_task(struct text *text, const struct built_in *task, bool hint, bool colour)
{
    size_t sections = 0;
    for (size_t at = line_length(task, 0) + 1; at < task->size; at += line_length(task, at) + 1) {
        size_t length = line_length(task, at);
        sections += length > 3 && memcmp(bytes_at(task, at), "## ", 3) == 0;
        if (hint ? sections == 2 : sections < 2)
            add_line(text, task, at, length, colour);
    }
}

void exercise_show(struct text *text, size_t number, const struct exercise_view *view)
{
    const struct exercise *e = &exercises[number - 1];
    bool korean = view->language == KOREAN;
    text_add(text, "%s%s %zu. ", view->colour ? style_begin(STYLE_BOLD) : "", korean ? "연습 문제" : "Exercise",
             number);
    add_title(text, &e->task[view->language]);
    text_add(text, "%s\n", view->colour ? STYLE_END : "");
    add_task(text, &e->task[view->language], false, view->colour);
    text_add(text, "%s%s%s\n\n", view->colour ? style_begin(STYLE_BOLD) : "", korean ? "파일" : "The file",
             view->colour ? STYLE_END : "");
    text_bytes(text, (const char *)e->start.bytes, e->start.size);
}

void exercise_add_hint(struct text *text, size_t number, const struct exercise_view *view)
{
    text_add(text, "\n");
    add_task(text, &exercises[number - 1].task[view->language], true, view->colour);
}

void exercise_add_row(struct text *text, size_t number, size_t line)
{
    const struct built_in *file = &exercises[number - 1].start;
    size_t at = 0;
    for (size_t i = 1; i < line && at < file->size; i++)
        at += line_length(file, at) + 1;
    if (at >= file->size)
        return;
    text_add(text, "      %.*s\n", (int)line_length(file, at), bytes_at(file, at));
}

enum { CARET_MOST = 160 };

void exercise_error(struct text *text, const gck_error *error, const char *bytes, size_t size)
{
    clean_add(text, error->file ? error->file : "gradcheck");
    if (error->line)
        text_add(text, ":%zu:%zu", error->line, error->column);
    text_add(text, ": ");
    clean_add(text, error->message);
    text_add(text, "\n");
    size_t at = 0;
    for (size_t i = 1; bytes && error->line && i < error->line && at < size; i++) {
        const char *end = memchr(bytes + at, '\n', size - at);
        at = end ? (size_t)(end - bytes) + 1 : size;
    }
    const char *end = bytes && error->line && at < size ? memchr(bytes + at, '\n', size - at) : NULL;
    size_t length = (end ? (size_t)(end - bytes) : size) - at, column = 1, bad;
    if (!bytes || !error->line || length == 0 || length > CARET_MOST || !text_is_utf8(bytes + at, length, &bad))
        return;
    struct text line = {0}, before = {0};
    text_bytes(&line, bytes + at, length);
    size_t to = 0;
    for (; to < length && column < error->column; column++)
        for (to++; to < length && ((unsigned char)bytes[at + to] & 0xc0) == 0x80;)
            to++;
    text_bytes(&before, bytes + at, to);
    text_add(text, "    ");
    clean_add(text, line.data);
    text_add(text, "\n    %*s^\n", before.data ? (int)clean_width(before.data) : 0, "");
    text->failed |= line.failed || before.failed;
    text_free(&line);
    text_free(&before);
}

/* Freezing: a textual edit, so that comments and layout survive. */
#include "case/freeze.h"

#include <stdlib.h>
#include <string.h>

#include "case/tree.h"
#include "files/sink.h"

/* Whether a line holds nothing, or only a comment that starts at the margin. */
static bool between_fields(const char *line, const char *end)
{
    if (line < end && *line == '#')
        return true;
    while (line < end && *line == ' ')
        line++;
    return line == end || source_break(line, end) > 0;
}

/* The lines [from, to) of the `expect:` field, counted from 0; both are the number of lines when there is
 * none. Blank lines and comments before the next field stay with that field. */
static void expect_lines(size_t *from, size_t *to, const struct item *root, const struct source *source)
{
    const char *end = source->bytes + source->size;
    *from = *to = source->line_count;
    for (const struct item *key = root->first; key && key->next; key = key->next->next) {
        if (key->type != ITEM_TEXT || strcmp(key->text, "expect") != 0)
            continue;
        *from = key->line - 1;
        if (key->next->next)
            *to = key->next->next->line - 1;
        break;
    }
    while (*to > *from + 1 && between_fields(source->bytes + source->lines[*to - 1], end))
        --*to;
}

static size_t line_offset(const struct source *source, size_t line)
{
    return line < source->line_count ? source->lines[line] : source->size;
}

/* The block with the file's line ends. */
static void add_block(struct text *text, const char *block, const char *line_end)
{
    while (*block) {
        size_t length = strcspn(block, "\n");
        text_bytes(text, block, length);
        text_bytes(text, line_end, strlen(line_end));
        block += length + (block[length] == '\n');
    }
}

static void edit(struct text *text, const struct source *source, const struct item *root, const char *block)
{
    size_t from, to;
    expect_lines(&from, &to, root, source);
    size_t start = line_offset(source, from), behind = line_offset(source, to);
    const char *newline = memchr(source->bytes, '\n', source->size);
    const char *line_end = newline && newline > source->bytes && newline[-1] == '\r' ? "\r\n" : "\n";
    text_bytes(text, source->bytes, start);
    if (start > 0 && source->bytes[start - 1] != '\n')
        text_bytes(text, line_end, strlen(line_end));
    add_block(text, block, line_end);
    text_bytes(text, source->bytes + behind, source->size - behind);
}

gck_status freeze_text(struct text *text, const char *path, const char *bytes, size_t size, const char *block,
                       const struct case_loading *loading, struct errors *errors)
{
    struct arena arena = {0};
    struct source source;
    struct item *root = NULL;
    struct case_file *file;
    gck_status status = case_read(&file, path, bytes, size, loading, errors);
    if (status)
        return status;
    case_free(file);
    size_t mark = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    text_bytes(text, bytes, mark);
    status = source_open(&source, path, bytes + mark, size - mark, &arena);
    if (!status)
        tree_read(&root, &source, &arena, &arena, errors);
    errors->here = (struct place){arena_text(&errors->arena, path, strlen(path)), 1, 1};
    if (!status && !root)
        status = errors_add(errors, GCK_NO_MEMORY, "out of memory");
    else if (root && root->flow)
        status =
            errors_add(errors, GCK_BAD_CASE,
                       "a case written as JSON cannot be frozen: its text would be lost; write it as YAML");
    else if (root)
        edit(text, &source, root, block);
    arena_free(&arena);
    if (!status && text->failed)
        status = errors_add(errors, GCK_NO_MEMORY, "out of memory");
    if (status)
        return status;
    status = case_read(&file, path, text->data, text->size, loading, errors);
    if (!status)
        case_free(file);
    return status;
}

gck_status case_freeze(const char *path, const char *expect_block, const struct case_loading *loading,
                       struct errors *errors)
{
    char *bytes = NULL;
    size_t size = 0;
    struct text text = {0};
    gck_status status = case_bytes(&bytes, &size, path, errors);
    if (!status)
        status = freeze_text(&text, path, bytes, size, expect_block, loading, errors);
    if (!status)
        status = sink_save(path, &text, errors);
    text_free(&text);
    free(bytes);
    return status;
}

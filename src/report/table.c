/* A table: widths grow with the cells, layout comes last. */
#include "report/table.h"

#include <stdlib.h>

#include "base/array.h"
#include "report/clean.h"

struct table_cell {
    const char *text;
    size_t width;
    enum style style;
};

void table_cell(struct table *table, enum style style, const char *content)
{
    struct text clean = {0};
    clean_add(&clean, content);
    char *copy = clean.failed ? NULL : arena_text(&table->arena, clean.data ? clean.data : "", clean.size);
    text_free(&clean);
    struct table_cell *cells = array_room(table->cells, table->count, &table->room, sizeof *cells);
    table->cells = cells ? cells : table->cells;
    if (!copy || !cells) {
        table->failed = true;
        return;
    }
    size_t width = clean_width(copy), column = table->count % table->columns;
    table->cells[table->count++] = (struct table_cell){copy, width, style};
    if (width > table->width[column])
        table->width[column] = width;
}

void table_text(struct table *table, enum style style, const struct text *content)
{
    table_cell(table, style, content->data ? content->data : "");
    table->failed |= content->failed;
}

static void cell_add(struct text *text, const struct table *table, size_t i, bool colour)
{
    const struct table_cell *cell = &table->cells[i];
    size_t column = i % table->columns, blanks = table->width[column] - cell->width;
    bool right = table->right >> column & 1, last = column + 1 == table->columns;
    size_t before = (column ? 2 : table->indent) + (right ? blanks : 0);
    text_add(text, "%*s", (int)before, "");
    style_add(text, colour, cell->style, cell->text);
    if (!right && !last)
        text_add(text, "%*s", (int)blanks, "");
}

static void trim_blanks(struct text *text)
{
    while (text->size && text->data[text->size - 1] == ' ')
        text->data[--text->size] = '\0';
}

void table_add_to(struct text *text, const struct table *table, bool colour)
{
    text->failed |= table->failed;
    for (size_t i = 0; i < table->count; i++) {
        cell_add(text, table, i, colour);
        if ((i + 1) % table->columns == 0) {
            trim_blanks(text);
            text_bytes(text, "\n", 1);
        }
    }
}

const char *table_content(const struct table *table, size_t i, enum style *style)
{
    *style = table->cells[i].style;
    return table->cells[i].text;
}

void table_free(struct table *table)
{
    free(table->cells);
    arena_free(&table->arena);
    *table = (struct table){0};
}

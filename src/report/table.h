/* A table: cells gathered row by row, then laid out in columns as wide as they need. */
#ifndef GCK_REPORT_TABLE_H
#define GCK_REPORT_TABLE_H
#include "base/arena.h"
#include "report/style.h"

enum { MOST_COLUMNS = 12 };

/* Zero-initialize with `columns` (and `right` where numbers line up at their end); free with table_free. */
struct table {
    size_t columns;
    unsigned right; /* bits: columns aligned at their right edge */
    size_t indent;
    size_t width[MOST_COLUMNS]; /* least widths; grow with the cells */
    struct table_cell *cells;
    size_t count, room;
    struct arena arena;
    bool failed; /* memory; the text that it is added to fails then */
};

/* Appends a cell, cleaned; after `columns` of them a new row begins. */
void table_cell(struct table *table, enum style style, const char *content);

/* The same of what the text holds; the table fails as it has. */
void table_text(struct table *table, enum style style, const struct text *content);

/* Lays out the rows, two spaces apart, without blanks at the end of a line. */
void table_add_to(struct text *text, const struct table *table, bool colour);

/* Cell i < table->count, row by row. */
const char *table_content(const struct table *table, size_t i, enum style *style);

void table_free(struct table *table);

#endif

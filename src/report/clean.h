/* Clean text: what comes from files must not steer a terminal or break a document. */
#ifndef GCK_REPORT_CLEAN_H
#define GCK_REPORT_CLEAN_H
#include "base/text.h"

/* Appends `from` with every control character (C0, DEL, C1, line and paragraph separators, those that change
 * the writing direction) and every byte that is not UTF-8 replaced by '?'. NULL appends nothing. */
void clean_add(struct text *text, const char *from);

/* Columns that clean text takes on a terminal: 2 for wide characters, 0 for combining marks. */
size_t clean_width(const char *text);

#endif

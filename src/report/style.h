/* Colours: escape sequences around words, or nothing. */
#ifndef GCK_REPORT_STYLE_H
#define GCK_REPORT_STYLE_H
#include <gradcheck.h>

#include "base/text.h"

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GREEN, STYLE_YELLOW, STYLE_RED, STYLES };

/* What begins the style on a terminal, "" for STYLE_PLAIN; STYLE_END ends any. */
const char *style_begin(enum style style);
#define STYLE_END "\033[0m"

/* Green passes, yellow is undecided or skipped, red fails. */
enum style style_of_verdict(gck_verdict verdict);

/* Appends clean `word` in the style, or without one where there is no colour. */
void style_add(struct text *text, bool colour, enum style style, const char *word);

#endif

/* HTML pages: escaped text, and the skeleton of a self-contained page with the style that all pages share. */
#ifndef GCK_REPORT_HTML_PAGE_H
#define GCK_REPORT_HTML_PAGE_H
#include <gradcheck.h>

#include "base/text.h"

/* Appends `from`, cleaned, for element content and for attribute values in double quotes: & < > " and ' are
 * escaped. NULL appends nothing. */
void html_add(struct text *text, const char *from);

/* Begins a page: head with the shared style, body, <main>. Light or dark as the reader's screen asks; black on
 * white when printed; nothing is loaded from anywhere. `head` is HTML of the caller's for the end of the head
 * (more <style>, a <script>); NULL: none. The caller writes the <h1>. */
void html_page_begin(struct text *text, const char *title, const char *head);
void html_page_end(struct text *text);

/* The shared style's class of a verdict: "good", "open" (undecided or skipped) or "bad". Colour never stands
 * alone: write the word too. Further classes: "dim", "number" (cells: right, tabular digits), "value" and
 * "gradient" (the colours of the drawings), "scroll" (a wide table or picture scrolls on its own), "box". */
const char *html_class_of(gck_verdict verdict);

#endif

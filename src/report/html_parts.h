/* What the HTML report adds to the page that all share: its style, and the script that filters and sorts. */
#ifndef GCK_REPORT_HTML_PARTS_H
#define GCK_REPORT_HTML_PARTS_H
#include "base/text.h"

/* Appends what is for the head. Nothing may be loaded from anywhere. */
void html_report_head(struct text *text);
/* For the end of the body. The page holds all without it. */
extern const char html_report_script[];

#endif

/* Facts under a table of `check`: what the numbers rest on, one labelled line or more each. */
#ifndef GCK_REPORT_FACTS_H
#define GCK_REPORT_FACTS_H
#include "report/report.h"

enum { FACTS_INDENT = 13 };

/* A label, padded to FACTS_INDENT columns. */
void facts_label(struct text *text, const char *label);

/* Output value, certificate, corners, doubtful double differences, elements without differences, times. */
void facts_add(struct text *text, const struct report_settings *settings, const gck_run *run);

#endif

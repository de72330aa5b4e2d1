/* What each kind of report does; report.c has the table. */
#ifndef GCK_REPORT_KINDS_H
#define GCK_REPORT_KINDS_H
#include "report/report.h"
#include "report/table.h"

/* For people: `run` a line a case and a summary, `check` a table a case. */
gck_status pretty_init(struct report *report);
void pretty_add(struct report *report, const gck_result *result);
void pretty_end(struct report *report, const struct tally *tally);
void pretty_free(struct report *report);

/* One case as `check` shows it: tables, certificate, times, corners, expectations, verdict. */
void pretty_case(struct text *text, const struct report_settings *settings, const gck_result *result,
                 bool colour);

/* Its table of one run: a row of titles, then a row an element that is shown. Free with table_free(). */
void pretty_table(struct table *table, const struct report_settings *settings, const gck_run *run);

/* docs/report.schema.json. */
gck_status json_init(struct report *report);
void json_problem(struct report *report, const gck_error *error);
void json_add(struct report *report, const gck_result *result);
void json_end(struct report *report, const struct tally *tally);
void json_free(struct report *report);

/* JUnit XML: one testsuite, a testcase a case and dtype. */
gck_status junit_init(struct report *report);
void junit_problem(struct report *report, const gck_error *error);
void junit_add(struct report *report, const gck_result *result);
void junit_end(struct report *report, const struct tally *tally);
void junit_free(struct report *report);

/* TAP 14: a test point a case and dtype. */
gck_status tap_init(struct report *report);
void tap_problem(struct report *report, const gck_error *error);
void tap_add(struct report *report, const gck_result *result);
void tap_end(struct report *report, const struct tally *tally);
void tap_free(struct report *report);

/* Workflow commands of GitHub Actions, which may stand among other output: an error a case, ten at most. */
gck_status github_init(struct report *report);
void github_problem(struct report *report, const gck_error *error);
void github_add(struct report *report, const gck_result *result);
void github_end(struct report *report, const struct tally *tally);
void github_free(struct report *report);

/* Markdown: what failed, in a table, with the numbers under it. */
gck_status markdown_init(struct report *report);
void markdown_problem(struct report *report, const gck_error *error);
void markdown_add(struct report *report, const gck_result *result);
void markdown_end(struct report *report, const struct tally *tally);
void markdown_free(struct report *report);

/* One page for a browser, which needs nothing else. */
gck_status html_report_init(struct report *report);
void html_report_problem(struct report *report, const gck_error *error);
void html_report_add(struct report *report, const gck_result *result);
void html_report_end(struct report *report, const struct tally *tally);
void html_report_free(struct report *report);

#endif

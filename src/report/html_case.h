/* The HTML report's part of one case. */
#ifndef GCK_REPORT_HTML_CASE_H
#define GCK_REPORT_HTML_CASE_H
#include "base/errors.h"
#include "report/report.h"

/* A case and how much of it is shown. */
struct html_view {
    const struct report_settings *settings;
    const gck_result *result;
    const gck_case *c; /* NULL: only the numbers are known */
    bool full;         /* elements, pictures, and what its inputs hide */
    bool open;         /* unfolded from the start */
};

/* The whole part, which begins with a heading of the third level and whose id is html_case_id(). */
void html_case(struct text *text, const struct html_view *view);
void html_case_id(struct text *text, const gck_result *result);

/* The verdict in its colour and in words. */
void html_verdict(struct text *text, gck_verdict verdict);

/* Text of several lines, escaped. */
void html_lines(struct text *text, const char *lines);

/* What stands between them scrolls on its own where it is too wide. */
void html_scroll_begin(struct text *text, const char *label);
void html_scroll_end(struct text *text);

/* A picture that is in the page; `what` is said of it, and is HTML. */
void html_picture(struct text *text, const struct text *svg, const char *what);
/* Why something is not there: the run was interrupted, or the last error. Without memory the page fails as a
 * whole. */
void html_missing(struct text *text, gck_status status, const struct errors *errors);

/* Parameters against runs: verdict, distance in ulps, part of the budget. */
void html_side_by_side(struct text *text, const struct html_view *view);
/* The table that `check` prints for a run. */
void html_numbers(struct text *text, const struct html_view *view, const gck_run *run);

/* Where the errors of a tensor are: a coloured cell an element, or the worst of a block where there are many.
 */
void html_map(struct text *text, const gck_tensor *tensor);

/* How many elements of a run are how many ulps off, as a table and as a picture beside the budgets. */
void html_histogram(struct text *text, const struct html_view *view, const gck_run *run);

/* The graph and the sweep; where one cannot be drawn, why. */
void html_graph(struct text *text, const struct html_view *view);
void html_sweep(struct text *text, const struct html_view *view);
/* What holds at the corners of the case's ops. */
void html_conventions(struct text *text, const struct html_view *view);
/* Bugs that these inputs cannot show. */
void html_blind_spots(struct text *text, const struct html_view *view);

#endif

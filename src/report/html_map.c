/* Maps of errors in the HTML report: a table whose cells are coloured by the error for its budget. */
#include <math.h>

#include "report/describe.h"
#include "report/html_case.h"
#include "report/html_page.h"
#include "report/number.h"

enum { SIDE = 16 };

/* How elements are laid out: rows and columns of the map, and how many elements a cell stands for. */
struct layout {
    size_t rows, columns; /* of elements */
    size_t rows_a_cell, columns_a_cell;
};

static size_t divided(size_t n, size_t by)
{
    return (n + by - 1) / by;
}

/* A matrix keeps its columns; all leading axes are rows. A vector is broken into lines. */
static struct layout layout_of(const gck_tensor *tensor)
{
    size_t n = tensor->count;
    if (tensor->rank < 2) {
        size_t a_cell = divided(n, SIDE * SIDE), columns = n < SIDE * a_cell ? n : SIDE * a_cell;
        return (struct layout){divided(n, columns), columns, 1, a_cell};
    }
    size_t columns = tensor->dims[tensor->rank - 1], rows = n / columns;
    return (struct layout){rows, columns, divided(rows, SIDE), divided(columns, SIDE)};
}

static double part_of_budget(const gck_element *e)
{
    double distance = describe_distance(e);
    return distance == 0 ? 0 : distance / e->budget;
}

/* The worst element of the block with this corner. */
static gck_element worst_of(const gck_tensor *tensor, const struct layout *l, size_t row, size_t column)
{
    gck_element worst = {.verdict = GCK_VERDICT_OK};
    bool some = false;
    for (size_t r = row; r < row + l->rows_a_cell && r < l->rows; r++)
        for (size_t c = column; c < column + l->columns_a_cell && c < l->columns; c++) {
            if (r * l->columns + c >= tensor->count)
                continue;
            gck_element e = gck_tensor_element(tensor, r * l->columns + c);
            if (!some || e.verdict > worst.verdict ||
                (e.verdict == worst.verdict && part_of_budget(&e) > part_of_budget(&worst)))
                worst = e;
            some = true;
        }
    return worst;
}

/* What stands before the number of ulps, so that nothing hangs on colour. */
static const char *mark_of(gck_verdict verdict)
{
    switch (verdict) {
    case GCK_VERDICT_OK:
        return "";
    case GCK_VERDICT_KINK:
        return "^";
    case GCK_VERDICT_INACCURATE:
        return "~";
    case GCK_VERDICT_INCONCLUSIVE:
    case GCK_VERDICT_UNSUPPORTED:
        return "?";
    default:
        return "!";
    }
}

static void add_cell(struct text *text, const gck_element *e)
{
    char number[NUMBER_TEXT];
    double part = part_of_budget(e);
    bool passes = gck_verdict_passes(e->verdict);
    const char *shade = e->verdict == GCK_VERDICT_OK ? part == 0      ? "m0"
                                                       : part <= 0.25 ? "m1"
                                                                      : "m2"
                        : passes                     ? "m3"
                        : *html_class_of(e->verdict) == 'o' || e->verdict == GCK_VERDICT_INACCURATE ? "m4"
                        : part <= 1000                                                              ? "m5"
                                                                                                    : "m6";
    text_add(text, "<td class=\"%s\">%s", shade, mark_of(e->verdict));
    if (e->verdict == GCK_VERDICT_MISSING)
        text_add(text, "none");
    else if (e->zero || isnan(e->ulps))
        text_add(text, "%s", isnan(e->analytic) ? "nan" : "-");
    else
        text_add(text, "%s", number_ulps(number, e->ulps));
    if (e->verdict != GCK_VERDICT_OK)
        text_add(text, "<span class=\"unseen\"> %s</span>", gck_verdict_name(e->verdict));
    text_add(text, "</td>");
}

/* "-", "3", "4 to 7" */
static void add_range(struct text *text, size_t first, size_t count, size_t all)
{
    size_t last = first + count < all ? first + count - 1 : all - 1;
    text_add(text, last > first ? "%zu-%zu" : "%zu", first, last);
}

static void add_caption(struct text *text, const gck_tensor *tensor, const struct layout *l)
{
    text_add(text, "<caption>Errors of <code>");
    html_add(text, tensor->name);
    text_add(text, "</code> in ulps");
    size_t a_cell = l->rows_a_cell * l->columns_a_cell;
    if (a_cell > 1)
        text_add(text, ", the worst of up to %zu elements a cell", a_cell);
    const char *separator = ": ";
    for (int v = 0; v < GCK_VERDICTS; v++)
        if (tensor->counts[v]) {
            text_add(text, "%s%zu %s", separator, tensor->counts[v], gck_verdict_name((gck_verdict)v));
            separator = ", ";
        }
    text_add(text, "</caption>\n");
}

void html_map(struct text *text, const gck_tensor *tensor)
{
    struct layout l = layout_of(tensor);
    text_add(text, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Map of errors of ");
    html_add(text, tensor->name);
    text_add(text, "\"><table class=\"map\">");
    add_caption(text, tensor, &l);
    text_add(text, "<thead><tr><td></td>");
    for (size_t c = 0; c < l.columns; c += l.columns_a_cell) {
        text_add(text, "<th scope=\"col\">");
        add_range(text, c, l.columns_a_cell, l.columns);
        text_add(text, "</th>");
    }
    text_add(text, "</tr></thead>\n<tbody>");
    for (size_t r = 0; r < l.rows; r += l.rows_a_cell) {
        text_add(text, "<tr><th scope=\"row\">");
        if (tensor->rank < 2)
            text_add(text, "%zu", r * l.columns);
        else
            add_range(text, r, l.rows_a_cell, l.rows);
        text_add(text, "</th>");
        for (size_t c = 0; c < l.columns; c += l.columns_a_cell) {
            gck_element e = worst_of(tensor, &l, r, c);
            if (r * l.columns + c < tensor->count)
                add_cell(text, &e);
        }
        text_add(text, "</tr>\n");
    }
    text_add(text, "</tbody></table></div>\n");
}

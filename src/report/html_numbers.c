/* Tables of numbers in the HTML report: parameters against runs, and what `check` prints. */
#include <math.h>

#include "report/describe.h"
#include "report/html_case.h"
#include "report/html_page.h"
#include "report/kinds.h"
#include "report/number.h"

enum { MOST_ROWS = 40 };

static void add_heads(struct text *text, const gck_result *r)
{
    text_add(text, "<thead><tr><th scope=\"col\" rowspan=\"2\">gradient of</th>");
    for (size_t k = 0; k < r->run_count; k++) {
        text_add(text, "<th scope=\"colgroup\" colspan=\"3\">%s, ", gck_dtype_name(r->runs[k].dtype));
        html_add(text, r->runs[k].engine);
        text_add(text, "</th>");
    }
    text_add(text, "</tr>\n<tr>");
    for (size_t k = 0; k < r->run_count; k++)
        text_add(text, "<th scope=\"col\">verdict</th><th scope=\"col\">ulps</th>"
                       "<th scope=\"col\">of budget</th>");
    text_add(text, "</tr></thead>\n<tbody>");
}

/* Verdict, ulps, part of the budget: of the worst element. */
static void add_cells(struct text *text, const gck_tensor *tensor)
{
    char number[NUMBER_TEXT];
    const gck_element *e = &tensor->worst;
    text_add(text, "<td>");
    html_verdict(text, tensor->verdict);
    bool digits = tensor->count && !isnan(e->ulps) && !tensor->zero && !e->zero;
    text_add(text, "</td><td>%s</td>", digits ? number_ulps(number, e->ulps) : "-");
    double distance = describe_distance(e);
    double part = distance > 0 ? distance / e->budget : 0;
    text_add(text, "<td>%s</td>", tensor->count && isfinite(part) ? number_error(number, part) : "-");
}

static const gck_tensor *tensor_of(const gck_run *run, size_t i, size_t count)
{
    return i < count ? i < run->tensor_count ? &run->tensors[i] : NULL : &run->value;
}

static void add_row(struct text *text, const gck_result *r, size_t i, size_t count)
{
    const gck_tensor *first = NULL;
    for (size_t k = 0; k < r->run_count && !first; k++)
        first = r->runs[k].tensor_count ? tensor_of(&r->runs[k], i, count) : NULL;
    if (!first || !first->name)
        return;
    text_add(text, "<tr><th scope=\"row\">%s", i < count ? "" : "value ");
    html_add(text, first->name);
    if (first->count != 1) {
        text_add(text, " <small>");
        for (int d = 0; d < first->rank; d++)
            text_add(text, "%s%zu", d ? " x " : "", first->dims[d]);
        text_add(text, "</small>");
    }
    text_add(text, "</th>");
    for (size_t k = 0; k < r->run_count; k++)
        if (r->runs[k].tensor_count)
            add_cells(text, tensor_of(&r->runs[k], i, count));
        else {
            text_add(text, "<td>");
            html_verdict(text, r->runs[k].verdict);
            text_add(text, "</td><td>-</td><td>-</td>");
        }
    text_add(text, "</tr>\n");
}

/* How far the reference was proved, for each run. */
static void add_certificates(struct text *text, const struct html_view *view)
{
    const gck_result *r = view->result;
    text_add(text, "</tbody>\n<tfoot><tr><th scope=\"row\">certificate</th>");
    for (size_t k = 0; k < r->run_count; k++) {
        const gck_certificate *c = &r->runs[k].certificate;
        char number[NUMBER_TEXT];
        text_add(text, "<td>");
        if (!c->directions)
            text_add(text, "-</td><td colspan=\"2\">none taken</td>");
        else {
            html_verdict(text, c->verdict);
            text_add(text, "</td><td colspan=\"2\">to %s</td>", number_error(number, c->agreement));
        }
    }
    text_add(text, "</tr></tfoot>");
}

void html_side_by_side(struct text *text, const struct html_view *view)
{
    const gck_result *r = view->result;
    size_t count = 0;
    for (size_t k = 0; k < r->run_count; k++)
        count = r->runs[k].tensor_count > count ? r->runs[k].tensor_count : count;
    if (!r->run_count)
        return;
    html_scroll_begin(text, "Verdicts");
    text_add(text, "<table class=\"numbers side\"><caption>Worst elements, by number format and engine"
                   "</caption>\n");
    add_heads(text, r);
    for (size_t i = 0; i < count && i < MOST_ROWS; i++)
        add_row(text, r, i, count);
    add_row(text, r, count, count);
    add_certificates(text, view);
    text_add(text, "</table>");
    html_scroll_end(text);
    if (count > MOST_ROWS)
        text_add(text, "<p>And %zu more parameters.</p>\n", count - MOST_ROWS);
}

static void add_table(struct text *text, const struct table *table)
{
    size_t rows = table->count / table->columns, most = MOST_ROWS + 1;
    for (size_t i = 0; i < table->count && i < most * table->columns; i++) {
        size_t column = i % table->columns;
        bool head = i < table->columns, name = column == 0;
        enum style style;
        const char *content = table_content(table, i, &style);
        bool last = column + 1 == table->columns;
        const char *of = style == STYLE_GREEN    ? "good"
                         : style == STYLE_YELLOW ? "open"
                         : style == STYLE_RED    ? "bad"
                                                 : "";
        if (i == 0)
            text_add(text, "<thead>");
        if (name)
            text_add(text, "<tr>");
        text_add(text, "<%s%s>",
                 !head && !name ? "td"
                 : head         ? "th scope=\"col\""
                                : "th scope=\"row\"",
                 name || last ? "" : " class=\"n\"");
        if (*of)
            text_add(text, "<b class=\"%s\">", of);
        html_add(text, content);
        text_add(text, "%s%s%s", *of ? "</b>" : "", head || name ? "</th>" : "</td>", last ? "</tr>\n" : "");
        if (i + 1 == table->columns)
            text_add(text, "</thead><tbody>");
    }
    text_add(text, "</tbody></table>");
    html_scroll_end(text);
    if (rows > most)
        text_add(text, "<p>And %zu more rows.</p>\n", rows - most);
}

void html_numbers(struct text *text, const struct html_view *view, const gck_run *run)
{
    struct table table;
    struct report_settings settings = *view->settings;
    settings.verbose = false; /* the map has every element */
    pretty_table(&table, &settings, run);
    html_scroll_begin(text, "Gradients and differences");
    text_add(text, "<table class=\"numbers\"><caption>Worst elements, beside numeric differences</caption>\n");
    if (table.count && !table.failed)
        add_table(text, &table);
    text->failed |= table.failed;
    table_free(&table);
}

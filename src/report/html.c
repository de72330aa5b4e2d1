/* HTML: one page that needs nothing else. A table of the cases, under it a part for each, which unfolds. */
#include <math.h>
#include <stdlib.h>

#include "report/describe.h"
#include "report/html_case.h"
#include "report/html_page.h"
#include "report/html_parts.h"
#include "report/kinds.h"
#include "report/number.h"

/* A page stays below 5 MB: pictures are for few cases, and once there is much of it the rest is a row each. */
enum {
    MOST_CHOSEN = 12, /* cases that have pictures though they pass */
    LEAST_FULL = 8,   /* cases that have pictures however many follow */
    MOST_FULL = 24,
    MOST_BYTES = 4700000,
    A_ROW = 350, /* about what a case takes in the table, below it, and with pictures */
    A_PART = 2700,
    ALL_OF_IT = 120000
};

struct html {
    struct text problems, rows, cases;
    size_t count, standings[STANDING_UNEXPECTED + 1]; /* cases */
    size_t full, left_out; /* cases with pictures, and those that would have them but for the limits */
    size_t folded;         /* cases that are a row alone */
    struct text engines;   /* of the first case */
};

gck_status html_report_init(struct report *report)
{
    report->state = calloc(1, sizeof(struct html));
    return report->state ? GCK_OK : GCK_NO_MEMORY;
}

void html_report_problem(struct report *report, const gck_error *error)
{
    struct html *html = report->state;
    struct text *text = &html->problems;
    text_add(text, "<li><code>");
    html_add(text, error->file ? error->file : "gradcheck");
    if (error->file && error->line)
        text_add(text, ":%zu:%zu", error->line, error->column);
    text_add(text, "</code>: ");
    html_add(text, error->message);
    text_add(text, "</li>\n");
}

static const char *standing_word(enum standing_kind kind)
{
    static const char *const words[] = {"passes", "known", "fails", "fails"};
    return words[kind];
}

static void add_number(struct text *text, double x)
{
    char number[NUMBER_TEXT];
    if (isfinite(x))
        text_add(text, "<td class=\"n\" data-key=\"%.3g\">%s</td>", x, number_error(number, x));
    else
        text_add(text, "<td class=\"n\">-</td>");
}

/* The larger of two where NaN is no number. */
static double larger(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : fmax(a, b);
}

/* The worst error of a result for its budget. */
static double worst_part(const gck_result *result)
{
    double worst = NAN;
    for (size_t k = 0; k < result->run_count; k++)
        for (size_t i = 0; i < result->runs[k].tensor_count; i++) {
            const gck_tensor *tensor = &result->runs[k].tensors[i];
            double distance = describe_distance(&tensor->worst);
            if (tensor->count)
                worst = larger(worst, distance > 0 ? distance / tensor->worst.budget : 0);
        }
    return worst;
}

static void add_row(struct html *html, const gck_result *result, enum standing_kind standing, bool linked)
{
    struct text *text = &html->rows;
    double numeric = NAN, wide = NAN;
    char time[NUMBER_TEXT];
    for (size_t k = 0; k < result->run_count; k++) {
        if (!result->runs[k].tensor_count)
            continue;
        numeric = larger(numeric, result->runs[k].numeric_error);
        wide = larger(wide, result->runs[k].wide_error);
    }
    text_add(text, "<tr data-verdict=\"%s\" data-standing=\"%s\"><th scope=\"row\">",
             gck_verdict_name(result->verdict), standing_word(standing));
    if (linked) {
        text_add(text, "<a href=\"#");
        html_case_id(text, result);
        text_add(text, "\">");
    }
    html_add(text, result->id);
    text_add(text, "%s <small>", linked ? "</a>" : "");
    html_add(text, result->title);
    text_add(text, "</small></th><td data-key=\"%d\">", (int)result->verdict);
    html_verdict(text, result->verdict);
    if (standing == STANDING_KNOWN || (standing == STANDING_PASSES && !gck_verdict_passes(result->verdict)))
        text_add(text, " <span class=\"standing\">%s</span>", standing == STANDING_KNOWN ? "known" : "allowed");
    text_add(text, "</td><td class=\"n\">%zu</td>", result->parameters);
    add_number(text, worst_part(result));
    add_number(text, numeric);
    add_number(text, wide);
    text_add(text, "<td class=\"n\">%s</td></tr>\n", number_ms(time, result->ms));
}

/* Remembers who computes. */
static void note_engines(struct text *text, const gck_result *result)
{
    for (size_t k = 0; k < result->run_count && !text->failed; k++) {
        text_add(text, "%s%s: ", k ? "; " : "", gck_dtype_name(result->runs[k].dtype));
        html_add(text, result->runs[k].engine);
    }
}

void html_report_add(struct report *report, const gck_result *result)
{
    struct html *html = report->state;
    enum standing_kind standing = report_stands(report->settings, result);
    bool fails = standing != STANDING_PASSES;
    bool wanted = fails || report->settings->cases <= MOST_CHOSEN;
    size_t ahead = report->settings->cases > html->count ? report->settings->cases - html->count : 0;
    size_t used = html->cases.size + html->rows.size;
    bool part = used + ahead * A_ROW < MOST_BYTES;
    bool room = html->full < LEAST_FULL || used + ahead * (A_ROW + A_PART) + ALL_OF_IT < MOST_BYTES;
    bool full = wanted && part && room && html->full < MOST_FULL;
    struct html_view view = {.settings = report->settings,
                             .result = result,
                             .c = report->c,
                             .full = full,
                             .open = full && (fails || report->settings->cases == 1)};
    html->count++;
    html->standings[standing]++;
    html->full += view.full;
    html->left_out += wanted && !view.full;
    html->folded += !part;
    if (!html->engines.size)
        note_engines(&html->engines, result);
    add_row(html, result, standing, part);
    if (part)
        html_case(&html->cases, &view);
}

static void add_navigation(struct text *text, const struct html *html)
{
    text_add(text,
             "<a class=\"skip\" href=\"#cases\">Skip to the cases</a>\n<nav aria-label=\"On this page\"><ul>"
             "<li><a href=\"#summary\">Summary</a></li><li><a href=\"#cases\">Cases</a></li>"
             "<li><a href=\"#parts\">Case by case</a></li>%s<li><a href=\"#reading\">How to read this</a></li>"
             "</ul></nav>\n",
             html->problems.size ? "<li><a href=\"#problems\">Problems</a></li>" : "");
}

static void add_verdicts(struct text *text, const struct tally *tally)
{
    html_scroll_begin(text, "Cases by verdict");
    text_add(text, "<table><caption>Cases by verdict</caption>\n<thead><tr><th scope=\"col\">verdict</th>"
                   "<th scope=\"col\">cases</th><th scope=\"col\">what it means</th></tr></thead>\n<tbody>");
    for (int v = 0; v < GCK_VERDICTS; v++) {
        if (!tally->verdicts[v])
            continue;
        text_add(text, "<tr><th scope=\"row\">");
        html_verdict(text, (gck_verdict)v);
        text_add(text, "</th><td class=\"number\">%zu</td><td>%s</td></tr>\n", tally->verdicts[v],
                 describe_verdict((gck_verdict)v));
    }
    text_add(text, "</tbody></table>");
    html_scroll_end(text);
}

static void add_settings(struct text *text, const struct report_settings *settings, const struct html *html,
                         const struct tally *tally)
{
    char time[NUMBER_TEXT];
    text_add(text, "<dl><dt>command</dt><dd>gradcheck %s, version %s</dd>\n", settings->command, gck_version());
    if (html->engines.size)
        text_add(text, "<dt>engine</dt><dd>%s</dd>\n", html->engines.data);
    text_add(text, "<dt>reference</dt><dd>%d bits, seed %llu</dd>\n", settings->options.bits,
             (unsigned long long)settings->options.seed);
    if (settings->shards)
        text_add(text, "<dt>shard</dt><dd>%zu of %zu</dd>\n", settings->shard, settings->shards);
    text_add(text, "<dt>checked</dt><dd>");
    describe_count(text, tally->done, "case");
    text_add(text, ", ");
    describe_count(text, tally->parameters, "parameter");
    text_add(text, ", in %s</dd></dl>\n", number_time(time, tally->ms));
}

/* What the page leaves out, so that it can be opened anywhere. */
static void add_limits(struct text *text, const struct report_settings *settings, const struct html *html)
{
    if (html->left_out || html->full < html->count) {
        text_add(text, "<p>So that the page stays small, maps, pictures and blind spots are there for ");
        if (html->left_out)
            text_add(text, "the first %zu of %zu cases that fail", html->full, html->full + html->left_out);
        else
            text_add(text, "the cases that fail");
        text_add(text,
                 ". <code>gradcheck %s --format html=FILE</code> with up to %d cases shows them for all.</p>\n",
                 settings->command, MOST_CHOSEN);
    }
    if (html->folded)
        text_add(text, "<p>%zu cases are a row of the table alone: the page is full.</p>\n", html->folded);
}

static void add_stale(struct text *text, const struct baseline *b)
{
    struct text line = {0};
    text_add(text, "<p>Lines of the baseline that must go:</p><ul>");
    for (size_t i = 0; i < b->count; i++) {
        if (!b->lines[i].stale)
            continue;
        describe_stale(&line, b, &b->lines[i]);
        text_add(text, "<li>");
        html_add(text, line.data);
        text_add(text, "</li>\n");
        text_clear(&line);
    }
    text_add(text, "</ul>\n");
    text->failed |= line.failed;
    text_free(&line);
}

/* Hidden until the script is there to do what it says. */
static void add_controls(struct text *text, const struct html *html, const struct tally *tally)
{
    text_add(text, "<form id=\"controls\" role=\"search\" aria-label=\"Filter the cases\" hidden>\n"
                   "<div><label for=\"words\">Id or title contains</label><input id=\"words\" name=\"words\" "
                   "type=\"search\" autocomplete=\"off\"></div>\n"
                   "<div><label for=\"show\">Show</label><select id=\"show\" name=\"show\">"
                   "<option value=\"\">all cases</option>");
    if (html->standings[STANDING_FAILS] + html->standings[STANDING_UNEXPECTED])
        text_add(text, "<option value=\"fails\">what fails</option>");
    if (html->standings[STANDING_KNOWN])
        text_add(text, "<option value=\"known\">known failures</option>");
    for (int v = 0; v < GCK_VERDICTS; v++)
        if (tally->verdicts[v])
            text_add(text, "<option value=\"%s\">verdict: %s</option>", gck_verdict_name((gck_verdict)v),
                     gck_verdict_name((gck_verdict)v));
    text_add(text,
             "</select></div>\n<div><button type=\"button\" name=\"unfold\">Unfold what is shown</button> "
             "<button type=\"button\" name=\"fold\">Fold all</button></div>\n"
             "<output id=\"count\" for=\"words show\"></output></form>\n");
}

static void add_list(struct text *text, const struct html *html)
{
    static const char *const heads[] = {"case",          "verdict",     "parameters", "worst, of budget",
                                        "error, double", "error, wide", "ms"};
    text_add(text,
             "<p>Errors are the worst of any parameter in any number format: as a part of the rounding budget, "
             "then against numeric differences in double and at more bits.</p>\n");
    html_scroll_begin(text, "Table of cases");
    text_add(text, "<table class=\"list\" id=\"list\"><caption>Cases in the order in which they were checked"
                   "</caption>\n<thead><tr>");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        text_add(text, "<th scope=\"col\"%s>%s</th>", i < 2 ? "" : " class=\"n\"", heads[i]);
    text_add(text, "</tr></thead>\n<tbody>\n");
    text_bytes(text, html->rows.data ? html->rows.data : "", html->rows.size);
    text_add(text, "</tbody></table>");
    html_scroll_end(text);
}

static const char reading[] =
    "<h2 id=\"reading\">How to read this</h2>\n<dl>"
    "<dt>budget</dt><dd>How wrong rounding alone may make a correct engine in this number format, measured for "
    "each "
    "element. 1 is all of it; beyond that it is a finding. There is no tolerance to choose.</dd>\n"
    "<dt>ulps</dt><dd>Units in the last place of the number format: the distance from the reference.</dd>\n"
    "<dt>certificate</dt><dd>The reference itself is proved by differences along random directions at many "
    "bits. It "
    "covers every element: one that is off by a part in 10^15 shows.</dd>\n"
    "<dt>error, double and wide</dt><dd>The relative error against numeric differences: the classic check in "
    "double, "
    "which is noisy, and the same at the bits of the reference.</dd>\n"
    "<dt>maps</dt><dd>A cell is an element or the worst of a block; its number is ulps. "
    "<span class=\"m0\">&nbsp;0&nbsp;</span> equals the reference, <span class=\"m1\">&nbsp;1&nbsp;</span> up "
    "to a "
    "quarter of the budget, <span class=\"m2\">&nbsp;2&nbsp;</span> within it, <span "
    "class=\"m3\">&nbsp;^&nbsp;</span> "
    "kink, <span class=\"m4\">&nbsp;~&nbsp;</span> inaccurate, <span class=\"m4\">&nbsp;?&nbsp;</span> "
    "undecided, "
    "<span class=\"m5\">&nbsp;!&nbsp;</span> wrong, <span class=\"m6\">&nbsp;!&nbsp;</span> wrong by over 1000 "
    "budgets, or no number.</dd></dl>\n";

static void add_summary(struct text *text, const struct report *report, const struct tally *tally)
{
    const struct html *html = report->state;
    text_add(text, "<section aria-labelledby=\"summary\"><h2 id=\"summary\">Summary</h2>\n");
    add_verdicts(text, tally);
    add_settings(text, report->settings, html, tally);
    add_limits(text, report->settings, html);
    if (tally->stale)
        add_stale(text, report->settings->baseline);
    text_add(text, "</section>\n");
    if (html->problems.size)
        text_add(
            text,
            "<section aria-labelledby=\"problems\"><h2 id=\"problems\">Problems</h2>\n<ul>%s</ul></section>\n",
            html->problems.data);
}

void html_report_end(struct report *report, const struct tally *tally)
{
    struct html *html = report->state;
    struct text *text = &report->text, title = {0}, head = {0};
    text_add(&title, "gradcheck: ");
    describe_outcome(&title, tally);
    html_report_head(&head);
    html_page_begin(text, title.data, head.data);
    add_navigation(text, html);
    text_add(text, "<h1>");
    html_add(text, title.data);
    text_add(text, "</h1>\n");
    add_summary(text, report, tally);
    text_add(text, "<section aria-labelledby=\"cases\"><h2 id=\"cases\" tabindex=\"-1\">Cases</h2>\n");
    add_controls(text, html, tally);
    add_list(text, html);
    text_add(text, "</section>\n<section aria-labelledby=\"parts\"><h2 id=\"parts\">Case by case</h2>\n");
    text_bytes(text, html->cases.data ? html->cases.data : "", html->cases.size);
    text_add(text, "</section>\n<section aria-labelledby=\"reading\">%s</section>\n%s", reading,
             html_report_script);
    html_page_end(text);
    text->failed |= title.failed || head.failed || html->problems.failed || html->rows.failed ||
                    html->cases.failed || html->engines.failed;
    text_free(&title);
    text_free(&head);
}

void html_report_free(struct report *report)
{
    struct html *html = report->state;
    if (html) {
        text_free(&html->problems);
        text_free(&html->rows);
        text_free(&html->cases);
        text_free(&html->engines);
    }
    free(html);
}

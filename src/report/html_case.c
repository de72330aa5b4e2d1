/* The HTML report's part of one case: what failed, the numbers, what they rest on, and the pictures. */
#include "report/html_case.h"

#include <stdlib.h>
#include <string.h>

#include "api/case_handle.h"
#include "check/foreign_run.h"
#include "report/checks.h"
#include "report/describe.h"
#include "report/facts.h"
#include "report/html_page.h"
#include "report/number.h"

void html_verdict(struct text *text, gck_verdict verdict)
{
    text_add(text, "<b class=\"%s\">%s</b>", html_class_of(verdict), gck_verdict_name(verdict));
}

void html_lines(struct text *text, const char *lines)
{
    struct text line = {0};
    for (const char *s = lines ? lines : ""; *s;) {
        size_t size = strcspn(s, "\n");
        text_bytes(&line, s, size);
        html_add(text, line.data);
        text_clear(&line);
        s += size;
        if (*s)
            text_bytes(text, s++, 1);
    }
    text->failed |= line.failed;
    text_free(&line);
}

void html_scroll_begin(struct text *text, const char *label)
{
    text_add(text, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">", label);
}

void html_scroll_end(struct text *text)
{
    text_add(text, "</div>\n");
}

void html_case_id(struct text *text, const gck_result *result)
{
    text_add(text, "case/");
    html_add(text, result->id);
}

static void add_summary(struct text *text, const struct html_view *view)
{
    const gck_result *r = view->result;
    text_add(text, "<details class=\"case\"%s><summary><h3>", view->open ? " open" : "");
    html_add(text, r->id);
    text_add(text, "</h3> ");
    html_verdict(text, r->verdict);
    if (report_stands(view->settings, r) == STANDING_KNOWN)
        text_add(text, " <span class=\"standing\">known</span>");
    text_add(text, " <span class=\"title\">");
    html_add(text, r->title);
    text_add(text, "</span></summary>\n");
}

static void add_origin(struct text *text, const struct html_view *view)
{
    const char *why = view->full && view->c ? gck_case_why(view->c) : NULL;
    const char *source = view->full && view->c ? gck_case_source(view->c) : NULL;
    text_add(text, "<p class=\"path\"><code>");
    html_add(text, view->result->path);
    text_add(text, "</code></p>\n");
    if (why) {
        text_add(text, "<p>");
        html_add(text, why);
        text_add(text, "</p>\n");
    }
    if (source) {
        text_add(text, "<p>Source: ");
        html_add(text, source);
        text_add(text, "</p>\n");
    }
}

/* Why it fails, or which failures are known. */
static void add_failures(struct text *text, const struct html_view *view)
{
    struct text why = {0};
    if (view->full) {
        text_add(text, "<p>");
        html_verdict(text, view->result->verdict);
        text_add(text, ": %s.</p>\n", describe_verdict(view->result->verdict));
    }
    describe_failures(&why, view->settings, view->result, 0);
    for (size_t i = 0; i < checks_count(view->result); i++) {
        struct check check = checks_get(view->settings, view->result, i);
        if (check.standing.kind != STANDING_KNOWN)
            continue;
        text_add(&why, "%s: ", check.name);
        checks_describe_known(&why, view->settings, &check);
        text_add(&why, "\n");
    }
    if (why.size) {
        text_add(text, "<pre class=\"words\">");
        html_lines(text, why.data);
        text_add(text, "</pre>\n");
    }
    text->failed |= why.failed;
    text_free(&why);
}

/* Labels stand at the left edge of a line, what they are about is indented. */
static void add_facts(struct text *text, const struct html_view *view, const gck_run *run)
{
    struct text facts = {0};
    facts_add(&facts, view->settings, run);
    text_add(text, "<dl>");
    const char *end = "";
    for (char *rest = facts.data, *line; rest && *rest && (line = strsep(&rest, "\n"));) {
        bool begins = *line && *line != ' ';
        size_t indent = strnlen(line, FACTS_INDENT);
        const char *body = line + indent;
        if (begins) {
            size_t label = indent;
            while (label && line[label - 1] == ' ')
                label--;
            text_add(text, "%s<dt>%.*s</dt><dd>", end, (int)label, line);
            end = "</dd>\n";
        } else {
            text_add(text, "<br>");
        }
        html_add(text, body);
    }
    text_add(text, "%s</dl>\n", end);
    text->failed |= facts.failed;
    text_free(&facts);
}

static void add_run_name(struct text *text, const gck_run *run)
{
    text_add(text, "%s, ", gck_dtype_name(run->dtype));
    html_add(text, run->engine);
}

/* Everything about one run. */
static void add_run(struct text *text, const struct html_view *view, const gck_run *run)
{
    enum { MOST_MAPS = 6 };
    text_add(text, "<h4>");
    add_run_name(text, run);
    text_add(text, "</h4>\n");
    if (run->message) {
        text_add(text, "<p>");
        html_add(text, run->message);
        text_add(text, "</p>\n");
    }
    if (!run->tensor_count)
        return;
    html_numbers(text, view, run);
    add_facts(text, view, run);
    html_histogram(text, view, run);
    size_t shown = 0;
    text_add(text, "<div class=\"maps\">");
    for (int passing = 0; passing < 2; passing++)
        for (size_t i = 0; i < run->tensor_count; i++) {
            const gck_tensor *tensor = &run->tensors[i];
            if (tensor->count > 1 && report_passes(view->settings, tensor->verdict) == passing &&
                shown++ < MOST_MAPS)
                html_map(text, tensor);
        }
    text_add(text, "</div>\n");
    if (shown > MOST_MAPS)
        text_add(text, "<p>Maps of %zu more parameters are left out.</p>\n", shown - MOST_MAPS);
}

static void add_expectations(struct text *text, const gck_result *r)
{
    if (r->expectations) {
        size_t missed = r->mismatch_count < r->expectations ? r->mismatch_count : r->expectations;
        text_add(text, "<p>The case expects %zu number%s: %zu met.", r->expectations,
                 r->expectations == 1 ? "" : "s", r->expectations - missed);
    } else {
        text_add(text, "<p>The case gives no numbers of its own.");
    }
    char time[NUMBER_TEXT];
    text_add(text, " Checked in %s, seed %llu.</p>\n", number_time(time, r->ms), (unsigned long long)r->seed);
}

/* The same case with the built-in engine, in the same number formats; NULL where that is what was checked,
 * where it takes a while, or cannot be done. */
static gck_result *check_built_in(const struct html_view *view)
{
    enum { MOST_PARAMETERS = 10000 };
    gck_options options = view->settings->options;
    gck_result *found = NULL;
    bool other = false;
    options.engine = NULL;
    options.laws = false;
    options.dtypes = 0;
    for (size_t i = 0; i < view->result->run_count; i++) {
        const gck_run *run = &view->result->runs[i];
        options.dtypes |= 1u << run->dtype;
        other |= run->engine && strncmp(run->engine, "builtin:", strlen("builtin:")) != 0;
    }
    if (!other || !view->c || foreign_op(&view->c->file->graph) || view->result->parameters > MOST_PARAMETERS)
        return NULL;
    return gck_check(&found, view->c, &options, NULL) == GCK_OK ? found : NULL;
}

/* Engines side by side: the one that was checked, and the built-in one. */
static void add_engines(struct text *text, const struct html_view *view)
{
    gck_result *built_in = view->full ? check_built_in(view) : NULL;
    gck_result both = *view->result;
    size_t more = built_in ? built_in->run_count : 0;
    gck_run *runs = calloc(both.run_count + more + 1, sizeof *runs);
    for (size_t i = 0; runs && i < both.run_count + more; i++)
        runs[i] = i < both.run_count ? view->result->runs[i] : built_in->runs[i - both.run_count];
    both.runs = runs;
    both.run_count += more;
    struct html_view beside = *view;
    beside.result = &both;
    if (runs)
        html_side_by_side(text, &beside);
    else
        text->failed = true;
    free(runs);
    gck_result_free(built_in);
}

void html_case(struct text *text, const struct html_view *view)
{
    const gck_result *r = view->result;
    add_summary(text, view);
    text_add(text, "<div class=\"body\" id=\"");
    html_case_id(text, r);
    text_add(text, "\">\n");
    add_origin(text, view);
    if (report_stands(view->settings, r) != STANDING_PASSES)
        add_failures(text, view);
    add_engines(text, view);
    for (size_t i = 0; i < r->run_count; i++)
        if (view->full)
            add_run(text, view, &r->runs[i]);
        else if (i == 0 && r->runs[i].tensor_count)
            add_facts(text, view, &r->runs[i]);
    add_expectations(text, r);
    html_conventions(text, view);
    if (view->full) {
        html_graph(text, view);
        html_sweep(text, view);
        html_blind_spots(text, view);
    }
    text_add(text, "</div></details>\n");
}

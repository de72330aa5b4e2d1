/* JSON for programs: one document, docs/report.schema.json. Numbers that JSON lacks are strings. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "files/json_text.h"
#include "report/clean.h"
#include "report/json_list.h"
#include "report/kinds.h"

enum { FORMAT_VERSION = 1 };

struct json_report {
    json_t *cases, *problems;
    bool failed;
};

gck_status json_init(struct report *report)
{
    struct json_report *json = report->state = calloc(1, sizeof *json);
    if (!json)
        return GCK_NO_MEMORY;
    json->cases = json_array();
    json->problems = json_array();
    return json->cases && json->problems ? GCK_OK : GCK_NO_MEMORY;
}

static json_t *number(double x)
{
    return isnan(x) ? json_string("nan") : isinf(x) ? json_string(x > 0 ? "inf" : "-inf") : json_real(x);
}

static json_t *count(size_t n)
{
    return json_integer((json_int_t)n);
}

/* A clean string, or null. */
static json_t *string(const char *from)
{
    struct text text = {0};
    if (!from)
        return json_null();
    text_add(&text, "%s", "");
    clean_add(&text, from);
    json_t *value = text.failed ? NULL : json_string(text.data);
    text_free(&text);
    return value;
}

static json_t *verdict_name(gck_verdict verdict)
{
    return json_string(gck_verdict_name(verdict));
}

static json_t *counts(const size_t *verdicts)
{
    json_t *object = json_object();
    for (int v = 0; object && v < GCK_VERDICTS; v++)
        if (verdicts[v] &&
            json_object_set_new(object, gck_verdict_name((gck_verdict)v), count(verdicts[v])) < 0) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static json_t *index_list(const gck_tensor *tensor, size_t index)
{
    json_t *list = json_array();
    size_t below = tensor->count; /* elements that one step along the axes so far moves by */
    for (int i = 0; i < tensor->rank; i++) {
        below /= tensor->dims[i];
        json_list_append(&list, count(index / below % tensor->dims[i]));
    }
    return list;
}

static json_t *element(const gck_tensor *tensor, const gck_element *e)
{
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "index", index_list(tensor, e->index),
                  "verdict", verdict_name(e->verdict), "analytic",
                  e->verdict == GCK_VERDICT_MISSING ? json_null() : number(e->analytic), "reference",
                  number(e->reference), "reference_error", number(e->reference_error), "ulps", number(e->ulps),
                  "budget", number(e->budget), "checked", e->checked, "corner", e->corner);
    if (!object || !e->checked)
        return object;
    json_t *differences =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "numeric", number(e->numeric), "numeric_error",
                  number(e->numeric_error), "wide", string(e->wide), "wide_error", number(e->wide_error),
                  "left", number(e->left), "right", number(e->right));
    bool joined = differences && json_object_update(object, differences) == 0;
    json_decref(differences);
    if (joined)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *elements(const struct report_settings *settings, const gck_tensor *tensor)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < tensor->count; i++) {
        bool shown = settings->verbose && !settings->pick_count;
        for (size_t p = 0; p < settings->pick_count && !shown; p++)
            shown = pick_fits(&settings->picks[p], tensor) && pick_has(&settings->picks[p], tensor, i);
        if (!shown)
            continue;
        gck_element e = gck_tensor_element(tensor, i);
        json_list_append(&list, element(tensor, &e));
    }
    return list;
}

static json_t *shape(const gck_tensor *tensor)
{
    json_t *list = json_array();
    for (int i = 0; i < tensor->rank; i++)
        json_list_append(&list, count(tensor->dims[i]));
    return list;
}

static json_t *tensor_json(const struct report_settings *settings, const gck_tensor *tensor)
{
    if (!tensor->name)
        return json_null();
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "name", string(tensor->name), "shape",
        shape(tensor), "verdict", verdict_name(tensor->verdict), "counts", counts(tensor->counts), "checked",
        count(tensor->checked), "worst", tensor->count ? element(tensor, &tensor->worst) : json_null(),
        "largest_numeric_error", number(tensor->largest_numeric_error), "largest_wide_error",
        number(tensor->largest_wide_error), "largest_reference_error", number(tensor->largest_reference_error),
        "zero", tensor->zero, "hint", string(tensor->hint));
    if (object && (settings->verbose || settings->pick_count) &&
        json_object_set_new(object, "elements", elements(settings, tensor)) < 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *certificate(const gck_certificate *c)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:b, s:i, s:i, s:o, s:o, s:o}", "verdict", verdict_name(c->verdict),
                     "agreement", number(c->agreement), "error", number(c->error), "order", number(c->order),
                     "exact", c->exact, "bits", c->bits, "step_exponent", c->step_exponent, "directions",
                     count(c->directions), "elements", count(c->elements), "of", count(c->of));
}

static const char *standing_name(enum standing_kind kind)
{
    static const char *const names[] = {"passes", "known", "fails", "unexpected"};
    return names[kind];
}

/* The line of a baseline about a check, or null. */
static json_t *known_json(const struct known *known)
{
    if (!known)
        return json_null();
    return json_pack("{s:o, s:s, s:o, s:o}", "line", count(known->line), "verdict",
                     gck_verdict_name(known->verdict), "most", number(known->most), "why", string(known->why));
}

/* null: not asked for. */
static json_t *laws_json(const gck_run *run)
{
    json_t *list = run->law_count ? json_array() : json_null();
    for (size_t i = 0; list && i < run->law_count; i++) {
        const gck_law_check *check = &run->laws[i];
        json_t *object =
            json_pack("{s:s, s:b, s:b, s:b, s:o, s:o, s:o}", "law", gck_law_name(check->law), "checked",
                      check->checked, "broken", check->broken, "noise", check->noise, "spread",
                      number(check->spread), "message", string(check->message), "op", string(check->op));
        json_list_append(&list, object);
    }
    return list;
}

static json_t *run_json(const struct report_settings *settings, const gck_result *result, size_t at)
{
    const gck_run *run = &result->runs[at];
    struct standing standing = report_standing(settings, result, at);
    json_t *tensors = json_array();
    for (size_t i = 0; i < run->tensor_count; i++)
        json_list_append(&tensors, tensor_json(settings, &run->tensors[i]));
    return json_pack(
        "{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "dtype",
        gck_dtype_name(run->dtype), "engine", string(run->engine), "verdict", verdict_name(run->verdict),
        "standing", standing_name(standing.kind), "known", known_json(standing.known), "message",
        string(run->message), "value", tensor_json(settings, &run->value), "parameters", tensors, "certificate",
        certificate(&run->certificate), "guilty_node", string(run->guilty_node), "guilty_op",
        string(run->guilty_op), "guilty_line", count(run->guilty_line), "laws", laws_json(run), "ties",
        count(run->ties), "numeric_error", number(run->numeric_error), "wide_error", number(run->wide_error),
        "forward_ms", number(run->forward_ms), "backward_ms", number(run->backward_ms));
}

static json_t *runs_json(const struct report_settings *settings, const gck_result *result)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < result->run_count; i++)
        json_list_append(&list, run_json(settings, result, i));
    return list;
}

static json_t *mismatches(const gck_result *result)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < result->mismatch_count; i++) {
        const gck_mismatch *m = &result->mismatches[i];
        json_t *object =
            json_pack("{s:o, s:o, s:o, s:o, s:o}", "what", string(m->what), "expected", string(m->expected),
                      "found", string(m->found), "line", count(m->line), "column", count(m->column));
        json_list_append(&list, object);
    }
    return list;
}

void json_add(struct report *report, const gck_result *result)
{
    struct json_report *json = report->state;
    const struct report_settings *settings = report->settings;
    enum standing_kind stands = report_stands(settings, result);
    struct standing expected = report_standing(settings, result, result->run_count);
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:o, s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", string(result->id), "title",
        string(result->title), "path", string(result->path), "verdict", verdict_name(result->verdict), "passed",
        stands != STANDING_FAILS, "standing", standing_name(stands), "expectations_standing",
        standing_name(expected.kind), "expectations_known", known_json(expected.known), "parameters",
        count(result->parameters), "ms", number(result->ms), "expectations", count(result->expectations),
        "mismatches", mismatches(result), "runs", runs_json(settings, result));
    json->failed |= json_array_append_new(json->cases, object) < 0;
}

void json_problem(struct report *report, const gck_error *error)
{
    struct json_report *json = report->state;
    json_t *object = json_pack("{s:s, s:o, s:o, s:o, s:o}", "status", gck_status_name(error->status), "file",
                               string(error->file), "line", count(error->line), "column", count(error->column),
                               "message", string(error->message));
    json->failed |= json_array_append_new(json->problems, object) < 0;
}

static json_t *options_json(const struct report_settings *settings)
{
    static const char *const methods[] = {"centered", "forward", "richardson"};
    const gck_options *o = &settings->options;
    json_t *allowed = json_array();
    for (int v = 0; v < GCK_VERDICTS; v++)
        if (settings->allowed >> v & 1)
            json_list_append(&allowed, verdict_name((gck_verdict)v));
    json_t *exhaustive = o->exhaustive == GCK_AUTO  ? json_string("auto")
                         : o->exhaustive == GCK_ALL ? json_string("all")
                                                    : json_integer(o->exhaustive);
    char seed[32], vary[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)o->seed);
    snprintf(vary, sizeof vary, "%llu", (unsigned long long)settings->vary);
    char shard[64];
    snprintf(shard, sizeof shard, "%zu/%zu", settings->shard, settings->shards);
    return json_pack("{s:i, s:i, s:s, s:s, s:o, s:s, s:o, s:b, s:o, s:o}", "bits", o->bits, "max_bits",
                     o->max_bits, "seed", seed, "vary", vary, "exhaustive", exhaustive, "method",
                     methods[o->method], "allow", allowed, "laws", o->laws, "shard",
                     settings->shards ? json_string(shard) : json_null(), "rerun_failed",
                     string(settings->rerun));
}

static json_t *summary_json(const struct tally *t)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:i}", "cases", count(t->cases),
                     "done", count(t->done), "failed", count(t->failed), "known", count(t->known), "checked",
                     count(t->checked), "parameters", count(t->parameters), "verdicts", counts(t->verdicts),
                     "ms", number(t->ms), "interrupted", t->interrupted, "stopped_at_failure", t->failed_fast,
                     "exit_status", (int)tally_exit(t));
}

/* The baseline and its lines that must go, or null. */
static json_t *baseline_json(const struct baseline *b, const struct tally *tally)
{
    if (!b)
        return json_null();
    json_t *stale = json_array();
    for (size_t i = 0; stale && i < b->count; i++) {
        const struct known *line = &b->lines[i];
        if (!line->stale)
            continue;
        json_t *item =
            json_pack("{s:o, s:o, s:o, s:o}", "line", count(line->line), "id", string(line->id), "check",
                      line->check == CHECK_ALL ? json_null() : json_string(check_name(line->check)), "message",
                      string(line->stale));
        json_list_append(&stale, item);
    }
    return json_pack("{s:o, s:o, s:o, s:b}", "file", string(b->path), "lines", count(b->count), "stale", stale,
                     "written", tally->written);
}

void json_end(struct report *report, const struct tally *tally)
{
    struct json_report *json = report->state;
    json_t *root = json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:O, s:O}", "format", FORMAT_VERSION, "gradcheck",
                             gck_version(), "command", report->settings->command, "options",
                             options_json(report->settings), "summary", summary_json(tally), "baseline",
                             baseline_json(report->settings->baseline, tally), "errors", json->problems,
                             "cases", json->cases);
    json_text_add(&report->text, json->failed ? NULL : root, JSON_INDENT(2));
    text_bytes(&report->text, "\n", 1);
    json_decref(root);
}

void json_free(struct report *report)
{
    struct json_report *json = report->state;
    if (json) {
        json_decref(json->cases);
        json_decref(json->problems);
    }
    free(json);
}

/* Lint: requests with one oddity each, and what an honest engine answers. */
#include "engine/lint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/hello.h"
#include "engine/message.h"
#include "engine/process.h"
#include "engine/words.h"
#include "files/json_text.h"
#include "ops/foreign.h"

#define X "\"inputs\":{\"x\":{\"dtype\":\"DTYPE\",\"shape\":[],\"data\":[3]}},"
#define SQUARE                                                                                                 \
    "\"graph\":[{\"name\":\"f\",\"op\":\"mul\",\"inputs\":[\"x\",\"x\"],\"attributes\":{}}],\"output\":\"f\","
#define END "\"seed\":{\"shape\":[],\"data\":[1]},\"wrt\":[\"x\"],\"want\":[]}"
#define START "{\"type\":\"grad\",\"id\":\"ID\",\"dtype\":\"DTYPE\","

/* EXPECT_INNER: a result; whether the gradient of q is in it is told, and nothing to complain about. */
enum expected { EXPECT_RESULT, EXPECT_INNER, EXPECT_UNSUPPORTED, EXPECT_ANYTHING };

/* ID and DTYPE are put in. */
static const struct probe {
    const char *what;
    const char *request;
    enum expected expected;
    double gradient; /* of x, where a result is expected; NaN: not looked at */
    bool long_line;  /* a field of a megabyte is put in front */
    const char *op;  /* it must have this op to be asked; FOREIGN: one of its own */
} probes[] = {
    {"a gradient", START X SQUARE END, EXPECT_RESULT, 6, false, "mul"},
    {"the same again", START X SQUARE END, EXPECT_RESULT, 6, false, "mul"},
    {"a field that it does not know", START "\"colour\":{\"of\":[\"the\",1]}," X SQUARE END, EXPECT_RESULT, 6,
     false, "mul"},
    {"fields in another order",
     "{\"want\":[],\"wrt\":[\"x\"],\"output\":\"f\",\"graph\":[{\"inputs\":[\"x\",\"x\"],\"attributes\":{},"
     "\"op\":\"mul\","
     "\"name\":\"f\"}],\"seed\":{\"data\":[1],\"shape\":[]},\"inputs\":{\"x\":{\"data\":[3],\"shape\":[],"
     "\"dtype\":\"DTYPE\"}},\"dtype\":\"DTYPE\",\"id\":\"ID\",\"type\":\"grad\"}",
     EXPECT_RESULT, 6, false, "mul"},
    {"a line of a megabyte", START X SQUARE END, EXPECT_RESULT, 6, true, "mul"},
    {"a parameter that the output does not depend on: zeros or null",
     START "\"inputs\":{\"x\":{\"dtype\":\"DTYPE\",\"shape\":[],\"data\":[3]},\"y\":{\"dtype\":\"DTYPE\","
           "\"shape\":[],\"data\":[2]}},\"graph\":[{\"name\":\"f\",\"op\":\"mul\",\"inputs\":[\"y\",\"y\"],"
           "\"attributes\":{}}],\"output\":\"f\"," END,
     EXPECT_RESULT, 0, false, "mul"},
    {"the output being an input", START X "\"graph\":[],\"output\":\"x\"," END, EXPECT_RESULT, 1, false, NULL},
    {"gradients of inner gates",
     START X
     "\"graph\":[{\"name\":\"q\",\"op\":\"mul\",\"inputs\":[\"x\",\"x\"],\"attributes\":{}},{\"name\":\"f\","
     "\"op\":\"mul\",\"inputs\":[\"q\",\"q\"],\"attributes\":{}}],\"output\":\"f\",\"seed\":{\"shape\":[],"
     "\"data\":[1]}"
     ",\"wrt\":[\"x\"],\"want\":[\"q\"]}",
     EXPECT_INNER, 108, false, "mul"},
    {"a value without gradients",
     "{\"type\":\"value\",\"id\":\"ID\",\"dtype\":\"DTYPE\"," X "\"graph\":[],\"output\":\"x\"}", EXPECT_RESULT,
     NAN, false, FOREIGN},
    {"numbers that are not finite",
     START "\"inputs\":{\"x\":{\"dtype\":\"DTYPE\",\"shape\":[],\"data\":[\"nan\"]}}," SQUARE END,
     EXPECT_RESULT, NAN, false, "mul"},
    {"an empty tensor",
     START "\"inputs\":{\"x\":{\"dtype\":\"DTYPE\",\"shape\":[0,3],\"data\":[]}}," SQUARE
           "\"seed\":{\"shape\":[0,3],\"data\":[]},\"wrt\":[\"x\"],\"want\":[]}",
     EXPECT_ANYTHING, NAN, false, "mul"},
    {"an op that does not exist: unsupported",
     START X "\"graph\":[{\"name\":\"f\",\"op\":\"no_such_op\",\"inputs\":[\"x\"],\"attributes\":{}}],"
             "\"output\":\"f\"," END,
     EXPECT_UNSUPPORTED, NAN, false, NULL},
    {"a message that it does not know: unsupported", "{\"type\":\"no_such_type\",\"id\":\"ID\"}",
     EXPECT_UNSUPPORTED, NAN, false, NULL},
    {"a gradient after all that", START X SQUARE END, EXPECT_RESULT, 6, false, "mul"},
};

struct lint {
    struct process process;
    struct process_settings settings;
    struct text *report;
    size_t complaints, findings, left_out;
    const char *dtype;
};

/* The request with its id and dtype, and its end of line. */
static void write_request(struct text *line, const struct probe *probe, const char *id, const char *dtype)
{
    const char *s = probe->request;
    if (probe->long_line) {
        text_add(line, "{\"padding\":\"");
        for (int i = 0; i < 1 << 14; i++)
            text_add(line, "%064d", i);
        text_add(line, "\",");
        s++;
    }
    while (*s) {
        if (strncmp(s, "ID\"", 3) == 0) {
            text_add(line, "%s", id);
            s += 2;
        } else if (strncmp(s, "DTYPE", 5) == 0) {
            text_add(line, "%s", dtype);
            s += 5;
        } else {
            text_bytes(line, s++, 1);
        }
    }
    text_add(line, "\n");
}

/* "grads.x is 7, not 6", whatever stands there for 7. */
static void add_other_number(struct text *why, const char *name, const json_t *number, double expected)
{
    struct text given = {0};
    if (number)
        json_text_add(&given, number, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
    text_add(why, "grads.%s is %.40s, not %g", name, given.data ? given.data : "nothing", expected);
    text_free(&given);
}

/* Whether the tensor is the gradient of the scalar of that name. */
static bool has_gradient(const json_t *message, const char *name, double expected, struct text *why)
{
    const json_t *gradients = json_object_get(message, "grads"), *x = json_object_get(gradients, name);
    const json_t *data = json_object_get(x, "data"), *base64 = json_object_get(x, "base64");
    bool zero = json_is_null(x) && expected == 0;
    if (isnan(expected) || zero || base64)
        return true;
    if (!x)
        text_add(why, "grads.%s is not there", name);
    else if (json_array_size(json_object_get(x, "shape")) != 0)
        text_add(why, "grads.%s has not the shape of %s, []", name, name);
    else if (!json_is_array(data) || json_array_size(data) != 1)
        text_add(why, "grads.%s is no tensor {\"shape\":[],\"data\":[...]} with one number", name);
    else if (!json_is_number(json_array_get(data, 0)) || json_number_value(json_array_get(data, 0)) != expected)
        add_other_number(why, name, json_array_get(data, 0), expected);
    else
        return true;
    return false;
}

/* Whether the answer is what is expected; else why not. */
static bool is_right(const json_t *message, const struct probe *probe, const char *id, struct text *why)
{
    const char *type = json_string_value(json_object_get(message, "type"));
    const char *own = json_string_value(json_object_get(message, "id"));
    if (!own || strcmp(own, id) != 0)
        text_add(why, "the answer does not repeat the id %s", id);
    else if (!type)
        text_add(why, "the answer has no type");
    else if (probe->expected == EXPECT_UNSUPPORTED && strcmp(type, "unsupported") != 0)
        text_add(why, "the answer is of type %.40s", type);
    else if (probe->expected <= EXPECT_INNER && strcmp(type, "result") != 0)
        text_add(why, "the answer is of type %.40s: %.200s", type,
                 json_string_value(json_object_get(message, "message"))
                     ? json_string_value(json_object_get(message, "message"))
                     : "");
    else
        return probe->expected > EXPECT_INNER || has_gradient(message, "x", probe->gradient, why);
    return false;
}

/* Whether the gradient of q is there; a wrong one is worse than none. */
static const char *inner_gradients(const json_t *message, struct text *why)
{
    if (!json_is_object(json_object_get(json_object_get(message, "grads"), "q")))
        return ": it gives none; the gate that is wrong is then found by trying each alone";
    (void)has_gradient(message, "q", 18, why);
    return ": it gives them, and reports name the first wrong gate of its own backward";
}

static bool has_op(const struct hello *hello, const char *op)
{
    bool own = false;
    for (size_t i = 0; i < hello->op_count; i++)
        own |= strncmp(hello->ops[i], FOREIGN, strlen(FOREIGN)) == 0;
    return op == FOREIGN ? own : hello_has_op(hello, op);
}

/* What the engine may have said, on the line that it is reported on. */
static void add_said(struct text *report, const char *said)
{
    for (const char *s = said; *s; s++)
        text_bytes(report, *s == '\n' ? "?" : s, 1);
}

static void add_finding(struct lint *lint, const char *what, const char *more, const struct text *why)
{
    bool wrong = why->size > 0 || why->failed;
    lint->complaints += wrong;
    lint->findings++;
    text_add(lint->report, "%s %s%s%s", wrong ? "WRONG" : "ok   ", what, wrong ? "" : more,
             wrong ? "\n      " : "");
    add_said(lint->report, wrong && why->data ? why->data : "");
    text_add(lint->report, "\n");
}

/* Asks one; afterwards the process may have ended. */
static gck_status ask(struct lint *lint, const struct probe *probe, size_t number)
{
    struct text line = {0}, why = {0}, id = {0};
    struct child *child = &lint->process.child;
    text_add(&id, "lint/%zu@%s", number, lint->dtype);
    write_request(&line, probe, id.failed ? "" : id.data, lint->dtype);
    gck_status status = id.failed || line.failed ? GCK_NO_MEMORY : GCK_OK;
    if (!status) {
        enum child_event event =
            child_ask(child, line.data, line.size, 1 << 22, lint->settings.timeout, lint->settings.stop);
        json_t *message = event == CHILD_LINE ? message_read(child->received.data, child->line, &why) : NULL;
        const char *more = "";
        if (message && is_right(message, probe, id.data, &why) && probe->expected == EXPECT_INNER)
            more = inner_gradients(message, &why);
        if (!message)
            process_give_up(&lint->process, event, lint->settings.timeout, &why);
        json_decref(message);
        status = event == CHILD_STOPPED ? GCK_STOPPED : GCK_OK;
        add_finding(lint, probe->what, more, &why);
    }
    text_free(&line);
    text_free(&why);
    text_free(&id);
    return status;
}

static gck_status start(struct lint *lint, struct errors *errors)
{
    struct text why = {0};
    enum process_start started = process_start(&lint->process, &lint->settings, &why);
    gck_status status = started == PROCESS_STARTED   ? GCK_OK
                        : started == PROCESS_STOPPED ? GCK_STOPPED
                                                     : GCK_ENGINE;
    if (status == GCK_ENGINE)
        (void)errors_add(errors, status, "the engine could not be run: %s", why.data ? why.data : "");
    text_free(&why);
    return status;
}

static void report_hello(struct lint *lint)
{
    const struct hello *hello = &lint->process.hello;
    add_said(lint->report, hello->name);
    text_add(lint->report, ":");
    for (int i = 0; i < GCK_DTYPES; i++)
        if (hello->dtypes >> i & 1) {
            text_add(lint->report, " %s", gck_dtype_name((gck_dtype)i));
            lint->dtype = lint->dtype ? lint->dtype : gck_dtype_name((gck_dtype)i);
        }
    if (hello->every_op)
        text_add(lint->report, "; its hello lists no ops, so it is asked for all\n");
    else
        text_add(lint->report, "; %zu op%s\n", hello->op_count, hello->op_count == 1 ? "" : "s");
}

/* Names in its list that no case can have: most likely misspelt, and the op is then never asked for. */
static void note_unknown_ops(struct lint *lint)
{
    const struct hello *hello = &lint->process.hello;
    for (size_t i = 0; i < hello->op_count; i++) {
        const char *name = hello->ops[i];
        struct suggestion near = {.name = name};
        if (op_named(name) || strncmp(name, FOREIGN, strlen(FOREIGN)) == 0)
            continue;
        for (size_t k = 0; k < op_count; k++)
            suggestion_offer(&near, op_table[k].name);
        text_add(lint->report, "note  its hello lists ");
        add_said(lint->report, name);
        text_add(lint->report, ", and there is no such op%s%s%s\n", near.best ? ": did you mean " : "",
                 near.best ? near.best : "", near.best ? "?" : "");
    }
}

/* It ends within 5 s of bye, with status 0. */
static void check_bye(struct lint *lint)
{
    struct text why = {0}, how = {0};
    process_bye(&lint->process);
    child_end(&lint->process.child, PROCESS_GRACE, &how);
    if (how.failed)
        text_add(&why, "out of memory");
    else if (!how.size)
        text_add(&why, "it did not end within 5 s");
    else if (strcmp(how.data, "exited with status 0") != 0)
        text_add(&why, "it %s", how.data);
    lint->process.runs = false;
    add_finding(lint, "bye", "", &why);
    text_free(&why);
    text_free(&how);
}

/* What came of it all, and where to read on. */
static void add_summary(const struct lint *lint)
{
    struct text *report = lint->report;
    if (lint->left_out)
        text_add(report, "%zu requests were left out: they need the op mul, and its hello does not list it\n",
                 lint->left_out);
    if (lint->complaints)
        text_add(report, "%zu of %zu are wrong; the protocol is described in docs/protocol.md\n",
                 lint->complaints, lint->findings);
    else
        text_add(report,
                 "%zu of %zu are as they should be; whether its gradients are right says run --engine\n",
                 lint->findings, lint->findings);
}

static gck_status probe_all(struct lint *lint, struct errors *errors)
{
    gck_status status = start(lint, errors);
    if (!status) {
        report_hello(lint);
        note_unknown_ops(lint);
    }
    for (size_t i = 0; i < sizeof probes / sizeof *probes && !status; i++) {
        if (probes[i].op && !has_op(&lint->process.hello, probes[i].op)) {
            lint->left_out += probes[i].op != FOREIGN;
            continue;
        }
        status = ask(lint, &probes[i], i + 1);
        if (!status && !lint->process.runs)
            status = start(lint, errors);
    }
    if (!status) {
        check_bye(lint);
        add_summary(lint);
    }
    return status;
}

gck_status lint_engine(struct text *report, size_t *complaints, const struct lint_settings *settings,
                       struct errors *errors)
{
    struct arena arena = {0};
    struct lint lint = {.settings = {NULL, settings->start_timeout, settings->timeout, settings->stop},
                        .report = report};
    gck_status status = words_split(&lint.settings.argv, &arena, settings->command, errors);
    if (!status)
        status = probe_all(&lint, errors);
    *complaints = lint.complaints;
    process_free(&lint.process, PROCESS_GRACE);
    arena_free(&arena);
    return status;
}

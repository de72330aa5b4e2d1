/* Writing requests. Keys come in a fixed order, numbers in their shortest form, and no blanks. */
#include "engine/request.h"

#include <string.h>

#include "engine/base64.h"
#include "engine/decimal.h"
#include "engine/message.h"
#include "graph/graph.h"

enum { BASE64_FROM = 4097, LONGEST_NUMBER = 64, ANSWER_SLACK = 1 << 20, NODE_SLACK = 512 };

static bool is_expr(const gck_node *node)
{
    return node->op && strcmp(node->op, "expr") == 0;
}

/* Marks what the output needs. */
static void mark_needed(bool *needed, const gck_request *request, const size_t *stands_for)
{
    needed[stands_for[request->output]] = true;
    for (size_t i = request->node_count; i-- > 0;)
        for (size_t k = 0; needed[i] && k < request->nodes[i].arity; k++)
            needed[stands_for[request->nodes[i].inputs[k]]] = true;
}

bool plan_new(struct plan *plan, struct arena *arena, const gck_request *request)
{
    size_t count = request->node_count;
    size_t *stands_for = arena_alloc(arena, count, sizeof *stands_for);
    const char **names = arena_alloc(arena, count, sizeof *names);
    bool *needed = arena_alloc(arena, count, 1), *wanted = arena_alloc(arena, count, 1);
    *plan = (struct plan){request, stands_for, names, wanted, ANSWER_SLACK};
    if (!stands_for || !names || !needed || !wanted)
        return false;
    for (size_t i = 0; i < count; i++)
        stands_for[i] = is_expr(&request->nodes[i]) ? stands_for[request->nodes[i].inputs[0]] : i;
    mark_needed(needed, request, stands_for);
    for (size_t i = 0; i < count; i++) {
        const gck_node *node = &request->nodes[i];
        size_t sent = stands_for[i];
        wanted[i] = node->wanted;
        for (size_t k = 0; k < node->arity && needed[i]; k++) /* inner nodes that a parameter reaches */
            wanted[i] |= wanted[stands_for[node->inputs[k]]];
        if (sent == i && (needed[i] || node->wanted))
            names[i] = node->name;
        else if (sent != i && needed[sent] && request->nodes[sent].op)
            names[sent] = node->name;
        plan->most_answer += names[i] ? node->count * LONGEST_NUMBER + NODE_SLACK + strlen(names[i]) : 0;
    }
    return true;
}

bool plan_refused(struct text *what, const struct plan *plan, const struct hello *hello)
{
    const gck_request *request = plan->request;
    if (!(hello->dtypes >> request->dtype & 1)) {
        text_add(what, "dtype %s", gck_dtype_name(request->dtype));
        return true;
    }
    for (size_t i = 0; i < request->node_count; i++)
        if (plan->names[i] && request->nodes[i].op && !hello_has_op(hello, request->nodes[i].op)) {
            text_add(what, "op %s", request->nodes[i].op);
            return true;
        }
    return false;
}

void request_id(struct text *id, const struct plan *plan, size_t number)
{
    text_add(id, "%s@%s", plan->request->id, gck_dtype_name(plan->request->dtype));
    if (number > 1)
        text_add(id, "#%zu", number);
}

static void write_shape(struct text *line, int rank, const size_t *dims)
{
    text_add(line, "\"shape\":[");
    for (int i = 0; i < rank; i++)
        text_add(line, "%s%zu", i ? "," : "", dims[i]);
    text_add(line, "]");
}

static void write_floats(struct text *line, enum dtype dtype, const double *numbers, size_t count, bool base64)
{
    char decimal[DECIMAL_TEXT];
    if (base64 && count >= BASE64_FROM) {
        text_add(line, ",\"base64\":\"");
        base64_floats(line, dtype, numbers, count);
        text_add(line, "\"");
        return;
    }
    text_add(line, ",\"data\":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            text_bytes(line, ",", 1);
        text_bytes(line, decimal, decimal_write(decimal, numbers[i]));
    }
    text_add(line, "]");
}

static void write_integers(struct text *line, const gck_node *node, bool is_bool, bool base64)
{
    if (base64 && node->count >= BASE64_FROM) {
        text_add(line, ",\"base64\":\"");
        if (is_bool)
            base64_bools(line, node->integers, node->count);
        else
            base64_integers(line, node->integers, node->count);
        text_add(line, "\"");
        return;
    }
    text_add(line, ",\"data\":[");
    for (size_t i = 0; i < node->count; i++) {
        const char *comma = i ? "," : "";
        if (is_bool)
            text_add(line, "%s%s", comma, node->integers[i] ? "true" : "false");
        else
            text_add(line, "%s%lld", comma, (long long)node->integers[i]);
    }
    text_add(line, "]");
}

static void write_inputs(struct text *line, const struct plan *plan, bool base64)
{
    const gck_request *request = plan->request;
    const char *comma = "";
    text_add(line, ",\"inputs\":{");
    for (size_t i = 0; i < request->node_count; i++) {
        const gck_node *node = &request->nodes[i];
        if (!plan->names[i] || node->op)
            continue;
        bool is_bool = request->graph->nodes[i].kind == KIND_BOOL;
        text_add(line, "%s", comma);
        message_string(line, plan->names[i]);
        text_add(line, ":{\"dtype\":\"%s\",",
                 node->values ? gck_dtype_name(request->dtype)
                 : is_bool    ? "bool"
                              : "int64");
        write_shape(line, node->rank, node->dims);
        if (node->values)
            write_floats(line, (enum dtype)request->dtype, node->values, node->count, base64);
        else
            write_integers(line, node, is_bool, base64);
        text_add(line, "}");
        comma = ",";
    }
    text_add(line, "}");
}

/* A node's attributes, those included that have a default. Numbers are those of the dtype, as inputs are. */
static void write_attributes(struct text *line, const struct node *node, enum dtype dtype)
{
    char decimal[DECIMAL_TEXT];
    const char *comma = "";
    for (size_t k = 0; k < MOST_ATTRIBUTES && node->op->attributes[k].name; k++) {
        const struct attribute_spec *spec = &node->op->attributes[k];
        const struct attribute *a = &node->attributes[k];
        if (!a->given && !spec->initial)
            continue;
        text_add(line, "%s\"%s\":", comma, spec->name);
        comma = ",";
        double number = 0;
        if (spec->type == ATTRIBUTE_REAL) {
            (void)dtype_parse(&number, dtype, a->text);
            text_bytes(line, decimal, decimal_write(decimal, number));
        } else if (spec->type == ATTRIBUTE_BOOL) {
            text_add(line, a->integer ? "true" : "false");
        } else if (spec->type == ATTRIBUTE_INTEGER) {
            text_add(line, "%ld", a->integer);
        } else if (spec->type == ATTRIBUTE_CHOICE) {
            const char *word = spec->choices;
            for (long i = 0; i < a->integer; i++)
                word += strcspn(word, " ") + 1;
            text_add(line, "\"%.*s\"", (int)strcspn(word, " "), word);
        } else if (spec->type == ATTRIBUTE_TEXT) {
            message_string(line, a->text);
        } else {
            for (size_t i = 0; i < a->count; i++)
                text_add(line, "%c%ld", i ? ',' : '[', a->list[i]);
            text_add(line, a->count ? "]" : "[]");
        }
    }
}

static void write_graph(struct text *line, const struct plan *plan)
{
    const gck_request *request = plan->request;
    const char *comma = "";
    text_add(line, ",\"graph\":[");
    for (size_t i = 0; i < request->node_count; i++) {
        const gck_node *node = &request->nodes[i];
        if (!plan->names[i] || !node->op)
            continue;
        text_add(line, "%s{\"name\":", comma);
        message_string(line, plan->names[i]);
        text_add(line, ",\"op\":\"%s\",\"inputs\":[", node->op);
        for (size_t k = 0; k < node->arity; k++) {
            text_add(line, "%s", k ? "," : "");
            message_string(line, plan->names[plan->stands_for[node->inputs[k]]]);
        }
        text_add(line, "],\"attributes\":{");
        write_attributes(line, &request->graph->nodes[i], (enum dtype)request->dtype);
        text_add(line, "}}");
        comma = ",";
    }
    text_add(line, "]");
}

/* The names whose gradient is asked for: inputs, or inner nodes. */
static void write_names(struct text *line, const struct plan *plan, bool inner)
{
    const gck_request *request = plan->request;
    const char *comma = "";
    text_add(line, inner ? ",\"want\":[" : ",\"wrt\":[");
    for (size_t i = 0; i < request->node_count; i++) {
        bool listed =
            inner ? request->nodes[i].op && i != plan->stands_for[request->output] : !request->nodes[i].op;
        if (!listed || !plan->names[i] || !plan->wanted[i])
            continue;
        text_add(line, "%s", comma);
        message_string(line, plan->names[i]);
        comma = ",";
    }
    text_add(line, "]");
}

void request_write(struct text *line, const struct plan *plan, const char *id, bool base64)
{
    const gck_request *request = plan->request;
    const gck_node *output = &request->nodes[request->output];
    bool grad = false;
    for (size_t i = 0; i < request->node_count; i++)
        grad |= request->nodes[i].wanted;
    text_add(line, "{\"type\":\"%s\",\"id\":", grad ? "grad" : "value");
    message_string(line, id);
    text_add(line, ",\"dtype\":\"%s\"", gck_dtype_name(request->dtype));
    write_inputs(line, plan, base64);
    write_graph(line, plan);
    text_add(line, ",\"output\":");
    message_string(line, plan->names[plan->stands_for[request->output]]);
    if (grad) {
        text_add(line, ",\"seed\":{");
        write_shape(line, output->rank, output->dims);
        write_floats(line, (enum dtype)request->dtype, request->seed, output->count, base64);
        text_add(line, "}");
        write_names(line, plan, false);
        write_names(line, plan, true);
    }
    text_add(line, "}\n");
}

const char *request_key(const char *line)
{
    const char *key = strstr(line, ",\"dtype\":");
    return key ? key : line;
}

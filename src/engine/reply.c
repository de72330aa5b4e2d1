/* Reading replies. */
#include "engine/reply.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "check/answer.h"
#include "engine/base64.h"
#include "engine/message.h"
#include "files/json_text.h"
#include "graph/graph.h"

/* A tensor of a reply. */
struct tensor_given {
    int rank;
    size_t dims[MOST_RANK];
    size_t count;
    const double *numbers;
};

/* Sizes as far as they are kept; *count is their product, SIZE_MAX when nobody could have sent so many. */
static bool read_shape(struct tensor_given *given, const json_t *shape)
{
    size_t i;
    json_t *item;
    given->count = 1;
    given->rank = (int)json_array_size(shape);
    if (!json_is_array(shape) || json_array_size(shape) > 1000)
        return false;
    json_array_foreach(shape, i, item)
    {
        double size = json_number_value(item);
        if (!json_is_number(item) || size < 0 || size > MOST_ELEMENTS * 64.0 || size != trunc(size))
            return false;
        if (i < MOST_RANK)
            given->dims[i] = (size_t)size;
        if (size > 0 && given->count > SIZE_MAX / (size_t)size)
            return false;
        given->count *= (size_t)size;
    }
    return true;
}

static bool read_decimals(struct tensor_given *given, struct arena *arena, const char *name, const json_t *data,
                          struct text *why)
{
    size_t i;
    json_t *item;
    if (json_array_size(data) != given->count) {
        text_add(why, "%s: %zu numbers came for a shape of %zu elements", name, json_array_size(data),
                 given->count);
        return false;
    }
    double *numbers = arena_alloc(arena, given->count, sizeof *numbers);
    given->numbers = numbers;
    json_array_foreach(data, i, item) if (numbers && !json_number_read(&numbers[i], item))
    {
        text_add(why, "%s: item %zu of its data is no number", name, i);
        return false;
    }
    if (!numbers)
        text_add(why, "out of memory");
    return numbers != NULL;
}

static bool read_base64(struct tensor_given *given, struct arena *arena, const char *name, const json_t *tensor,
                        enum dtype dtype, struct text *why)
{
    const json_t *data = json_object_get(tensor, "base64");
    const char *own = json_string_value(json_object_get(tensor, "dtype"));
    size_t size = json_string_length(data);
    dtype = own ? dtype_named(own) : dtype;
    if (dtype == DTYPES || given->count > size) {
        text_add(why, dtype == DTYPES ? "%s: its dtype is unknown" : "%s: its base64 is too short", name);
        return false;
    }
    double *numbers = arena_alloc(arena, given->count, sizeof *numbers);
    given->numbers = numbers;
    if (numbers && base64_read(numbers, dtype, given->count, json_string_value(data), size))
        return true;
    text_add(why, numbers ? "%s: its base64 does not hold %zu numbers of the dtype" : "%s: out of memory (%zu)",
             name, given->count);
    return false;
}

static bool read_tensor(struct tensor_given *given, struct arena *arena, const char *name, const json_t *tensor,
                        enum dtype dtype, struct text *why)
{
    const json_t *data = json_object_get(tensor, "data");
    if (!json_is_object(tensor) || !read_shape(given, json_object_get(tensor, "shape")))
        text_add(why, "%s is no tensor {\"shape\": [...], \"data\": [...]}", name);
    else if (json_is_array(data))
        return read_decimals(given, arena, name, data, why);
    else if (json_is_string(json_object_get(tensor, "base64")))
        return read_base64(given, arena, name, tensor, dtype, why);
    else
        text_add(why, "%s: the tensor has neither a list \"data\" nor a string \"base64\"", name);
    return false;
}

/* The gradient in node i; it is also that of an expr which the node stands for. */
static void give(gck_answer *answer, const struct plan *plan, size_t node, const struct tensor_given *given)
{
    const gck_node *own = &plan->request->nodes[node];
    for (size_t i = node; i < plan->request->node_count; i++)
        if (plan->stands_for[i] == node)
            gck_answer_gradient(answer, i, given ? given->numbers : NULL, given ? given->rank : own->rank,
                                given ? given->dims : own->dims);
}

/* Where a gradient is missing: what came instead, perhaps by another name. */
static void note_unknown(gck_answer *answer, const struct plan *plan, const json_t *gradients)
{
    enum { SHOWN = 5 };
    const gck_request *request = plan->request;
    struct text note = {0};
    size_t missing = 0, unknown = 0;
    for (size_t i = 0; i < request->node_count; i++)
        missing += request->nodes[i].wanted && plan->names[i] && !json_object_get(gradients, plan->names[i]);
    void *at = missing ? json_object_iter((json_t *)gradients) : NULL;
    for (; at; at = json_object_iter_next((json_t *)gradients, at)) {
        bool known = false;
        for (size_t i = 0; i < request->node_count; i++)
            known |= plan->names[i] && strcmp(plan->names[i], json_object_iter_key(at)) == 0;
        if (!known && unknown++ < SHOWN)
            text_add(&note, "%s%.60s",
                     unknown > 1 ? ", " : "it answered what nobody asked for: ", json_object_iter_key(at));
    }
    if (unknown > SHOWN)
        text_add(&note, " and %zu more", unknown - SHOWN);
    if (unknown && !note.failed)
        answer_note(answer, note.data);
    answer->no_memory |= note.failed;
    text_free(&note);
}

static bool read_gradients(gck_answer *answer, struct arena *arena, const struct plan *plan,
                           const json_t *gradients, struct text *why)
{
    const gck_request *request = plan->request;
    if (!json_is_object(gradients)) {
        text_add(why, "the result has no \"grads\"");
        return false;
    }
    for (size_t i = 0; i < request->node_count; i++) {
        const json_t *tensor = plan->names[i] ? json_object_get(gradients, plan->names[i]) : NULL;
        struct tensor_given given;
        if (!tensor)
            continue;
        if (json_is_null(tensor)) {
            give(answer, plan, i, NULL);
            if (request->nodes[i].wanted)
                answer_note(answer, "null gradients were taken as zeros");
            continue;
        }
        if (!read_tensor(&given, arena, plan->names[i], tensor, (enum dtype)request->dtype, why))
            return false;
        give(answer, plan, i, &given);
    }
    note_unknown(answer, plan, gradients);
    return true;
}

static void read_result(gck_answer *answer, const struct plan *plan, const json_t *message)
{
    struct arena arena = {0};
    struct text why = {0};
    struct tensor_given given;
    const json_t *value = json_object_get(message, "value");
    bool right = true;
    if (value)
        right = read_tensor(&given, &arena, "value", value, (enum dtype)plan->request->dtype, &why);
    if (value && right)
        gck_answer_value(answer, given.numbers, given.count);
    bool grad = false;
    for (size_t i = 0; i < plan->request->node_count; i++)
        grad |= plan->request->nodes[i].wanted;
    if (right && grad)
        right = read_gradients(answer, &arena, plan, json_object_get(message, "grads"), &why);
    if (!right)
        gck_answer_error(answer, why.failed ? "out of memory" : why.data);
    text_free(&why);
    arena_free(&arena);
}

/* An op that the hello listed may be refused only for its attributes, a rank or a dtype. */
static void read_refusal(gck_answer *answer, const struct plan *plan, const struct hello *hello,
                         const json_t *message)
{
    const char *what = json_string_value(json_object_get(message, "what"));
    const char *name = json_string_value(json_object_get(message, "name"));
    struct text text = {0};
    bool listed = false;
    for (size_t i = 0; name && i < plan->request->node_count; i++)
        listed |= plan->names[i] && plan->request->nodes[i].op &&
                  strcmp(plan->request->nodes[i].op, name) == 0 && hello_has_op(hello, name);
    if (what && strcmp(what, "op") == 0 && listed && !hello->every_op)
        text_add(&text, "it refuses the op %s, which its hello lists", name);
    else
        text_add(&text, "%.60s%s%.200s", what ? what : "", what && name ? " " : "", name ? name : "");
    if (listed && what && strcmp(what, "op") == 0 && !hello->every_op)
        gck_answer_error(answer, text.data);
    else
        gck_answer_unsupported(answer, text.data);
    text_free(&text);
}

static bool same_id(const json_t *message, const char *id, struct text *why)
{
    const json_t *given = json_object_get(message, "id");
    const char *text = json_string_value(given);
    if (text && strcmp(text, id) == 0)
        return true;
    if (text) {
        text_add(why, "it answered ");
        message_quote(why, text, strlen(text));
        text_add(why, " when %s was asked", id);
    } else {
        text_add(why, "its answer has no id");
    }
    return false;
}

bool reply_read(gck_answer *answer, const struct plan *plan, const struct hello *hello, const char *id,
                const char *line, size_t size, struct text *why)
{
    json_t *message = message_read(line, size, why);
    answer->no_memory |= !message && errno == ENOMEM;
    const char *type = json_string_value(json_object_get(message, "type"));
    bool kept = message && same_id(message, id, why);
    if (kept && type && strcmp(type, "result") == 0) {
        read_result(answer, plan, message);
    } else if (kept && type && strcmp(type, "unsupported") == 0) {
        read_refusal(answer, plan, hello, message);
    } else if (kept && type && strcmp(type, "error") == 0) {
        const char *given = json_string_value(json_object_get(message, "message"));
        gck_answer_error(answer, given ? given : "the engine reported an error without a message");
    } else if (kept) {
        text_add(why, "it sent a message of type %.40s, no result", type ? type : "(none)");
        kept = false;
    }
    json_decref(message);
    return kept;
}

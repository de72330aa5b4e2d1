/* Reading a hello. */
#include "engine/hello.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "engine/message.h"
#include "real/dtype.h"

const char hello_request[] = "{\"type\":\"hello\",\"protocol\":1,\"gradcheck\":\"" GCK_VERSION "\"}\n";

static bool read_name(struct hello *hello, const json_t *engine, struct text *why)
{
    const char *name = json_string_value(json_object_get(engine, "name"));
    const char *version = json_string_value(json_object_get(engine, "version"));
    struct text text = {0};
    if (!name || !*name) {
        text_add(why, "its hello has no engine.name");
        return false;
    }
    text_add(&text, "%s%s%s", name, version ? " " : "", version ? version : "");
    hello->name = text.data;
    if (text.failed)
        text_add(why, "out of memory");
    return !text.failed;
}

static bool read_dtypes(struct hello *hello, const json_t *dtypes, struct text *why)
{
    size_t i;
    json_t *item;
    json_array_foreach(dtypes, i, item)
    {
        const char *name = json_string_value(item);
        enum dtype dtype = name ? dtype_named(name) : DTYPES;
        if (dtype < DTYPES)
            hello->dtypes |= 1u << dtype;
    }
    if (!hello->dtypes)
        text_add(why, "its hello lists none of the dtypes float64, float32, float16 and bfloat16");
    return hello->dtypes != 0;
}

static bool read_ops(struct hello *hello, const json_t *ops, struct text *why)
{
    size_t i;
    json_t *item;
    hello->every_op = !ops;
    if (!ops)
        return true;
    if (!json_is_array(ops)) {
        text_add(why, "the ops of its hello are no list");
        return false;
    }
    hello->ops = calloc(json_array_size(ops) + 1, sizeof *hello->ops);
    bool failed = !hello->ops;
    json_array_foreach(ops, i, item)
    {
        const char *name = json_string_value(item);
        char *copy = name && hello->ops ? strdup(name) : NULL;
        failed |= name && !copy;
        if (copy)
            hello->ops[hello->op_count++] = copy;
    }
    if (hello->ops && hello->op_count == json_array_size(ops))
        return true;
    text_add(why, failed ? "out of memory" : "the ops of its hello are not all names");
    return false;
}

static bool read_fields(struct hello *hello, const json_t *message, struct text *why)
{
    const char *type = json_string_value(json_object_get(message, "type"));
    size_t i;
    json_t *item;
    const char *error = json_string_value(json_object_get(message, "message"));
    if (type && strcmp(type, "error") == 0 && error) {
        text_add(why, "it answered hello with an error: %.600s", error);
        return false;
    }
    if (!type || strcmp(type, "hello") != 0) {
        text_add(why, "it answered hello with a message of type %.40s", type ? type : "(none)");
        return false;
    }
    if (json_integer_value(json_object_get(message, "protocol")) != 1 &&
        json_real_value(json_object_get(message, "protocol")) != 1) {
        text_add(why, "its hello is not of protocol 1 (\"protocol\": 1)");
        return false;
    }
    json_array_foreach(json_object_get(message, "numbers"), i, item) hello->base64 |=
        json_is_string(item) && strcmp(json_string_value(item), "base64") == 0;
    hello->flushes_to_zero = json_is_true(json_object_get(message, "flushes_to_zero"));
    return read_name(hello, json_object_get(message, "engine"), why) &&
           read_dtypes(hello, json_object_get(message, "dtypes"), why) &&
           read_ops(hello, json_object_get(message, "ops"), why);
}

bool hello_read(struct hello *hello, const char *line, size_t size, struct text *why)
{
    *hello = (struct hello){0};
    json_t *message = message_read(line, size, why);
    bool read = message && read_fields(hello, message, why);
    json_decref(message);
    if (!read)
        hello_free(hello);
    return read;
}

void hello_free(struct hello *hello)
{
    for (size_t i = 0; i < hello->op_count; i++)
        free(hello->ops[i]);
    free(hello->ops);
    free(hello->name);
    *hello = (struct hello){0};
}

bool hello_has_op(const struct hello *hello, const char *op)
{
    bool found = hello->every_op;
    for (size_t i = 0; i < hello->op_count && !found; i++)
        found = strcmp(hello->ops[i], op) == 0;
    return found;
}

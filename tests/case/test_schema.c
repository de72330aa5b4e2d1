/* docs/case.schema.json against every case of the library, against damaged cases, and against the fields that
 * the reader knows. The validator knows the keywords that the schema uses, and fails on any other. */
#include <jansson.h>
#include <regex.h>
#include <stdlib.h>

#include "base/text.h"
#include "case/case.h"
#include "case/library.h"
#include "case/reader.h"
#include "case_text.h"

static bool valid(const json_t *root, const json_t *schema, const struct item *item);

static bool matches(const char *pattern, const char *text)
{
    regex_t regex;
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool right = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return right;
}

/* A scalar of a case is a text that may be taken for a number or a bool. */
static bool is_type(const char *type, const struct item *item)
{
    if (strcmp(type, "object") == 0)
        return item->type == ITEM_MAP;
    if (strcmp(type, "array") == 0)
        return item->type == ITEM_LIST;
    if (item->type != ITEM_TEXT)
        return false;
    if (strcmp(type, "string") == 0)
        return true;
    if (strcmp(type, "number") == 0)
        return number_is_decimal(item->text);
    if (strcmp(type, "integer") == 0)
        return matches("^-?[0-9]+$", item->text);
    assert_string_equal(type, "boolean");
    return strcmp(item->text, "true") == 0 || strcmp(item->text, "false") == 0;
}

static bool equals(const json_t *value, const struct item *item)
{
    char number[32];
    if (item->type != ITEM_TEXT)
        return false;
    if (json_is_integer(value))
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    const char *text = json_is_string(value)    ? json_string_value(value)
                       : json_is_integer(value) ? number
                       : json_is_true(value)    ? "true"
                                                : "false";
    return strcmp(text, item->text) == 0;
}

static bool any(const json_t *root, const json_t *list, const struct item *item,
                bool (*test)(const json_t *root, const json_t *entry, const struct item *item))
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (test(root, json_array_get(list, i), item))
            return true;
    return false;
}

static bool equals_entry(const json_t *root, const json_t *entry, const struct item *item)
{
    (void)root;
    return equals(entry, item);
}

static bool type_entry(const json_t *root, const json_t *entry, const struct item *item)
{
    (void)root;
    return is_type(json_string_value(entry), item);
}

static bool keys_valid(const json_t *root, const json_t *schema, const struct item *map)
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *others = json_object_get(schema, "additionalProperties");
    const json_t *names = json_object_get(schema, "propertyNames");
    if (map->type != ITEM_MAP)
        return true;
    for (const struct item *key = map->first; key; key = key->next->next) {
        const json_t *property = json_object_get(properties, key->text);
        if (names && !valid(root, names, key))
            return false;
        if (!property)
            property = others;
        if (property && !valid(root, property, key->next))
            return false;
    }
    const json_t *required = json_object_get(schema, "required");
    for (size_t i = 0; i < json_array_size(required); i++)
        if (!item_field(map, json_string_value(json_array_get(required, i))))
            return false;
    return true;
}

static bool items_valid(const json_t *root, const json_t *schema, const struct item *list)
{
    const json_t *each = json_object_get(schema, "items");
    if (list->type != ITEM_LIST)
        return true;
    for (const struct item *i = list->first; i; i = i->next) {
        if (each && !valid(root, each, i))
            return false;
        for (const struct item *k = list->first; k != i && json_object_get(schema, "uniqueItems"); k = k->next)
            if (i->type == ITEM_TEXT && k->type == ITEM_TEXT && strcmp(i->text, k->text) == 0)
                return false;
    }
    return true;
}

static bool bound_valid(const char *keyword, const json_t *value, const struct item *item)
{
    double limit = json_number_value(value);
    bool text = item->type == ITEM_TEXT;
    if (strcmp(keyword, "maxLength") == 0)
        return !text || (double)item->size <= limit;
    if (strcmp(keyword, "minItems") == 0)
        return item->type != ITEM_LIST || (double)item->size >= limit;
    if (strcmp(keyword, "maxItems") == 0)
        return item->type != ITEM_LIST || (double)item->size <= limit;
    if (strcmp(keyword, "minProperties") == 0)
        return item->type != ITEM_MAP || (double)item->size >= limit;
    if (strcmp(keyword, "minimum") == 0)
        return !text || strtod(item->text, NULL) >= limit;
    if (strcmp(keyword, "maximum") == 0)
        return !text || strtod(item->text, NULL) <= limit;
    fail_msg("the schema uses %s, which this test does not know", keyword);
    return false;
}

static bool keyword_valid(const json_t *root, const char *keyword, const json_t *value, const struct item *item)
{
    static const char *const elsewhere[] = {
        "properties",  "additionalProperties", "propertyNames", "required", "items",
        "uniqueItems", "description",          "title",         "$schema",  "$defs"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (strcmp(keyword, elsewhere[i]) == 0)
            return true;
    if (strcmp(keyword, "type") == 0)
        return json_is_array(value) ? any(root, value, item, type_entry)
                                    : is_type(json_string_value(value), item);
    if (strcmp(keyword, "anyOf") == 0)
        return any(root, value, item, valid);
    if (strcmp(keyword, "enum") == 0)
        return any(root, value, item, equals_entry);
    if (strcmp(keyword, "const") == 0)
        return equals(value, item);
    if (strcmp(keyword, "pattern") == 0)
        return item->type != ITEM_TEXT || matches(json_string_value(value), item->text);
    if (strcmp(keyword, "$ref") == 0) {
        const json_t *target =
            json_object_get(json_object_get(root, "$defs"), json_string_value(value) + strlen("#/$defs/"));
        assert_non_null(target);
        return valid(root, target, item);
    }
    return bound_valid(keyword, value, item);
}

static bool valid(const json_t *root, const json_t *schema, const struct item *item)
{
    const char *keyword;
    json_t *value;
    if (json_is_boolean(schema))
        return json_is_true(schema);
    json_object_foreach((json_t *)schema, keyword, value)
    {
        if (!keyword_valid(root, keyword, value, item))
            return false;
    }
    return keys_valid(root, schema, item) && items_valid(root, schema, item);
}

static json_t *schema_load(void)
{
    json_error_t error;
    json_t *schema = json_load_file(SOURCE_DIR "/docs/case.schema.json", JSON_REJECT_DUPLICATES, &error);
    if (!schema)
        fail_msg("line %d: %s", error.line, error.text);
    return schema;
}

static bool bytes_valid(const json_t *schema, const char *bytes, size_t size)
{
    struct arena arena = {0};
    struct errors errors = {0};
    struct source source;
    struct item *root;
    assert_int_equal(source_open(&source, "schema", bytes, size, &arena), GCK_OK);
    tree_read(&root, &source, &arena, &arena, &errors);
    bool right = root && errors.count == 0 && valid(schema, schema, root);
    errors_free(&errors);
    arena_free(&arena);
    return right;
}

static void test_library(void **state)
{
    (void)state;
    json_t *schema = schema_load();
    struct library library = {0};
    struct errors errors = {0};
    assert_int_equal(library_add(&library, SOURCE_DIR "/cases", &errors), GCK_OK);
    assert_true(library.count > 100);
    for (size_t i = 0; i < library.count; i++) {
        char *bytes;
        size_t size;
        assert_int_equal(case_bytes(&bytes, &size, library.paths[i], &errors), GCK_OK);
        if (!bytes_valid(schema, bytes, size))
            fail_msg("the schema refuses %s", library.paths[i]);
        free(bytes);
    }
    library_free(&library);
    errors_free(&errors);
    json_decref(schema);
}

/* What a schema can see, it sees. */
static void test_damaged(void **state)
{
    (void)state;
    static const char *const names[] = {"missing-fields", "unknown-field", "wrong-types", "words",
                                        "numbers",        "version",       "wrt-empty",   "generated",
                                        "expect",         "expect-empty",  "kinks",       "claims",
                                        "equals-id",      "tensors",       "not-a-map"};
    json_t *schema = schema_load();
    struct errors errors = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512], *bytes;
        size_t size;
        snprintf(path, sizeof path, SOURCE_DIR "/tests/golden/bad/%s.yaml", names[i]);
        assert_int_equal(case_bytes(&bytes, &size, path, &errors), GCK_OK);
        if (bytes_valid(schema, bytes, size))
            fail_msg("the schema takes %s", path);
        free(bytes);
    }
    errors_free(&errors);
    json_decref(schema);
}

/* The reader's fields, as its own message lists them, are the schema's. */
static void test_fields(void **state)
{
    (void)state;
    json_t *schema = schema_load();
    struct errors errors = {0};
    struct case_file *file;
    static const char text[] = "gradcheck: 1\nqqqqqqqqqqqqqqqq: 1\n";
    assert_int_equal(case_read(&file, "t", text, sizeof text - 1, NULL, &errors), GCK_BAD_CASE);
    const char *list = NULL;
    for (const struct error *error = errors.first; error && !list; error = error->next)
        list = strstr(error->message, "; it has: ");
    assert_non_null(list);
    size_t count = 0;
    for (list += strlen("; it has: "); *list; count++) {
        char name[32];
        size_t size = strcspn(list, ",");
        snprintf(name, sizeof name, "%.*s", (int)size, list);
        if (!json_object_get(json_object_get(schema, "properties"), name))
            fail_msg("the schema lacks %s", name);
        list += size + strspn(list + size, ", ");
    }
    assert_int_equal(count, json_object_size(json_object_get(schema, "properties")));
    errors_free(&errors);
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

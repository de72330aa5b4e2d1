/* JSON: valid by docs/report.schema.json, and the numbers are the result's. */
#include <jansson.h>
#include <math.h>

#include "sample.h"

static json_t *schema;

static int load_schema(void **state)
{
    (void)state;
    json_error_t error;
    schema = json_load_file(SOURCE_DIR "/docs/report.schema.json", JSON_REJECT_DUPLICATES, &error);
    return schema == NULL;
}

static int free_schema(void **state)
{
    (void)state;
    json_decref(schema);
    return 0;
}

static bool has_type(const json_t *value, const char *type)
{
    return strcmp(type, "object") == 0    ? json_is_object(value)
           : strcmp(type, "array") == 0   ? json_is_array(value)
           : strcmp(type, "string") == 0  ? json_is_string(value)
           : strcmp(type, "integer") == 0 ? json_is_integer(value)
           : strcmp(type, "number") == 0  ? json_is_number(value)
           : strcmp(type, "boolean") == 0 ? json_is_boolean(value)
                                          : json_is_null(value);
}

static bool has_some_type(const json_t *value, const json_t *types)
{
    if (json_is_string(types))
        return has_type(value, json_string_value(types));
    for (size_t i = 0; i < json_array_size(types); i++)
        if (has_type(value, json_string_value(json_array_get(types, i))))
            return true;
    return false;
}

static bool is_listed(const json_t *value, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(value, json_array_get(list, i)))
            return true;
    return false;
}

static bool valid(const json_t *value, const json_t *rule);

static bool valid_object(const json_t *value, const json_t *rule)
{
    const json_t *properties = json_object_get(rule, "properties"),
                 *required = json_object_get(rule, "required");
    const json_t *rest = json_object_get(rule, "additionalProperties");
    for (size_t i = 0; i < json_array_size(required); i++)
        if (!json_object_get(value, json_string_value(json_array_get(required, i))))
            return false;
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)value, key, item)
    {
        const json_t *own = json_object_get(properties, key);
        if (!own && json_is_false(rest))
            return false;
        if (own ? !valid(item, own) : json_is_object(rest) && !valid(item, rest))
            return false;
    }
    return true;
}

/* The part of JSON Schema that ours uses. */
static bool valid(const json_t *value, const json_t *rule)
{
    const char *reference = json_string_value(json_object_get(rule, "$ref"));
    const json_t *part;
    if (reference) {
        part = json_object_get(json_object_get(schema, "$defs"), reference + strlen("#/$defs/"));
        assert_non_null(part);
        if (!valid(value, part))
            return false;
    }
    if ((part = json_object_get(rule, "type")) && !has_some_type(value, part))
        return false;
    if ((part = json_object_get(rule, "enum")) && !is_listed(value, part))
        return false;
    if ((part = json_object_get(rule, "const")) && !json_equal(value, part))
        return false;
    if ((part = json_object_get(rule, "minimum")) && json_number_value(value) < json_number_value(part))
        return false;
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++)
        if ((part = json_object_get(rule, "items")) && !valid(json_array_get(value, i), part))
            return false;
    return !json_is_object(value) || valid_object(value, rule);
}

static json_t *shown(const struct sample *s, const struct report_settings *settings, const gck_error *problem)
{
    static char out[1 << 17];
    json_error_t error;
    sample_report(out, sizeof out, "json", s, settings, problem);
    json_t *root = json_loads(out, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("%s at line %d of:\n%s", error.text, error.line, out);
    if (!valid(root, schema))
        fail_msg("not valid by the schema:\n%s", out);
    return root;
}

static json_t *first_run(const json_t *root)
{
    const json_t *only = json_array_get(json_object_get(root, "cases"), 0);
    return json_array_get(json_object_get(only, "runs"), 0);
}

static void test_numbers(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_break(&s, 0);
    struct report_settings settings = sample_settings("run");
    json_t *root = shown(&s, &settings, NULL);
    const json_t *x = json_array_get(json_object_get(first_run(root), "parameters"), 0);
    const json_t *worst = json_object_get(x, "worst");
    assert_true(json_number_value(json_object_get(worst, "analytic")) == -8);
    assert_true(json_number_value(json_object_get(worst, "numeric")) == -3.99999999998);
    assert_string_equal(json_string_value(json_object_get(worst, "wide")), "-4.00000000000000000000");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(root, "summary"), "exit_status")), 1);
    assert_null(json_object_get(x, "elements"));
    json_decref(root);
}

static void test_special_numbers_and_text(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.tensors[0][0].worst.analytic = NAN;
    s.tensors[0][0].worst.ulps = INFINITY;
    s.tensors[0][0].worst.left = -INFINITY;
    s.result.title = "a \"title\"\n\033[31m \xff";
    s.runs[0].message = "\xed\xa0\x80";
    struct report_settings settings = sample_settings("check");
    json_t *root = shown(&s, &settings, NULL);
    const json_t *x = json_array_get(json_object_get(first_run(root), "parameters"), 0);
    const json_t *worst = json_object_get(x, "worst"),
                 *only = json_array_get(json_object_get(root, "cases"), 0);
    assert_string_equal(json_string_value(json_object_get(worst, "analytic")), "nan");
    assert_string_equal(json_string_value(json_object_get(worst, "ulps")), "inf");
    assert_string_equal(json_string_value(json_object_get(worst, "left")), "-inf");
    assert_string_equal(json_string_value(json_object_get(only, "title")), "a \"title\"??[31m ?");
    json_decref(root);
}

static void test_elements(void **state)
{
    (void)state;
    struct sample s;
    struct pick pick;
    struct errors errors = {0};
    sample_init(&s);
    struct report_settings settings = sample_settings("check");
    settings.verbose = true;
    json_t *root = shown(&s, &settings, NULL);
    const json_t *w = json_array_get(json_object_get(first_run(root), "parameters"), 1);
    assert_int_equal(json_array_size(json_object_get(w, "elements")), SAMPLE_W);
    json_decref(root);
    settings.verbose = false;
    settings.picks = &pick;
    settings.pick_count = 1;
    assert_int_equal(pick_read(&pick, "W[1,0]", &errors), GCK_OK);
    root = shown(&s, &settings, NULL);
    w = json_array_get(json_object_get(first_run(root), "parameters"), 1);
    const json_t *elements = json_object_get(w, "elements");
    assert_int_equal(json_array_size(elements), 1);
    const json_t *index = json_object_get(json_array_get(elements, 0), "index");
    assert_int_equal(json_integer_value(json_array_get(index, 0)), 1);
    assert_int_equal(json_integer_value(json_array_get(index, 1)), 0);
    json_decref(root);
}

static void test_problem_and_mismatch(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.mismatch = (gck_mismatch){"value f", "1", "2", 3, 4};
    s.result.mismatches = &s.mismatch;
    s.result.mismatch_count = 1;
    gck_error problem = {GCK_BAD_CASE, "bad.yaml", 3, 7, "unknown op"};
    struct report_settings settings = sample_settings("run");
    settings.allowed = 1u << GCK_VERDICT_INACCURATE;
    json_t *root = shown(&s, &settings, &problem);
    const json_t *error = json_array_get(json_object_get(root, "errors"), 0);
    assert_int_equal(json_integer_value(json_object_get(error, "line")), 3);
    assert_string_equal(json_string_value(json_object_get(error, "message")), "unknown op");
    const json_t *only = json_array_get(json_object_get(root, "cases"), 0);
    assert_int_equal(json_array_size(json_object_get(only, "mismatches")), 1);
    json_decref(root);
}

static void test_baseline(void **state)
{
    (void)state;
    struct sample s;
    struct baseline baseline;
    sample_init(&s);
    sample_break(&s, 0);
    struct report_settings settings = sample_settings("run");
    sample_baseline(&baseline, &settings, &s, "group/sample@float64 wrong<=1e20 # why\nno/such@expect wrong\n");
    settings.shard = 2;
    settings.shards = 3;
    settings.rerun = "old.json";
    json_t *root = shown(&s, &settings, NULL);
    const json_t *only = json_array_get(json_object_get(root, "cases"), 0), *run = first_run(root);
    assert_true(json_is_true(json_object_get(only, "passed")));
    assert_string_equal(json_string_value(json_object_get(only, "standing")), "known");
    assert_string_equal(json_string_value(json_object_get(only, "expectations_standing")), "passes");
    assert_string_equal(json_string_value(json_object_get(run, "standing")), "known");
    const json_t *known = json_object_get(run, "known");
    assert_int_equal(json_integer_value(json_object_get(known, "line")), 1);
    assert_true(json_number_value(json_object_get(known, "most")) == 1e20);
    assert_string_equal(json_string_value(json_object_get(known, "why")), "why");
    const json_t *stale = json_object_get(json_object_get(root, "baseline"), "stale");
    assert_int_equal(json_array_size(stale), 1);
    const json_t *line = json_array_get(stale, 0);
    assert_int_equal(json_integer_value(json_object_get(line, "line")), 2);
    assert_string_equal(json_string_value(json_object_get(line, "check")), "expect");
    const json_t *options = json_object_get(root, "options");
    assert_string_equal(json_string_value(json_object_get(options, "shard")), "2/3");
    assert_string_equal(json_string_value(json_object_get(options, "rerun_failed")), "old.json");
    const json_t *summary = json_object_get(root, "summary");
    assert_int_equal(json_integer_value(json_object_get(summary, "failed")), 0);
    assert_int_equal(json_integer_value(json_object_get(summary, "known")), 1);
    assert_int_equal(json_integer_value(json_object_get(summary, "exit_status")), 1); /* the stale line */
    json_decref(root);
    baseline_free(&baseline);
}

/* The validator itself: it must refuse what the schema does. */
static void test_schema_refuses(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct report_settings settings = sample_settings("run");
    json_t *root = shown(&s, &settings, NULL);
    json_t *run = first_run(root);
    json_object_set_new(run, "verdict", json_string("fine"));
    assert_false(valid(root, schema));
    json_object_set_new(run, "verdict", json_string("ok"));
    assert_true(valid(root, schema));
    json_object_set_new(run, "surplus", json_null());
    assert_false(valid(root, schema));
    json_object_del(run, "surplus");
    json_object_del(run, "ties");
    assert_false(valid(root, schema));
    json_object_set_new(run, "ties", json_integer(-1));
    assert_false(valid(root, schema));
    json_object_set_new(run, "ties", json_string("1"));
    assert_false(valid(root, schema));
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),  cmocka_unit_test(test_special_numbers_and_text),
        cmocka_unit_test(test_elements), cmocka_unit_test(test_problem_and_mismatch),
        cmocka_unit_test(test_baseline), cmocka_unit_test(test_schema_refuses),
    };
    return cmocka_run_group_tests(tests, load_schema, free_schema);
}

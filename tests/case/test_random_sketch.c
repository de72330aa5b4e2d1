/* Random graphs: the same for a seed, of all ops, sound, and cases that read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "case/case.h"
#include "case/random_sketch.h"

enum { GRAPHS = 150 };

static void draw(struct text *text, struct sketch *sketch, struct arena *arena, uint64_t seed, uint64_t index)
{
    size_t redrawn;
    assert_int_equal(random_sketch(sketch, &redrawn, arena, seed, index, NULL), GCK_OK);
    sketch_write(text, sketch, "fuzz/one", "one", "drawn");
    assert_false(text->failed);
}

static void test_seeds(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct sketch *sketch = arena_alloc(&arena, 1, sizeof *sketch);
    struct text a = {0}, again = {0}, other = {0}, seeded = {0};
    draw(&a, sketch, &arena, 1, 5);
    draw(&again, sketch, &arena, 1, 5);
    draw(&other, sketch, &arena, 1, 6);
    draw(&seeded, sketch, &arena, 2, 5);
    assert_string_equal(a.data, again.data);
    assert_string_not_equal(a.data, other.data);
    assert_string_not_equal(a.data, seeded.data);
    text_free(&a);
    text_free(&again);
    text_free(&other);
    text_free(&seeded);
    arena_free(&arena);
}

/* Each graph is a case whose graph is the sketch's; together they have every op and up to 30 of them. */
static void test_graphs(void **state)
{
    (void)state;
    bool used[1000] = {false};
    size_t most = 0, missing = 0;
    for (uint64_t i = 0; i < GRAPHS; i++) {
        struct arena arena = {0};
        struct text text = {0};
        struct errors errors = {0};
        struct case_file *file;
        struct graph graph;
        double **values;
        bool sound;
        struct sketch *sketch = arena_alloc(&arena, 1, sizeof *sketch);
        draw(&text, sketch, &arena, 3, i);
        if (case_read(&file, "a.yaml", text.data, text.size, NULL, &errors))
            fail_msg("graph %zu: %s\n%s", (size_t)i, errors.first->message, text.data);
        assert_int_equal(file->graph.count, sketch->count);
        assert_int_equal(sketch_graph(&graph, sketch, &arena), GCK_OK);
        assert_int_equal(sketch_values(&values, &sound, &graph, &arena), GCK_OK);
        assert_true(sound);
        assert_in_range(sketch_ops(sketch), 1, RANDOM_MOST_OPS);
        most = sketch_ops(sketch) > most ? sketch_ops(sketch) : most;
        for (size_t k = 0; k < sketch->count; k++)
            if (sketch->nodes[k].op)
                used[sketch->nodes[k].op - op_table] = true;
        case_free(file);
        text_free(&text);
        errors_free(&errors);
        arena_free(&arena);
    }
    for (size_t i = 0; i < op_count; i++)
        missing += !used[i];
    assert_true(most > 25);
    assert_true(missing <= op_count / 20);
}

static void test_pruning(void **state)
{
    (void)state;
    static const double numbers[] = {0.5, 2};
    struct sketch s = {.count = 4, .output = 3, .seed = numbers};
    struct text text = {0};
    s.nodes[0] = (struct sketch_node){.shape = {.rank = 1, .dim = {2}}, .numbers = numbers};
    s.nodes[1] = s.nodes[0];
    s.nodes[2] = (struct sketch_node){.op = op_named("tanh"), .arity = 1, .inputs = {0}};
    s.nodes[3] = (struct sketch_node){
        .op = op_named("leaky_relu"), .arity = 1, .inputs = {1}, .attributes = "slope=0.25"};
    sketch_prune(&s);
    assert_int_equal(s.count, 2);
    struct arena arena = {0};
    struct graph graph;
    assert_int_equal(sketch_graph(&graph, &s, &arena), GCK_OK);
    sketch_write(&text, &s, "fuzz/a", "a", "b");
    assert_string_equal(text.data, "gradcheck: 1\nid: fuzz/a\ntitle: a\ntags: [fuzz]\nwhy: b\ninputs:\n"
                                   "  x0: [0.5, 2]\ngraph:\n  - y = leaky_relu(x0, slope=0.25)\noutput: y\n"
                                   "seed: [0.5, 2]\n");
    s.nodes[1].inputs[0] = 0;
    s.nodes[1].arity = 2;
    s.nodes[1].inputs[1] = 0;
    assert_int_equal(sketch_graph(&graph, &s, &arena), GCK_BAD_CASE);
    text_free(&text);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_graphs),
        cmocka_unit_test(test_pruning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

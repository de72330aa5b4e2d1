/* Fuzzing: one random graph, drawn, checked, and made small when it fails. */
#include "api/fuzz.h"

#include <stdio.h>
#include <string.h>

#include "case/random_sketch.h"

/* Checks the case that the sketch makes; the result is to be freed, NULL after an error. */
static gck_status check_sketch(gck_result **result, gck_case **c, const struct sketch *sketch,
                               const gck_options *options)
{
    struct text text = {0};
    *result = NULL;
    *c = NULL;
    sketch_write(&text, sketch, "fuzz/graph", "a random graph", "random");
    gck_status status =
        text.failed ? GCK_NO_MEMORY : gck_case_parse(c, "fuzz.yaml", text.data, text.size, NULL);
    if (!status)
        status = gck_check(result, *c, options, NULL);
    text_free(&text);
    return status;
}

gck_status fuzz_verdict(gck_verdict *verdict, struct sketch *sketch, const gck_options *options)
{
    struct arena arena = {0};
    struct graph graph;
    gck_case *c = NULL;
    gck_result *result = NULL;
    gck_status status = sketch_graph(&graph, sketch, &arena);
    if (!status)
        status = check_sketch(&result, &c, sketch, options);
    if (!status)
        *verdict = result->verdict;
    gck_result_free(result);
    gck_case_free(c);
    arena_free(&arena);
    return status;
}

/* Some of a text between quotes; what is not plain ASCII is lost, so that any name stays a YAML text. */
static void add_quoted(struct text *text, const char *s)
{
    enum { MOST_QUOTED = 80 };
    for (const char *end = s + strnlen(s, MOST_QUOTED); s < end; s++)
        if (*s == '"' || *s == '\\')
            text_add(text, "\\%c", *s);
        else
            text_add(text, "%c", *s >= 0x20 && *s < 0x7f ? *s : '?');
}

/* Which dtype, what was off, in quotes: "inaccurate in float32, engine builtin; found by gradcheck fuzz". */
static void describe(struct text *text, gck_verdict verdict, const char *how, const gck_options *options)
{
    text_add(text, "\"%s in", gck_verdict_name(verdict));
    for (int dtype = 0; dtype < GCK_DTYPES; dtype++)
        if (options->dtypes >> dtype & 1)
            text_add(text, " %s", gck_dtype_name((gck_dtype)dtype));
    text_add(text, ", engine ");
    add_quoted(text, options->engine ? options->engine->name : "builtin");
    text_add(text, "; %s by gradcheck fuzz\"", how);
}

/* Writes the graph, made small or as it is. */
static gck_status keep(struct fuzzed *fuzzed, struct sketch *sketch, uint64_t index, bool small,
                       const gck_options *options)
{
    struct text text = {0}, why = {0};
    char id[80], title[80];
    gck_status status = small ? fuzz_shrink(sketch, &fuzzed->arena, fuzzed->verdict, options) : GCK_OK;
    if (status)
        return status;
    snprintf(id, sizeof id, "fuzz/%llu-%llu", (unsigned long long)options->seed, (unsigned long long)index);
    snprintf(title, sizeof title, "graph %llu of seed %llu%s", (unsigned long long)index,
             (unsigned long long)options->seed, small ? ", made small" : "");
    describe(&why, fuzzed->verdict, small ? "found" : "drawn", options);
    if (!why.failed)
        sketch_write(&text, sketch, id, title, why.data);
    fuzzed->text = why.failed || text.failed ? NULL : arena_text(&fuzzed->arena, text.data, text.size);
    text_free(&text);
    text_free(&why);
    return fuzzed->text ? GCK_OK : GCK_NO_MEMORY;
}

gck_status fuzz_one(struct fuzzed *fuzzed, uint64_t index, const gck_options *options, const bool *ops,
                    bool all)
{
    *fuzzed = (struct fuzzed){0};
    gck_case *c = NULL;
    gck_result *result = NULL;
    struct sketch *sketch = arena_alloc(&fuzzed->arena, 1, sizeof *sketch);
    if (!sketch)
        return GCK_NO_MEMORY;
    gck_status status = random_sketch(sketch, &fuzzed->redrawn, &fuzzed->arena, options->seed, index, ops);
    if (!status)
        status = check_sketch(&result, &c, sketch, options);
    if (!status) {
        fuzzed->verdict = result->verdict;
        fuzzed->ops = sketch_ops(sketch);
        fuzzed->parameters = gck_case_parameters(c);
        for (size_t i = 0; i < sketch->count; i++)
            if (sketch->nodes[i].op)
                fuzzed->used[sketch->nodes[i].op - op_table] = true;
    }
    gck_result_free(result);
    gck_case_free(c);
    if (!status && (all || !gck_verdict_passes(fuzzed->verdict)))
        status = keep(fuzzed, sketch, index, !all, options);
    if (status || !fuzzed->text) {
        arena_free(&fuzzed->arena);
        fuzzed->text = NULL;
    }
    return status;
}

void fuzzed_free(struct fuzzed *fuzzed)
{
    arena_free(&fuzzed->arena);
    *fuzzed = (struct fuzzed){0};
}

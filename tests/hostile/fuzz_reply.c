/* What an engine says: its hello, and every later line as the answer to one request. */
#include "fuzz.h"

#include <string.h>

#include "case/case.h"
#include "check/answer.h"
#include "engine/reply.h"

static const char case_text[] = "gradcheck: 1\nid: t/x\n"
                                "inputs: {x: [1, 2], W: [[1, 2, 3], [4, 5, 6]]}\n"
                                "graph: ['y = sum(matmul(x, W))']\noutput: y\n";

struct lines {
    const char *at, *end;
};

static void reply(gck_answer *answer, const gck_request *request, void *user)
{
    struct lines *lines = user;
    struct arena arena = {0};
    struct plan plan;
    struct hello hello;
    struct text why = {0}, what = {0};
    const char *stop = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
    REQUIRE(plan_new(&plan, &arena, request));
    bool greeted = hello_read(&hello, lines->at, (size_t)((stop ? stop : lines->end) - lines->at), &why);
    REQUIRE(greeted || why.size);
    if (greeted)
        (void)plan_refused(&what, &plan, &hello);
    while (stop && !answer->message) {
        const char *line = stop + 1;
        stop = memchr(line, '\n', (size_t)(lines->end - line));
        text_clear(&why);
        size_t size = (size_t)((stop ? stop : lines->end) - line);
        if (!reply_read(answer, &plan, &hello, "t/x@float64", line, size, &why))
            REQUIRE(why.size);
    }
    hello_free(&hello);
    text_free(&why);
    text_free(&what);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct errors errors = {0};
    struct arena arena = {0};
    struct case_file *file;
    struct binding binding;
    gck_answer answer;
    struct lines lines = {(const char *)data, (const char *)data + size};
    gck_engine engine = {.name = "lines", .grad = reply, .user = &lines};
    REQUIRE(case_read(&file, "t.yaml", case_text, strlen(case_text), NULL, &errors) == GCK_OK);
    REQUIRE(binding_new(&binding, &arena, &file->graph, FLOAT64, &errors) == GCK_OK);
    REQUIRE(size == 0 || answer_ask(&answer, &engine, "t/x", &file->graph, &binding) == GCK_OK);
    if (size)
        answer_free(&answer);
    arena_free(&arena);
    case_free(file);
    errors_free(&errors);
    return 0;
}

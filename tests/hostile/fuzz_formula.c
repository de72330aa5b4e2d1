/* Small languages, one a line of input: rows of graphs and formulas, and what options take: --param, --map, the
 * command of --engine. */
#include "fuzz.h"

#include <string.h>

#include "case/formula.h"
#include "engine/renaming.h"
#include "engine/words.h"
#include "report/pick.h"

static void read_row(const char *text, size_t size, bool bare)
{
    struct arena arena = {0};
    struct errors errors = {0};
    struct source source;
    struct trace trace;
    struct formula formula = {0};
    REQUIRE(source_open(&source, "f.yaml", text, size, &arena) == GCK_OK);
    trace_start(&trace, &source, STYLE_PLAIN, text, &(struct mark){0});
    bool read = formula_read(&formula, &arena, &trace, 0, size, bare, &errors);
    require_errors(&errors, read ? GCK_OK : GCK_BAD_CASE);
    long depth = 0;
    for (size_t i = 0; read && i < formula.count; i++) { /* a stack machine that ends with one value */
        const struct step *step = &formula.steps[i];
        REQUIRE(step->text);
        depth += 1 - (step->type == STEP_CALL ? (long)step->arity : 0);
        REQUIRE(depth >= 1 || (step->type == STEP_CALL && step->arity == 0));
    }
    REQUIRE(!read || depth == 1);
    formula_free(&formula);
    errors_free(&errors);
    arena_free(&arena);
}

static void read_options(const char *text)
{
    struct arena arena = {0};
    struct errors errors = {0};
    struct pick pick;
    struct renaming renaming;
    char **argv;
    require_errors(&errors, pick_read(&pick, text, &errors));
    errors_free(&errors);
    gck_status status = renaming_read(&renaming, &arena, text, &errors);
    require_errors(&errors, status);
    struct shape shape = {.rank = 3, .dim = {2, 3, 1}}, reordered;
    double numbers[] = {1, 2, 3, 4, 5, 6}, out[6];
    if (!status && renaming_shape(&reordered, &renaming, &shape))
        renaming_numbers(out, &renaming, numbers, &shape);
    errors_free(&errors);
    status = words_split(&argv, &arena, text, &errors);
    require_errors(&errors, status);
    for (size_t i = 0; !status && argv[i]; i++)
        REQUIRE(strlen(argv[i]) <= strlen(text));
    errors_free(&errors);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = end ? (size_t)(end - data) - at : size - at, bad;
        char *line = malloc(length + 1);
        REQUIRE(line);
        memcpy(line, data + at, length);
        line[length] = '\0';
        if (strlen(line) == length && text_is_utf8(line, length, &bad)) { /* the case reader sees to that */
            read_row(line, length, false);
            read_row(line, length, true);
        }
        read_options(line);
        free(line);
        at += length + 1;
    }
    return 0;
}

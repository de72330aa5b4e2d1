/* Recordings: what `judge` reads, the cases in them, and their answers to the requests of these cases. */
#include "fuzz.h"

#include "case/case.h"
#include "check/answer.h"
#include "engine/recording.h"

enum { MOST_ASKED = 4, MOST_NUMBERS = 1000 };

static void ask(const struct recording *recording, const struct case_file *file)
{
    for (int dtype = 0; dtype < DTYPES; dtype++) {
        struct arena arena = {0};
        struct errors errors = {0};
        struct binding binding;
        gck_answer answer;
        if (file->dtypes[dtype] && !binding_new(&binding, &arena, &file->graph, (enum dtype)dtype, &errors)) {
            REQUIRE(answer_ask(&answer, recording_engine(recording), file->id, &file->graph, &binding) ==
                    GCK_OK);
            answer_free(&answer);
        }
        errors_free(&errors);
        arena_free(&arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct errors errors = {0};
    struct recording *recording;
    gck_status status = recording_read(&recording, "record", (const char *)data, size, &errors);
    require_errors(&errors, status);
    REQUIRE((status == GCK_OK) == (recording != NULL));
    errors_free(&errors);
    for (size_t i = 0; recording && i < recording_cases(recording) && i < MOST_ASKED; i++) {
        struct case_file *file;
        status = case_load(&file, recording_case(recording, i), recording_loading(recording), &errors);
        require_errors(&errors, status);
        if (file && file->graph.elements <= MOST_NUMBERS)
            ask(recording, file);
        case_free(file);
        errors_free(&errors);
    }
    if (recording) {
        gck_options options = gck_options_default();
        recording_options(recording, &options);
        REQUIRE(options.bits >= 64 && options.bits <= options.max_bits && options.max_bits <= 4096);
        REQUIRE(options.method >= GCK_CENTERED && options.method <= GCK_RICHARDSON);
    }
    recording_free(recording);
    return 0;
}

/* Case files: YAML or JSON to a graph, with the tensors that it takes from the files of corpus/tensors; what is
 * accepted is also frozen. */
#include "fuzz.h"

#include "case/case.h"
#include "case/freeze.h"

static const char path[] = SOURCE_DIR "/tests/hostile/corpus/tensors/case.yaml";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct errors errors = {0};
    struct case_file *file;
    gck_status status = case_read(&file, path, (const char *)data, size, NULL, &errors);
    require_errors(&errors, status);
    REQUIRE((status == GCK_OK) == (file != NULL));
    for (const struct error *error = errors.first; error; error = error->next)
        REQUIRE(error->place.line >= 1 && error->place.column >= 1);
    case_free(file);
    errors_free(&errors);
    if (status)
        return 0;
    struct text text = {0};
    status = freeze_text(&text, path, (const char *)data, size, "expect:\n  by: reference\n", NULL, &errors);
    require_errors(&errors, status);
    text_free(&text);
    errors_free(&errors);
    return 0;
}

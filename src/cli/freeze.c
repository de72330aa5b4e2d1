/* gradcheck freeze: writes the reference's own numbers into cases, as what they expect. */
#include "case/freeze.h"
#include "api/expect.h"
#include "cli/arguments.h"
#include "report/clean.h"

static gck_status freeze(struct text *out, const char *path, const struct arguments *arguments,
                         struct errors *errors)
{
    int bits = arguments->settings.options.bits;
    struct case_file *file;
    struct text block = {0};
    size_t before = errors->count;
    gck_status status = case_load(&file, path, &arguments->loading, errors);
    if (status != GCK_OK)
        return status;
    status = expect_frozen(&block, file, file->bits > bits ? (int)file->bits : bits, errors);
    if (status == GCK_OK && block.failed)
        status = errors_add(errors, GCK_NO_MEMORY, "out of memory");
    if (status == GCK_OK)
        status = case_freeze(path, block.data, &arguments->loading, errors);
    if (status == GCK_OK) {
        clean_add(out, path);
        text_add(out, ":\n%s", block.data);
    }
    if (status == GCK_NO_MEMORY && errors->count == before)
        (void)errors_add(errors, status, "out of memory");
    text_free(&block);
    case_free(file);
    return status;
}

int cmd_freeze(int argc, char **argv)
{
    struct arguments arguments;
    if (!arguments_read(&arguments, argc, argv, OPTION(BITS) | OPTION(ALLOW_OUTSIDE)))
        return TALLY_USAGE;
    if (!arguments.path_count)
        return cli_usage("freeze", "name case files");
    struct text text = {0};
    struct errors errors = {0};
    for (size_t i = 0; i < arguments.path_count; i++)
        (void)freeze(&text, arguments.paths[i], &arguments, &errors);
    int status = cli_print(&text);
    cli_print_errors(&errors);
    if (errors.count)
        status = TALLY_USAGE;
    text_free(&text);
    errors_free(&errors);
    return status;
}

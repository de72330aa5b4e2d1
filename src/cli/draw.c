/* gradcheck draw: the computational graph of a case as a picture. */
#include <unistd.h>

#include "api/explain.h"
#include "cli/engines.h"
#include "report/draw.h"

/* Checks the case as `check` does. */
static gck_status check(gck_result **result, const gck_case *c, const struct selection *selection,
                        const struct arguments *arguments, struct errors *errors)
{
    gck_options options = arguments->settings.options;
    gck_errors *found = NULL;
    struct engines engines = {0};
    struct gradient_file *file = NULL;
    gck_status status = engines_open(&engines, &options, arguments, selection, errors);
    if (!status)
        status = engines_for(&file, &options, &engines, c);
    if (!status)
        status = gck_check(result, c, &options, &found);
    if (status == GCK_ENGINE && engines_failure(&engines))
        (void)errors_add(errors, status, "the engine can no longer be run: %s", engines_failure(&engines));
    errors_take(errors, found);
    gradient_file_free(file);
    engines_close(&engines, errors);
    return status;
}

static gck_status write_drawing(const struct drawing *drawing, const struct arguments *arguments,
                                struct errors *errors)
{
    struct text text = {0};
    gck_status status = draw_add(&text, drawing, arguments->draw_format, errors);
    if (!status)
        status = sink_save(arguments->output, &text, errors);
    text_free(&text);
    return status;
}

static gck_status draw(int *exit_status, const struct selection *selection, const struct arguments *arguments,
                       struct errors *errors)
{
    const gck_case *c = selection->cases[0];
    gck_result *result = NULL;
    gck_explanation *x = NULL;
    gck_status status = check(&result, c, selection, arguments, errors);
    if (!status)
        status = explain_values(&x, c, arguments->settings.options.stop, errors);
    if (!status) {
        struct drawing drawing = {.explanation = x, .result = result, .fold = arguments->fold};
        status = write_drawing(&drawing, arguments, errors);
        *exit_status = report_passes(&arguments->settings, result->verdict) ? TALLY_PASSED : TALLY_FAILED;
    }
    gck_explanation_free(x);
    gck_result_free(result);
    return status;
}

int cmd_draw(int argc, char **argv)
{
    const option_set allowed = OPTION(BITS) | OPTION(MAX_BITS) | OPTION(DTYPE) | OPTION(SEED) | OPTION(JOBS) |
                               OPTION(DRAW) | OPTION(OUTPUT) | OPTION(FOLD) | OPTION(ALLOW_OUTSIDE) |
                               OPTION(ENGINE) | OPTION(TIMEOUT) | OPTION(START_TIMEOUT) | OPTION(GRADS) |
                               OPTION(MAP);
    struct arguments arguments;
    struct errors errors = {0};
    struct selection selection = {0};
    int result = TALLY_USAGE, drawn = TALLY_USAGE;
    if (!arguments_read(&arguments, argc, argv, allowed))
        return TALLY_USAGE;
    if (arguments.path_count != 1)
        return cli_usage("draw", "one case file is drawn at a time, not %zu", arguments.path_count);
    if (arguments.draw_format == DRAW_PNG && !arguments.output && isatty(STDOUT_FILENO))
        return cli_usage("draw", "a terminal cannot show a PNG; name a file: -o FILE.png");
    interrupt_watch();
    arguments.settings.options.stop = interrupt_flag();
    selection_read(&selection, &arguments, &errors);
    errors.here = (struct place){0};
    if (!errors.count && selection.count != 1) {
        result = cli_usage("draw", "%s holds %zu cases; one is drawn at a time", arguments.paths[0],
                           selection.count);
    } else if (!errors.count) {
        gck_status status = draw(&drawn, &selection, &arguments, &errors);
        result = cli_end(status, &errors);
        result = result ? result : drawn;
    } else {
        cli_print_errors(&errors);
    }
    errors_free(&errors);
    selection_free(&selection);
    return result;
}

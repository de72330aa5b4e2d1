/* gradcheck explain: one case on the blackboard. */
#include <unistd.h>

#include "api/case_handle.h"
#include "cli/arguments.h"
#include "report/board.h"

/* Prints and frees what the library has to say. */
static void print_errors(gck_errors *errors)
{
    for (size_t i = 0; i < gck_errors_count(errors); i++) {
        gck_error error = gck_errors_get(errors, i);
        cli_print_error(&error);
    }
    gck_errors_free(errors);
}

static int print_board(const struct arguments *arguments, const gck_explanation *x)
{
    const struct report_settings *settings = &arguments->settings;
    struct board_settings board = {.colour = arguments_colour(arguments, STDOUT_FILENO),
                                   .verbose = settings->verbose,
                                   .only = settings->pick_count ? settings->picks[0].name : NULL};
    struct text text = {0};
    if (!board_add(&text, x, &board)) {
        text_free(&text);
        return cli_usage("explain", "--param %s: %s has no such node", board.only, x->id);
    }
    int status = cli_print(&text);
    text_free(&text);
    return status || x->agreement != GCK_DIFFERS ? status : TALLY_FAILED;
}

int cmd_explain(int argc, char **argv)
{
    const option_set allowed = OPTION(BITS) | OPTION(MAX_BITS) | OPTION(SEED) | OPTION(PARAM) |
                               OPTION(VERBOSE) | OPTION(COLOR) | OPTION(ALLOW_OUTSIDE);
    struct arguments arguments;
    if (!arguments_read(&arguments, argc, argv, allowed))
        return TALLY_USAGE;
    if (arguments.path_count != 1)
        return cli_usage("explain", "one case file is explained at a time, not %zu", arguments.path_count);
    if (arguments.settings.pick_count > 1 || (arguments.settings.pick_count && arguments.picks[0].rank))
        return cli_usage("explain", "--param takes one name of a node");
    interrupt_watch();
    arguments.settings.options.stop = interrupt_flag();
    gck_case *c = NULL;
    gck_explanation *x = NULL;
    gck_errors *errors = NULL;
    gck_status status = case_handle_load(&c, arguments.paths[0], &arguments.loading, &errors);
    if (!status)
        status = gck_explain(&x, c, &arguments.settings.options, &errors);
    print_errors(errors);
    int result = TALLY_USAGE;
    if (!status)
        result = print_board(&arguments, x);
    else if (status == GCK_STOPPED)
        result = TALLY_INTERRUPTED;
    gck_explanation_free(x);
    gck_case_free(c);
    return result;
}

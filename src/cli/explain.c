/* gradcheck explain: one case on the blackboard. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/case_handle.h"
#include "cli/selection.h"
#include "cli/step.h"
#include "report/board.h"

/* Lists the pieces that hold something, into room for all of them. */
static size_t list_pieces(size_t *pieces, const gck_explanation *x, const struct board_settings *board)
{
    struct text text = {0};
    size_t count = 0;
    for (size_t i = 0; i < board_pieces(x); i++)
        if (board_piece(&text, x, board, i))
            pieces[count++] = i;
    text_free(&text);
    return count;
}

/* A piece at a time. */
static int step_through(const gck_explanation *x, const struct board_settings *board)
{
    size_t *pieces = calloc(board_pieces(x), sizeof *pieces), at = 0;
    struct text text = {.failed = !pieces};
    int status = pieces ? TALLY_PASSED : cli_print(&text); /* says that memory failed */
    size_t count = pieces ? list_pieces(pieces, x, board) : 0;
    while (at < count && !status) {
        (void)board_piece(&text, x, board, pieces[at]);
        status = cli_print(&text);
        if (at + 1 == count || status)
            break;
        enum step_key key = step_wait(at + 1, count, board->colour);
        if (key == STEP_QUIT)
            break;
        at = key == STEP_NEXT ? at + 1 : at > 0 ? at - 1 : 0;
    }
    text_free(&text);
    free(pieces);
    return interrupted() ? TALLY_INTERRUPTED : status;
}

/* All at once, as text or as a page. */
static gck_status write_board(const struct arguments *arguments, const gck_explanation *x,
                              const struct board_settings *board, struct errors *errors)
{
    struct text text = {0};
    gck_status status = GCK_OK;
    if (arguments->html)
        status = board_html(&text, x, board, errors);
    else
        (void)board_add(&text, x, board);
    if (!status)
        status = sink_save(arguments->output, &text, errors);
    text_free(&text);
    return status;
}

static int print_board(const struct arguments *arguments, const gck_explanation *x)
{
    const struct report_settings *settings = &arguments->settings;
    struct board_settings board = {.colour = !arguments->output && arguments_colour(arguments, STDOUT_FILENO),
                                   .verbose = settings->verbose,
                                   .only = settings->pick_count ? settings->picks[0].name : NULL};
    if (board.only && !board_has(x, board.only))
        return cli_usage("explain", "--param %s: %s has no such node", board.only, x->id);
    struct errors errors = {0};
    int status = arguments->step && step_possible()
                     ? step_through(x, &board)
                     : cli_end(write_board(arguments, x, &board, &errors), &errors);
    errors_free(&errors);
    return status || x->agreement != GCK_DIFFERS ? status : TALLY_FAILED;
}

int cmd_explain(int argc, char **argv)
{
    const option_set allowed = OPTION(BITS) | OPTION(MAX_BITS) | OPTION(SEED) | OPTION(PARAM) |
                               OPTION(VERBOSE) | OPTION(COLOR) | OPTION(ALLOW_OUTSIDE) | OPTION(BOARD) |
                               OPTION(STEP);
    struct arguments arguments;
    if (!arguments_read(&arguments, argc, argv, allowed))
        return TALLY_USAGE;
    if (arguments.path_count != 1)
        return cli_usage("explain", "one case file is explained at a time, not %zu", arguments.path_count);
    if (arguments.settings.pick_count > 1 || (arguments.settings.pick_count && arguments.picks[0].rank))
        return cli_usage("explain", "--param takes one name of a node");
    if (arguments.step && (arguments.html || arguments.output))
        return cli_usage("explain", "--step is for a terminal; pages and files show all at once");
    interrupt_watch();
    arguments.settings.options.stop = interrupt_flag();
    gck_case *c = NULL;
    gck_explanation *x = NULL;
    gck_errors *found = NULL;
    struct errors errors = {0};
    gck_status status = case_handle_load(&c, arguments.paths[0], &arguments.loading, &found);
    if (!status)
        status = gck_explain(&x, c, &arguments.settings.options, &found);
    errors_take(&errors, found);
    int result = cli_end(status, &errors);
    errors_free(&errors);
    if (!status)
        result = print_board(&arguments, x);
    gck_explanation_free(x);
    gck_case_free(c);
    return result;
}

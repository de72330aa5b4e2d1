/* gradcheck mutants: bugs planted in cases, and which of them are caught. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parallel.h"
#include "cli/selection.h"
#include "real/wide.h"
#include "report/mutants.h"

struct work {
    const struct selection *selection;
    const struct arguments *arguments;
    gck_dtype dtype;
    struct trials *trials; /* a case each */
    gck_status *status;
};

static void try_case(void *user, size_t i)
{
    struct work *work = user;
    work->status[i] = trials_take(&work->trials[i], work->selection->cases[i], work->dtype,
                                  &work->arguments->settings.options);
}

/* The exit status; the errors say what went wrong. */
static int settle(struct text *text, const struct work *work, struct errors *errors)
{
    struct mutants_settings settings = {.colour = arguments_colour(work->arguments, STDOUT_FILENO),
                                        .verbose = work->arguments->settings.verbose};
    for (size_t i = 0; i < work->selection->count; i++) {
        if (work->status[i] == GCK_STOPPED)
            return TALLY_INTERRUPTED;
        errors->here = (struct place){.file = gck_case_path(work->selection->cases[i])};
        if (work->status[i])
            (void)errors_add(errors, work->status[i], "could not be checked: %s",
                             gck_status_name(work->status[i]));
    }
    if (errors->count)
        return TALLY_USAGE;
    return mutants_add(text, work->trials, work->selection->count, &settings) ? TALLY_PASSED : TALLY_FAILED;
}

static int try_all(const struct selection *selection, const struct arguments *arguments, gck_dtype dtype,
                   struct errors *errors)
{
    struct workers workers;
    struct text text = {0};
    struct work work = {selection, arguments, dtype, calloc(selection->count + 1, sizeof *work.trials),
                        calloc(selection->count + 1, sizeof *work.status)};
    int status = TALLY_USAGE;
    if (work.trials && work.status) {
        workers_init(&workers, arguments->settings.options.jobs, m_thread_ends);
        workers.stop = interrupt_flag();
        parallel_for(&workers, selection->count, try_case, &work);
        status = interrupted() ? TALLY_INTERRUPTED : settle(&text, &work, errors);
    } else {
        (void)errors_add(errors, GCK_NO_MEMORY, "out of memory");
    }
    if (text.data) {
        int printed = cli_print(&text);
        status = printed ? printed : status;
    }
    for (size_t i = 0; work.trials && i < selection->count; i++)
        trials_free(&work.trials[i]);
    free(work.trials);
    free(work.status);
    text_free(&text);
    return status;
}

int cmd_mutants(int argc, char **argv)
{
    const option_set allowed = OPTION(BITS) | OPTION(MAX_BITS) | OPTION(DTYPE) | OPTION(SEED) | OPTION(JOBS) |
                               OPTION(FILTER) | OPTION(TAG) | OPTION(VERBOSE) | OPTION(COLOR) |
                               OPTION(ALLOW_OUTSIDE);
    struct arguments arguments;
    struct errors errors = {0};
    struct selection selection = {0};
    if (!arguments_read(&arguments, argc, argv, allowed))
        return TALLY_USAGE;
    if (!arguments.path_count)
        return cli_usage("mutants", "no case given");
    unsigned dtypes = arguments.settings.options.dtypes ? arguments.settings.options.dtypes : 1u;
    gck_dtype dtype = GCK_FLOAT64;
    while (!(dtypes >> dtype & 1))
        dtype++;
    if (dtypes >> dtype != 1)
        return cli_usage("mutants", "--dtype takes one number format here");
    interrupt_watch();
    arguments.settings.options.stop = interrupt_flag();
    selection_read(&selection, &arguments, &errors);
    int status = TALLY_USAGE;
    if (!errors.count) {
        selection_filter(&selection, &arguments);
        status = selection.count ? try_all(&selection, &arguments, dtype, &errors) : TALLY_NOTHING;
    }
    if (status == TALLY_NOTHING)
        cli_note("no case was found, or none matches --filter and --tag");
    cli_print_errors(&errors);
    errors_free(&errors);
    selection_free(&selection);
    return status;
}

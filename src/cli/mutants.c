/* gradcheck mutants: bugs planted in cases, and which of them are caught. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/case_handle.h"
#include "base/parallel.h"
#include "check/foreign_run.h"
#include "cli/progress.h"
#include "cli/selection.h"
#include "real/wide.h"
#include "report/cover.h"
#include "report/mutants.h"

/* What is done in every case. */
struct work {
    const struct selection *selection;
    const struct arguments *arguments;
    unsigned dtypes; /* a set; one alone but for magnitudes */
    gck_dtype dtype;
    struct trials *trials;        /* a case each */
    struct magnitude *magnitudes; /* GCK_DTYPES a case */
    struct cover cover;
    gck_status *status;
    pthread_mutex_t lock; /* of what follows */
    struct progress progress;
    size_t done, failed; /* cases */
};

static void count_case(struct work *work, bool failed)
{
    pthread_mutex_lock(&work->lock);
    work->failed += failed;
    progress_show(&work->progress, ++work->done, work->failed);
    pthread_mutex_unlock(&work->lock);
}

static void try_case(void *user, size_t i)
{
    struct work *work = user;
    work->status[i] = trials_take(&work->trials[i], work->selection->cases[i], work->dtype,
                                  &work->arguments->settings.options, NULL, NULL);
    bool failed = false;
    for (size_t k = 0; k < work->trials[i].count; k++)
        failed |= work->trials[i].items[k].outcome >= TRIAL_MISJUDGED;
    count_case(work, failed);
}

static void sweep_case(void *user, size_t i)
{
    struct work *work = user;
    for (int d = 0; d < GCK_DTYPES && !work->status[i] && !interrupted(); d++)
        if (work->dtypes >> d & 1)
            work->status[i] =
                magnitude_take(&work->magnitudes[i * GCK_DTYPES + (size_t)d], work->selection->cases[i],
                               (gck_dtype)d, &work->arguments->settings.options);
    count_case(work, false);
}

static void show_cover(void *user, size_t done)
{
    struct work *work = user;
    progress_show(&work->progress, done, 0);
}

static bool add_magnitudes(struct text *text, const struct work *work, bool colour)
{
    size_t count = work->selection->count;
    const char **ids = calloc(count, sizeof *ids);
    for (size_t i = 0; ids && i < count; i++)
        ids[i] = gck_case_id(work->selection->cases[i]);
    bool good = ids && magnitudes_add_to(text, work->magnitudes, ids, count, work->dtypes, colour);
    text->failed |= !ids;
    free(ids);
    return good;
}

/* The exit status; the errors say what went wrong. */
static int settle(struct text *text, const struct work *work, struct errors *errors)
{
    const struct arguments *a = work->arguments;
    bool colour = arguments_colour(a, STDOUT_FILENO), good;
    struct mutants_settings settings = {.colour = colour, .verbose = a->settings.verbose};
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
    if (a->magnitudes)
        good = add_magnitudes(text, work, colour);
    else if (a->cover)
        good = cover_add_to(text, &work->cover, work->selection->count, settings.verbose, colour);
    else
        good = mutants_add(text, work->trials, work->selection->count, &settings);
    return good ? TALLY_PASSED : TALLY_FAILED;
}

static void work_take(struct work *work)
{
    struct workers workers;
    const struct arguments *a = work->arguments;
    size_t count = work->selection->count;
    workers_init(&workers, a->settings.options.jobs, m_thread_ends);
    workers.stop = interrupt_flag();
    pthread_mutex_init(&work->lock, NULL);
    progress_start(&work->progress, count, true);
    if (a->cover)
        work->status[0] = cover_take(&work->cover, work->selection->cases, count, work->dtype,
                                     &a->settings.options, &workers, show_cover, work);
    else
        parallel_for(&workers, count, a->magnitudes ? sweep_case : try_case, work);
    progress_wipe(&work->progress);
    pthread_mutex_destroy(&work->lock);
}

/* An op of the engine's own has no backward here that a bug could be planted in. */
static void refuse_own_ops(const struct selection *selection, struct errors *errors)
{
    for (size_t i = 0; i < selection->count; i++) {
        errors->here = (struct place){.file = gck_case_path(selection->cases[i])};
        (void)foreign_refuse(&selection->cases[i]->file->graph, "plant bugs in", errors);
    }
    errors->here = (struct place){0};
}

static int try_all(const struct selection *selection, const struct arguments *arguments, unsigned dtypes,
                   gck_dtype dtype, struct errors *errors)
{
    struct text text = {0};
    struct work work = {.selection = selection,
                        .arguments = arguments,
                        .dtypes = dtypes,
                        .dtype = dtype,
                        .trials = calloc(selection->count + 1, sizeof *work.trials),
                        .magnitudes = calloc(GCK_DTYPES * (selection->count + 1), sizeof *work.magnitudes),
                        .status = calloc(selection->count + 1, sizeof *work.status)};
    int status = TALLY_USAGE;
    if (work.trials && work.magnitudes && work.status) {
        work_take(&work);
        status = interrupted() ? TALLY_INTERRUPTED : settle(&text, &work, errors);
    } else {
        (void)errors_add(errors, GCK_NO_MEMORY, "out of memory");
    }
    if (text.data || text.failed) {
        int printed = cli_print(&text);
        status = printed ? printed : status;
    }
    for (size_t i = 0; work.trials && i < selection->count; i++)
        trials_free(&work.trials[i]);
    cover_free(&work.cover);
    free(work.trials);
    free(work.magnitudes);
    free(work.status);
    text_free(&text);
    return status;
}

int cmd_mutants(int argc, char **argv)
{
    const option_set allowed = OPTION(BITS) | OPTION(MAX_BITS) | OPTION(DTYPE) | OPTION(SEED) | OPTION(JOBS) |
                               OPTION(FILTER) | OPTION(TAG) | OPTION(VERBOSE) | OPTION(COLOR) |
                               OPTION(ALLOW_OUTSIDE) | OPTIONS_MUTANTS;
    struct arguments arguments;
    struct errors errors = {0};
    struct selection selection = {0};
    if (!arguments_read(&arguments, argc, argv, allowed))
        return TALLY_USAGE;
    if (!arguments.path_count)
        return cli_usage("mutants", "no case given");
    if (arguments.cover && arguments.magnitudes)
        return cli_usage("mutants", "--cover and --magnitudes are two different things");
    unsigned all = arguments.magnitudes ? (1u << GCK_DTYPES) - 1 : 1u;
    unsigned dtypes = arguments.settings.options.dtypes ? arguments.settings.options.dtypes : all;
    gck_dtype dtype = GCK_FLOAT64;
    while (!(dtypes >> dtype & 1))
        dtype++;
    if (dtypes >> dtype != 1 && !arguments.magnitudes)
        return cli_usage("mutants", "--dtype takes one number format here");
    interrupt_watch();
    arguments.settings.options.stop = interrupt_flag();
    selection_read(&selection, &arguments, &errors);
    int status = TALLY_USAGE;
    if (!errors.count) {
        selection_filter(&selection, &arguments);
        refuse_own_ops(&selection, &errors);
    }
    if (!errors.count)
        status = selection.count ? try_all(&selection, &arguments, dtypes, dtype, &errors) : TALLY_NOTHING;
    if (status == TALLY_NOTHING)
        cli_note("no case was found, or none matches --filter and --tag");
    if (status == TALLY_INTERRUPTED)
        cli_note("interrupted: the cases were not all tried, so nothing is said of them");
    cli_print_errors(&errors);
    errors_free(&errors);
    selection_free(&selection);
    return status;
}

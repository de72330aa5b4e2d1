/* gradcheck fuzz: random graphs against an engine; what fails is made small and written as a case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/fuzz.h"
#include "base/parallel.h"
#include "cli/engines.h"
#include "cli/progress.h"
#include "real/wide.h"

enum { BATCH = 16 }; /* graphs a thread, between two lines of progress */

struct fuzz {
    const struct arguments *arguments;
    gck_options options;
    struct engines engines;
    struct errors errors;
    struct text found; /* the cases, where they are printed */
    struct fuzzed *batch;
    gck_status *status;
    bool listed[sizeof((struct fuzzed *)0)->used]; /* which ops the engine has */
    const bool *choice;                            /* those, or NULL: all */
    size_t first;                                  /* of the batch */
    size_t done, failed, unsupported, ops, parameters, redrawn;
    size_t verdicts[GCK_VERDICTS];
    bool used[sizeof((struct fuzzed *)0)->used];
};

static void take(void *user, size_t i)
{
    struct fuzz *f = user;
    f->status[i] = fuzz_one(&f->batch[i], f->first + i, &f->options, f->choice, f->arguments->all);
}

/* Writes the case into the folder -o, or keeps it to be printed. */
static void keep(struct fuzz *f, const struct fuzzed *fuzzed, size_t index)
{
    const char *folder = f->arguments->output;
    struct text text = {0}, path = {0};
    text_add(folder ? &text : &f->found, folder ? "%s" : "\n%s", fuzzed->text);
    if (!folder)
        return;
    text_add(&path, "%s/%llu-%zu.yaml", folder, (unsigned long long)f->options.seed, index);
    gck_status status = path.failed || text.failed ? errors_add(&f->errors, GCK_NO_MEMORY, "out of memory")
                                                   : sink_save(path.data, &text, &f->errors);
    if (!status)
        text_add(&f->found, "%s\n", path.data);
    text_free(&text);
    text_free(&path);
}

/* Adds one graph to the sums; false when it could not be checked. */
static bool count(struct fuzz *f, const struct fuzzed *fuzzed, gck_status status, size_t index)
{
    if (status == GCK_ENGINE)
        (void)errors_add(&f->errors, status, "the engine can no longer be run: %s",
                         engines_failure(&f->engines) ? engines_failure(&f->engines) : "");
    else if (status != GCK_OK && status != GCK_STOPPED)
        (void)errors_add(&f->errors, status, "graph %zu of seed %llu could not be checked: %s", index,
                         (unsigned long long)f->options.seed, gck_status_name(status));
    if (status)
        return false;
    f->done++;
    f->verdicts[fuzzed->verdict]++;
    f->ops += fuzzed->ops;
    f->parameters += fuzzed->verdict == GCK_VERDICT_UNSUPPORTED ? 0 : fuzzed->parameters;
    f->redrawn += fuzzed->redrawn;
    for (size_t i = 0; i < op_count; i++)
        f->used[i] |= fuzzed->used[i];
    f->failed += !gck_verdict_passes(fuzzed->verdict);
    if (fuzzed->text)
        keep(f, fuzzed, index);
    return true;
}

static void fuzz_all(struct fuzz *f)
{
    struct workers workers;
    struct progress progress;
    size_t total = (size_t)f->arguments->count, batch = BATCH * (size_t)f->options.jobs;
    bool sound = true;
    workers_init(&workers, f->options.jobs, m_thread_ends);
    workers.stop = interrupt_flag();
    f->options.jobs = 1;
    progress_start(&progress, total, !f->arguments->settings.quiet);
    for (f->first = 0; f->first < total && sound && !interrupted(); f->first += batch) {
        size_t n = total - f->first < batch ? total - f->first : batch;
        memset(f->batch, 0, n * sizeof *f->batch);
        parallel_for(&workers, n, take, f);
        for (size_t i = 0; i < n; i++) {
            sound &= interrupted() || count(f, &f->batch[i], f->status[i], f->first + i);
            fuzzed_free(&f->batch[i]);
        }
        progress_show(&progress, f->done, f->failed);
    }
    progress_wipe(&progress);
}

static void summarize(struct text *text, const struct fuzz *f)
{
    size_t kinds = 0, others = 0;
    const char *separator = ": ";
    for (size_t i = 0; i < op_count; i++) {
        kinds += f->used[i];
        others += !op_is_user(&op_table[i]);
    }
    text_add(text, "%s%zu graphs of seed %llu", f->found.size ? "\n" : "", f->done,
             (unsigned long long)f->options.seed);
    for (int v = 0; v < GCK_VERDICTS; v++) {
        if (!f->verdicts[v])
            continue;
        text_add(text, "%s%zu %s", separator, f->verdicts[v], gck_verdict_name((gck_verdict)v));
        separator = ", ";
    }
    text_add(text, "; %zu nodes of %zu ops out of %zu, %zu parameters; %zu calls drawn again\n", f->ops, kinds,
             others, f->parameters, f->redrawn);
}

static int settle(struct fuzz *f, gck_status opened)
{
    struct text text = {0};
    text_add(&text, "%s", f->found.data ? f->found.data : "");
    summarize(&text, f);
    int printed = opened ? TALLY_PASSED : cli_print(&text);
    text_free(&text);
    if (interrupted() || opened == GCK_STOPPED)
        return TALLY_INTERRUPTED;
    if (f->errors.count)
        return cli_exit(f->errors.first ? f->errors.first->status : GCK_NO_MEMORY, &f->errors);
    if (printed)
        return printed;
    if (!f->failed && !f->parameters)
        cli_note("nothing was checked: the engine supports none of these graphs");
    return f->failed ? TALLY_FAILED : f->parameters ? TALLY_PASSED : TALLY_NOTHING;
}

/* Graphs are made of the engine's ops alone: of others it could only say that it has not got them. */
static bool choose_ops(struct fuzz *f)
{
    bool some = false;
    f->choice = engines_ops(f->listed, &f->engines);
    for (size_t i = 0; i < op_count && f->choice; i++)
        some |= f->choice[i];
    return some || !f->choice;
}

static int fuzz(struct fuzz *f)
{
    const struct selection none = {0};
    size_t room = BATCH * (size_t)f->options.jobs;
    f->batch = calloc(room, sizeof *f->batch);
    f->status = calloc(room, sizeof *f->status);
    gck_status status = f->batch && f->status ? GCK_OK : errors_add(&f->errors, GCK_NO_MEMORY, "out of memory");
    if (!status)
        status = engines_open(&f->engines, &f->options, f->arguments, &none, &f->errors);
    if (!status && choose_ops(f))
        fuzz_all(f);
    int result = settle(f, status);
    engines_close(&f->engines, &f->errors);
    cli_print_errors(&f->errors);
    text_free(&f->found);
    errors_free(&f->errors);
    free(f->batch);
    free(f->status);
    return result;
}

int cmd_fuzz(int argc, char **argv)
{
    const option_set allowed = OPTION(COUNT) | OPTION(SEED) | OPTION(ENGINE) | OPTION(TIMEOUT) |
                               OPTION(START_TIMEOUT) | OPTION(DTYPE) | OPTION(BITS) | OPTION(MAX_BITS) |
                               OPTION(JOBS) | OPTION(OUTPUT) | OPTION(QUIET) | OPTION(ALL);
    struct arguments arguments;
    if (!arguments_read(&arguments, argc, argv, allowed))
        return TALLY_USAGE;
    if (arguments.path_count)
        return cli_usage("fuzz", "graphs are drawn at random: there is nothing to name");
    if (arguments.output && access(arguments.output, W_OK | X_OK) != 0)
        return cli_usage("fuzz", "-o %s: there is no such folder to write to", arguments.output);
    struct fuzz f = {.arguments = &arguments, .options = arguments.settings.options};
    interrupt_watch();
    f.options.stop = interrupt_flag();
    if (!f.options.dtypes)
        f.options.dtypes = 1u << GCK_FLOAT64;
    return fuzz(&f);
}

/* The gate of a session. */
#include "cli/gate.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids of all cases, sorted; to be freed. NULL when memory fails. */
static const char **ids_of(const struct selection *selection)
{
    const char **ids = malloc((selection->count + 1) * sizeof *ids);
    for (size_t i = 0; ids && i < selection->count; i++)
        ids[i] = gck_case_id(selection->cases[i]);
    if (ids)
        qsort(ids, selection->count, sizeof *ids, by_text);
    return ids;
}

static void open_baseline(struct gate *gate, struct arguments *a, const char *const *ids, size_t count,
                          struct errors *errors)
{
    if (baseline_read(&gate->baseline, a->baseline, a->write_baseline, errors) != GCK_OK)
        return;
    for (size_t i = 0; i < count; i++)
        baseline_found(&gate->baseline, ids[i]);
    baseline_unmatched(&gate->baseline, ids, count);
    a->settings.baseline = &gate->baseline;
}

/* A case that failed then and is not there now would count as mended. */
static void refuse_lost(const struct earlier *earlier, const char *path, const char *const *ids, size_t count,
                        struct errors *errors)
{
    for (size_t i = 0; i < earlier->count; i++) {
        if (bsearch(&earlier->failed[i], ids, count, sizeof *ids, by_text))
            continue;
        errors->here = (struct place){.file = path};
        (void)errors_add(errors, GCK_BAD_USAGE, "%s failed then, and no case below these paths has that id",
                         earlier->failed[i]);
    }
    errors->here = (struct place){0};
}

void gate_open(struct gate *gate, struct arguments *a, struct selection *selection, struct errors *errors)
{
    const char **ids = ids_of(selection);
    if (!ids) {
        (void)errors_add(errors, GCK_NO_MEMORY, "out of memory");
        return;
    }
    if (a->baseline)
        open_baseline(gate, a, ids, selection->count, errors);
    const char *rerun = a->settings.rerun;
    if (rerun && earlier_read(&gate->earlier, rerun, errors) == GCK_OK) {
        refuse_lost(&gate->earlier, rerun, ids, selection->count, errors);
        if (gate->earlier.unreached)
            cli_note("the run in %s ended before %zu of its cases; they are not run here", rerun,
                     gate->earlier.unreached);
    }
    free(ids);
    if (rerun)
        selection_keep_failed(selection, &gate->earlier);
}

void gate_note(struct gate *gate, const struct arguments *a, const gck_result *result)
{
    if (a->settings.baseline)
        report_note(&gate->baseline, &a->settings, result);
}

void gate_close(struct gate *gate, const struct arguments *a, struct tally *tally, struct errors *errors)
{
    if (!a->settings.baseline)
        return;
    tally->stale = baseline_stale(&gate->baseline);
    if (!a->write_baseline)
        return;
    enum tally_exit status = tally_exit(tally);
    if ((status != TALLY_PASSED && status != TALLY_FAILED) || tally->done < tally->cases)
        cli_note("%s was not written: the run did not reach its end", a->baseline);
    else
        tally->written = baseline_write(&tally->accepted, &gate->baseline, errors) == GCK_OK;
}

void gate_free(struct gate *gate)
{
    baseline_free(&gate->baseline);
    earlier_free(&gate->earlier);
}

/* The engine of a session. */
#include "cli/engines.h"

#include <string.h>

#include "api/case_handle.h"
#include "engine/builtin.h"
#include "engine/pool.h"

static const gck_engine engines_reordered = {.name = reordered_name, .grad = reordered_grad};

static gck_status record(struct engines *engines, const gck_options *options, const struct arguments *a,
                         const struct selection *selection, struct errors *errors)
{
    gck_status status = recorder_open(&engines->recorder, a->record, options, a->loading.vary, errors);
    for (size_t i = 0; i < selection->count && !status; i++)
        status = recorder_case(engines->recorder, selection->cases[i]->file, errors);
    return status;
}

/* Reads the renamings. A file that all are to be in is looked at before anything is checked. */
static gck_status open_grads(struct engines *engines, const gck_options *options, const struct arguments *a,
                             const struct selection *selection, struct errors *errors)
{
    struct renaming *renamings = arena_alloc(&engines->arena, a->map_count, sizeof *renamings);
    struct gradient_file *file = NULL;
    gck_status status = renamings ? GCK_OK : errors_add(errors, GCK_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < a->map_count && !status; i++)
        status = renaming_read(&renamings[i], &engines->arena, a->maps[i], errors);
    engines->grads = (struct gradient_file_settings){a->grads, renamings, a->map_count, options->dtypes};
    if (status || !gradient_file_is_one(a->grads))
        return status;
    if (selection->count > 1)
        return errors_add(
            errors, GCK_BAD_USAGE,
            "--grads %s: one file for %zu cases; write {id} where it has the id of the case, or name a "
            "folder",
            a->grads, selection->count);
    status = gradient_file_open(&file, &engines->grads, selection->cases[0]->file);
    if (status)
        (void)errors_add(errors, status, "out of memory");
    else if (gradient_file_problem(file))
        status = errors_add(errors, GCK_ENGINE, "%s", gradient_file_problem(file));
    gradient_file_free(file);
    return status;
}

gck_status engines_for(struct gradient_file **file, gck_options *options, const struct engines *engines,
                       const gck_case *c)
{
    *file = NULL;
    if (!engines->grads.path)
        return GCK_OK;
    gck_status status = gradient_file_open(file, &engines->grads, c->file);
    if (!status)
        options->engine = gradient_file_engine(*file);
    return status;
}

gck_status engines_open(struct engines *engines, gck_options *options, const struct arguments *arguments,
                        const struct selection *selection, struct errors *errors)
{
    gck_status status = GCK_OK;
    if (arguments->recording)
        options->engine = recording_engine(arguments->recording);
    if (arguments->grads)
        return open_grads(engines, options, arguments, selection, errors);
    if (!arguments->engine)
        return GCK_OK;
    if (strcmp(arguments->engine, reordered_name) == 0) {
        options->engine = &engines_reordered;
        return GCK_OK;
    }
    if (arguments->record)
        status = record(engines, options, arguments, selection, errors);
    struct pool_settings settings = {.command = arguments->engine,
                                     .start_timeout = arguments->start_timeout,
                                     .timeout = arguments->timeout,
                                     .jobs = options->jobs,
                                     .recorder = engines->recorder,
                                     .stop = options->stop};
    if (!status)
        status = pool_new(&engines->pool, &settings, errors);
    if (!status)
        options->engine = pool_engine(engines->pool);
    return status;
}

const bool *engines_ops(bool *ops, const struct engines *engines)
{
    return engines->pool && pool_ops(ops, engines->pool) ? ops : NULL;
}

const char *engines_failure(const struct engines *engines)
{
    return engines->pool ? pool_failure(engines->pool) : NULL;
}

void engines_close(struct engines *engines, struct errors *errors)
{
    pool_free(engines->pool);
    (void)recorder_close(engines->recorder, errors);
    arena_free(&engines->arena);
}

/* The engine of a session. */
#include "cli/engines.h"

#include "engine/pool.h"

static gck_status record(struct engines *engines, const gck_options *options, const struct arguments *a,
                         const struct selection *selection, struct errors *errors)
{
    gck_status status = recorder_open(&engines->recorder, a->record, options, errors);
    for (size_t i = 0; i < selection->count && !status; i++)
        status = recorder_case(engines->recorder, gck_case_path(selection->cases[i]), errors);
    return status;
}

gck_status engines_open(struct engines *engines, gck_options *options, const struct arguments *arguments,
                        const struct selection *selection, struct errors *errors)
{
    gck_status status = GCK_OK;
    if (arguments->recording)
        options->engine = recording_engine(arguments->recording);
    if (!arguments->engine)
        return GCK_OK;
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

const char *engines_failure(const struct engines *engines)
{
    return engines->pool ? pool_failure(engines->pool) : NULL;
}

void engines_close(struct engines *engines, struct errors *errors)
{
    pool_free(engines->pool);
    (void)recorder_close(engines->recorder, errors);
}

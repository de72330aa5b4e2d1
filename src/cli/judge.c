/* gradcheck judge: a recorded engine, judged again. */
#include "cli/session.h"
#include "engine/recording.h"

int cmd_judge(int argc, char **argv)
{
    struct arguments arguments;
    struct errors errors = {0};
    struct recording *recording;
    unsigned recorded = 1u << OPTION_BITS | 1u << OPTION_MAX_BITS | 1u << OPTION_DTYPE | 1u << OPTION_SEED |
                        1u << OPTION_EXHAUSTIVE | 1u << OPTION_METHOD | 1u << OPTION_PARAM |
                        1u << OPTION_ALLOW_OUTSIDE;
    unsigned all = (1u << OPTIONS) - 1;
    if (!arguments_read(&arguments, argc, argv, all & ~recorded & ~(unsigned)OPTIONS_ENGINE))
        return TALLY_USAGE;
    if (arguments.path_count != 1)
        return cli_usage(arguments.command, "name one recording");
    int status = TALLY_USAGE;
    if (recording_open(&recording, arguments.paths[0], &errors) == GCK_OK) {
        recording_options(recording, &arguments.settings.options);
        arguments.recording = recording;
        arguments.settings.command = "run"; /* it is reported as the run that was recorded */
        status = session_run(&arguments);
        recording_free(recording);
    }
    cli_print_errors(&errors);
    errors_free(&errors);
    return status;
}

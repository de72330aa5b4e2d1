/* gradcheck judge: a recorded engine, judged again. */
#include "cli/session.h"
#include "engine/recording.h"

int cmd_judge(int argc, char **argv)
{
    struct arguments arguments;
    struct errors errors = {0};
    struct recording *recording;
    option_set recorded = OPTION(BITS) | OPTION(MAX_BITS) | OPTION(DTYPE) | OPTION(SEED) | OPTION(EXHAUSTIVE) |
                          OPTION(METHOD) | OPTION(PARAM) | OPTION(ALLOW_OUTSIDE);
    if (!arguments_read(&arguments, argc, argv, OPTIONS_CHECKING & ~OPTIONS_ENGINE & ~recorded))
        return TALLY_USAGE;
    if (arguments.path_count != 1)
        return cli_usage(arguments.command, "name one recording");
    int status = TALLY_USAGE;
    if (recording_open(&recording, arguments.paths[0], &errors) == GCK_OK) {
        recording_options(recording, &arguments.settings.options);
        arguments.settings.vary = recording_loading(recording)->vary;
        arguments.recording = recording;
        arguments.settings.recording = arguments.paths[0];
        arguments.settings.command = "run"; /* it is reported as the run that was recorded */
        status = session_run(&arguments);
        recording_free(recording);
    }
    cli_print_errors(&errors);
    errors_free(&errors);
    return status;
}

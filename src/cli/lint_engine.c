/* gradcheck lint-engine: how a program speaks the protocol. */
#include <string.h>

#include "cli/arguments.h"
#include "engine/lint.h"
#include "report/clean.h"

int cmd_lint_engine(int argc, char **argv)
{
    struct arguments arguments;
    struct errors errors = {0};
    struct text report = {0}, shown = {0};
    size_t complaints;
    if (!arguments_read(&arguments, argc, argv, OPTION(TIMEOUT) | OPTION(START_TIMEOUT)))
        return TALLY_USAGE;
    if (arguments.path_count != 1)
        return cli_usage(arguments.command, "name one command; quote it when it has arguments");
    struct lint_settings settings = {arguments.paths[0], arguments.start_timeout, arguments.timeout,
                                     interrupt_flag()};
    interrupt_watch();
    gck_status status = lint_engine(&report, &complaints, &settings, &errors);
    shown.failed = report.failed;
    char *rest = report.data; /* all but its line ends may come from the engine */
    for (char *line; rest && *rest && (line = strsep(&rest, "\n")) != NULL;) {
        clean_add(&shown, line);
        text_add(&shown, "\n");
    }
    int printed = cli_print(&shown);
    int result = cli_end(status, &errors);
    errors_free(&errors);
    text_free(&report);
    text_free(&shown);
    return result ? result : printed ? printed : complaints ? TALLY_FAILED : TALLY_PASSED;
}

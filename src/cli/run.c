/* gradcheck run: all cases below some paths, a line each. */
#include "cli/session.h"

int cmd_run(int argc, char **argv)
{
    struct arguments arguments;
    if (!arguments_read(&arguments, argc, argv, OPTIONS_CHECKING & ~OPTION(PARAM)))
        return TALLY_USAGE;
    return session_run(&arguments);
}

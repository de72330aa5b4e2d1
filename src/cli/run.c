/* gradcheck run: all cases below some paths, a line each. */
#include "cli/session.h"

int cmd_run(int argc, char **argv)
{
    struct arguments arguments;
    unsigned all = (1u << OPTIONS) - 1;
    if (!arguments_read(&arguments, argc, argv, all & ~(1u << OPTION_PARAM)))
        return TALLY_USAGE;
    return session_run(&arguments);
}

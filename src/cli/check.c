/* gradcheck check: a few cases, a table each. */
#include "cli/session.h"

int cmd_check(int argc, char **argv)
{
    struct arguments arguments;
    if (!arguments_read(&arguments, argc, argv, OPTIONS_CHECKING & ~OPTIONS_LIBRARY))
        return TALLY_USAGE;
    return session_run(&arguments);
}

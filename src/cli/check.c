/* gradcheck check: a few cases, a table each. */
#include "cli/session.h"

int cmd_check(int argc, char **argv)
{
    struct arguments arguments;
    unsigned all = (1u << OPTIONS) - 1;
    unsigned selecting = 1u << OPTION_FILTER | 1u << OPTION_TAG | 1u << OPTION_LIST;
    if (!arguments_read(&arguments, argc, argv, all & ~selecting))
        return TALLY_USAGE;
    return session_run(&arguments);
}

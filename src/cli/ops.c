/* gradcheck ops: the ops by family, the documentation of some, an example to run, or docs/ops.md. */
#include "report/ops.h"

#include <string.h>
#include <unistd.h>

#include "case/example.h"
#include "cli/arguments.h"

static bool is_family(const char *name)
{
    for (size_t i = 0; i < op_count; i++)
        if (strcmp(op_table[i].family, name) == 0)
            return true;
    return false;
}

static int unknown_op(const char *name)
{
    struct suggestion suggestion = {.name = name};
    struct text here = {0};
    if (is_family(name))
        return cli_usage("ops", "there is no op '%s', but a family: gradcheck ops --family %s", name, name);
    op_elsewhere(&here, name);
    if (here.size && !here.failed)
        (void)cli_usage("ops", "there is no op '%s'; here it is called %s", name, here.data);
    bool told = here.size > 0;
    text_free(&here);
    if (told)
        return TALLY_USAGE;
    for (size_t i = 0; i < op_count; i++)
        suggestion_offer(&suggestion, op_table[i].name);
    if (suggestion.best)
        return cli_usage("ops", "there is no op '%s'; did you mean '%s'?", name, suggestion.best);
    return cli_usage("ops", "there is no op '%s'; `gradcheck ops` lists them", name);
}

static int unknown_family(const char *name)
{
    struct suggestion suggestion = {.name = name};
    struct text list = {0};
    for (size_t i = 0; i < op_count; i++) {
        if (!ops_first_of_family(i))
            continue;
        suggestion_offer(&suggestion, op_table[i].family);
        text_add(&list, "%s%s", i ? ", " : "", op_table[i].family);
    }
    int status = suggestion.best
                     ? cli_usage("ops", "there is no family '%s'; did you mean '%s'?", name, suggestion.best)
                     : cli_usage("ops", "there is no family '%s'; families are %s", name,
                                 list.failed ? "listed by `gradcheck ops`" : list.data);
    text_free(&list);
    return status;
}

/* What the options ask for that cannot be had together; TALLY_PASSED when there is nothing. */
static int check_usage(const struct arguments *arguments)
{
    if (arguments->markdown && (arguments->example || arguments->family || arguments->path_count))
        return cli_usage("ops", "--markdown is about all ops; it goes alone");
    if (arguments->family && (arguments->example || arguments->path_count))
        return cli_usage("ops", "--family lists a family; it goes alone");
    if (arguments->family && !is_family(arguments->family))
        return unknown_family(arguments->family);
    if (arguments->example && arguments->path_count != 1)
        return cli_usage("ops", "--example prints a case file: name one op");
    for (size_t i = 0; i < arguments->path_count; i++)
        if (!op_named(arguments->paths[i]))
            return unknown_op(arguments->paths[i]);
    return TALLY_PASSED;
}

int cmd_ops(int argc, char **argv)
{
    struct arguments arguments;
    option_set allowed = OPTION(COLOR) | OPTION(FAMILY) | OPTION(EXAMPLE) | OPTION(MARKDOWN);
    if (!arguments_read(&arguments, argc, argv, allowed) || check_usage(&arguments) != TALLY_PASSED)
        return TALLY_USAGE;
    struct text text = {0};
    bool colour = arguments_colour(&arguments, STDOUT_FILENO);
    if (arguments.markdown)
        ops_markdown(&text);
    else if (!arguments.path_count)
        ops_list(&text, arguments.family, colour);
    for (size_t i = 0; i < arguments.path_count; i++) {
        const struct op *op = op_named(arguments.paths[i]);
        text_add(&text, "%s", i ? "\n" : "");
        if (arguments.example)
            example_add(&text, op);
        else
            ops_describe(&text, op, colour);
    }
    int status = cli_print(&text);
    text_free(&text);
    return status;
}

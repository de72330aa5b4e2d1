/* gradcheck: finds the command and hands over. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cli/cli.h"
#include "real/wide.h"

/* Memory that one evaluation gives back serves the next. Else glibc maps every large tensor anew, and the fresh
 * pages cost a sixth of the time of cases/lectures. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}

/* Prints a help text whole. */
static int help(const char *topic)
{
    struct text text = {0};
    text_add(&text, "%s", topic);
    int status = cli_print(&text);
    text_free(&text);
    return status;
}

static const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    if (name[0] == '-') {
        struct suggestion suggestion = {.name = name};
        suggestion_offer(&suggestion, "--help");
        suggestion_offer(&suggestion, "--version");
        if (suggestion.best)
            return cli_usage(NULL, "there is no option %s; did you mean %s?", name, suggestion.best);
        return cli_usage(NULL, "there is no option %s before a command", name);
    }
    struct stat about;
    if (stat(name, &about) == 0) {
        const char *what = S_ISDIR(about.st_mode) ? "run" : "check";
        return cli_usage(NULL, "there is no command '%s', but it is there to check: gradcheck %s %s", name,
                         what, name);
    }
    if (strcmp(name, "version") == 0)
        return cli_usage(NULL, "there is no command '%s'; did you mean --version?", name);
    struct suggestion suggestion = {.name = name};
    for (size_t i = 0; i < command_count; i++)
        suggestion_offer(&suggestion, commands[i].name);
    suggestion_offer(&suggestion, "help");
    if (suggestion.best)
        return cli_usage(NULL, "there is no command '%s'; did you mean '%s'?", name, suggestion.best);
    return cli_usage(NULL, "there is no command '%s'", name);
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (is_help(argv[i]))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    /* A reader that goes away shows as an error of writing. */
    signal(SIGPIPE, SIG_IGN);
    /* And a file that may not grow any more (ulimit -f). */
    signal(SIGXFSZ, SIG_IGN);
    keep_memory();
    if (argc < 2) {
        fputs(help_general, stderr);
        return TALLY_USAGE;
    }
    const char *name = argv[1];
    if (is_help(name) || (strcmp(name, "help") == 0 && argc == 2))
        return help(help_general);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        return cli_version();
    bool about = strcmp(name, "help") == 0;
    const struct command *command = command_named(about ? argv[2] : name);
    if (!command)
        return unknown_command(about ? argv[2] : name);
    if (about || asks_for_help(argc - 1, argv + 1))
        return help(command->help);
    int status = command->run(argc - 1, argv + 1);
    m_thread_ends();
    return status;
}

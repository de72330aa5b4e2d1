/* The command line: commands, their help, and what they share. A client of gradcheck.h and the reports. */
#ifndef GCK_CLI_CLI_H
#define GCK_CLI_CLI_H
#include <gradcheck.h>

#include "base/errors.h"
#include "base/text.h"
#include "report/tally.h"

/* A command is given its arguments, argv[0] being its name, and returns the exit status. */
typedef int command_function(int argc, char **argv);
command_function cmd_run, cmd_check, cmd_explain, cmd_ops, cmd_freeze, cmd_judge, cmd_lint_engine, cmd_sweep,
    cmd_draw, cmd_mutants, cmd_exercise, cmd_fuzz;

struct command {
    const char *name;
    command_function *run;
    const char *help; /* all of `gradcheck NAME --help` */
};
extern const struct command commands[];
extern const size_t command_count;

/* The general help and the texts of `commands`. */
extern const char help_general[], help_run[], help_check[], help_explain[], help_ops[], help_freeze[],
    help_judge[], help_lint_engine[], help_sweep[], help_draw[], help_mutants[], help_exercise[], help_fuzz[];

/* Prints a message and where help is, for wrong usage; returns TALLY_USAGE. */
int cli_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints "gradcheck: " and a message on standard error, cleaned: what is worth knowing but no error. */
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "file:line:column: error: message" on standard error, cleaned. */
void cli_print_error(const gck_error *error);
void cli_print_errors(const struct errors *errors);

/* The exit status that goes with the end of a command: TALLY_PASSED for GCK_OK; TALLY_FAILED for a GCK_IO of
 * which the errors say nothing, when the reader of a pipe went away. */
int cli_exit(gck_status status, const struct errors *errors);
/* The same, when all has been done: prints the errors, and that memory failed where none of them says so. */
int cli_end(gck_status status, struct errors *errors);

/* Writes to standard output and flushes; the exit status as from cli_end(). Clears the text. */
int cli_print(struct text *text);

/* What --version says. */
int cli_version(void);

/* Raised by SIGINT, SIGTERM and SIGHUP once interrupt_watch() was called; a second signal, 0.3 s later or more,
 * ends the process at once, as the first one says on a terminal. */
void interrupt_watch(void);
bool interrupted(void);
/* The flag for gck_options.stop; also raised by interrupt_raise(). */
const volatile bool *interrupt_flag(void);
void interrupt_raise(void);

#endif

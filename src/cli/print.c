/* Printing: messages on standard error, answers on standard output. */
#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"
#include "files/sink.h"
#include "report/clean.h"

int cli_usage(const char *command, const char *format, ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct text text = {0};
    text_add(&text, "gradcheck%s%s: ", command ? " " : "", command ? command : "");
    clean_add(&text, message);
    text_add(&text, "\nTry 'gradcheck%s%s --help'.\n", command ? " " : "", command ? command : "");
    if (!text.failed)
        fputs(text.data, stderr);
    text_free(&text);
    return TALLY_USAGE;
}

void cli_note(const char *format, ...)
{
    struct text message = {0}, shown = {0};
    va_list arguments;
    va_start(arguments, format);
    text_add_list(&message, format, arguments);
    va_end(arguments);
    text_add(&shown, "gradcheck: ");
    clean_add(&shown, message.data);
    text_add(&shown, "\n");
    fputs(shown.failed || message.failed ? "gradcheck: error: out of memory\n" : shown.data, stderr);
    text_free(&message);
    text_free(&shown);
}

void cli_print_error(const gck_error *error)
{
    struct text text = {0};
    clean_add(&text, error->file ? error->file : "gradcheck");
    if (error->file && error->line)
        text_add(&text, ":%zu:%zu", error->line, error->column);
    text_add(&text, ": error: ");
    clean_add(&text, error->message);
    text_add(&text, "\n");
    fputs(text.failed ? "gradcheck: error: out of memory\n" : text.data, stderr);
    text_free(&text);
}

void cli_print_errors(const struct errors *errors)
{
    size_t printed = 0;
    for (const struct error *e = errors->first; e; e = e->next, printed++) {
        gck_error error = {e->status, e->place.file, e->place.line, e->place.column, e->message};
        cli_print_error(&error);
    }
    if (printed < errors->count)
        fputs("gradcheck: error: out of memory\n", stderr);
}

int cli_exit(gck_status status, const struct errors *errors)
{
    switch (status) {
    case GCK_OK:
        return TALLY_PASSED;
    case GCK_ENGINE:
        return TALLY_ENGINE;
    case GCK_STOPPED:
        return TALLY_INTERRUPTED;
    case GCK_IO:
        return errors->count ? TALLY_USAGE : TALLY_FAILED;
    default:
        return TALLY_USAGE;
    }
}

int cli_end(gck_status status, struct errors *errors)
{
    if (status == GCK_NO_MEMORY && !errors->count)
        (void)errors_add(errors, status, "out of memory");
    cli_print_errors(errors);
    return cli_exit(status, errors);
}

int cli_print(struct text *text)
{
    struct errors errors = {0};
    int status = cli_end(sink_save(NULL, text, &errors), &errors);
    errors_free(&errors);
    return status;
}

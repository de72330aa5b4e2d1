/* gradcheck exercise: find the bug. Lists the exercises of the course, shows one, judges what a student made of
 * it. */
#include "report/exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "files/sink.h"
#include "report/clean.h"

/* The language that the environment asks for. */
static enum language language_of(const struct arguments *arguments)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    if (arguments->language)
        return strcmp(arguments->language, "ko") == 0 ? KOREAN : ENGLISH;
    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return strncmp(value, "ko", 2) == 0 ? KOREAN : ENGLISH;
    }
    return ENGLISH;
}

/* The number of the exercise, from 1; 0 after a message. */
static size_t find(const char *which)
{
    struct suggestion suggestion = {.name = which};
    char *end;
    unsigned long number = strtoul(which, &end, 10);
    bool digits = *which >= '0' && *which <= '9' && !*end;
    if (digits && number >= 1 && number <= exercise_count)
        return number;
    for (size_t i = 0; i < exercise_count && !digits; i++) {
        if (strcmp(exercises[i].name, which) == 0)
            return i + 1;
        suggestion_offer(&suggestion, exercises[i].name);
    }
    if (suggestion.best)
        cli_usage("exercise", "there is no exercise '%s'; did you mean '%s'?", which, suggestion.best);
    else
        cli_usage("exercise", "there is no exercise '%s'; there are 1 to %zu", which, exercise_count);
    return 0;
}

/* Writes the case to begin with into a file that is not there yet: it might hold somebody's work. */
static int write_start(const char *path, size_t number, bool korean)
{
    const struct built_in *start = &exercises[number - 1].start;
    struct text text = {0};
    struct errors errors = {0};
    if (access(path, F_OK) == 0)
        return cli_usage("exercise", "%s is there already and may hold your work; name another file", path);
    text_bytes(&text, (const char *)start->bytes, start->size);
    int status = cli_end(sink_save(path, &text, &errors), &errors);
    errors_free(&errors);
    text_clear(&text);
    if (!status) {
        text_add(&text, korean ? "\n이 파일을 다음 이름으로 썼습니다: " : "\nWritten to ");
        clean_add(&text, path);
        text_add(&text,
                 korean ? "\n고친 다음: gradcheck exercise check %zu "
                        : "\nMend it, then: gradcheck exercise check %zu ",
                 number);
        clean_add(&text, path);
        text_add(&text, "\n");
        status = cli_print(&text);
    }
    text_free(&text);
    return status;
}

static int show(const struct arguments *arguments, const struct exercise_view *view)
{
    struct text text = {0};
    if (arguments->path_count != 2)
        return cli_usage("exercise", "show takes one exercise: gradcheck exercise show 1");
    size_t number = find(arguments->paths[1]);
    if (!number)
        return TALLY_USAGE;
    exercise_show(&text, number, view);
    int status = cli_print(&text);
    text_free(&text);
    if (!status && arguments->output)
        status = write_start(arguments->output, number, view->language == KOREAN);
    return status;
}

static gck_status start_read(struct case_file **out, size_t number, struct errors *errors)
{
    const struct built_in *start = &exercises[number - 1].start;
    return case_read(out, exercises[number - 1].name, (const char *)start->bytes, start->size, NULL, errors);
}

/* The exercise that the file belongs to; 0: to none. */
static size_t owner_of(const struct case_file *given, struct errors *errors)
{
    size_t owner = 0;
    for (size_t i = 1; i <= exercise_count && !owner; i++) {
        struct case_file *start = NULL;
        if (start_read(&start, i, errors) == GCK_OK && !case_compare(given, start).kind)
            owner = i;
        case_free(start);
    }
    return owner;
}

static int report(struct case_file *given, size_t number, const struct arguments *arguments,
                  const struct exercise_view *view, struct errors *errors)
{
    struct exercise_judgement judgement = {0};
    struct case_file *start = NULL;
    struct text text = {0};
    int result = TALLY_USAGE;
    gck_status status = start_read(&start, number, errors);
    if (!status)
        status = exercise_judge(&judgement, given, start, &arguments->settings.options, errors);
    if (!status) {
        size_t other = judgement.difference.kind ? owner_of(given, errors) : 0;
        exercise_report(&text, number, other, &judgement, view);
        result = cli_print(&text);
        result = result ? result : judgement.solved ? TALLY_PASSED : TALLY_FAILED;
    }
    if (status == GCK_NO_MEMORY && !errors->count)
        (void)errors_add(errors, GCK_NO_MEMORY, "out of memory");
    text_free(&text);
    exercise_judgement_free(&judgement);
    case_free(start);
    return status ? cli_exit(status, errors) : result;
}

enum { ERRORS_SHOWN = 5 };

/* The errors of the student's file, each with its line. */
static void print_errors(const struct errors *errors, const char *path)
{
    struct errors ignored = {0};
    struct text text = {0};
    char *bytes = NULL;
    size_t size = 0, shown = 0;
    (void)case_bytes(&bytes, &size, path, &ignored);
    for (const struct error *e = errors->first; e && shown < ERRORS_SHOWN; e = e->next, shown++) {
        gck_error error = {e->status, e->place.file, e->place.line, e->place.column, e->message};
        exercise_error(&text, &error, bytes, size);
    }
    if (errors->count > shown)
        text_add(&text, "... and %zu more\n", errors->count - shown);
    fputs(text.failed ? "gradcheck: error: out of memory\n" : text.data ? text.data : "", stderr);
    text_free(&text);
    errors_free(&ignored);
    free(bytes);
}

static int check(const struct arguments *arguments, const struct exercise_view *view)
{
    if (arguments->path_count != 3)
        return cli_usage("exercise", "check takes an exercise and a file: gradcheck exercise check 1 FILE");
    const char *path = arguments->paths[2];
    struct errors errors = {.here = {.file = path}};
    struct case_file *given = NULL;
    size_t number = find(arguments->paths[1]);
    if (!number)
        return TALLY_USAGE;
    int result = TALLY_USAGE;
    if (case_load(&given, path, NULL, &errors) == GCK_OK)
        result = report(given, number, arguments, view, &errors);
    print_errors(&errors, path);
    errors_free(&errors);
    case_free(given);
    return result;
}

static int unknown(const char *word)
{
    struct suggestion suggestion = {.name = word};
    suggestion_offer(&suggestion, "list");
    suggestion_offer(&suggestion, "show");
    suggestion_offer(&suggestion, "check");
    if (suggestion.best)
        return cli_usage("exercise", "there is no '%s'; did you mean '%s'?", word, suggestion.best);
    return cli_usage("exercise", "there is list, show and check, not '%s'", word);
}

int cmd_exercise(int argc, char **argv)
{
    struct arguments arguments;
    struct text text = {0};
    if (!arguments_read(&arguments, argc, argv,
                        OPTION(LANGUAGE) | OPTION(OUTPUT) | OPTION(HINT) | OPTION(COLOR)))
        return TALLY_USAGE;
    if (!arguments.path_count)
        return cli_usage("exercise", "say list, show or check");
    struct exercise_view view = {.language = language_of(&arguments),
                                 .colour = arguments_colour(&arguments, STDOUT_FILENO),
                                 .hint = arguments.hint};
    const char *word = arguments.paths[0];
    interrupt_watch();
    arguments.settings.options.stop = interrupt_flag();
    if (arguments.output && strcmp(word, "show") != 0)
        return cli_usage("exercise", "--output belongs to show: it writes the case to begin with");
    if (arguments.hint && strcmp(word, "check") != 0)
        return cli_usage("exercise", "--hint belongs to check");
    if (strcmp(word, "show") == 0)
        return show(&arguments, &view);
    if (strcmp(word, "check") == 0)
        return check(&arguments, &view);
    if (strcmp(word, "list") != 0)
        return unknown(word);
    if (arguments.path_count > 1)
        return cli_usage("exercise", "list takes no more");
    exercise_list(&text, &view);
    int status = cli_print(&text);
    text_free(&text);
    return status;
}

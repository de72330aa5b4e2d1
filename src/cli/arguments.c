/* Arguments: getopt_long, and what each option sets. */
#include "cli/arguments_parts.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parallel.h"
#include "cli/values.h"
#include "engine/pool.h"
#include "real/wide.h"

enum { MOST_SHARDS = 10000 };

/* In the order of enum option_id; short options are recognized by their letter. */
static const struct option_row {
    const char *name;
    int argument;
    char letter;
} option_rows[OPTIONS] = {
    [OPTION_BITS] = {"bits", required_argument, 0},
    [OPTION_MAX_BITS] = {"max-bits", required_argument, 0},
    [OPTION_DTYPE] = {"dtype", required_argument, 0},
    [OPTION_SEED] = {"seed", required_argument, 0},
    [OPTION_EXHAUSTIVE] = {"exhaustive", required_argument, 0},
    [OPTION_METHOD] = {"method", required_argument, 0},
    [OPTION_JOBS] = {"jobs", required_argument, 'j'},
    [OPTION_FILTER] = {"filter", required_argument, 0},
    [OPTION_TAG] = {"tag", required_argument, 0},
    [OPTION_FAIL_FAST] = {"fail-fast", no_argument, 0},
    [OPTION_LIST] = {"list", no_argument, 0},
    [OPTION_ALLOW] = {"allow", required_argument, 0},
    [OPTION_PARAM] = {"param", required_argument, 0},
    [OPTION_FORMAT] = {"format", required_argument, 0},
    [OPTION_VERBOSE] = {"verbose", no_argument, 'v'},
    [OPTION_QUIET] = {"quiet", no_argument, 'q'},
    [OPTION_COLOR] = {"color", required_argument, 0},
    [OPTION_ENGINE] = {"engine", required_argument, 0},
    [OPTION_TIMEOUT] = {"timeout", required_argument, 0},
    [OPTION_START_TIMEOUT] = {"start-timeout", required_argument, 0},
    [OPTION_RECORD] = {"record", required_argument, 0},
    [OPTION_FAMILY] = {"family", required_argument, 0},
    [OPTION_EXAMPLE] = {"example", no_argument, 0},
    [OPTION_MARKDOWN] = {"markdown", no_argument, 0},
    [OPTION_GRADS] = {"grads", required_argument, 0},
    [OPTION_MAP] = {"map", required_argument, 0},
    [OPTION_ALLOW_OUTSIDE] = {"allow-outside", no_argument, 0},
    [OPTION_BASELINE] = {"baseline", required_argument, 0},
    [OPTION_WRITE_BASELINE] = {"write-baseline", no_argument, 0},
    [OPTION_SHARD] = {"shard", required_argument, 0},
    [OPTION_RERUN_FAILED] = {"rerun-failed", required_argument, 0},
    [OPTION_LAWS] = {"laws", no_argument, 0},
    [OPTION_VARY] = {"vary", required_argument, 0},
    [OPTION_COVER] = {"cover", no_argument, 0},
    [OPTION_MAGNITUDES] = {"magnitudes", no_argument, 0},
    [OPTION_PLOT] = {"format", required_argument, 0},
    [OPTION_DRAW] = {"format", required_argument, 0},
    [OPTION_OUTPUT] = {"output", required_argument, 'o'},
    [OPTION_FOLD] = {"fold", required_argument, 0},
    [OPTION_BOARD] = {"format", required_argument, 0},
    [OPTION_STEP] = {"step", no_argument, 0},
    [OPTION_LANGUAGE] = {"lang", required_argument, 0},
    [OPTION_HINT] = {"hint", no_argument, 0},
    [OPTION_COUNT] = {"count", required_argument, 0},
    [OPTION_ALL] = {"all", no_argument, 0},
};

/* Calls `take` for every part of a comma list. */
static bool each_part(struct arguments *a, struct option_value *list,
                      bool (*take)(struct arguments *a, const struct option_value *part))
{
    struct option_value part = *list;
    for (char *rest = list->text; (part.text = strsep(&rest, ",")) != NULL;)
        if (!take(a, &part))
            return false;
    return true;
}

static bool take_dtype(struct arguments *a, const struct option_value *part)
{
    const char *names[GCK_DTYPES];
    int dtype;
    for (int i = 0; i < GCK_DTYPES; i++)
        names[i] = gck_dtype_name((gck_dtype)i);
    if (!value_word(&dtype, part, names, GCK_DTYPES))
        return false;
    a->settings.options.dtypes |= 1u << dtype;
    return true;
}

static bool take_allow(struct arguments *a, const struct option_value *part)
{
    static const char *const names[] = {"inaccurate", "inconclusive"};
    static const gck_verdict verdicts[] = {GCK_VERDICT_INACCURATE, GCK_VERDICT_INCONCLUSIVE};
    int word;
    if (!value_word(&word, part, names, 2))
        return false;
    a->settings.allowed |= 1u << verdicts[word];
    return true;
}

static bool take_filter(struct arguments *a, const char *glob)
{
    if (a->filter_count == MOST_FILTERS) {
        cli_usage(a->command, "more than %d filters", MOST_FILTERS);
        return false;
    }
    a->filters[a->filter_count++] = glob;
    return true;
}

static bool take_tag(struct arguments *a, const struct option_value *part)
{
    const char *tag = part->text;
    if (!tag[*tag == '!'] || a->tag_count == MOST_FILTERS) {
        cli_usage(a->command, a->tag_count == MOST_FILTERS ? "too many tags" : "--tag has an empty tag");
        return false;
    }
    a->tags[a->tag_count++] = tag;
    return true;
}

static bool take_pick(struct arguments *a, const char *text)
{
    struct errors errors = {0};
    bool room = a->settings.pick_count < MOST_PICKS;
    bool ok = room && pick_read(&a->picks[a->settings.pick_count], text, &errors) == GCK_OK;
    if (ok)
        a->settings.pick_count++;
    else
        cli_usage(a->command, "--param: %s", errors.first ? errors.first->message : "too many");
    errors_free(&errors);
    return ok;
}

/* Whether one more format may be given. */
static bool room_for(const struct arguments *a, const struct option_value *format, size_t taken)
{
    if (taken < MOST_OUTPUTS)
        return true;
    cli_usage(a->command, "--format %s: too many formats", format->text);
    return false;
}

static bool take_format(struct arguments *a, const struct option_value *value)
{
    const char *names[MOST_OUTPUTS], *path;
    int kind;
    for (size_t i = 0; i < report_kind_count; i++)
        names[i] = report_kinds[i].name;
    if (!value_format(&kind, &path, value, names, (int)report_kind_count) ||
        !room_for(a, value, a->output_count))
        return false;
    a->outputs[a->output_count++] = (struct output){&report_kinds[kind], path, false};
    return true;
}

static bool take_plot(struct arguments *a, const struct option_value *value)
{
    const char *path;
    int format;
    if (!value_format(&format, &path, value, sweep_format_names, SWEEP_FORMATS) ||
        !room_for(a, value, a->plot_count))
        return false;
    a->plots[a->plot_count++] = (struct plot_output){(enum sweep_format)format, path};
    return true;
}

static bool take_exhaustive(struct arguments *a, const char *text)
{
    long *value = &a->settings.options.exhaustive;
    if (strcmp(text, "all") == 0 || strcmp(text, "auto") == 0) {
        *value = text[1] == 'l' ? GCK_ALL : GCK_AUTO;
        return true;
    }
    char *end;
    errno = 0;
    long x = strtol(text, &end, 10);
    if (end == text || *end || errno || x < 0) {
        cli_usage(a->command, "--exhaustive takes all, auto or a number of elements, not '%s'", text);
        return false;
    }
    *value = x;
    return true;
}

static bool take_map(struct arguments *a, const char *text)
{
    if (a->map_count == MOST_MAPS) {
        cli_usage(a->command, "more than %d times --map", MOST_MAPS);
        return false;
    }
    a->maps[a->map_count++] = text;
    return true;
}

/* "2/4" */
static bool take_shard(struct arguments *a, const char *text)
{
    char *end;
    unsigned long shard = strtoul(text, &end, 10), shards = *end == '/' ? strtoul(end + 1, &end, 10) : 0;
    bool plain = strspn(text, "0123456789/") == strlen(text);
    if (!plain || *end || shard < 1 || shard > shards || shards > MOST_SHARDS) {
        cli_usage(a->command, "--shard takes I/N, 1 <= I <= N <= %d, not '%s'", MOST_SHARDS, text);
        return false;
    }
    a->settings.shard = shard;
    a->settings.shards = shards;
    return true;
}

/* What an option without a value sets; NULL for others. */
static bool *flag_of(struct arguments *a, int id)
{
    switch (id) {
    case OPTION_STEP:
        return &a->step;
    case OPTION_EXAMPLE:
        return &a->example;
    case OPTION_MARKDOWN:
        return &a->markdown;
    case OPTION_WRITE_BASELINE:
        return &a->write_baseline;
    case OPTION_LAWS:
        return &a->settings.options.laws;
    case OPTION_HINT:
        return &a->hint;
    case OPTION_ALL:
        return &a->all;
    case OPTION_FAIL_FAST:
        return &a->fail_fast;
    case OPTION_LIST:
        return &a->list;
    case OPTION_COVER:
        return &a->cover;
    case OPTION_MAGNITUDES:
        return &a->magnitudes;
    case OPTION_VERBOSE:
        return &a->settings.verbose;
    case OPTION_QUIET:
        return &a->settings.quiet;
    default:
        return NULL;
    }
}

/* What an option sets whose value is any text; NULL for others. */
static const char **text_of(struct arguments *a, int id)
{
    switch (id) {
    case OPTION_ENGINE:
        return &a->engine;
    case OPTION_RECORD:
        return &a->record;
    case OPTION_FAMILY:
        return &a->family;
    case OPTION_GRADS:
        return &a->grads;
    case OPTION_BASELINE:
        return &a->baseline;
    case OPTION_RERUN_FAILED:
        return &a->settings.rerun;
    default:
        return NULL;
    }
}

/* Options whose value is one of some words. */
static bool take_word(struct arguments *a, int id, const struct option_value *value)
{
    static const char *const methods[] = {"centered", "forward", "richardson"};
    static const char *const boards[] = {"pretty", "html"};
    static const char *const whens[] = {"auto", "always", "never"};
    static const char *const languages[] = {"en", "ko"};
    int word;
    switch (id) {
    case OPTION_METHOD:
        if (!value_word(&word, value, methods, 3))
            return false;
        a->settings.options.method = (gck_method)word;
        return true;
    case OPTION_DRAW:
        if (!value_format(&word, &a->output, value, draw_format_names, DRAW_FORMATS))
            return false;
        a->draw_format = (enum draw_format)word;
        return true;
    case OPTION_BOARD:
        if (!value_format(&word, &a->output, value, boards, 2))
            return false;
        a->html = word == 1;
        return true;
    case OPTION_FOLD:
        if (!value_word(&word, value, draw_fold_names, DRAW_FOLDS))
            return false;
        a->fold = (enum draw_fold)word;
        return true;
    case OPTION_COLOR:
        if (!value_word(&word, value, whens, 3))
            return false;
        a->color = (enum when)word;
        return true;
    default: /* OPTION_LANGUAGE */
        if (!value_word(&word, value, languages, 2))
            return false;
        a->language = languages[word];
        return true;
    }
}

/* An empty name is that of no file: most likely a variable was not set. */
static bool names_file(const struct arguments *a, int id, const char *text)
{
    const option_set files =
        OPTION(GRADS) | OPTION(RECORD) | OPTION(BASELINE) | OPTION(RERUN_FAILED) | OPTION(OUTPUT);
    if (!(files >> id & 1) || *text)
        return true;
    cli_usage(a->command, "--%s needs the name of a file", option_rows[id].name);
    return false;
}

static bool take_option(struct arguments *a, int id, char *text)
{
    struct option_value value = {a->command, option_rows[id].name, text};
    gck_options *options = &a->settings.options;
    bool *flag = flag_of(a, id);
    const char **any = text_of(a, id);
    if (flag)
        return *flag = true;
    if (!names_file(a, id, text))
        return false;
    if (any) {
        *any = text;
        return true;
    }
    switch (id) {
    case OPTION_BITS:
        return value_int(&options->bits, &value, LEAST_BITS, MOST_BITS);
    case OPTION_MAX_BITS:
        return value_int(&options->max_bits, &value, LEAST_BITS, MOST_BITS);
    case OPTION_DTYPE:
        return each_part(a, &value, take_dtype);
    case OPTION_SEED:
        return value_whole(&options->seed, &value);
    case OPTION_EXHAUSTIVE:
        return take_exhaustive(a, text);
    case OPTION_JOBS:
        return value_int(&options->jobs, &value, 1, MOST_JOBS);
    case OPTION_FILTER:
        return take_filter(a, text);
    case OPTION_TAG:
        return each_part(a, &value, take_tag);
    case OPTION_ALLOW:
        return each_part(a, &value, take_allow);
    case OPTION_PARAM:
        return take_pick(a, text);
    case OPTION_FORMAT:
        return take_format(a, &value);
    case OPTION_PLOT:
        return take_plot(a, &value);
    case OPTION_OUTPUT:
        a->output = strcmp(text, "-") == 0 ? NULL : text;
        return true;
    case OPTION_COUNT:
        return value_int(&a->count, &value, 1, INT_MAX);
    case OPTION_TIMEOUT:
        return value_seconds(&a->timeout, &value);
    case OPTION_START_TIMEOUT:
        return value_seconds(&a->start_timeout, &value);
    case OPTION_MAP:
        return take_map(a, text);
    case OPTION_ALLOW_OUTSIDE:
        a->loading.reach = REACH_ANYWHERE;
        return true;
    case OPTION_SHARD:
        return take_shard(a, text);
    case OPTION_VARY:
        a->vary = text;
        return value_whole(&a->loading.vary, &value);
    default:
        return take_word(a, id, &value);
    }
}

/* What getopt_long() calls option i, beyond all letters. */
enum { OPTION_CODE = 0x1000 };

/* Which option getopt_long stumbled over, and what was meant. */
static void refuse_option(const struct arguments *a, char **argv, int letter, int found, option_set allowed)
{
    const char *given = argv[optind - 1];
    if (found == ':') {
        cli_usage(a->command, "%s needs a value", given);
        return;
    }
    if (letter > 0 && letter < OPTION_CODE) {
        cli_usage(a->command, "there is no option -%c", letter);
        return;
    }
    if (strchr(given, '=') && letter) {
        cli_usage(a->command, "%.*s takes no value", (int)strcspn(given, "="), given);
        return;
    }
    char name[64];
    struct suggestion suggestion = {.name = name};
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    for (int i = 0; i < OPTIONS; i++)
        if (allowed >> i & 1)
            suggestion_offer(&suggestion, option_rows[i].name);
    cli_usage(a->command, "there is no option --%s%s%s%s", name, suggestion.best ? "; did you mean --" : "",
              suggestion.best ? suggestion.best : "", suggestion.best ? "?" : "");
}

static bool read_options(struct arguments *a, int argc, char **argv, option_set allowed)
{
    struct option longs[OPTIONS + 1] = {0};
    char shorts[2 * OPTIONS + 2] = ":";
    size_t n = 0, s = 1;
    for (int i = 0; i < OPTIONS; i++) {
        if (!(allowed >> i & 1))
            continue;
        longs[n++] = (struct option){option_rows[i].name, option_rows[i].argument, NULL, OPTION_CODE + i};
        if (option_rows[i].letter) {
            shorts[s++] = option_rows[i].letter;
            if (option_rows[i].argument)
                shorts[s++] = ':';
        }
    }
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        int id = found - OPTION_CODE;
        for (int i = 0; i < OPTIONS && id < 0; i++)
            if (option_rows[i].letter && option_rows[i].letter == found)
                id = i;
        if (id < 0) {
            refuse_option(a, argv, optopt, found, allowed);
            return false;
        }
        if (!take_option(a, id, optarg))
            return false;
    }
    return true;
}

static int processors(void)
{
    cpu_set_t set;
    int count =
        sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > MOST_JOBS ? MOST_JOBS : count;
}

bool arguments_read(struct arguments *a, int argc, char **argv, option_set allowed)
{
    *a = (struct arguments){.command = argv[0],
                            .timeout = ENGINE_CASE_SECONDS,
                            .start_timeout = ENGINE_START_SECONDS,
                            .count = 1000,
                            .draw_format = DRAW_FORMATS};
    a->settings.command = argv[0];
    a->settings.options = gck_options_default();
    a->settings.options.jobs = processors();
    if (!read_options(a, argc, argv, allowed) || !arguments_agree(a) ||
        (allowed & OPTION(DRAW) && !arguments_find_drawing(a)))
        return false;
    arguments_complete(a);
    a->paths = argv + optind;
    a->path_count = (size_t)(argc - optind);
    return true;
}

bool arguments_colour(const struct arguments *a, int fd)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (a->color != WHEN_AUTO)
        return a->color == WHEN_ALWAYS;
    return !(no_color && *no_color) && !(terminal && strcmp(terminal, "dumb") == 0) && isatty(fd);
}

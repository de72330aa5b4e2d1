/* Arguments: getopt_long, and what each value may be. */
#include "cli/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "engine/pool.h"

enum { MOST_JOBS = 1024, LEAST_BITS = 64, MOST_BITS = 4096, MOST_SECONDS = 1000000, MOST_SHARDS = 10000 };

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
};

/* Calls `take` for every part of a comma list. */
static bool each_part(struct arguments *a, char *list, bool (*take)(struct arguments *a, const char *part))
{
    char *rest = list;
    for (char *part; (part = strsep(&rest, ",")) != NULL;)
        if (!take(a, part))
            return false;
    return true;
}

static bool read_integer(const struct arguments *a, const char *option, const char *text, long least, long most,
                         long *value)
{
    char *end;
    errno = 0;
    long x = strtol(text, &end, 10);
    if (end == text || *end || errno || x < least || x > most) {
        cli_usage(a->command, "--%s takes a whole number from %ld to %ld, not '%s'", option, least, most, text);
        return false;
    }
    *value = x;
    return true;
}

static bool read_int(const struct arguments *a, const char *option, const char *text, int least, int most,
                     int *value)
{
    long x;
    bool ok = read_integer(a, option, text, least, most, &x);
    if (ok)
        *value = (int)x;
    return ok;
}

static bool read_whole(const struct arguments *a, const char *option, const char *text, uint64_t *value)
{
    char *end;
    errno = 0;
    unsigned long long x = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno) {
        cli_usage(a->command, "--%s takes a whole number from 0 to 18446744073709551615, not '%s'", option,
                  text);
        return false;
    }
    *value = x;
    return true;
}

/* Index of `word` among the words, or -1 after a message with a suggestion. */
static int read_word(const struct arguments *a, const char *option, const char *word, const char *const *words,
                     int count)
{
    struct suggestion suggestion = {.name = word};
    struct text list = {0};
    for (int i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0) {
            text_free(&list);
            return i;
        }
        suggestion_offer(&suggestion, words[i]);
        text_add(&list, "%s%s", i ? ", " : "", words[i]);
    }
    cli_usage(a->command, "--%s takes one of %s, not '%s'%s%s%s", option, list.failed ? "" : list.data, word,
              suggestion.best ? "; did you mean '" : "", suggestion.best ? suggestion.best : "",
              suggestion.best ? "'?" : "");
    text_free(&list);
    return -1;
}

static bool take_dtype(struct arguments *a, const char *part)
{
    const char *names[GCK_DTYPES];
    for (int i = 0; i < GCK_DTYPES; i++)
        names[i] = gck_dtype_name((gck_dtype)i);
    int i = read_word(a, "dtype", part, names, GCK_DTYPES);
    if (i >= 0)
        a->settings.options.dtypes |= 1u << i;
    return i >= 0;
}

static bool take_allow(struct arguments *a, const char *part)
{
    static const char *const names[] = {"inaccurate", "inconclusive"};
    static const gck_verdict verdicts[] = {GCK_VERDICT_INACCURATE, GCK_VERDICT_INCONCLUSIVE};
    int i = read_word(a, "allow", part, names, 2);
    if (i >= 0)
        a->settings.allowed |= 1u << verdicts[i];
    return i >= 0;
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

static bool take_tag(struct arguments *a, const char *part)
{
    if (!part[*part == '!'] || a->tag_count == MOST_FILTERS) {
        cli_usage(a->command, a->tag_count == MOST_FILTERS ? "too many tags" : "--tag has an empty tag");
        return false;
    }
    a->tags[a->tag_count++] = part;
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

/* "json" or "json=FILE": the name's index, -1 after a message. *path is NULL for standard output. */
static int read_format(const char **path, const struct arguments *a, char *text, const char *const *names,
                       size_t count, size_t taken)
{
    char *equals = strchr(text, '=');
    if (equals)
        *equals = '\0';
    int kind = read_word(a, "format", text, names, (int)count);
    if (kind < 0)
        return -1;
    if ((equals && !equals[1]) || taken == MOST_OUTPUTS) {
        cli_usage(a->command,
                  equals && !equals[1] ? "--format %s= needs the name of a file"
                                       : "--format %s: too many formats",
                  text);
        return -1;
    }
    *path = equals && strcmp(equals + 1, "-") != 0 ? equals + 1 : NULL;
    return kind;
}

static bool take_format(struct arguments *a, char *text)
{
    const char *names[MOST_OUTPUTS], *path;
    for (size_t i = 0; i < report_kind_count; i++)
        names[i] = report_kinds[i].name;
    int kind = read_format(&path, a, text, names, report_kind_count, a->output_count);
    if (kind >= 0)
        a->outputs[a->output_count++] = (struct output){&report_kinds[kind], path, false};
    return kind >= 0;
}

static bool take_plot(struct arguments *a, char *text)
{
    const char *path;
    int format = read_format(&path, a, text, sweep_format_names, SWEEP_FORMATS, a->plot_count);
    if (format >= 0)
        a->plots[a->plot_count++] = (struct plot_output){(enum sweep_format)format, path};
    return format >= 0;
}

/* -o FILE: its ending says the format, unless --format does. */
static bool find_drawing(struct arguments *a)
{
    const char *dot = a->output ? strrchr(a->output, '.') : NULL;
    if (a->draw_format != DRAW_FORMATS)
        return true;
    for (int i = 0; dot && i < DRAW_FORMATS && a->draw_format == DRAW_FORMATS; i++)
        if (strcasecmp(dot + 1, draw_format_names[i]) == 0)
            a->draw_format = (enum draw_format)i;
    if (!a->output)
        a->draw_format = DRAW_SVG;
    if (a->draw_format == DRAW_FORMATS)
        cli_usage(a->command, "-o %s: the name ends in .svg, .png or .dot, or --format says which", a->output);
    return a->draw_format != DRAW_FORMATS;
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

static bool read_seconds(const struct arguments *a, const char *option, const char *text, double *value)
{
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || !(x > 0 && x <= MOST_SECONDS)) {
        cli_usage(a->command, "--%s takes seconds, more than 0 and at most %d, not '%s'", option, MOST_SECONDS,
                  text);
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

static bool take_option(struct arguments *a, int id, char *value)
{
    static const char *const methods[] = {"centered", "forward", "richardson"};
    static const char *const boards[] = {"pretty", "html"};
    static const char *const whens[] = {"auto", "always", "never"};
    static const char *const languages[] = {"en", "ko"};
    gck_options *options = &a->settings.options;
    int word;
    switch (id) {
    case OPTION_BITS:
        return read_int(a, "bits", value, LEAST_BITS, MOST_BITS, &options->bits);
    case OPTION_MAX_BITS:
        return read_int(a, "max-bits", value, LEAST_BITS, MOST_BITS, &options->max_bits);
    case OPTION_DTYPE:
        return each_part(a, value, take_dtype);
    case OPTION_SEED:
        return read_whole(a, "seed", value, &options->seed);
    case OPTION_EXHAUSTIVE:
        return take_exhaustive(a, value);
    case OPTION_METHOD:
        if ((word = read_word(a, "method", value, methods, 3)) >= 0)
            options->method = (gck_method)word;
        return word >= 0;
    case OPTION_JOBS:
        return read_int(a, "jobs", value, 1, MOST_JOBS, &options->jobs);
    case OPTION_FILTER:
        return take_filter(a, value);
    case OPTION_TAG:
        return each_part(a, value, take_tag);
    case OPTION_ALLOW:
        return each_part(a, value, take_allow);
    case OPTION_PARAM:
        return take_pick(a, value);
    case OPTION_FORMAT:
        return take_format(a, value);
    case OPTION_PLOT:
        return take_plot(a, value);
    case OPTION_DRAW:
        if ((word = read_format(&a->output, a, value, draw_format_names, DRAW_FORMATS, 0)) >= 0)
            a->draw_format = (enum draw_format)word;
        return word >= 0;
    case OPTION_BOARD:
        if ((word = read_format(&a->output, a, value, boards, 2, 0)) >= 0)
            a->html = word == 1;
        return word >= 0;
    case OPTION_STEP:
        return a->step = true;
    case OPTION_OUTPUT:
        a->output = strcmp(value, "-") == 0 ? NULL : value;
        return true;
    case OPTION_COUNT:
        return read_int(a, "count", value, 1, INT_MAX, &a->count);
    case OPTION_FOLD:
        if ((word = read_word(a, "fold", value, draw_fold_names, DRAW_FOLDS)) >= 0)
            a->fold = (enum draw_fold)word;
        return word >= 0;
    case OPTION_COLOR:
        if ((word = read_word(a, "color", value, whens, 3)) >= 0)
            a->color = (enum when)word;
        return word >= 0;
    case OPTION_ENGINE:
        a->engine = value;
        return true;
    case OPTION_TIMEOUT:
        return read_seconds(a, "timeout", value, &a->timeout);
    case OPTION_START_TIMEOUT:
        return read_seconds(a, "start-timeout", value, &a->start_timeout);
    case OPTION_RECORD:
        a->record = value;
        return true;
    case OPTION_FAMILY:
        a->family = value;
        return true;
    case OPTION_EXAMPLE:
        return a->example = true;
    case OPTION_MARKDOWN:
        return a->markdown = true;
    case OPTION_GRADS:
        a->grads = value;
        return true;
    case OPTION_MAP:
        return take_map(a, value);
    case OPTION_ALLOW_OUTSIDE:
        a->loading.reach = REACH_ANYWHERE;
        return true;
    case OPTION_BASELINE:
        a->baseline = value;
        return true;
    case OPTION_WRITE_BASELINE:
        return a->write_baseline = true;
    case OPTION_SHARD:
        return take_shard(a, value);
    case OPTION_RERUN_FAILED:
        a->settings.rerun = value;
        return true;
    case OPTION_VARY:
        a->vary = value;
        return read_whole(a, "vary", value, &a->loading.vary);
    case OPTION_LAWS:
        return options->laws = true;
    case OPTION_LANGUAGE:
        if ((word = read_word(a, "lang", value, languages, 2)) >= 0)
            a->language = languages[word];
        return word >= 0;
    case OPTION_HINT:
        return a->hint = true;
    case OPTION_FAIL_FAST:
        return a->fail_fast = true;
    case OPTION_LIST:
        return a->list = true;
    case OPTION_COVER:
    case OPTION_MAGNITUDES:
        return *(id == OPTION_COVER ? &a->cover : &a->magnitudes) = true;
    case OPTION_VERBOSE:
        return a->settings.verbose = true;
    default:
        return a->settings.quiet = true;
    }
}

/* Which option getopt_long stumbled over, and what was meant. */
static void refuse_option(const struct arguments *a, char **argv, int letter, int found, option_set allowed)
{
    const char *given = argv[optind - 1];
    if (found == ':') {
        cli_usage(a->command, "%s needs a value", given);
        return;
    }
    if (letter >= OPTIONS && letter < 256) {
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

enum { OPTION_CODE = 0x1000 };

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

/* What no single option can see. */
static bool agree(struct arguments *a)
{
    size_t standard = 0;
    const gck_options *options = &a->settings.options;
    for (size_t i = 0; i < a->output_count; i++)
        standard += a->outputs[i].path == NULL && !a->outputs[i].kind->mixes;
    for (size_t i = 0; i < a->plot_count; i++)
        standard += a->plots[i].path == NULL;
    if (standard > 1)
        cli_usage(a->command, "two formats cannot share standard output; name a file: --format json=FILE");
    else if (a->settings.quiet && a->settings.verbose)
        cli_usage(a->command, "-q and -v contradict each other");
    else if (a->record && !a->engine)
        cli_usage(a->command, "--record needs an --engine to listen to");
    else if (options->laws && a->grads)
        cli_usage(a->command, "--laws asks again and again, and files of gradients have one answer");
    else if (a->engine && a->grads)
        cli_usage(a->command, "--engine and --grads contradict each other");
    else if (a->map_count && !a->grads)
        cli_usage(a->command, "--map needs --grads, whose tensors it renames");
    else if (a->write_baseline && !a->baseline)
        cli_usage(a->command, "--write-baseline needs --baseline FILE, the file to write");
    else if (a->write_baseline && a->fail_fast)
        cli_usage(a->command, "--fail-fast does not see all that --write-baseline would write");
    else if (options->bits > options->max_bits)
        cli_usage(a->command, "--bits %d is above --max-bits %d", options->bits, options->max_bits);
    else
        return true;
    return false;
}

static const struct report_kind *kind_named(const char *name)
{
    size_t i = 0;
    while (strcmp(report_kinds[i].name, name) != 0)
        i++;
    return &report_kinds[i];
}

/* GitHub Actions names a file for the job's summary page: annotations are asked for together with that. */
static void add_summary(struct arguments *a)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    bool asked = false;
    for (size_t i = 0; i < a->output_count; i++)
        asked |= a->outputs[i].kind == kind_named("github");
    if (asked && path && *path && a->output_count < MOST_OUTPUTS)
        a->outputs[a->output_count++] = (struct output){kind_named("markdown"), path, true};
}

/* For whoever reads in a report how to check one case again. */
static void remember_engine(struct arguments *a)
{
    size_t n = 0;
    if (a->engine || a->grads) {
        a->again[n++] = a->engine ? "--engine" : "--grads";
        a->again[n++] = a->engine ? a->engine : a->grads;
    }
    if (a->settings.options.laws)
        a->again[n++] = "--laws";
    if (a->vary) {
        a->again[n++] = "--vary";
        a->again[n++] = a->vary;
    }
    for (size_t i = 0; i < a->map_count; i++) {
        a->again[n++] = "--map";
        a->again[n++] = a->maps[i];
    }
    a->settings.again = a->again;
    a->settings.again_count = n;
}

bool arguments_read(struct arguments *a, int argc, char **argv, option_set allowed)
{
    *a = (struct arguments){.command = argv[0],
                            .timeout = ENGINE_CASE_SECONDS,
                            .start_timeout = ENGINE_START_SECONDS,
                            .draw_format = DRAW_FORMATS};
    a->settings.command = argv[0];
    a->settings.options = gck_options_default();
    a->settings.options.jobs = processors();
    a->count = 1000;
    if (!read_options(a, argc, argv, allowed) || !agree(a) || (allowed & OPTION(DRAW) && !find_drawing(a)))
        return false;
    bool standard = false;
    for (size_t i = 0; i < a->output_count; i++)
        standard |= a->outputs[i].path == NULL && !a->outputs[i].kind->mixes;
    if (!standard && a->output_count < MOST_OUTPUTS)
        a->outputs[a->output_count++] = (struct output){&report_kinds[0], NULL, false};
    if (!a->plot_count)
        a->plots[a->plot_count++] = (struct plot_output){SWEEP_PRETTY, NULL};
    add_summary(a);
    a->settings.picks = a->picks;
    a->settings.vary = a->loading.vary;
    remember_engine(a);
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

/* What no single option can see: which go together, and what follows from all of them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/arguments_parts.h"

/* Reports that want standard output for themselves. */
static size_t reports_alone(const struct arguments *a)
{
    size_t count = 0;
    for (size_t i = 0; i < a->output_count; i++)
        count += a->outputs[i].path == NULL && !a->outputs[i].kind->mixes;
    return count;
}

/* A file that two are to write: only the last of them would be in it. NULL: none. */
static const char *shared_file(const struct arguments *a)
{
    const char *paths[2 * MOST_OUTPUTS + 1];
    size_t count = 0;
    for (size_t i = 0; i < a->output_count; i++)
        if (a->outputs[i].path)
            paths[count++] = a->outputs[i].path;
    for (size_t i = 0; i < a->plot_count; i++)
        if (a->plots[i].path)
            paths[count++] = a->plots[i].path;
    if (a->record)
        paths[count++] = a->record;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(paths[i], paths[k]) == 0 && strncmp(paths[i], "/dev/", 5) != 0)
                return paths[i];
    return NULL;
}

bool arguments_agree(const struct arguments *a)
{
    size_t standard = reports_alone(a);
    const gck_options *options = &a->settings.options;
    for (size_t i = 0; i < a->plot_count; i++)
        standard += a->plots[i].path == NULL;
    if (standard > 1)
        cli_usage(a->command, "two formats cannot share standard output; name a file: --format json=FILE");
    else if (shared_file(a))
        cli_usage(a->command, "two outputs cannot share the file %s", shared_file(a));
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

bool arguments_find_drawing(struct arguments *a)
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
    if (a->loading.reach == REACH_ANYWHERE)
        a->again[n++] = "--allow-outside";
    for (int d = 0; d < GCK_DTYPES; d++)
        if (a->settings.options.dtypes >> d & 1) {
            a->again[n++] = "--dtype";
            a->again[n++] = gck_dtype_name((gck_dtype)d);
        }
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

void arguments_complete(struct arguments *a)
{
    if (!reports_alone(a) && a->output_count < MOST_OUTPUTS)
        a->outputs[a->output_count++] = (struct output){&report_kinds[0], NULL, false};
    if (!a->plot_count)
        a->plots[a->plot_count++] = (struct plot_output){SWEEP_PRETTY, NULL};
    add_summary(a);
    a->settings.picks = a->picks;
    a->settings.vary = a->loading.vary;
    remember_engine(a);
}

/* gradcheck sweep: the error of a difference against its step. */
#include <string.h>
#include <unistd.h>

#include "case/case.h"
#include "check/foreign_run.h"
#include "cli/arguments.h"
#include "report/describe.h"

static gck_tensor tensor_of(const struct graph *graph, size_t node)
{
    const struct node *n = &graph->nodes[node];
    return (gck_tensor){
        .name = n->name, .rank = n->shape.rank, .dims = n->shape.dim, .count = shape_count(&n->shape)};
}

static bool is_parameter(const struct graph *graph, long node)
{
    for (size_t i = 0; i < graph->wrt_count; i++)
        if (node >= 0 && graph->wrt[i] == (size_t)node)
            return true;
    return false;
}

/* The one element that --param names. */
static gck_status find_element(struct sweep_settings *settings, const struct pick *pick,
                               const struct graph *graph, struct errors *errors)
{
    long node = graph_find(graph, pick->name);
    struct suggestion suggestion = {.name = pick->name};
    for (size_t i = 0; i < graph->wrt_count; i++)
        suggestion_offer(&suggestion, graph->nodes[graph->wrt[i]].name);
    if (!is_parameter(graph, node))
        return errors_add(errors, GCK_BAD_USAGE, "--param %s: there is no parameter %s%s%s%s", pick->text,
                          pick->name, suggestion.best ? "; did you mean " : "",
                          suggestion.best ? suggestion.best : "", suggestion.best ? "?" : "");
    gck_tensor tensor = tensor_of(graph, (size_t)node);
    gck_status status = pick_check(pick, &tensor, errors);
    size_t found = 0;
    for (size_t i = 0; i < tensor.count && !status; i++)
        if (pick_has(pick, &tensor, i) && found++ == 0)
            settings->index = i;
    settings->node = node;
    if (!status && found != 1)
        status =
            errors_add(errors, GCK_BAD_USAGE, "--param %s names %zu elements; a sweep takes one, as in %s[0]",
                       pick->text, found, pick->name);
    return status;
}

static gck_status write_plot(const struct plot_output *plot, struct sweep_view *view,
                             const struct arguments *arguments, struct errors *errors)
{
    struct text text = {0};
    view->colour = !plot->path && arguments_colour(arguments, STDOUT_FILENO);
    gck_status status = sweep_add(&text, view, plot->format, arguments->settings.options.stop, errors);
    if (!status)
        status = sink_save(plot->path, &text, errors);
    text_free(&text);
    return status;
}

static gck_status show(const struct sweep *sweep, const struct graph *graph, const struct arguments *arguments,
                       struct errors *errors)
{
    gck_tensor tensor = tensor_of(graph, sweep->node);
    struct text element = {0}, objective = {0};
    describe_element(&element, &tensor, sweep->index);
    const struct node *output = &graph->nodes[graph->output];
    text_add(&objective, shape_count(&output->shape) == 1 ? "%s" : "<seed, %s>", output->name);
    gck_status status = element.failed || objective.failed ? GCK_NO_MEMORY : GCK_OK;
    struct sweep_view view = {.sweep = sweep, .objective = objective.data, .element = element.data};
    for (size_t i = 0; i < arguments->plot_count && !status; i++)
        status = write_plot(&arguments->plots[i], &view, arguments, errors);
    text_free(&element);
    text_free(&objective);
    return status;
}

static gck_status sweep_file(struct sweep *sweep, const struct case_file *file,
                             const struct arguments *arguments, struct errors *errors)
{
    struct arena results = {0};
    struct sweep_settings settings = {
        .node = SWEEP_ANY, .bits = (int)file->bits, .stop = arguments->settings.options.stop};
    gck_status status = GCK_OK;
    sweep->id = file->id;
    if (foreign_op(&file->graph))
        status = foreign_refuse(&file->graph, "sweep", errors);
    else if (!file->graph.wrt_count)
        status = errors_add(errors, GCK_BAD_CASE, "the case has no parameter to move");
    if (!status && arguments->settings.pick_count)
        status = find_element(&settings, &arguments->picks[0], &file->graph, errors);
    if (!status)
        status = sweep_take(sweep, &results, &file->graph, &settings, errors);
    if (!status)
        status = show(sweep, &file->graph, arguments, errors);
    arena_free(&results);
    return status;
}

int cmd_sweep(int argc, char **argv)
{
    struct arguments arguments;
    if (!arguments_read(&arguments, argc, argv,
                        OPTION(PARAM) | OPTION(PLOT) | OPTION(COLOR) | OPTION(ALLOW_OUTSIDE)))
        return TALLY_USAGE;
    if (arguments.path_count != 1)
        return cli_usage("sweep", "one case file is swept at a time, not %zu", arguments.path_count);
    if (arguments.settings.pick_count > 1)
        return cli_usage("sweep", "--param is given once: a sweep moves one element");
    interrupt_watch();
    arguments.settings.options.stop = interrupt_flag();
    struct errors errors = {.here = {.file = arguments.paths[0]}};
    struct case_file *file = NULL;
    struct sweep sweep = {0};
    gck_status status = case_load(&file, arguments.paths[0], &arguments.loading, &errors);
    errors.here = (struct place){0};
    if (!status)
        status = sweep_file(&sweep, file, &arguments, &errors);
    int result = cli_end(status, &errors);
    errors_free(&errors);
    case_free(file);
    return result ? result : sweep.agreement == GCK_DIFFERS ? TALLY_FAILED : TALLY_PASSED;
}

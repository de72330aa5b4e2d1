/* Trials of mutants: every bug in every node, judged like any other engine. */
#include "api/mutants.h"

#include <string.h>

#include "api/case_handle.h"
#include "check/run.h"

enum { PROOF_BITS = 256 };

const char *const trial_outcome_names[TRIAL_OUTCOMES] = {
    [TRIAL_CAUGHT] = "caught",           [TRIAL_EQUIVALENT] = "equivalent", [TRIAL_ADMISSIBLE] = "admissible",
    [TRIAL_MISJUDGED] = "wrong verdict", [TRIAL_MISPLACED] = "wrong node",  [TRIAL_SURVIVED] = "survived",
};

static enum trial_outcome outcome_of(const struct trial *t, const gck_run *run)
{
    const struct node *guilty = &t->mutant.graph->nodes[mutant_guilty(&t->mutant)];
    if (run->verdict == GCK_VERDICT_KINK)
        return t->mutant.own && mutant_due(&t->mutant, run->verdict, t->nonfinite) ? TRIAL_CAUGHT
                                                                                   : TRIAL_ADMISSIBLE;
    if (gck_verdict_passes(run->verdict))
        return TRIAL_SURVIVED;
    if (!mutant_due(&t->mutant, run->verdict, t->nonfinite))
        return TRIAL_MISJUDGED;
    return t->guilty && strcmp(t->guilty, guilty->name) == 0 ? TRIAL_CAUGHT : TRIAL_MISPLACED;
}

gck_status trial_run_take(gck_run *run, struct arena *results, const gck_case *c, gck_dtype dtype,
                          const gck_engine *engine, bool locate, const gck_options *o)
{
    struct errors errors = {0};
    struct workers here; /* no thread but this one, and an end when it is asked for */
    workers_init(&here, 1, NULL);
    here.stop = o->stop;
    const struct case_file *file = c->file;
    const struct subject subject = {
        .id = file->id, .graph = &file->graph, .kinks = file->kinks, .kink_count = file->kink_count};
    const struct run_settings settings = {.bits = file->bits > o->bits ? (int)file->bits : o->bits,
                                          .max_bits = o->max_bits,
                                          .seed = o->seed,
                                          .choice = {.exhaustive = o->exhaustive},
                                          .engine = engine,
                                          .workers = &here,
                                          .locate = locate};
    gck_status status = run_take(run, results, &subject, (enum dtype)dtype, &settings, &errors);
    errors_free(&errors);
    return status;
}

static gck_status judge_mutant(struct trial *t, struct arena *arena, const gck_case *c, gck_dtype dtype,
                               const gck_options *o)
{
    struct arena results = {0};
    gck_run run;
    gck_engine engine = mutant_engine(&t->mutant);
    gck_status status = trial_run_take(&run, &results, c, dtype, &engine, true, o);
    if (!status) {
        t->verdict = run.verdict;
        t->guilty = run.guilty_node ? arena_text(arena, run.guilty_node, strlen(run.guilty_node)) : NULL;
        for (size_t k = 0; k < run.tensor_count; k++)
            if (!(run.tensors[k].largest_reference_error <= t->error))
                t->error = run.tensors[k].largest_reference_error;
        if (run.guilty_node && !t->guilty)
            status = GCK_NO_MEMORY;
        t->outcome = outcome_of(t, &run);
    }
    arena_free(&results);
    return status;
}

static gck_status try_one(struct trial *t, struct arena *arena, const struct binding *binding,
                          const gck_case *c, gck_dtype dtype, const gck_options *o)
{
    struct mutant_effect effect;
    gck_status status = mutant_differs(&effect, &t->mutant, binding, PROOF_BITS);
    if (status)
        return status;
    t->wide = effect.wide;
    t->nonfinite = effect.nonfinite;
    t->same = !effect.narrow || !(t->wide || t->mutant.own);        /* an overflow shows in the dtype alone */
    t->outcome = t->mutant.own ? TRIAL_SURVIVED : TRIAL_EQUIVALENT; /* a case is to show its own bugs */
    return t->same ? GCK_OK : judge_mutant(t, arena, c, dtype, o);
}

/* Lists the mutants, the case's own first; false when memory fails. */
static bool list_mutants(struct trials *trials, const struct case_file *file, trial_filter *wants,
                         const void *user)
{
    const struct graph *graph = &file->graph;
    bool *reached = arena_alloc(&trials->arena, graph->count, sizeof *reached);
    if (!reached || mutant_reached(reached, graph))
        return false;
    size_t most = file->bug_count;
    for (struct mutant m = {.graph = graph}; mutant_next(&m, reached);)
        most++;
    trials->items = arena_alloc(&trials->arena, most, sizeof *trials->items);
    struct mutant next = {.graph = graph};
    for (size_t i = 0; trials->items && i < most; i++) {
        struct mutant m = i < file->bug_count           ? mutant_own(graph, &file->bugs[i])
                          : mutant_next(&next, reached) ? next
                                                        : (struct mutant){0};
        if (!wants || wants(&m, user))
            trials->items[trials->count++].mutant = m;
    }
    return trials->items != NULL;
}

/* Checks the case without a bug, and sets how many elements are checked one by one: none, which is quicker,
 * unless corners show that way alone. */
static gck_status check_truth(gck_result **truth, const gck_case *c, gck_options *o)
{
    o->exhaustive = 0;
    gck_status status = gck_check(truth, c, o, NULL);
    if (status || (*truth)->runs[0].verdict != GCK_VERDICT_INCONCLUSIVE)
        return status;
    gck_result_free(*truth);
    o->exhaustive = GCK_AUTO;
    return gck_check(truth, c, o, NULL);
}

gck_status trials_take(struct trials *trials, const gck_case *c, gck_dtype dtype, const gck_options *options,
                       trial_filter *wants, const void *user)
{
    gck_options defaults = gck_options_default();
    gck_options o = options ? *options : defaults;
    struct binding binding;
    struct errors errors = {0};
    *trials = (struct trials){0};
    if (!list_mutants(trials, c->file, wants, user))
        return GCK_NO_MEMORY;
    gck_status status = binding_new(&binding, &trials->arena, &c->file->graph, (enum dtype)dtype, &errors);
    errors_free(&errors);
    o.dtypes = 1u << dtype;
    o.engine = NULL;
    if (!status && (trials->count || !wants))
        status = check_truth(&trials->truth, c, &o);
    if (status || !trials->truth || !gck_verdict_passes(trials->truth->runs[0].verdict)) {
        trials->count = 0;
        return status;
    }
    for (size_t i = 0; i < trials->count && !status; i++)
        status = o.stop && *o.stop ? GCK_STOPPED
                                   : try_one(&trials->items[i], &trials->arena, &binding, c, dtype, &o);
    return status;
}

void trials_free(struct trials *trials)
{
    gck_result_free(trials->truth);
    arena_free(&trials->arena);
    *trials = (struct trials){0};
}

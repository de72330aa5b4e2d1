/* All laws on one run, and the op that breaks one. */
#include "check/laws.h"

#include <string.h>

#include "check/gate.h"
#include "check/law.h"

/* What a law is called, and what is said when it is broken. */
static const struct {
    const char *name, *broken;
} texts[GCK_LAWS] = {
    [GCK_LAW_DETERMINISTIC] = {"deterministic", "nondeterministic: the same request twice: "},
    [GCK_LAW_ZERO_SEED] = {"zero-seed", "a zero seed does not give zeros: "},
    [GCK_LAW_LINEAR] = {"linear", "not linear in the seed: "},
    [GCK_LAW_FEWER] = {"fewer-parameters", "asking for fewer parameters changes them: "},
    [GCK_LAW_UNUSED] = {"unused-parameter", "a parameter that the output does not depend on gets no zeros: "},
};

const char *gck_law_name(gck_law law)
{
    return texts[law].name;
}

/* Whether one gate alone breaks the law. What cannot be tried, such as a value that the dtype does not hold,
 * breaks nothing. */
static gck_status gate_breaks(bool *breaks, const struct law_trial *whole, const struct reference *reference,
                              size_t at, gck_law law)
{
    struct arena arena = {0};
    struct gate gate;
    struct errors errors = {0};
    struct binding binding;
    struct law_trial trial = *whole;
    gck_answer first;
    *breaks = false;
    gck_status status = gate_alone(&gate, &arena, reference, at, false);
    if (!status)
        status = gate_seed(&gate, whole->seed);
    bool bound = !status && gate.graph.wrt_count &&
                 !binding_new(&binding, &arena, &gate.graph, reference->binding->dtype, &errors);
    if (bound)
        status = answer_ask(&first, trial.engine, trial.id, &gate.graph, &binding);
    if (bound && !status) {
        struct law_finding finding = {0};
        trial.graph = &gate.graph;
        trial.binding = &binding;
        trial.first = &first;
        if (first.state == ANSWER_GIVEN)
            status = law_try(&finding, &trial, law);
        *breaks = !status && finding.broken;
        text_free(&finding.why);
        answer_free(&first);
    }
    errors_free(&errors);
    arena_free(&arena);
    return status;
}

/* The op of the first gate, from the output backward, that breaks the law alone; NULL: none does. */
static gck_status find_op(const char **op, struct arena *results, const struct law_trial *trial,
                          const struct reference *reference, gck_law law)
{
    const struct graph *graph = reference->graph;
    gck_status status = GCK_OK;
    bool breaks = false;
    *op = NULL;
    for (size_t i = graph->output + 1; i-- > 0 && !status && !breaks;) {
        if (!graph->nodes[i].op || !reference_gradient(reference, i))
            continue;
        status = gate_breaks(&breaks, trial, reference, i, law);
        if (!status && breaks) {
            *op = arena_text(results, graph->nodes[i].op->name, strlen(graph->nodes[i].op->name));
            status = *op ? GCK_OK : GCK_NO_MEMORY;
        }
    }
    return status;
}

static gck_status take(gck_law_check *check, struct arena *results, const struct law_trial *trial,
                       const struct reference *reference, gck_law law)
{
    struct law_finding finding;
    struct text why = {0};
    gck_status status = law_try(&finding, trial, law);
    *check = (gck_law_check){.law = law,
                             .checked = finding.checked,
                             .broken = finding.broken,
                             .noise = finding.noise,
                             .spread = finding.spread};
    if (!status && finding.broken)
        status = find_op(&check->op, results, trial, reference, law);
    if (!status && finding.broken) {
        const char *found = finding.why.data;
        bool failed = strncmp(found, ": ", 2) == 0;
        text_add(&why, "%s%s%s",
                 finding.noise ? "linear in the seed only up to lost digits: " : texts[law].broken,
                 failed ? "the engine failed" : "", found);
        if (check->op)
            text_add(&why, " (%s does so alone)", check->op);
        check->message = why.failed ? NULL : arena_text(results, why.data, why.size);
        status = check->message ? GCK_OK : GCK_NO_MEMORY;
    }
    text_free(&why);
    text_free(&finding.why);
    return status;
}

/* Adds what is broken to the run's verdict and message. A law that only lost digits break says nothing against
 * the formula. */
static gck_status fold(gck_run *run, struct arena *results)
{
    struct text text = {0};
    bool broken = false;
    for (size_t i = 0; i < run->law_count; i++) {
        if (!run->laws[i].broken)
            continue;
        text_add(&text, "%s%s", broken ? "; " : "", run->laws[i].message);
        gck_verdict verdict = run->laws[i].noise ? GCK_VERDICT_INACCURATE : GCK_VERDICT_WRONG;
        if (run->verdict < verdict)
            run->verdict = verdict;
        broken = true;
    }
    if (!broken)
        return GCK_OK;
    if (run->message)
        text_add(&text, "; %s", run->message);
    run->message = text.failed ? NULL : arena_text(results, text.data, text.size);
    text_free(&text);
    return run->message ? GCK_OK : GCK_NO_MEMORY;
}

gck_status laws_take(gck_run *run, struct arena *results, const struct subject *subject,
                     const struct reference *reference, const gck_answer *first,
                     const struct run_settings *settings)
{
    const struct law_trial trial = {.engine = settings->engine,
                                    .id = subject->id,
                                    .graph = reference->graph,
                                    .binding = reference->binding,
                                    .first = first,
                                    .bits = settings->bits,
                                    .seed = settings->seed,
                                    .workers = settings->workers};
    gck_law_check *checks = arena_alloc(results, GCK_LAWS, sizeof *checks);
    if (!checks)
        return GCK_NO_MEMORY;
    run->laws = checks;
    gck_status status = GCK_OK;
    for (int law = 0; law < GCK_LAWS && !status; law++) {
        if (law == GCK_LAW_FEWER && checks[GCK_LAW_DETERMINISTIC].broken)
            checks[law] = (gck_law_check){.law = (gck_law)law}; /* it says so already */
        else
            status = take(&checks[law], results, &trial, reference, (gck_law)law);
        run->law_count += !status;
    }
    return status ? status : fold(run, results);
}

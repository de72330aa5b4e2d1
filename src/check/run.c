/* A run: engine, reference, budget, certificate, verdicts, in this order: an engine that cannot answer costs no
 * proof. */
#include "check/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/answer.h"
#include "check/corners.h"
#include "check/effort.h"
#include "check/laws.h"
#include "check/locate.h"
#include "check/outcome.h"
#include "check/steady.h"
#include "real/wide.h"

/* What a run builds up and throws away. */
struct bench {
    struct arena arena;
    struct binding binding;
    struct ladder ladder;
    struct budget budget;
    struct proof proof;
    struct element_checks elements;
    bool **corners;
    gck_answer answer;
    bool answered;
    struct trial_run trial;
};

static void bench_free(struct bench *bench)
{
    if (bench->answered)
        answer_free(&bench->answer);
    elements_free(&bench->elements);
    budget_free(&bench->budget);
    ladder_free(&bench->ladder);
    arena_free(&bench->arena);
}

static const char *keep(struct arena *results, const char *text)
{
    return arena_text(results, text, strlen(text));
}

static bool value_is_finite(const struct reference *reference)
{
    size_t output = reference->graph->output, n = shape_count(&reference->graph->nodes[output].shape);
    for (size_t i = 0; i < n; i++)
        if (!m_is_finite(reference_value(reference, output) + i))
            return false;
    return true;
}

static gck_status ask(struct bench *b, gck_run *run, const struct subject *subject,
                      const struct run_settings *settings, struct errors *errors)
{
    gck_status status = binding_new(&b->binding, &b->arena, subject->graph, (enum dtype)run->dtype, errors);
    if (!status)
        status = answer_ask(&b->answer, settings->engine, subject->id, subject->graph, &b->binding);
    b->answered = !status;
    run->forward_ms = b->answer.forward_ms;
    run->backward_ms = b->answer.backward_ms;
    return status;
}

/* The reference and its budget. */
static gck_status measure(struct bench *b, const struct subject *subject, const struct run_settings *settings)
{
    b->ladder = (struct ladder){.graph = subject->graph, .binding = &b->binding, .bits = settings->bits};
    struct branches compare = {0}; /* its guard is made after the budget, which takes most room */
    gck_status status =
        reference_new(&b->ladder.levels[0], subject->graph, &b->binding, settings->bits, compare);
    if (!status)
        status = budget_new(&b->budget, &b->ladder.levels[0], settings->seed, settings->engine->flushes_to_zero,
                            settings->workers);
    b->corners = arena_alloc(&b->arena, subject->graph->count, sizeof *b->corners);
    if (!status && !b->corners)
        status = GCK_NO_MEMORY;
    b->proof = (struct proof){.ladder = &b->ladder,
                              .budget = &b->budget,
                              .corners = b->corners,
                              .seed = settings->seed,
                              .workers = settings->workers};
    while (b->proof.most_level + 1 < MOST_LEVELS &&
           settings->bits << (b->proof.most_level + 1) <= settings->max_bits)
        b->proof.most_level++;
    return status;
}

/* Corners that no tie explains show only in differences of single elements; they leave the directions too. */
static bool corners_found(struct bench *b)
{
    const struct graph *graph = b->ladder.graph;
    bool found = false;
    for (size_t p = 0; p < graph->wrt_count; p++)
        for (size_t i = 0; i < b->elements.parameters[p].count; i++) {
            const struct element_check *check = &b->elements.parameters[p].items[i];
            bool *corner = &b->corners[graph->wrt[p]][check->index];
            found |= check->side != SIDE_SMOOTH && !*corner;
            *corner |= check->side != SIDE_SMOOTH;
        }
    return found;
}

/* Of many equal numbers the ways to break their tie that were tried mark a few. When a direction bends, each
 * element's own difference tells which of them are corners too. */
static gck_status certify_ties(struct bench *b, gck_certificate *certificate, struct element_choice choice)
{
    enum { MOST_SINGLE = 4096 };
    const struct graph *graph = b->ladder.graph;
    size_t count = 0;
    for (size_t p = 0; p < graph->wrt_count; p++)
        count += shape_count(&graph->nodes[graph->wrt[p]].shape);
    if (certificate->verdict != GCK_VERDICT_INCONCLUSIVE || !b->ladder.levels[0].decisions.ties ||
        choice.exhaustive == GCK_ALL || count > MOST_SINGLE)
        return GCK_OK;
    choice.exhaustive = GCK_ALL;
    elements_free(&b->elements);
    gck_status status = elements_take(&b->elements, &b->proof, choice);
    return !status && corners_found(b) ? certificate_take(certificate, &b->proof) : status;
}

/* Compares the reference with differences; fills run->certificate. */
static gck_status prove(struct bench *b, gck_run *run, const struct run_settings *settings)
{
    bool any;
    gck_status status = ladder_reach(&b->ladder, 0);
    if (!status)
        status = corners_mark(b->corners, &any, &b->arena, &b->ladder.levels[0], &b->budget);
    if (!status)
        status = elements_take(&b->elements, &b->proof, settings->choice);
    if (status)
        return status;
    corners_found(b);
    status = certificate_take(&run->certificate, &b->proof);
    if (!status)
        status = certify_ties(b, &run->certificate, settings->choice);
    const struct graph *graph = b->ladder.graph;
    gck_certificate *certificate = &run->certificate;
    for (size_t p = 0; p < graph->wrt_count; p++) {
        const struct element_list *list = &b->elements.parameters[p];
        certificate->elements += list->count;
        certificate->of += shape_count(&graph->nodes[graph->wrt[p]].shape);
        for (size_t i = 0; i < list->count; i++) {
            const struct element_check *check = &list->items[i];
            bool corner = b->corners[graph->wrt[p]][check->index];
            gck_verdict verdict = corner || (check->resolved && check->agrees) ? GCK_VERDICT_OK
                                  : check->resolved                            ? GCK_VERDICT_WRONG
                                                                               : GCK_VERDICT_INCONCLUSIVE;
            certificate->verdict = verdict > certificate->verdict ? verdict : certificate->verdict;
        }
    }
    return status;
}

/* Whether one tensor of the first level is what a higher one gives. */
static bool same_numbers(const m_element *low, const m_element *high, const double *budget, const bool *corner,
                         size_t n, int bits)
{
    for (size_t i = 0; i < n; i++) {
        double allowed = ldexp(m_size(high + i), -bits / 2) + dtype_tiny(FLOAT64);
        if (isfinite(budget[i]))
            allowed += ldexp(budget[i], -20);
        /* no number is what is none at more bits */
        bool same = m_is_finite(low + i) == m_is_finite(high + i) && m_distance(low + i, high + i) <= allowed;
        if (!same && !(corner && corner[i]))
            return false;
    }
    return true;
}

/* Whether the reference that answers are judged by is the one that was proved: where more bits were needed to
 * settle a difference, it must hold at those too. */
static bool reference_holds(const struct bench *b)
{
    const struct ladder *ladder = &b->ladder;
    const struct graph *graph = ladder->graph;
    const struct reference *low = &ladder->levels[0];
    for (int level = 1; level < MOST_LEVELS; level++) {
        const struct reference *high = &ladder->levels[level];
        size_t output = graph->output;
        if (!high->evaluation)
            continue;
        if (!same_numbers(reference_value(low, output), reference_value(high, output), b->budget.value, NULL,
                          shape_count(&graph->nodes[output].shape), ladder->bits))
            return false;
        for (size_t p = 0; p < graph->wrt_count; p++) {
            size_t node = graph->wrt[p];
            if (!same_numbers(reference_gradient(low, node), reference_gradient(high, node),
                              b->budget.gradient[node], b->corners[node],
                              shape_count(&graph->nodes[node].shape), ladder->bits))
                return false;
        }
    }
    return true;
}

static gck_status judged_new(struct judged *t, struct bench *b, size_t parameter)
{
    const struct graph *graph = b->ladder.graph;
    const struct reference *reference = &b->ladder.levels[0];
    bool value = parameter == graph->wrt_count;
    size_t node = value ? graph->output : graph->wrt[parameter];
    const struct gradient_given *given = &b->answer.gradients[node];
    bool shaped = shape_equal(&given->shape, &graph->nodes[node].shape);
    *t = (struct judged){.node = node,
                         .parameter = parameter,
                         .value = value,
                         .count = shape_count(&graph->nodes[node].shape),
                         .analytic = value    ? b->answer.value
                                     : shaped ? given->numbers
                                              : NULL,
                         .reference =
                             value ? reference_value(reference, node) : reference_gradient(reference, node),
                         .budget = value ? b->budget.value : b->budget.gradient[node],
                         .corner = value ? NULL : b->corners[node]};
    t->distance = arena_alloc(&b->arena, t->count, sizeof *t->distance);
    t->verdict = arena_alloc(&b->arena, t->count, sizeof *t->verdict);
    return t->distance && t->verdict ? GCK_OK : GCK_NO_MEMORY;
}

static gck_status misshapen(gck_tensor *tensor, struct arena *results, const char *text)
{
    tensor->hint = keep(results, text);
    tensor->counts[GCK_VERDICT_MISSING] = 0;
    tensor->counts[GCK_VERDICT_WRONG] = tensor->count;
    tensor->verdict = tensor->worst.verdict = GCK_VERDICT_WRONG;
    return tensor->hint ? GCK_OK : GCK_NO_MEMORY;
}

/* A gradient came, but its shape is not the parameter's. */
static gck_status wrong_shape(gck_tensor *tensor, struct arena *results, const struct bench *b, size_t node)
{
    const struct gradient_given *given = &b->answer.gradients[node];
    const struct shape *shape = &b->ladder.graph->nodes[node].shape;
    char got[SHAPE_TEXT], wanted[SHAPE_TEXT], text[2 * SHAPE_TEXT + 64];
    if (!given->numbers || shape_equal(&given->shape, shape))
        return GCK_OK;
    snprintf(text, sizeof text, "the gradient has shape %s, the parameter %s", shape_text(got, &given->shape),
             shape_text(wanted, shape));
    return misshapen(tensor, results, text);
}

/* A value came, but not as many numbers as the output has. */
static gck_status wrong_count(gck_tensor *tensor, struct arena *results, const struct bench *b)
{
    char text[96];
    if (b->answer.value || !b->answer.value_count)
        return GCK_OK;
    snprintf(text, sizeof text, "the value has %zu elements, the output %zu", b->answer.value_count,
             tensor->count);
    return misshapen(tensor, results, text);
}

/* The parameter with the element that is farthest off for its budget. */
static size_t farthest(const struct trial_run *run)
{
    double most = -1;
    size_t found = 0;
    for (size_t k = 0; k < run->count; k++) {
        const struct judged *t = &run->tensors[k];
        for (size_t i = 0; i < t->count && !t->value; i++)
            if (t->distance[i] / t->budget[i] > most) {
                most = t->distance[i] / t->budget[i];
                found = t->parameter;
            }
    }
    return found;
}

/* Whether elements beyond their budgets are so by no more than what the luck of a few runs explains: their
 * errors are below a neighbour's budget, or little above their own. */
static bool runs_were_lucky(const struct trial_run *run)
{
    enum { LITTLE = 16 };
    bool any = false;
    for (size_t k = 0; k < run->count; k++) {
        const struct judged *t = &run->tensors[k];
        double most = 0;
        for (size_t i = 0; i < t->count; i++)
            most = isfinite(t->budget[i]) ? fmax(most, t->budget[i]) : most;
        for (size_t i = 0; i < t->count; i++) {
            if (t->verdict[i] != BEYOND)
                continue;
            if (!(t->distance[i] <= fmax(most, LITTLE * t->budget[i])))
                return false;
            any = true;
        }
    }
    return any;
}

static gck_status judge_answer(struct bench *b, gck_run *run, struct arena *results,
                               const struct subject *subject, const struct run_settings *settings)
{
    const struct graph *graph = subject->graph;
    bool valued = !settings->engine->once || b->answer.value_count;
    size_t count = graph->wrt_count + valued;
    b->trial = (struct trial_run){.subject = subject,
                                  .proof = &b->proof,
                                  .elements = &b->elements,
                                  .method = settings->choice.method,
                                  .count = count,
                                  .arena = &b->arena};
    b->trial.tensors = arena_alloc(&b->arena, count, sizeof *b->trial.tensors);
    gck_tensor *tensors = arena_alloc(results, graph->wrt_count, sizeof *tensors);
    gck_status status = b->trial.tensors && tensors ? GCK_OK : GCK_NO_MEMORY;
    for (size_t k = 0; k < count && !status; k++)
        status = judged_new(&b->trial.tensors[k], b, k);
    if (!status)
        status = judge(&b->trial);
    if (!status && runs_were_lucky(&b->trial)) {
        status = budget_widen(&b->budget, &b->ladder.levels[0], settings->seed,
                              settings->engine->flushes_to_zero, settings->workers);
        status = status ? status : judge(&b->trial);
    }
    if (!status)
        status = judge_steadiness(&b->trial, settings->engine);
    b->trial.sparing = settings->choice.exhaustive == GCK_AUTO && effort_of(graph) == EFFORT_JOINT;
    b->trial.farthest = status ? 0 : farthest(&b->trial);
    for (size_t k = 0; k < count && !status; k++)
        status = outcome_tensor(k < graph->wrt_count ? &tensors[k] : &run->value, results, &b->trial, k);
    for (size_t k = 0; k < graph->wrt_count && !status; k++)
        status = wrong_shape(&tensors[k], results, b, graph->wrt[k]);
    if (!status && valued)
        status = wrong_count(&run->value, results, b);
    run->tensors = tensors;
    run->tensor_count = status ? 0 : graph->wrt_count;
    return status;
}

/* The worst of the certificate, the value and every tensor; no tensors is no pass. */
static void fold(gck_run *run)
{
    run->verdict = run->tensor_count ? run->value.verdict : GCK_VERDICT_INCONCLUSIVE;
    for (size_t k = 0; k < run->tensor_count; k++) {
        const gck_tensor *t = &run->tensors[k];
        run->verdict = t->verdict > run->verdict ? t->verdict : run->verdict;
        run->numeric_error = outcome_larger(run->numeric_error, t->largest_numeric_error);
        run->wide_error = outcome_larger(run->wide_error, t->largest_wide_error);
    }
    if (run->certificate.verdict > run->verdict)
        run->verdict = run->certificate.verdict;
}

static bool failing(gck_verdict verdict)
{
    return verdict == GCK_VERDICT_WRONG || verdict == GCK_VERDICT_INACCURATE ||
           verdict == GCK_VERDICT_NONFINITE || verdict == GCK_VERDICT_MISSING;
}

/* Settles the run when the engine gave no gradients. */
static bool refused(struct bench *b, gck_run *run, struct arena *results)
{
    if (b->answer.state == ANSWER_GIVEN)
        return false;
    run->verdict = b->answer.state == ANSWER_ERROR ? GCK_VERDICT_ERROR : GCK_VERDICT_UNSUPPORTED;
    run->message = keep(results, b->answer.message ? b->answer.message : "the engine gave no reason");
    return true;
}

/* What is worth knowing although the run was judged; false when memory fails. */
static bool take_note(gck_run *run, struct arena *results, const char *note, bool once)
{
    static const char unconfirmed[] =
        "unconfirmed: there is no asking beside this point whether the error is noise";
    bool doubt = once && run->value.counts[GCK_VERDICT_INACCURATE];
    for (size_t k = 0; k < run->tensor_count && once; k++)
        doubt |= run->tensors[k].counts[GCK_VERDICT_INACCURATE] > 0;
    struct text text = {0};
    if (!note && !doubt)
        return true;
    text_add(&text, "%s%s%s", doubt ? unconfirmed : "", doubt && note ? "; " : "", note ? note : "");
    run->message = text.failed ? NULL : keep(results, text.data);
    text_free(&text);
    return run->message != NULL;
}

/* *lost: the reference lost its digits at this precision. */
static gck_status check(struct bench *b, gck_run *run, bool *lost, struct arena *results,
                        const struct subject *subject, const struct run_settings *settings,
                        struct errors *errors)
{
    gck_status status = ask(b, run, subject, settings, errors);
    if (!status && refused(b, run, results))
        return run->message ? GCK_OK : GCK_NO_MEMORY;
    if (status)
        return status;
    status = measure(b, subject, settings);
    if (status)
        return status;
    const struct reference *reference = &b->ladder.levels[0];
    run->ties = reference->decisions.ties;
    if (!value_is_finite(reference)) {
        run->verdict = GCK_VERDICT_INCONCLUSIVE;
        run->message = "the output is not finite at this point, so it has no gradient";
        return GCK_OK;
    }
    status = prove(b, run, settings);
    if (!status && !reference_holds(b)) {
        *lost = true;
        return GCK_OK;
    }
    if (!status)
        status = judge_answer(b, run, results, subject, settings);
    if (status)
        return status;
    fold(run);
    if (!take_note(run, results, b->answer.note, settings->engine->once))
        return GCK_NO_MEMORY;
    if (run->certificate.verdict == GCK_VERDICT_WRONG)
        run->message =
            "the reference itself disagrees with its differences: this is a bug in gradcheck, not in the "
            "engine; please report the case";
    else if (run->certificate.verdict)
        run->message = "the reference could not be confirmed by differences at the highest precision allowed";
    else if (settings->locate && failing(run->verdict))
        status = locate(run, results, subject, reference, &b->budget, &b->answer, settings);
    if (!status && settings->laws)
        status = laws_take(run, results, subject, reference, &b->answer, settings);
    return status;
}

static gck_status take_once(gck_run *run, bool *lost, struct arena *results, const struct subject *subject,
                            enum dtype dtype, const struct run_settings *settings, struct errors *errors)
{
    struct bench *bench = calloc(1, sizeof *bench); /* references must not move, and are many */
    if (!bench)
        return GCK_NO_MEMORY;
    *run = (gck_run){.dtype = (gck_dtype)dtype, .engine = keep(results, settings->engine->name)};
    gck_status status =
        run->engine ? check(bench, run, lost, results, subject, settings, errors) : GCK_NO_MEMORY;
    bench_free(bench);
    free(bench);
    return status;
}

gck_status run_take(gck_run *run, struct arena *results, const struct subject *subject, enum dtype dtype,
                    const struct run_settings *settings, struct errors *errors)
{
    struct run_settings raised = *settings;
    bool lost = true;
    gck_status status = GCK_OK;
    for (; lost && !status; raised.bits *= 2) {
        lost = false;
        status = take_once(run, &lost, results, subject, dtype, &raised, errors);
    }
    return status;
}

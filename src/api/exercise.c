/* Judging exercises: claims beside derivatives at several points. One point would not tell a formula from a
 * number that fits. */
#include "api/exercise.h"

#include <math.h>
#include <string.h>

#include "api/case_handle.h"
#include "base/random.h"
#include "check/explain.h"

/* Claimed and true derivative of one element at one point. */
struct pair {
    double claimed, truth;
};

/* A claim while points are visited. */
struct following {
    struct claim_finding *finding;
    struct pair *pairs;
    size_t count, room;
    bool right, right_here;
};

struct judging {
    struct exercise_judgement *out;
    struct case_file *given;
    const gck_options *options;
    struct errors *errors;
    struct following *followed;
    struct random random;
};

/* Decimals of at most a half off from it, of either size; 0 stays 0. Short, so that they can be read. */
static double another(double x, struct random *random)
{
    double factor = 0.5 + (double)random_below(random, 1000) / 1000;
    double moved = round(x * factor * 1000) / 1000;
    return moved == 0 ? x : moved;
}

/* Gives every float input other numbers, of the same signs: the domain stays, and so do both sides of a corner
 * at 0. Much farther than a variation (case/vary.c) goes: a number that fits must not fit there. */
static gck_status move_inputs(struct judging *j)
{
    struct graph *graph = &j->given->graph;
    for (size_t i = 0; i < graph->count; i++) {
        struct node *node = &graph->nodes[i];
        size_t count = shape_count(&node->shape);
        if (node->op || node->literal || node->kind != KIND_FLOAT)
            continue;
        double *moved = arena_alloc(&j->given->arena, count, sizeof *moved);
        if (!moved)
            return GCK_NO_MEMORY;
        for (size_t k = 0; k < count; k++) {
            double x = 0;
            if (node->values.texts)
                dtype_parse(&x, FLOAT64, node->values.texts[k]);
            else
                x = node->values.doubles[k];
            moved[k] = another(x, &j->random);
        }
        node->values = (struct values){.doubles = moved};
    }
    return GCK_OK;
}

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

static const gck_step *step_named(const gck_explanation *x, const char *name)
{
    for (size_t i = 0; i < x->step_count; i++)
        if (strcmp(x->steps[i].name, name) == 0)
            return &x->steps[i];
    return NULL;
}

/* The variables of a formula at its element r, where they are of the formula's shape or single numbers. */
static gck_status sample_take(struct claim_sample *sample, struct arena *arena, const gck_explanation *x,
                              const gck_step *step, const gck_claim *claim, size_t r)
{
    *sample = (struct claim_sample){.taken = true, .claimed = claim->given[r], .truth = claim->truth[r]};
    for (size_t i = 0; i < step->claim_count && sample->count < EXERCISE_VARIABLES; i++) {
        const gck_step *variable = step_named(x, step->claims[i].variable);
        const gck_numbers *value = variable ? &variable->value : NULL;
        if (!value || (value->count != claim->count && value->count != 1))
            continue;
        const char *name = arena_text(arena, variable->name, strlen(variable->name));
        if (!name)
            return GCK_NO_MEMORY;
        sample->names[sample->count] = name;
        sample->values[sample->count++] = value->values[value->count == 1 ? 0 : r];
    }
    return GCK_OK;
}

/* Adds what one point says of a claim. */
static gck_status follow(struct following *f, struct judging *j, const gck_explanation *x, const gck_step *step,
                         const gck_claim *claim, bool own)
{
    struct claim_finding *finding = f->finding;
    struct claim_sample *sample = own ? &finding->here : &finding->there;
    bool right = claim->agreement != GCK_DIFFERS;
    gck_status status = GCK_OK;
    finding->error = fmax(finding->error, claim->distance);
    f->right &= right;
    for (size_t r = 0; claim->given && r < claim->count && f->count < f->room && !status; r++) {
        struct pair pair = {claim->given[r].value, claim->truth[r].value};
        bool fits = right || near(pair.claimed, pair.truth, 1e-12);
        f->pairs[f->count++] = pair;
        finding->right += fits;
        f->right_here &= !own || near(pair.claimed, pair.truth, 1e-3); /* three digits by hand will do */
        if (!sample->taken || (!fits && !sample->wrong)) {
            status = sample_take(sample, &j->out->arena, x, step, claim, r);
            sample->wrong = !fits;
        }
    }
    finding->places = f->count;
    return status;
}

/* One number that claim / truth (or claim - truth) is everywhere; NaN: there is none. */
static double common(const struct following *f, bool quotient)
{
    double all = NAN;
    for (size_t i = 0; i < f->count; i++) {
        const struct pair *p = &f->pairs[i];
        double own = quotient ? p->claimed / p->truth : p->claimed - p->truth;
        if (quotient && p->claimed == 0 && p->truth == 0)
            continue;
        if (isnan(all))
            all = own;
        if (!isfinite(own) || fabs(own - all) > 1e-9 * fabs(all))
            return NAN;
    }
    return all;
}

static bool signs_right(const struct following *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct pair *p = &f->pairs[i];
        if ((p->claimed > 0) != (p->truth > 0) || (p->claimed < 0) != (p->truth < 0))
            return false;
    }
    return true;
}

static bool all_finite(const struct following *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (!isfinite(f->pairs[i].claimed) && isfinite(f->pairs[i].truth))
            return false;
    return true;
}

static enum claim_state state_of(const struct following *f)
{
    struct claim_finding *finding = f->finding;
    double factor = common(f, true), summand = common(f, false);
    if (f->right)
        return CLAIM_RIGHT;
    if (!f->count) /* too large to be taken down element by element */
        return CLAIM_WRONG;
    if (!all_finite(f))
        return CLAIM_NOT_FINITE;
    if (finding->error < 1e-6)
        return CLAIM_CLOSE;
    if (f->right_here)
        return CLAIM_HERE_ONLY;
    if (factor == 0)
        return CLAIM_ZERO;
    finding->by = isnan(factor) ? summand : factor;
    if (!isnan(factor))
        return near(factor, -1, 1e-12) ? CLAIM_SIGN : CLAIM_FACTOR;
    if (!isnan(summand))
        return CLAIM_OFFSET;
    if (finding->right)
        return CLAIM_SOME;
    return signs_right(f) ? CLAIM_SIGNS_RIGHT : CLAIM_WRONG;
}

/* Makes room for all claims, in the order of the file. */
static gck_status findings_new(struct judging *j, const gck_explanation *x)
{
    struct arena *arena = &j->out->arena;
    size_t count = 0, at = 0;
    for (size_t i = 0; i < x->step_count; i++)
        count += x->steps[i].claim_count;
    j->out->findings = arena_alloc(arena, count, sizeof *j->out->findings);
    j->followed = arena_alloc(arena, count, sizeof *j->followed);
    if (!j->out->findings || !j->followed)
        return GCK_NO_MEMORY;
    for (size_t i = x->step_count; i-- > 0;)
        for (size_t k = 0; k < x->steps[i].claim_count; k++, at++) {
            const gck_step *step = &x->steps[i];
            const gck_claim *claim = &step->claims[k];
            long node = graph_find(&j->given->graph, step->name);
            size_t room = EXERCISE_POINTS * claim->count;
            struct claim_finding *finding = &j->out->findings[at];
            *finding =
                (struct claim_finding){.gate = arena_text(arena, step->name, strlen(step->name)),
                                       .variable = arena_text(arena, claim->variable, strlen(claim->variable)),
                                       .line = node == NO_NODE ? 0 : j->given->graph.nodes[node].place.line};
            j->followed[at] =
                (struct following){.finding = finding, .room = room, .right = true, .right_here = true};
            j->followed[at].pairs = arena_alloc(arena, room, sizeof *j->followed[at].pairs);
            if (!finding->gate || !finding->variable || !j->followed[at].pairs)
                return GCK_NO_MEMORY;
        }
    j->out->count = count;
    return GCK_OK;
}

/* Explains the case as it is now, and takes down what its claims are. */
static gck_status visit(struct judging *j, bool own)
{
    struct arena results = {0};
    gck_explanation x = {0};
    struct explain_settings settings = {.bits = j->options->bits,
                                        .max_bits = j->options->max_bits,
                                        .seed = j->options->seed,
                                        .stop = j->options->stop};
    gck_status status = explain_take(&x, &results, &j->given->graph, &settings, j->errors);
    if (!status && own)
        status = findings_new(j, &x);
    for (size_t i = x.step_count, at = 0; i-- > 0 && !status;)
        for (size_t k = 0; k < x.steps[i].claim_count && at < j->out->count && !status; k++, at++)
            status = follow(&j->followed[at], j, &x, &x.steps[i], &x.steps[i].claims[k], own);
    arena_free(&results);
    return status;
}

static gck_status judge(struct judging *j)
{
    gck_case handle = {.file = j->given};
    gck_result *result = NULL;
    gck_status status = gck_check(&result, &handle, j->options, NULL);
    if (!status)
        j->out->verdict = result->verdict;
    gck_result_free(result);
    for (int point = 0; point < EXERCISE_POINTS && !status; point++) {
        status = point ? move_inputs(j) : GCK_OK;
        if (!status)
            status = visit(j, point == 0);
    }
    for (size_t i = 0; i < j->out->count && !status; i++) {
        struct claim_finding *finding = &j->out->findings[i];
        finding->state = state_of(&j->followed[i]);
        j->out->right += finding->state == CLAIM_RIGHT;
    }
    j->out->solved = !status && j->out->right == j->out->count;
    return status;
}

gck_status exercise_judge(struct exercise_judgement *judgement, struct case_file *given,
                          const struct case_file *original, const gck_options *options, struct errors *errors)
{
    struct judging j = {.out = judgement,
                        .given = given,
                        .options = options,
                        .errors = errors,
                        .random = random_new(options->seed, 0)};
    *judgement = (struct exercise_judgement){.difference = case_compare(given, original)};
    return judgement->difference.kind ? GCK_OK : judge(&j);
}

void exercise_judgement_free(struct exercise_judgement *judgement)
{
    arena_free(&judgement->arena);
}

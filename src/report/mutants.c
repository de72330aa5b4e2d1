/* The matrix of mutants and outcomes. */
#include "report/mutants.h"

#include <stdio.h>

#include "report/clean.h"
#include "report/table.h"

static enum style style_of(enum trial_outcome outcome)
{
    return outcome == TRIAL_CAUGHT ? STYLE_GREEN : outcome >= TRIAL_MISJUDGED ? STYLE_RED : STYLE_YELLOW;
}

static void count_cell(struct table *table, size_t count, enum trial_outcome outcome)
{
    char number[32];
    snprintf(number, sizeof number, "%zu", count);
    table_cell(table, count ? style_of(outcome) : STYLE_DIM, number);
}

/* A row for every bug that was planted somewhere. */
static void add_matrix(struct text *text, const struct trials *trials, size_t count, bool colour)
{
    struct table table = {.columns = 3 + TRIAL_OUTCOMES, .right = 0x1f8};
    const char *const heads[] = {"bug", "what it does", "due"};
    for (size_t k = 0; k < 3; k++)
        table_cell(&table, STYLE_BOLD, heads[k]);
    for (int o = 0; o < TRIAL_OUTCOMES; o++)
        table_cell(&table, STYLE_BOLD, trial_outcome_names[o]);
    for (int bug = BUG_NONE + 1; bug <= BUG_OWN; bug++) {
        size_t counts[TRIAL_OUTCOMES] = {0}, all = 0;
        for (size_t c = 0; c < count; c++)
            for (size_t i = 0; i < trials[c].count; i++)
                if ((int)trials[c].items[i].mutant.bug == bug) {
                    counts[trials[c].items[i].outcome]++;
                    all++;
                }
        if (!all)
            continue;
        bool own = bug == BUG_OWN;
        table_cell(&table, STYLE_PLAIN, own ? "own" : bug_rows[bug].name);
        table_cell(&table, STYLE_PLAIN, own ? "what the case lists under `bugs`" : bug_rows[bug].doc);
        table_cell(&table, STYLE_PLAIN, own ? "as listed" : gck_verdict_name(bug_rows[bug].expected));
        for (int o = 0; o < TRIAL_OUTCOMES; o++)
            count_cell(&table, counts[o], (enum trial_outcome)o);
    }
    table_add_to(text, &table, colour);
    table_free(&table);
}

/* "f = mul(q, z), dq" and what came of it. */
static void add_trial(struct text *text, const char *id, const struct trial *t, bool colour)
{
    const struct graph *graph = t->mutant.graph;
    const struct node *node = &graph->nodes[t->mutant.node];
    text_add(text, "  ");
    style_add(text, colour, style_of(t->outcome), trial_outcome_names[t->outcome]);
    text_add(text, "  ");
    clean_add(text, id);
    text_add(text, "  ");
    clean_add(text, mutant_name(&t->mutant));
    text_add(text, " in ");
    clean_add(text, node->name);
    text_add(text, " = %s(...), gradient of ", node->op->name);
    clean_add(text, graph->nodes[node->inputs[t->mutant.argument]].name);
    if (!t->same) {
        text_add(text, ": %s, error %.1e, blamed ", gck_verdict_name(t->verdict), t->error);
        clean_add(text, t->guilty ? t->guilty : "nothing");
    } else {
        text_add(text, ": the same%s", t->wide ? " after rounding" : "");
    }
    text_add(text, "\n");
}

static void add_place(struct text *text, const struct mutant *m)
{
    const struct node *node = &m->graph->nodes[m->node];
    clean_add(text, node->name);
    text_add(text, " = %s(...) by ", node->op->name);
    clean_add(text, m->graph->nodes[node->inputs[m->argument]].name);
}

/* How many of the places are named; -v has a line for each. */
enum { PLACES = 5 };

/* False: it shows wherever it was planted. */
static bool add_blind_spot(struct text *text, const struct trials *trials, enum bug bug)
{
    size_t places = 0;
    for (size_t i = 0; i < trials->count; i++) {
        const struct trial *t = &trials->items[i];
        if (t->mutant.bug != bug || t->outcome != TRIAL_EQUIVALENT || ++places > PLACES)
            continue;
        if (places == 1)
            text_add(text, "\n  %s (%s)\n    at ", bug_rows[bug].name, bug_rows[bug].doc);
        else
            text_add(text, ", ");
        add_place(text, &t->mutant);
    }
    if (places > PLACES)
        text_add(text, ", and in %zu more place%s", places - PLACES, places == PLACES + 1 ? "" : "s");
    if (places)
        text_add(text, "\n    because %s\n    change: %s\n", bug_rows[bug].hidden, bug_rows[bug].advice);
    return places > 0;
}

void mutants_blind_spots(struct text *text, const struct trials *trials)
{
    struct text spots = {0};
    bool any = false;
    for (enum bug bug = BUG_NONE + 1; bug < BUGS; bug++)
        any |= add_blind_spot(&spots, trials, bug);
    text_add(text, any ? "These inputs cannot show:\n" : "Every bug in the table shows at these inputs.\n");
    if (any)
        text_bytes(text, spots.data, spots.size);
    text->failed |= spots.failed;
    text_free(&spots);
}

static void add_summary(struct text *text, const struct trials *trials, size_t count, size_t failed)
{
    size_t outcomes[TRIAL_OUTCOMES] = {0}, all = 0;
    for (size_t c = 0; c < count; c++)
        for (size_t i = 0; i < trials[c].count; i++, all++)
            outcomes[trials[c].items[i].outcome]++;
    text_add(text, "\n%zu case%s, %zu mutants: ", count, count == 1 ? "" : "s", all);
    for (int o = 0; o < TRIAL_OUTCOMES; o++)
        text_add(text, "%s%zu %s", o ? ", " : "", outcomes[o], trial_outcome_names[o]);
    if (failed)
        text_add(text, "; %zu case%s failed without any bug", failed, failed == 1 ? "" : "s");
    text_add(text, "\n");
}

bool mutants_add(struct text *text, const struct trials *trials, size_t count,
                 const struct mutants_settings *settings)
{
    size_t failed = 0;
    bool good = true, listed = false;
    add_matrix(text, trials, count, settings->colour);
    for (size_t c = 0; c < count; c++) {
        const gck_result *truth = trials[c].truth;
        failed += !gck_verdict_passes(truth->runs[0].verdict);
        for (size_t i = 0; i < trials[c].count; i++) {
            const struct trial *t = &trials[c].items[i];
            bool fails = t->outcome >= TRIAL_MISJUDGED;
            good = good && !fails;
            if (!fails && !settings->verbose)
                continue;
            text_add(text, "%s", listed ? "" : "\n");
            listed = true;
            add_trial(text, truth->id, t, settings->colour);
        }
    }
    text_add(text, "%s", count == 1 ? "\n" : "");
    if (count == 1)
        mutants_blind_spots(text, trials);
    add_summary(text, trials, count, failed);
    return good && !failed && !text->failed;
}

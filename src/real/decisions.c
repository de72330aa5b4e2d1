/* Decisions: a growing array of outcomes. */
#include "real/decisions.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void decisions_record(struct decisions *decisions, int outcome)
{
    int8_t *outcomes = array_room(decisions->outcomes, decisions->count, &decisions->room, sizeof *outcomes);
    if (!outcomes) {
        decisions->failed = true;
        return;
    }
    decisions->outcomes = outcomes;
    decisions->outcomes[decisions->count++] = (int8_t)outcome;
}

int decisions_take(struct decisions *decisions, int outcome)
{
    if (decisions->mode == DECIDE_REPLAY) {
        if (decisions->next < decisions->count)
            return decisions->outcomes[decisions->next++];
        decisions->failed = true;
        return outcome;
    }
    decisions->ties += outcome == 0;
    if (decisions->mode == DECIDE_TIES)
        return outcome ? outcome : decisions->tie;
    decisions_record(decisions, outcome);
    return outcome;
}

bool decisions_equal(const struct decisions *a, const struct decisions *b)
{
    return a->count == b->count && (a->count == 0 || memcmp(a->outcomes, b->outcomes, a->count) == 0);
}

void decisions_replay(struct decisions *decisions, const struct decisions *from)
{
    *decisions = (struct decisions){.mode = DECIDE_REPLAY, .outcomes = from->outcomes, .count = from->count};
}

void decisions_free(struct decisions *decisions)
{
    if (decisions->mode != DECIDE_REPLAY)
        free(decisions->outcomes);
    *decisions = (struct decisions){0};
}

/* Decisions: the outcomes of a kernel's comparisons (relu, max, clamp), recorded in the order taken, or
 * replayed so that a run at another precision follows the same branches. */
#ifndef GCK_REAL_DECISIONS_H
#define GCK_REAL_DECISIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decisions_mode {
    DECIDE_RECORD, /* compare, and remember the outcome */
    DECIDE_REPLAY, /* do not compare: return what was remembered */
    DECIDE_TIES    /* compare; an equality becomes `tie` (-1 or 1), and is counted */
};

/* One evaluation's comparisons. Zero-initialize; free with decisions_free. */
struct decisions {
    enum decisions_mode mode;
    int tie;
    int8_t *outcomes;   /* -1, 0, 1 */
    size_t count, room; /* recorded */
    size_t next;        /* position while replaying */
    size_t ties;        /* equalities met */
    bool failed;        /* memory ran out, or a replay went past the end */
};

/* `outcome` is what comparing gives; returns what the kernel must follow. */
int decisions_take(struct decisions *decisions, int outcome);

/* Whether the recorded outcomes are the same. */
bool decisions_equal(const struct decisions *a, const struct decisions *b);

/* Makes `decisions` replay what `from` recorded; `from` keeps ownership and must outlive it. */
void decisions_replay(struct decisions *decisions, const struct decisions *from);

void decisions_free(struct decisions *decisions);

#endif

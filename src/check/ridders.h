/* Extrapolation of difference quotients to step zero, with an error bar (Ridders 1982). */
#ifndef GCK_CHECK_RIDDERS_H
#define GCK_CHECK_RIDDERS_H
#include <stdbool.h>

enum { RIDDERS_ROWS = 96, RIDDERS_COLUMNS = 8 };

/* Row i holds the quotient at step[i], extrapolated over the rows i-j .. i in column j. */
struct ridders {
    int power; /* the quotient's error is a series in step^power: 2 for centered, 1 for one-sided */
    int rows;
    double step[RIDDERS_ROWS];
    double value[RIDDERS_ROWS][RIDDERS_COLUMNS];
    double noise[RIDDERS_ROWS][RIDDERS_COLUMNS]; /* bound of what the noise of f does to `value` */
    double bar[RIDDERS_ROWS][RIDDERS_COLUMNS];   /* truncation and noise; INFINITY where unknown */
};

struct estimate {
    double value;
    double bar;  /* estimated bound of |value - derivative|; INFINITY when there is no estimate */
    double step; /* the smallest step that went into it */
    int row;     /* its row; -1 when there is no estimate */
};

void ridders_init(struct ridders *table, int power);

/* Adds the quotient at a step below 0.9 times the previous one; `noise` bounds its error from the noise
 * of f. Bars of earlier estimates that the new quotient contradicts are widened to what it shows.
 * Returns false, and adds nothing, when the table is full or the step is not smaller. */
bool ridders_add(struct ridders *table, double step, double quotient, double noise);

/* The estimate with the smallest bar; the larger step wins a tie. */
struct estimate ridders_best(const struct ridders *table);

/* Whether smaller steps need not be tried: two rows have followed some estimate without contradicting it, and
 * its bar is below `negligible` or below the noise of the last row, which no later row could see. */
bool ridders_settled(const struct ridders *table, double negligible);

#endif

/* The tally of a run: what was checked, what failed, and the exit status that follows. */
#ifndef GCK_REPORT_TALLY_H
#define GCK_REPORT_TALLY_H
#include "report/baseline.h"

struct tally {
    size_t cases;  /* selected */
    size_t done;   /* with a result */
    size_t failed; /* that do not pass: a new failure, or a known one that is gone */
    size_t known;  /* that fail as the baseline says */
    size_t known_verdicts[GCK_VERDICTS];
    size_t verdicts[GCK_VERDICTS]; /* cases per verdict */
    size_t checked;                /* cases of which some engine's run was not `unsupported` */
    size_t parameters;             /* elements of those */
    size_t found, left_out;        /* case files, and how many of them a filter or tag left out */
    size_t problems;               /* bad files and cases that could not be checked */
    bool engine_failed;            /* some engine could not be run */
    size_t stale;                  /* lines of the baseline that must go */
    size_t accepted;               /* lines of the baseline that was written */
    bool written;                  /* what fails is in the baseline from now on */
    bool failed_fast, interrupted;
    bool unwritten; /* an output can no longer be written, and the run ended there */
    bool unread;    /* because its reader went away */
    double ms;
};

/* `standing`: what report_stands() says. */
void tally_add(struct tally *tally, const gck_result *result, enum standing_kind standing);

enum tally_exit {
    TALLY_PASSED = 0,
    TALLY_FAILED = 1,
    TALLY_USAGE = 2,
    TALLY_ENGINE = 3,
    TALLY_NOTHING = 4,
    TALLY_INTERRUPTED = 130 /* as a shell has it for SIGINT */
};
enum tally_exit tally_exit(const struct tally *tally);

#endif

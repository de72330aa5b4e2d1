/* Reports: one interface to every format. A report is fed problems and results in order, then ended. */
#ifndef GCK_REPORT_REPORT_H
#define GCK_REPORT_REPORT_H
#include "files/sink.h"
#include "report/baseline.h"
#include "report/pick.h"
#include "report/tally.h"

/* How a check was asked for and is to be shown; shared by all its reports, outlives them. */
struct report_settings {
    const char *command; /* "run" or "check" */
    gck_options options;
    unsigned allowed; /* bits 1 << verdict that pass besides those that always do */
    bool quiet, verbose;
    size_t cases;             /* how many are selected */
    size_t id_width;          /* widest id, for columns that begin before the last case is known */
    const struct pick *picks; /* elements to show; none: the worst of every tensor */
    size_t pick_count;
    const struct baseline *baseline; /* known failures; NULL: none */
    size_t shard, shards;            /* part `shard` (from 1) of `shards`; 0: the whole */
    uint64_t vary;                   /* the variation of the cases; 0: as they stand */
    const char *rerun;               /* the earlier report whose failures are run again; NULL */
    const char *const *again;        /* options that lead to the same engine again, as given */
    size_t again_count;
    const char *recording; /* what is judged in place of an engine; NULL */
};

/* Whether a verdict passes under these settings, known failures aside. */
bool report_passes(const struct report_settings *settings, gck_verdict verdict);

/* Where check i of a result stands: run i, or what the case expects when i is the number of runs. */
struct standing report_standing(const struct report_settings *settings, const gck_result *result, size_t i);

/* Where the whole case stands: fails when a check fails or passes unexpectedly, else known when one is known to
 * fail. */
enum standing_kind report_stands(const struct report_settings *settings, const gck_result *result);

/* The worst error of a run's failing tensors in units of its budget; NaN without one. */
double report_ratio(const gck_run *run);

/* Notes in the baseline how each check of the result stands. */
void report_note(struct baseline *baseline, const struct report_settings *settings, const gck_result *result);

struct report;

struct report_kind {
    const char *name;
    bool mixes; /* its lines may stand among those of another kind */
    gck_status (*init)(struct report *report);
    void (*problem)(struct report *report, const gck_error *error);
    void (*add)(struct report *report, const gck_result *result);
    void (*end)(struct report *report, const struct tally *tally);
    void (*free)(struct report *report);
};
extern const struct report_kind report_kinds[];
extern const size_t report_kind_count;

/* A report that was asked for. */
struct output {
    const struct report_kind *kind;
    const char *path; /* NULL: standard output */
    bool append;      /* to what the file holds */
};

struct report {
    const struct report_kind *kind;
    const struct report_settings *settings;
    struct sink *sink;
    bool colour;
    bool ended;
    const gck_case *c; /* of the result that is being added; NULL: unknown */
    struct text text;  /* written to the sink after each step */
    void *state;       /* the kind's own */
};

/* Opens a report. Free with report_close(). */
gck_status report_open(struct report **out, const struct output *output, bool colour,
                       const struct report_settings *settings, struct errors *errors);

/* Something in the way of checking: a bad case file, an engine that cannot be run. */
void report_problem(struct report *report, const gck_error *error);

/* The next result, in case order, and its case, for the kinds that show more than numbers (NULL: they do not).
 * False when it could not be written. */
bool report_add(struct report *report, const gck_result *result, const gck_case *c);

/* Whether what it was written to is no longer read. */
bool report_broken(const struct report *report);

/* The end: summary, closing brackets. */
void report_end(struct report *report, const struct tally *tally);

/* Closes and frees; a file that was not ended is removed. *broken is raised when the reader went away. */
gck_status report_close(struct report *report, bool *broken, struct errors *errors);

#endif

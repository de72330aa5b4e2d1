/* Reports: one interface to every format. A report is fed problems and results in order, then ended. */
#ifndef GCK_REPORT_REPORT_H
#define GCK_REPORT_REPORT_H
#include "report/pick.h"
#include "report/sink.h"
#include "report/tally.h"

/* How a check was asked for and is to be shown; shared by all its reports, outlives them. */
struct report_settings {
    const char *command; /* "run" or "check" */
    gck_options options;
    unsigned allowed; /* bits 1 << verdict that pass besides those that always do */
    bool quiet, verbose;
    size_t id_width;          /* widest id, for columns that begin before the last case is known */
    const struct pick *picks; /* elements to show; none: the worst of every tensor */
    size_t pick_count;
};

/* Whether a verdict passes under these settings. */
bool report_passes(const struct report_settings *settings, gck_verdict verdict);

struct report;

struct report_kind {
    const char *name;
    gck_status (*init)(struct report *report);
    void (*problem)(struct report *report, const gck_error *error);
    void (*add)(struct report *report, const gck_result *result);
    void (*end)(struct report *report, const struct tally *tally);
    void (*free)(struct report *report);
};
extern const struct report_kind report_kinds[];
extern const size_t report_kind_count;

struct report {
    const struct report_kind *kind;
    const struct report_settings *settings;
    struct sink *sink;
    bool colour;
    bool ended;
    struct text text; /* written to the sink after each step */
    void *state;      /* the kind's own */
};

/* Opens a report of this kind into `path` (NULL: standard output). Free with report_close(). */
gck_status report_open(struct report **out, const struct report_kind *kind, const char *path, bool colour,
                       const struct report_settings *settings, struct errors *errors);

/* Something in the way of checking: a bad case file, an engine that cannot be run. */
void report_problem(struct report *report, const gck_error *error);

/* The next result, in case order. False when it could not be written. */
bool report_add(struct report *report, const gck_result *result);

/* The end: summary, closing brackets. */
void report_end(struct report *report, const struct tally *tally);

/* Closes and frees; a file that was not ended is removed. *broken is raised when the reader went away. */
gck_status report_close(struct report *report, bool *broken, struct errors *errors);

#endif

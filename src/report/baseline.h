/* Baselines: failures that are known. A text file, one a line: id[@dtype]  verdict[<=ratio]  # why */
#ifndef GCK_REPORT_BASELINE_H
#define GCK_REPORT_BASELINE_H
#include <gradcheck.h>

#include "base/errors.h"
#include "base/text.h"

/* What a check or a line of a baseline is about: a gck_dtype, what the case expects (id@expect), or, of lines
 * only, every dtype that the case is checked in. */
enum { CHECK_EXPECT = GCK_DTYPES, CHECK_ALL };

enum known_state {
    KNOWN_UNTESTED,   /* its case was not selected, or not reached */
    KNOWN_MET,        /* all that it is about fails as it says */
    KNOWN_OTHER,      /* something fails otherwise */
    KNOWN_UNEXPECTED, /* something passes: the line must go */
    KNOWN_UNMATCHED   /* there is no such case, or it is not checked like that: the line must go */
};

/* A line. */
struct known {
    const char *id;
    int check;
    gck_verdict verdict;
    double most;     /* error / budget; INFINITY: any */
    const char *why; /* NULL when it does not say */
    size_t line;
    enum known_state state;
    bool found;         /* some case has the id */
    const char *stale;  /* what is wrong with a line that must go */
    const char *source; /* the line as it stands */
    const char *above;  /* comment lines over it, with their line ends; NULL: none */
};

/* A check that fails. */
struct failing {
    const char *id;
    int check;
    gck_verdict verdict;
    double ratio;
    const struct known *known; /* the line that says so */
};

/* Zero-initialize; free with baseline_free. */
struct baseline {
    struct arena arena;
    const char *path;
    const char *head, *tail; /* comment lines before the first line and after the last */
    struct known *lines;     /* sorted by id and check */
    size_t count;
    struct failing *failing; /* of this run */
    size_t failing_count, failing_room;
    bool failed; /* memory */
};

enum standing_kind {
    STANDING_PASSES,
    STANDING_KNOWN,     /* fails as its line says */
    STANDING_FAILS,     /* `known`: a line that says something else, or NULL */
    STANDING_UNEXPECTED /* passes, and a line says that it fails */
};
struct standing {
    enum standing_kind kind;
    const struct known *known;
};

/* "float64", "expect"; "" for CHECK_ALL. */
const char *check_name(int check);

/* Reads the file. Every error is added with its place. With `may_lack` a file that is not there is empty. */
gck_status baseline_read(struct baseline *baseline, const char *path, bool may_lack, struct errors *errors);
/* The same from memory; `path` must outlive the baseline. */
gck_status baseline_parse(struct baseline *baseline, const char *path, const char *bytes, size_t size,
                          struct errors *errors);
void baseline_free(struct baseline *baseline);

/* Where a check stands that got this verdict. `ratio`: error / budget. baseline: NULL is fine. */
struct standing baseline_standing(const struct baseline *baseline, const char *id, int check,
                                  gck_verdict verdict, double ratio, bool passes);

/* Notes that a case of this id is there, whether or not it will be checked. */
void baseline_found(struct baseline *baseline, const char *id);
/* After all were: lines about other ids are unmatched. `ids` are there to be suggested. */
void baseline_unmatched(struct baseline *baseline, const char *const *ids, size_t count);
/* Notes how a check stands. */
void baseline_note(struct baseline *baseline, const char *id, int check, gck_verdict verdict, double ratio,
                   struct standing standing);
/* Notes that a case was checked: its lines about checks that it does not have are unmatched. `checks` and
 * `selected`: bits 1 << check of those that were made, and of those that were asked for. */
void baseline_checked(struct baseline *baseline, const char *id, unsigned checks, unsigned selected);

/* Lines in this state; lines that must go. */
size_t baseline_count(const struct baseline *baseline, enum known_state state);
size_t baseline_stale(const struct baseline *baseline);

/* Writes the file anew, whole or not at all: lines that were met or not tested stay as they are, stale ones go,
 * and what fails otherwise gets a line. *count is that of its lines then. */
gck_status baseline_write(size_t *count, const struct baseline *baseline, struct errors *errors);

#endif

/* Arguments of the commands that check: options and paths. */
#ifndef GCK_CLI_ARGUMENTS_H
#define GCK_CLI_ARGUMENTS_H
#include "case/case.h"
#include "cli/cli.h"
#include "report/draw.h"
#include "report/report.h"
#include "report/sweep.h"

enum { MOST_OUTPUTS = 8, MOST_FILTERS = 64, MOST_PICKS = 64, MOST_MAPS = 512 };

/* Options by name; a command takes a set of them. */
enum option_id {
    OPTION_BITS,
    OPTION_MAX_BITS,
    OPTION_DTYPE,
    OPTION_SEED,
    OPTION_EXHAUSTIVE,
    OPTION_METHOD,
    OPTION_JOBS,
    OPTION_FILTER,
    OPTION_TAG,
    OPTION_FAIL_FAST,
    OPTION_LIST,
    OPTION_ALLOW,
    OPTION_PARAM,
    OPTION_FORMAT,
    OPTION_VERBOSE,
    OPTION_QUIET,
    OPTION_COLOR,
    OPTION_ENGINE,
    OPTION_TIMEOUT,
    OPTION_START_TIMEOUT,
    OPTION_RECORD,
    OPTION_FAMILY,
    OPTION_EXAMPLE,
    OPTION_MARKDOWN,
    OPTION_GRADS,
    OPTION_MAP,
    OPTION_ALLOW_OUTSIDE,
    OPTION_BASELINE,
    OPTION_WRITE_BASELINE,
    OPTION_SHARD,
    OPTION_RERUN_FAILED,
    OPTION_LAWS,
    OPTION_VARY,
    OPTION_COVER,
    OPTION_MAGNITUDES,
    OPTION_PLOT, /* --format of sweep */
    OPTION_DRAW, /* --format of draw */
    OPTION_OUTPUT,
    OPTION_FOLD,
    OPTION_BOARD, /* --format of explain */
    OPTION_STEP,
    OPTION_LANGUAGE,
    OPTION_HINT,
    OPTION_COUNT,
    OPTION_ALL,
    OPTIONS
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* A set of options: a bit OPTION(NAME) each. */
typedef uint64_t option_set;
#define OPTION(name) (UINT64_C(1) << OPTION_##name)

/* About engines. */
#define OPTIONS_ENGINE                                                                                         \
    (OPTION(ENGINE) | OPTION(TIMEOUT) | OPTION(START_TIMEOUT) | OPTION(RECORD) | OPTION(GRADS) | OPTION(MAP) | \
     OPTION(LAWS))

/* About whole libraries of cases: which of them, and which failures are known. */
#define OPTIONS_LIBRARY                                                                                        \
    (OPTION(FILTER) | OPTION(TAG) | OPTION(LIST) | OPTION(SHARD) | OPTION(RERUN_FAILED) | OPTION(BASELINE) |   \
     OPTION(WRITE_BASELINE))

/* About ops and exercises, about mutants, about random graphs; all others are about checking. */
#define OPTIONS_OPS                                                                                            \
    (OPTION(FAMILY) | OPTION(EXAMPLE) | OPTION(MARKDOWN) | OPTION(LANGUAGE) | OPTION(OUTPUT) | OPTION(HINT))
#define OPTIONS_MUTANTS (OPTION(COVER) | OPTION(MAGNITUDES))
#define OPTIONS_FUZZ (OPTION(COUNT) | OPTION(ALL))
#define OPTIONS_CHECKING (((UINT64_C(1) << OPTIONS) - 1) & ~OPTIONS_OPS & ~OPTIONS_MUTANTS & ~OPTIONS_FUZZ)

struct recording;

/* A sweep that was asked for. */
struct plot_output {
    enum sweep_format format;
    const char *path; /* NULL: standard output */
};

/* All pointers are into argv, except those of `errors`. */
struct arguments {
    const char *command;
    struct report_settings settings;
    const char *filters[MOST_FILTERS]; /* a case is taken when one of them matches, or there is none */
    size_t filter_count;
    const char *tags[MOST_FILTERS]; /* a case is taken when all hold; "!tag": must not have it */
    size_t tag_count;
    struct output outputs[MOST_OUTPUTS];
    size_t output_count;
    struct plot_output plots[MOST_OUTPUTS]; /* of sweep: at least one */
    size_t plot_count;
    enum draw_format draw_format;
    const char *output; /* of draw, explain and exercise; NULL: standard output */
    bool html, step;    /* of explain */
    enum draw_fold fold;
    struct pick picks[MOST_PICKS];
    const char *engine;            /* the command of the engine; NULL: the built-in ones */
    double timeout, start_timeout; /* seconds */
    const char *record;            /* file that every exchange is written to; NULL: none */
    int count;                     /* of random graphs */
    const char *grads;             /* file, folder or pattern of gradients; NULL: none */
    const char *maps[MOST_MAPS];   /* how its tensors are renamed */
    size_t map_count;
    const char *vary;                                      /* the number of --vary as given; NULL: none */
    const char *again[2 * MOST_MAPS + 2 * GCK_DTYPES + 6]; /* for report_settings */
    struct case_loading loading;                           /* how cases are read */
    const struct recording *recording;                     /* judged in place of paths and engine; NULL: none */
    const char *family;                                    /* of ops; NULL: all */
    const char *language;                                  /* "en" or "ko"; NULL: as the environment says */
    const char *baseline;                                  /* file of known failures; NULL: none */
    bool write_baseline;                                   /* write it anew */
    bool fail_fast, list, example, markdown, hint, cover, magnitudes, all;
    enum when color;
    char **paths;
    size_t path_count;
};

/* Reads argv, of which the command takes the options that are allowed. On wrong usage a message was
 * printed and the result is false. Outputs always hold at least one; jobs default to the processors. */
bool arguments_read(struct arguments *arguments, int argc, char **argv, option_set allowed);

/* Whether standard output (or error, for fd 2) gets colour. */
bool arguments_colour(const struct arguments *arguments, int fd);

#endif

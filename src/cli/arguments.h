/* Arguments of the commands that check: options and paths. */
#ifndef GCK_CLI_ARGUMENTS_H
#define GCK_CLI_ARGUMENTS_H
#include "cli/cli.h"
#include "report/report.h"

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
    OPTIONS
};

struct output {
    const struct report_kind *kind;
    const char *path; /* NULL: standard output */
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* The options about engines. */
enum {
    OPTIONS_ENGINE = 1u << OPTION_ENGINE | 1u << OPTION_TIMEOUT | 1u << OPTION_START_TIMEOUT |
                     1u << OPTION_RECORD | 1u << OPTION_GRADS | 1u << OPTION_MAP
};

struct recording;

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
    struct pick picks[MOST_PICKS];
    const char *engine;            /* the command of the engine; NULL: the built-in ones */
    double timeout, start_timeout; /* seconds */
    const char *record;            /* file that every exchange is written to; NULL: none */
    const char *grads;             /* file, folder or pattern of gradients; NULL: none */
    const char *maps[MOST_MAPS];   /* how its tensors are renamed */
    size_t map_count;
    bool allow_outside;                /* cases may name files that lie anywhere */
    const struct recording *recording; /* judged in place of paths and engine; NULL: none */
    const char *family;                /* of ops; NULL: all */
    bool fail_fast, list, example, markdown;
    enum when color;
    char **paths;
    size_t path_count;
};

/* Reads argv. `allowed` has a bit 1 << id for each option that the command takes. On wrong usage a message was
 * printed and the result is false. Outputs always hold at least one; jobs default to the processors. */
bool arguments_read(struct arguments *arguments, int argc, char **argv, unsigned allowed);

/* Whether standard output (or error, for fd 2) gets colour. */
bool arguments_colour(const struct arguments *arguments, int fd);

#endif

/* The gate of a session: failures that are known, and those of an earlier run. */
#ifndef GCK_CLI_GATE_H
#define GCK_CLI_GATE_H
#include "cli/selection.h"
#include "report/earlier.h"

/* Zero-initialize; free with gate_free. */
struct gate {
    struct baseline baseline;
    struct earlier earlier;
};

/* Reads what the arguments name, puts the baseline into their settings, and takes from the selection what the
 * earlier run did not fail. Adds errors: files that cannot be read, and cases that failed then and are not
 * there now. */
void gate_open(struct gate *gate, struct arguments *arguments, struct selection *selection,
               struct errors *errors);

/* Notes how a result stands. */
void gate_note(struct gate *gate, const struct arguments *arguments, const gck_result *result);

/* At the end of the run: counts stale lines and writes the baseline where that was asked for. */
void gate_close(struct gate *gate, const struct arguments *arguments, struct tally *tally,
                struct errors *errors);
void gate_free(struct gate *gate);

#endif

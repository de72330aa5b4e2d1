/* Requests: what is asked of a process, as canonical JSON. The same request always has the same bytes. */
#ifndef GCK_ENGINE_REQUEST_H
#define GCK_ENGINE_REQUEST_H
#include <gradcheck.h>

#include "base/arena.h"
#include "engine/hello.h"

/* How the nodes of a request appear to an engine. `expr` is no op to engines: whoever uses it is given its
 * formula, which carries the name of the expr. Claimed derivatives are not sent. */
struct plan {
    const gck_request *request;
    const size_t *stands_for; /* per node: the node that is sent in its place */
    const char *const *names; /* per node that is sent; NULL: it is not */
    const bool *wanted;       /* per node that is sent: its gradient is asked for, in `wrt` or `want` */
    size_t most_answer;       /* bytes that an honest answer cannot exceed */
};

/* Plans in the arena; false when memory fails. */
bool plan_new(struct plan *plan, struct arena *arena, const gck_request *request);

/* The name of an op or dtype that the engine did not offer, as "op conv2d"; false when it offered all. */
bool plan_refused(struct text *what, const struct plan *plan, const struct hello *hello);

/* The id of the request: "case@dtype", from the second one in a row on "case@dtype#2". */
void request_id(struct text *id, const struct plan *plan, size_t number);

/* Appends the request with its end of line: of type `grad`, or `value` where no gradient is wanted. */
void request_write(struct text *line, const struct plan *plan, const char *id, bool base64);

/* The request without its id, by which recordings know it: the part that starts here. */
const char *request_key(const char *line);

#endif

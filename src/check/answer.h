/* Engines: asking for gradients, and what comes back. */
#ifndef GCK_CHECK_ANSWER_H
#define GCK_CHECK_ANSWER_H
#include "graph/binding.h"

enum answer_state { ANSWER_GIVEN, ANSWER_UNSUPPORTED, ANSWER_ERROR };

struct gradient_given {
    const double *numbers; /* NULL: none came */
    struct shape shape;
};

struct gck_answer {
    struct arena arena;
    const struct graph *graph;
    enum dtype dtype;
    enum answer_state state;
    const char *message;
    const double *value;              /* the output's numbers; NULL: none, or not as many as the output has */
    size_t value_count;               /* how many numbers came for it */
    struct gradient_given *gradients; /* per node */
    double forward_ms, backward_ms;
    bool no_memory;
    gck_status fatal; /* GCK_STOPPED or GCK_ENGINE: the whole check ends with it */
    const char *note; /* what is worth knowing although the answer counts; NULL */
};

/* Asks the engine. Returns GCK_OK, GCK_NO_MEMORY, or GCK_STOPPED or GCK_ENGINE when there is no use in going
 * on; all else that the engine did wrong is in the answer. Numbers are rounded to the dtype. Free with
 * answer_free(). */
gck_status answer_ask(gck_answer *answer, const gck_engine *engine, const char *id, const struct graph *graph,
                      const struct binding *binding);
/* The gradient in a node, of the node's shape; NULL: none came, or one of another shape. */
const double *answer_gradient(const gck_answer *answer, size_t node);
/* Keeps a copy of a note. */
void answer_note(gck_answer *answer, const char *note);
void answer_free(gck_answer *answer);

#endif

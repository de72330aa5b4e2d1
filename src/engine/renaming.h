/* Renamings: which tensor of a file is which parameter, and in what order its axes are. */
#ifndef GCK_ENGINE_RENAMING_H
#define GCK_ENGINE_RENAMING_H
#include "base/arena.h"
#include "base/errors.h"
#include "tensor/shape.h"

struct renaming {
    const char *from, *to; /* in the file; in the case */
    bool reversed;         /* ":T": its axes in reverse order */
    int rank;              /* of `axes`; 0: none are given */
    int axes[MOST_RANK];   /* ":2,0,1": axis i of the parameter is axis axes[i] of the tensor */
};

/* Reads "fc1.weight=W1", "fc1.weight=W1:T" or "conv.weight=K:2,3,1,0"; names go to the arena. Adds an error
 * when it is none of them. */
gck_status renaming_read(struct renaming *renaming, struct arena *arena, const char *text,
                         struct errors *errors);

/* The shape of the tensor when its axes are reordered; false when it has not as many as `axes`. */
bool renaming_shape(struct shape *out, const struct renaming *renaming, const struct shape *shape);
/* Its numbers, then. */
void renaming_numbers(double *out, const struct renaming *renaming, const double *numbers,
                      const struct shape *shape);

#endif

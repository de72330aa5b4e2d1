/* Picks: which elements of which tensors to show, as in W1[3, :] or x[2:5]. */
#ifndef GCK_REPORT_PICK_H
#define GCK_REPORT_PICK_H
#include <gradcheck.h>

#include "base/errors.h"

enum { PICK_RANK = 8, PICK_NAME = 128 };

/* One axis: from `first` up to but without `end`; -1 counts from the axis's end as Python does. */
struct pick_range {
    long first, end;
    bool all_from, all_to; /* nothing before, after the colon */
    bool single;           /* an index: no colon */
};

struct pick {
    const char *text; /* as given; not owned */
    char name[PICK_NAME];
    int rank; /* ranges given; axes beyond them are taken whole */
    struct pick_range ranges[PICK_RANK];
};

/* Reads "W1", "W1[3, :]", "W1[-1]", "W1[0:2, 5]". Errors say what was expected. */
gck_status pick_read(struct pick *pick, const char *text, struct errors *errors);

/* Whether the pick fits the tensor: rank and ranges; else an error. The names are the same. */
gck_status pick_check(const struct pick *pick, const gck_tensor *tensor, struct errors *errors);

/* Whether the names are the same. */
bool pick_fits(const struct pick *pick, const gck_tensor *tensor);

/* Whether element `index` of a tensor that the pick fits is picked. */
bool pick_has(const struct pick *pick, const gck_tensor *tensor, size_t index);

#endif

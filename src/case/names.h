/* Names of nodes: a table that finds them fast and knows where they stand. */
#ifndef GCK_CASE_NAMES_H
#define GCK_CASE_NAMES_H
#include <stdbool.h>

#include "base/errors.h"
#include "base/text.h"

struct name {
    const char *text;   /* the caller's; must outlive the table */
    struct place place; /* of the definition */
    long node;          /* NO_NODE: its definition is bad, uses of it are passed over in silence */
    bool defined;       /* false: a later row defines it */
    bool used;
    bool inner;            /* a step of a formula: "f.1" */
    struct place infinite; /* where an input holds an infinity; line 0: nowhere */
    bool drawn;            /* an input of random numbers */
};

/* Zero-initialize; free with names_free. */
struct names {
    struct name *list;
    size_t count, room;
    size_t *slots; /* index + 1, 0: empty */
    size_t slot_count;
};

/* The entry of that name, or NULL. Entries move when a name is added. */
struct name *names_find(const struct names *names, const char *text);
/* Adds a name that is not there yet; NULL when memory fails. */
struct name *names_add(struct names *names, const char *text, struct place place);
/* Offers defined names, at most a few thousand of them. */
void names_suggest(struct suggestion *suggestion, const struct names *names);
/* A copy of the first `count` names. GCK_NO_MEMORY or GCK_OK. */
gck_status names_copy(struct names *copy, const struct names *names, size_t count) GCK_MUST_USE;
void names_free(struct names *names);

#endif

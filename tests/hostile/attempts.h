/* Attempts: a piece of work done again and again, a different allocation failing each time. For programs with a
 * single thread. */
#ifndef GCK_TESTS_HOSTILE_ATTEMPTS_H
#define GCK_TESTS_HOSTILE_ATTEMPTS_H
#include <stdbool.h>

enum outcome {
    SUCCEEDED, /* with the same result as with memory */
    REPORTED,
    SILENT,    /* failed without an error that says no memory */
    DIFFERENT, /* succeeded with another result */
    STRAY,     /* left a file that is half written, or not one that was asked for */
    LEAKED,
    OUTCOMES
};

/* What is tried: performed with the allocation failing, then looked at. */
struct trial {
    const char *name;
    void (*prepare)(void *user); /* before; may be NULL */
    void (*perform)(void *user);
    enum outcome (*judge)(void *user); /* frees what it made too */
    void *user;
    long stride; /* of so many allocations in a row one fails, drawn from a fixed seed; 1: each */
};

/* Lets the allocations fail, each in a process of its own; how often that came out badly, after messages. */
long fail_all(const struct trial *trial);

/* What a file holds, a new string; NULL when there is no such file. */
char *read_text(const char *name);

#endif

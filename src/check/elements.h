/* Differences of single elements: the classic check in double, and the same at the reference's precision. */
#ifndef GCK_CHECK_ELEMENTS_H
#define GCK_CHECK_ELEMENTS_H
#include "check/certificate.h"

struct element_check {
    size_t index;       /* flat */
    double classic;     /* difference in double; NaN where f is undefined */
    m_element *numeric; /* difference at `bits`, extrapolated */
    m_element *left, *right;
    double error; /* estimated error of numeric */
    double left_error, right_error;
    double order;
    enum side side;
    bool settles, left_grows, right_grows;
    int bits;
    bool resolved, agrees; /* with the reference */
};

/* The checked elements of each parameter, in order of index. */
struct element_checks {
    struct arena arena;
    struct element_list {
        struct element_check *items;
        size_t count;
    } * parameters; /* one per entry of wrt */
};

/* How many elements are checked: see gck_options. */
struct element_choice {
    long exhaustive; /* GCK_AUTO, GCK_ALL or a number a tensor */
    gck_method method;
};

/* Checks elements of every parameter: all where that is cheap, else a seeded sample (and every corner up to
 * the same number). The choice depends on the graph and the seed alone, never on measured time. */
gck_status elements_take(struct element_checks *checks, const struct proof *proof,
                         struct element_choice choice);

/* Checks one more element; *out lives in checks->arena. It is not added to the list. */
gck_status element_take(struct element_check *out, struct element_checks *checks, const struct proof *proof,
                        size_t parameter, size_t index, gck_method method);

/* The check of that element, or NULL. */
const struct element_check *elements_find(const struct element_checks *checks, size_t parameter, size_t index);

void elements_free(struct element_checks *checks);

#endif

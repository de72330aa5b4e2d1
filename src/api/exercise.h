/* Exercises: a student's claimed derivatives, judged at the inputs of the case and at others. */
#ifndef GCK_API_EXERCISE_H
#define GCK_API_EXERCISE_H
#include "api/alike.h"

/* How a claim stands to the derivative, over all elements and points. The first that holds. */
enum claim_state {
    CLAIM_RIGHT,
    CLAIM_NOT_FINITE,  /* NaN or an infinity where the derivative is a number */
    CLAIM_CLOSE,       /* within a millionth everywhere: a number that was rounded */
    CLAIM_HERE_ONLY,   /* right at the case's own inputs, wrong elsewhere */
    CLAIM_ZERO,        /* 0 everywhere */
    CLAIM_SIGN,        /* the size is right everywhere, the sign is wrong */
    CLAIM_FACTOR,      /* off by one factor everywhere */
    CLAIM_OFFSET,      /* off by one summand everywhere */
    CLAIM_SOME,        /* right at some places */
    CLAIM_SIGNS_RIGHT, /* the sign is right everywhere, the size is not */
    CLAIM_WRONG
};

enum { EXERCISE_POINTS = 16, EXERCISE_VARIABLES = 8 };

/* One element at one point. */
struct claim_sample {
    bool taken, wrong;
    const char *names[EXERCISE_VARIABLES]; /* of the formula's variables */
    double values[EXERCISE_VARIABLES];     /* there */
    size_t count;
    gck_number claimed, truth;
};

struct claim_finding {
    const char *gate, *variable;
    size_t line; /* of the gate in the file */
    enum claim_state state;
    double by;                       /* CLAIM_FACTOR, CLAIM_OFFSET: the factor or the summand */
    double error;                    /* largest relative error, where it is a number */
    size_t places, right;            /* elements at all points, and where the claim is right */
    struct claim_sample here, there; /* a wrong element at the case's inputs (or its first), and at others */
};

struct exercise_judgement {
    struct arena arena;                 /* owns what follows */
    struct alike_difference difference; /* unless it is ALIKE, nothing below is filled */
    struct claim_finding *findings;     /* in the order of the file */
    size_t count, right;
    gck_verdict verdict; /* of the checker on the file as it is */
    bool solved;         /* all claims are right */
};

/* Judges `given` against the exercise that it should be a copy of. The inputs of `given` are others afterwards.
 * Free the judgement in any case. */
gck_status exercise_judge(struct exercise_judgement *judgement, struct case_file *given,
                          const struct case_file *original, const gck_options *options, struct errors *errors);
void exercise_judgement_free(struct exercise_judgement *judgement);

#endif

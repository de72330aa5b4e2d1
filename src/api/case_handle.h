/* What the functions of the public header share: the handles, a case and a list of errors, and what options may
 * be. */
#ifndef GCK_API_CASE_HANDLE_H
#define GCK_API_CASE_HANDLE_H
#include "case/case.h"

struct gck_case {
    struct case_file *file;
};

struct gck_errors {
    struct errors list;
};

/* As gck_case_load(), read in another way. */
gck_status case_handle_load(gck_case **out, const char *path, const struct case_loading *loading,
                            gck_errors **errors);

/* Adds an error when the options ask for fewer or more bits than a reference may have. */
gck_status options_bits(const gck_options *options, struct errors *errors);

/* Hands the list over to the caller when it holds anything and is asked for; frees it otherwise. */
void errors_publish(gck_errors **out, struct errors *list);

#endif

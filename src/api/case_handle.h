/* The handles of the public header: a case, and a list of errors. */
#ifndef GCK_API_CASE_HANDLE_H
#define GCK_API_CASE_HANDLE_H
#include "case/case.h"

struct gck_case {
    struct case_file *file;
};

struct gck_errors {
    struct errors list;
};

/* Hands the list over to the caller when it holds anything and is asked for; frees it otherwise. */
void errors_publish(gck_errors **out, struct errors *list);

#endif

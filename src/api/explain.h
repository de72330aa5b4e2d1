/* An explanation without numeric checks, for drawings: values and gradients alone. */
#ifndef GCK_API_EXPLAIN_H
#define GCK_API_EXPLAIN_H
#include "base/errors.h"

/* As gck_explain() with default options, but no difference is taken: every gck_numeric is not taken, Jacobians
 * have no entries and no structure, and claims are left out. Free with gck_explanation_free(). */
gck_status explain_values(gck_explanation **out, const gck_case *c, const volatile bool *stop,
                          struct errors *errors);

#endif

/* Earlier reports: which cases failed in a run that --format json wrote down. */
#ifndef GCK_REPORT_EARLIER_H
#define GCK_REPORT_EARLIER_H
#include <stdbool.h>

#include "base/errors.h"

/* Zero-initialize; free with earlier_free. */
struct earlier {
    struct arena arena;
    const char **failed; /* ids of the cases that did not pass, sorted */
    size_t count;
    size_t unreached; /* selected then, but without a result */
};

/* Reads the report. Errors have a place where the file is no JSON; a run that could not be carried out is
 * refused, since nobody knows what would have failed in it. */
gck_status earlier_read(struct earlier *earlier, const char *path, struct errors *errors);
/* The same from memory; `path` must outlive the errors. */
gck_status earlier_parse(struct earlier *earlier, const char *path, const char *bytes, size_t size,
                         struct errors *errors);
void earlier_free(struct earlier *earlier);

bool earlier_failed(const struct earlier *earlier, const char *id);

#endif

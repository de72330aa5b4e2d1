/* An engine that is a file: the gradients that somebody's program wrote. */
#ifndef GCK_ENGINE_GRADIENT_FILE_H
#define GCK_ENGINE_GRADIENT_FILE_H
#include "case/case.h"
#include "engine/renaming.h"

struct gradient_file_settings {
    const char *path; /* a file; a folder that holds ID.npz and the like; or a pattern with {id}, {dtype} */
    const struct renaming *renamings;
    size_t renaming_count;
    unsigned dtypes; /* bits: those that were asked for, whatever the file says; 0: none were */
};

/* Whether the path names the same file for every case. */
bool gradient_file_is_one(const char *path);

struct gradient_file;

/* Reads the file for a case, which must outlive the result. A file that is not there or is damaged is an engine
 * that fails: gradient_file_problem() says why. Returns GCK_OK or GCK_NO_MEMORY. */
gck_status gradient_file_open(struct gradient_file **out, const struct gradient_file_settings *settings,
                              const struct case_file *c) GCK_MUST_USE;
void gradient_file_free(struct gradient_file *file);

/* The engine: it has each tensor that is called as a node of the graph, as its gradient; the one called as the
 * output is the output's value. */
const gck_engine *gradient_file_engine(const struct gradient_file *file);
/* Why there is nothing to judge in any dtype; NULL: there is. */
const char *gradient_file_problem(const struct gradient_file *file);

#endif

/* Cases: what a case file says, checked and ready to run. */
#ifndef GCK_CASE_CASE_H
#define GCK_CASE_CASE_H
#include "check/subject.h"
#include "real/dtype.h"

enum expect_by { BY_NOBODY, BY_CLOSED_FORM, BY_PUBLISHED, BY_REFERENCE };

/* Where the files that a case names may lie. */
enum case_reach { REACH_FOLDER /* below the case's own */, REACH_ANYWHERE };

struct case_file {
    struct arena arena; /* owns everything here */
    const char *path;   /* as given; for messages */
    enum case_reach reach;
    const char *id, *title, *why;
    const char *source; /* text of the source, or NULL */
    const char *const *tags;
    size_t tag_count;
    struct graph graph;
    const struct expected *expected;
    size_t expected_count;
    enum expect_by by;
    const struct kink_rule *kinks;
    size_t kink_count;
    bool dtypes[DTYPES];
    long bits;             /* limits: least bits of the reference; 0: the default */
    long exhaustive;       /* limits: -1 auto, -2 all, else a number of elements */
    const char *equals_id; /* `equals: other/case` */
    struct graph
        *equals_graph; /* `equals: {graph: [...], output: name}`; its inputs are copies of this case's */
};

/* Largest case file; limits of what is in it are in tree.h, formula.h and graph.h. Each has its message. */
enum { MOST_CASE_BYTES = 16 << 20 };

/* Reads a case from `size` bytes. Files that it names are relative to the folder of `path`. All errors found
 * are added, each with its place. Returns GCK_OK and a case to be freed with case_free(), or the first error's
 * status and NULL. */
gck_status case_read(struct case_file **out, const char *path, const char *bytes, size_t size,
                     enum case_reach reach, struct errors *errors);
/* The same from a file. GCK_IO when it cannot be read. */
gck_status case_load(struct case_file **out, const char *path, enum case_reach reach, struct errors *errors);
/* The bytes of a case file, to be freed by the caller. */
gck_status case_bytes(char **bytes, size_t *size, const char *path, struct errors *errors);
void case_free(struct case_file *file);

/* Whether the case carries the tag. */
bool case_has_tag(const struct case_file *file, const char *tag);

#endif

/* Cases: what a case file says, checked and ready to run. */
#ifndef GCK_CASE_CASE_H
#define GCK_CASE_CASE_H
#include "check/subject.h"
#include "real/dtype.h"

enum expect_by { BY_NOBODY, BY_CLOSED_FORM, BY_PUBLISHED, BY_REFERENCE };

/* Where the files that a case names may lie. */
enum case_reach { REACH_FOLDER /* below the case's own */, REACH_ANYWHERE };

/* A file as it once was. */
struct kept_file {
    const char *path; /* "cases/w.npz": the folder of the case, and what the case calls it */
    const char *bytes;
    size_t size;
};

/* How a case is read; all zero: from disk, as it stands. */
struct case_loading {
    enum case_reach reach;
    uint64_t vary; /* not 0: other inputs for the same case; see vary.c */
    bool kept;     /* no file is read but these */
    const struct kept_file *files;
    size_t file_count;
};

/* A bug to plant in one node of the case. The graph's inputs are the node's arguments, each once, under their
 * names. */
struct case_bug {
    const char *name;
    size_t node;
    gck_verdict verdict; /* that is due */
    bool instead;        /* the graph's output stands in place of the node's value, and is differentiated */
    struct graph *graph;
    size_t *arguments;      /* per argument: its input in the graph */
    size_t value, upstream; /* not `instead`: the inputs for the node's value and upstream gradient */
    long *gradients;        /* not `instead`: per argument its gradient; NO_NODE: the true one stays */
};

struct case_file {
    struct arena arena; /* owns everything here */
    const char *path;   /* as given; for messages */
    struct case_loading loading;
    const char **files; /* of tensors that it names, each once; paths as in struct kept_file */
    size_t file_count;
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
    const struct case_bug *bugs;
    size_t bug_count;
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
 * status and NULL. loading: NULL for the default; kept files outlive the case. */
gck_status case_read(struct case_file **out, const char *path, const char *bytes, size_t size,
                     const struct case_loading *loading, struct errors *errors);
/* The same from a file. GCK_IO when it cannot be read. */
gck_status case_load(struct case_file **out, const char *path, const struct case_loading *loading,
                     struct errors *errors);
/* The path of another case of the same library, to be freed: ids are paths below its root. NULL when this
 * case's own path does not end in its id. */
char *case_sibling(const struct case_file *file, const char *id);
/* The kept file of that path, or NULL. */
const struct kept_file *case_kept(const struct case_loading *loading, const char *path);
/* The bytes of a case file, to be freed by the caller. */
gck_status case_bytes(char **bytes, size_t *size, const char *path, struct errors *errors);
void case_free(struct case_file *file);

/* Whether the case carries the tag. */
bool case_has_tag(const struct case_file *file, const char *tag);

#endif

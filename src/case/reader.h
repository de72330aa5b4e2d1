/* The reader of one case: what its parts share. */
#ifndef GCK_CASE_READER_H
#define GCK_CASE_READER_H
#include "case/case.h"
#include "case/formula.h"
#include "case/names.h"
#include "case/tree.h"
#include "files/tensor_file.h"

/* The file of tensors that was read last; several inputs may lie in it. */
struct tensors_open {
    char *path, *bytes;
    struct tensor_file *file;
};

struct reader {
    struct case_file *file;
    struct arena *arena;  /* the case's */
    struct arena scratch; /* items and lines; gone when the case is read */
    struct errors *errors;
    size_t errors_before;
    struct source source;
    struct graph *graph; /* being built: the case's or `equals` */
    struct names names;  /* of that graph */
    bool wrt_right;
    long output;   /* its node; NO_NODE: bad or unknown */
    size_t inputs; /* the first names and nodes are the inputs */
    struct formula formula;
    bool no_memory;
    bool commas_told; /* that rows in brackets end at a comma */
    size_t elements;  /* generated or read from files so far */
    struct tensors_open tensors;
    bool varied; /* some numbers are not those of the file */
};

/* Adds an error at the item. After MOST_CASE_ERRORS only the first of the rest is told: that there are
 * more. */
void reader_error(struct reader *reader, const struct item *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void reader_error_at(struct reader *reader, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds GCK_NO_MEMORY. */
void reader_no_memory(struct reader *reader);
/* Whether to give up: too many errors, or no memory. */
bool reader_full(const struct reader *reader);

/* The start of a text, short enough for a message: SHOW(text) is good to the end of the expression. */
struct shown {
    char text[72];
};
struct shown shown(const char *text);
#define SHOW(s) (shown(s).text)

/* Fields of a map. */
enum { AS_TEXT = 1 << ITEM_TEXT, AS_LIST = 1 << ITEM_LIST, AS_MAP = 1 << ITEM_MAP };
struct field_spec {
    const char *name;
    unsigned types;
    bool required;
    const char *expected; /* "a list of names" */
};
/* Takes a map apart: values[i] is the value of specs[i], or NULL when it is absent or bad. Adds errors for
 * unknown fields, wrong types and missing fields. `what` names the map in messages: "a case". At most 32
 * fields. Returns whether there were no errors. */
bool fields_read(const struct item **values, struct reader *reader, const struct field_spec *specs,
                 size_t count, const struct item *map, const char *what);

/* Index of the text among `count` words, or -1 after an error with a suggestion. */
int word_read(struct reader *reader, const struct item *item, const char *const *words, size_t count,
              const char *what);
/* A whole number in low .. high; false after an error. */
bool whole_read(long *value, struct reader *reader, const struct item *item, long low, long high,
                const char *what);

/* Numbers. */
enum number_use {
    NUMBER_INPUT,   /* decimal, infinities; must fit every dtype of the case */
    NUMBER_FINITE,  /* decimal, finite, must fit every dtype of the case */
    NUMBER_EXPECTED /* decimal or fraction, infinities; any size */
};
/* Whether the text is such a number; adds an error that says why not. */
bool number_check(struct reader *reader, struct place place, const char *text, enum number_use use);
/* Whether the text is a decimal number (not inf or nan). */
bool number_is_decimal(const char *text);
/* -1, 1: an infinity; 0: something else. */
int number_infinite(const char *text);

/* Tensors: numbers, nested lists, {shape, data}, {shape, fill, ...}, {file}. */
struct tensor {
    enum kind kind;
    struct shape shape;
    struct values values;
    struct place infinite; /* of the first infinity; line 0: none */
    bool drawn;            /* its numbers are random */
};
/* `what` names it in messages. `shape_known`: a fill without `shape` takes this one; may be NULL. */
bool tensor_read(struct tensor *tensor, struct reader *reader, const struct item *item, const char *what,
                 enum number_use use, const struct shape *shape_known);
/* Fills a tensor of known shape from {fill, ...}; `field` as in the map's specs. */
struct fill_items {
    const struct item *fill, *low, *high, *mean, *std, *value, *seed;
};
bool tensor_generate(struct tensor *tensor, struct reader *reader, const struct item *map,
                     const struct fill_items *items, const char *what);
/* Reads the one that `item` names, "w.npz#W1"; its kind follows the file unless a `dtype` has set it. */
bool tensor_from_file(struct tensor *tensor, struct reader *reader, const struct item *item, bool dtype_given,
                      enum number_use use);
/* Closes the file that is still open. */
void tensors_close(struct reader *reader);

/* The node of a user's name (or of a step, "f.1"). NO_NODE: unknown (an error is added) or bad. */
long reader_node(struct reader *reader, const struct item *item, const char *text, const char *what);
/* Whether a text can be a name; adds an error. */
bool name_check(struct reader *reader, struct place place, const char *text);

/* Applies the formula just read in reader->formula: adds its nodes to the graph, steps called "prefix.1",
 * and the last one `name` unless that is NULL. `self`: a name that stands for the node `self_node` here, or
 * NULL. NO_NODE when anything is wrong, which is then reported or has been before. */
struct scope {
    const char *prefix; /* for the names of steps */
    size_t steps;       /* names given so far */
    const char *self;
    long self_node;
};
long formula_apply(struct reader *reader, struct scope *scope, const char *name);
/* A node of that op; NO_NODE after an error. Marked as a step of a formula unless it has a `name`. */
long scope_apply(struct reader *reader, struct scope *scope, const char *name, const struct op *op,
                 const size_t *inputs, size_t arity, const struct attribute_text *attributes,
                 size_t attribute_count, struct place place);

/* The parts of a case; each adds its errors. */
void inputs_read(struct reader *reader, const struct item *item);
void graph_read(struct reader *reader, const struct item *item, const struct item *output);
/* After the others: the second graph has the first one's inputs, seed and parameters. */
void equals_read(struct reader *reader, const struct item *item);
void wrt_read(struct reader *reader, const struct item *item, const struct item *root);
void seed_read(struct reader *reader, const struct item *item, const struct item *output);
void expect_read(struct reader *reader, const struct item *item);
void kinks_read(struct reader *reader, const struct item *item);
/* After the graph. */
void bugs_read(struct reader *reader, const struct item *item);
void dtypes_read(struct reader *reader, const struct item *item);
void limits_read(struct reader *reader, const struct item *item);
/* At the end: other numbers for the parameters; what the case expects goes where there are any. */
void inputs_vary(struct reader *reader);
/* The seed of a generated tensor in the variation that is read. */
uint64_t seed_varied(struct reader *reader, uint64_t seed);

#endif

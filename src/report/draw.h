/* Drawings: the computational graph of a case as in a lecture, values above the edges and gradients below. */
#ifndef GCK_REPORT_DRAW_H
#define GCK_REPORT_DRAW_H
#include "base/errors.h"
#include "base/text.h"

enum draw_format { DRAW_SVG, DRAW_PNG, DRAW_DOT, DRAW_FORMATS };
extern const char *const draw_format_names[DRAW_FORMATS];

/* How much is drawn as one box. */
enum draw_fold {
    DRAW_FOLD_AUTO,   /* as much as the size of the graph asks for */
    DRAW_FOLD_NONE,   /* every node on its own */
    DRAW_FOLD_LAYERS, /* a gate with its parameters and the gates behind it that have none */
    DRAW_FOLD_ALL,    /* and rows of layers, a line each, with the shortcuts around layers inside */
    DRAW_FOLDS
};
extern const char *const draw_fold_names[DRAW_FOLDS];

/* What is drawn; everything is borrowed. */
struct drawing {
    const gck_explanation *explanation; /* of gck_explain(), or of explain_values(), which is much faster */
    const gck_result *result; /* what is wrong of its worst run is marked in colour and in words; NULL: none */
    enum draw_fold fold;
    bool embedded;      /* the SVG stands in an HTML page: no XML declaration, no background of its own */
    const char *prefix; /* begins every id of the SVG, so that a page can hold many; NULL: "graph" */
};

/* Appends the drawing. SVG and PNG need Graphviz: without it GCK_IO, with an error that says what to install;
 * the same when it fails. DOT is always there. The same drawing gives the same bytes on the same machine.
 * May be called from several threads; Graphviz is then used by one after the other. */
gck_status draw_add(struct text *text, const struct drawing *drawing, enum draw_format format,
                    struct errors *errors) GCK_MUST_USE;

/* For pages of HTML: appends the SVG of a case's graph, embedded, ids begun with `prefix`. Values and gradients
 * are computed for it (256 bits, no differences). result: NULL or what is marked. After an error nothing is
 * appended, and the last message in `errors` says why in words for a reader. stop may be NULL. */
gck_status draw_case(struct text *text, const gck_case *c, const gck_result *result, const char *prefix,
                     const volatile bool *stop, struct errors *errors) GCK_MUST_USE;

/* Appends the CSS that embedded drawings need on dark screens; html_page_begin() has it. */
void draw_style(struct text *text);

/* The version of Graphviz built in, "2.43.0"; NULL: none. */
const char *draw_graphviz_version(void);

#endif

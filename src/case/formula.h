/* Formulas: rows of a graph and their expressions, as steps in the order of evaluation. */
#ifndef GCK_CASE_FORMULA_H
#define GCK_CASE_FORMULA_H
#include "case/source.h"
#include "graph/graph.h"

enum step_type { STEP_NAME, STEP_NUMBER, STEP_CALL };

/* A stack machine's instruction: names and numbers push, a call pops `arity` and pushes one. */
struct step {
    enum step_type type;
    const char *text; /* name, number, or op */
    struct place place;
    size_t arity;
    const struct attribute_text *attributes;
    size_t attribute_count;
};

enum token_type { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_SYMBOL }; /* a text with its quotes */
struct token {
    enum token_type type;
    const char *text;
    struct place place;
};

/* Zero-initialize and reuse for many rows; free with formula_free. */
struct formula {
    const char *target; /* the name before `=`; NULL: an expression alone, or a bad row */
    struct place target_place;
    struct step *steps;
    size_t count, room;
    struct token *tokens; /* of the row; the last one is TOKEN_END */
    size_t token_count, token_room;
};

enum { MOST_ROW_BYTES = 1 << 16, MOST_NAME = 63, MOST_NESTING = 64 };

/* Reads the row text[from..to) that `trace` follows: `name = expression`, or (`bare`) an expression alone.
 * Texts of the steps go to the arena. False after adding an error; target and tokens are set as far as
 * they could be read. */
bool formula_read(struct formula *formula, struct arena *arena, struct trace *trace, size_t from, size_t to,
                  bool bare, struct errors *errors);
void formula_free(struct formula *formula);

/* Splits the row into formula->tokens; false after adding an error for what is no token. */
bool tokens_read(struct formula *formula, struct arena *arena, struct trace *trace, size_t from, size_t to,
                 struct errors *errors);

/* Length of the decimal number at the start of text, without a sign; 0: there is none. */
size_t decimal_length(const char *text);

#endif

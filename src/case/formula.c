/* The expression reader: recursive descent over the tokens, precedence as in Python. */
#include "case/formula.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

struct parser {
    struct formula *formula;
    struct arena *arena;
    struct errors *errors;
    size_t at; /* token */
    int depth;
};

static const struct token *peek(const struct parser *p)
{
    return &p->formula->tokens[p->at];
}

static bool is_symbol(const struct token *token, const char *symbol)
{
    return token->type == TOKEN_SYMBOL && strcmp(token->text, symbol) == 0;
}

static bool accept(struct parser *p, const char *symbol)
{
    if (!is_symbol(peek(p), symbol))
        return false;
    p->at++;
    return true;
}

static bool no_memory(struct parser *p)
{
    errors_add(p->errors, GCK_NO_MEMORY, "out of memory");
    return false;
}

/* "found X, expected Y" at the next token. */
static bool expected(struct parser *p, const char *what)
{
    const struct token *token = peek(p);
    p->errors->here = token->place;
    if (token->type == TOKEN_END)
        errors_add(p->errors, GCK_BAD_CASE, "the row ends here; expected %s", what);
    else
        errors_add(p->errors, GCK_BAD_CASE, "unexpected `%.60s`; expected %s", token->text, what);
    return false;
}

static bool emit(struct parser *p, struct step step)
{
    struct formula *f = p->formula;
    struct step *steps = array_room(f->steps, f->count, &f->room, sizeof *steps);
    if (!steps)
        return no_memory(p);
    f->steps = steps;
    f->steps[f->count++] = step;
    return true;
}

static bool emit_call(struct parser *p, const char *op, struct place place, size_t arity)
{
    return emit(p, (struct step){.type = STEP_CALL, .text = op, .place = place, .arity = arity});
}

static bool deeper(struct parser *p)
{
    if (++p->depth <= MOST_NESTING)
        return true;
    p->errors->here = peek(p)->place;
    errors_add(p->errors, GCK_BAD_CASE, "nested deeper than %d: give the inner part a row of its own",
               MOST_NESTING);
    return false;
}

static bool sum(struct parser *p);

/* -1, 0.5, mean, "a text": appended to `value`. */
static bool plain_value(struct parser *p, struct text *value)
{
    const char *sign = accept(p, "-") ? "-" : "";
    if (!*sign)
        accept(p, "+");
    const struct token *token = peek(p);
    bool word = token->type == TOKEN_NAME || token->type == TOKEN_TEXT;
    if (token->type != TOKEN_NUMBER && (!word || *sign))
        return expected(p, *sign ? "a number" : "a number, true, false, a word or a [list]");
    text_add(value, "%s%s", sign, token->text);
    p->at++;
    return true;
}

static bool list_value(struct parser *p, struct text *value)
{
    text_add(value, "[");
    while (!is_symbol(peek(p), "]")) {
        if (value->size > 1)
            text_add(value, ", ");
        if (!plain_value(p, value))
            return false;
        if (!accept(p, ",") && !is_symbol(peek(p), "]"))
            return expected(p, "`,` or `]`");
    }
    p->at++;
    text_add(value, "]");
    return true;
}

static bool attribute(struct parser *p, struct attribute_text *result)
{
    struct text value = {0};
    const struct token *name = peek(p);
    *result = (struct attribute_text){.name = name->text, .place = name->place};
    p->at += 2;
    bool right = accept(p, "[") ? list_value(p, &value) : plain_value(p, &value);
    result->value = right && !value.failed ? arena_text(p->arena, value.data, value.size) : NULL;
    text_free(&value);
    return right && (result->value || no_memory(p));
}

/* The arguments of a call, behind its `(`, up to and with its `)`. */
static bool arguments(struct parser *p, struct step *call)
{
    struct attribute_text *attributes = NULL;
    size_t room = 0;
    while (!is_symbol(peek(p), ")")) {
        if (peek(p)->type == TOKEN_NAME && is_symbol(peek(p) + 1, "=")) {
            if (call->attribute_count == room) {
                size_t more = room ? 2 * room : 4;
                struct attribute_text *grown = arena_alloc(p->arena, more, sizeof *grown);
                if (!grown)
                    return no_memory(p);
                if (room)
                    memcpy(grown, attributes, room * sizeof *grown);
                attributes = grown;
                room = more;
            }
            if (!attribute(p, &attributes[call->attribute_count++]))
                return false;
        } else {
            if (call->attribute_count)
                return expected(p, "an attribute, name=value: arguments come before attributes");
            if (!sum(p))
                return false;
            call->arity++;
        }
        if (!accept(p, ",") && !is_symbol(peek(p), ")"))
            return expected(p, "`,` or `)`");
    }
    p->at++;
    call->attributes = attributes;
    return true;
}

static bool atom(struct parser *p)
{
    const struct token token = *peek(p);
    if (accept(p, "("))
        return sum(p) && (accept(p, ")") || expected(p, "`)` or an operator"));
    if (token.type == TOKEN_NUMBER) {
        p->at++;
        return emit(p, (struct step){.type = STEP_NUMBER, .text = token.text, .place = token.place});
    }
    if (token.type != TOKEN_NAME)
        return expected(p, "a name, a number, `-` or `(`");
    p->at++;
    if (!accept(p, "(")) {
        if (is_symbol(peek(p), "["))
            return expected(p, "an operator or the end: nodes have no [indices], write slice or gather");
        return emit(p, (struct step){.type = STEP_NAME, .text = token.text, .place = token.place});
    }
    struct step call = {.type = STEP_CALL, .text = token.text, .place = token.place};
    return arguments(p, &call) && emit(p, call);
}

static bool factor(struct parser *p);

static bool power(struct parser *p)
{
    if (!atom(p))
        return false;
    const struct token *mark = peek(p);
    return !accept(p, "**") || (factor(p) && emit_call(p, "pow", mark->place, 2));
}

/* `-x`; a number right behind the sign, and not raised to a power, takes the sign itself. */
static bool negated(struct parser *p, const struct token *sign)
{
    size_t first = p->formula->count;
    if (!factor(p))
        return false;
    struct step *last = &p->formula->steps[first];
    if (p->formula->count != first + 1 || last->type != STEP_NUMBER)
        return emit_call(p, "neg", sign->place, 1);
    size_t size = strlen(last->text);
    char *text = arena_alloc(p->arena, size + 2, 1);
    if (!text)
        return no_memory(p);
    if (last->text[0] == '-') {
        memcpy(text, last->text + 1, size);
    } else {
        text[0] = '-';
        memcpy(text + 1, last->text, size + 1);
    }
    last->text = text;
    last->place = sign->place;
    return true;
}

static bool factor(struct parser *p)
{
    const struct token *sign = peek(p);
    bool right = deeper(p) && (accept(p, "-") ? negated(p, sign) : accept(p, "+") ? factor(p) : power(p));
    p->depth--;
    return right;
}

static bool product(struct parser *p)
{
    bool right = factor(p);
    while (right) {
        const struct token *mark = peek(p);
        if (accept(p, "*"))
            right = factor(p) && emit_call(p, "mul", mark->place, 2);
        else if (accept(p, "/"))
            right = factor(p) && emit_call(p, "div", mark->place, 2);
        else
            break;
    }
    return right;
}

static bool sum(struct parser *p)
{
    bool right = product(p);
    while (right) {
        const struct token *mark = peek(p);
        if (accept(p, "+"))
            right = product(p) && emit_call(p, "add", mark->place, 2);
        else if (accept(p, "-"))
            right = product(p) && emit_call(p, "sub", mark->place, 2);
        else
            break;
    }
    return right;
}

static bool target_read(struct parser *p)
{
    const struct token *name = peek(p);
    if (name->type != TOKEN_NAME)
        return expected(p, "a row such as `y = add(a, b)`");
    p->at++;
    if (!accept(p, "="))
        return expected(p, "`=`: a row is `name = op(arguments)`");
    p->formula->target = name->text;
    p->formula->target_place = name->place;
    return true;
}

bool formula_read(struct formula *formula, struct arena *arena, struct trace *trace, size_t from, size_t to,
                  bool bare, struct errors *errors)
{
    struct parser p = {formula, arena, errors, 0, 0};
    formula->target = NULL;
    formula->count = formula->token_count = 0;
    if (to - from > MOST_ROW_BYTES) {
        errors->here = trace_to(trace, from);
        errors_add(errors, GCK_BAD_CASE, "a row of more than %d characters: split it", MOST_ROW_BYTES);
        return false;
    }
    if (!tokens_read(formula, arena, trace, from, to, errors) || (!bare && !target_read(&p)) || !sum(&p))
        return false;
    return peek(&p)->type == TOKEN_END || expected(&p, "an operator or the end of the row");
}

void formula_free(struct formula *formula)
{
    free(formula->steps);
    free(formula->tokens);
    *formula = (struct formula){0};
}

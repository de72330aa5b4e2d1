/* Tokens of a graph row: names, numbers, symbols. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "case/formula.h"
#include "ops/foreign.h"

enum { FOREIGN_LENGTH = 7 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t digits(const char *text)
{
    size_t n = 0;
    while (is_digit(text[n]))
        n++;
    return n;
}

size_t decimal_length(const char *text)
{
    size_t whole = digits(text), n = whole, part = 0;
    if (text[n] == '.')
        part = digits(text + ++n);
    if (whole + part == 0)
        return 0;
    n += part;
    if (text[n] == 'e' || text[n] == 'E') {
        size_t sign = n + 1 + (text[n + 1] == '+' || text[n + 1] == '-'), exponent = digits(text + sign);
        if (exponent)
            n = sign + exponent;
    }
    return n;
}

static struct token *token_add(struct formula *formula, struct errors *errors)
{
    struct token *tokens =
        array_room(formula->tokens, formula->token_count, &formula->token_room, sizeof *tokens);
    if (!tokens)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory"), NULL;
    formula->tokens = tokens;
    return &formula->tokens[formula->token_count++];
}

/* Everything that a careless number may be made of, so that 1_000 and 0x10 are shown whole. */
static size_t number_extent(const char *text, size_t size)
{
    size_t n = 0;
    while (n < size && (is_digit(text[n]) || starts_name(text[n]) || text[n] == '.' ||
                        ((text[n] == '+' || text[n] == '-') && n && (text[n - 1] | 0x20) == 'e' &&
                         !starts_name(text[0]) && decimal_length(text) > n)))
        n++;
    return n;
}

static bool number_right(const char *text, size_t size, struct errors *errors)
{
    if (size && decimal_length(text) == size)
        return true;
    const char *why = memchr(text, '_', size)                          ? "digits are not grouped"
                      : size > 1 && (text[1] == 'x' || text[1] == 'X') ? "numbers are decimal"
                      : size && (text[size - 1] | 0x20) == 'e'         ? "the exponent has no digits"
                                                                       : "write it as 1.5 or 2e-3";
    errors_add(errors, GCK_BAD_CASE, "%.*s is not a number: %s", size > 60 ? 60 : (int)size, text, why);
    return false;
}

static bool name_right(size_t size, struct errors *errors)
{
    if (size <= MOST_NAME)
        return true;
    errors_add(errors, GCK_BAD_CASE, "a name of %zu characters; at most %d are allowed", size, MOST_NAME);
    return false;
}

static void bad_character(const char *text, size_t left, struct errors *errors)
{
    static const struct {
        char c;
        const char *hint;
    } hints[] = {
        {'^', "powers are written x ** 2"},
        {'@', "write matmul(a, b)"},
        {'.', "ops stand alone: write sum(x), not x.sum() or np.sum(x)"},
        {'%', "there is no such operator"},
        {'\'', "attributes are plain words: reduction=mean"},
        {'<', "there are no comparisons"},
        {'>', "there are no comparisons"},
        {';', "one row a line"},
        {'{', "arguments are names, numbers and calls"},
        {':', "a row is `name = op(arguments)`"},
    };
    const char *hint = "a row is made of names, numbers, + - * / ** ( ) [ ] , and =";
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].c == text[0])
            hint = hints[i].hint;
    size_t length = 1, bad;
    while (length < left && length < 4 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length++;
    if (!text_is_utf8(text, length, &bad))
        length = 1;
    errors_add(errors, GCK_BAD_CASE, "unexpected `%.*s`: %s", (int)length, text, hint);
}

/* A text in double quotes, without control characters; with its quotes. 0: it does not end, after an error. */
static size_t quoted_extent(const char *text, size_t left, struct errors *errors)
{
    size_t n = 1;
    while (n < left && text[n] != '"' && (unsigned char)text[n] >= ' ')
        n++;
    if (n < left && text[n] == '"')
        return n + 1;
    errors_add(errors, GCK_BAD_CASE, "unexpected `\"`: the text has no closing `\"` in this row");
    return 0;
}

/* The token at the start of text[0..left); 0 bytes: none, after an error. */
static size_t token_take(struct token *token, const char *text, size_t left, struct errors *errors)
{
    if (starts_name(text[0])) {
        size_t n = 1;
        if (left > FOREIGN_LENGTH && strncmp(text, FOREIGN, FOREIGN_LENGTH) == 0 &&
            starts_name(text[FOREIGN_LENGTH]))
            n = FOREIGN_LENGTH; /* an op of the engine's own */
        while (n < left && (starts_name(text[n]) || is_digit(text[n])))
            n++;
        token->type = TOKEN_NAME;
        return name_right(n, errors) ? n : 0;
    }
    if (is_digit(text[0]) || (text[0] == '.' && left > 1 && is_digit(text[1]))) {
        size_t n = number_extent(text, left);
        token->type = TOKEN_NUMBER;
        return number_right(text, n, errors) ? n : 0;
    }
    if (text[0] == '"') {
        token->type = TOKEN_TEXT;
        return quoted_extent(text, left, errors);
    }
    token->type = TOKEN_SYMBOL;
    if (text[0] == '*' && left > 1 && text[1] == '*')
        return 2;
    if (text[0] && strchr("+-*/()[],=", text[0]))
        return 1;
    bad_character(text, left, errors);
    return 0;
}

bool tokens_read(struct formula *formula, struct arena *arena, struct trace *trace, size_t from, size_t to,
                 struct errors *errors)
{
    const char *text = trace->text;
    size_t at = from, behind = from;
    formula->token_count = 0;
    while (at < to && text[at] != '#') {
        if (strchr(" \n\r\t", text[at])) {
            at++;
            continue;
        }
        struct token token = {.place = trace_to(trace, at)};
        errors->here = token.place;
        size_t size = token_take(&token, text + at, to - at, errors);
        struct token *slot = size ? token_add(formula, errors) : NULL;
        if (!slot)
            return false;
        token.text = arena_text(arena, text + at, size);
        if (!token.text)
            return errors_add(errors, GCK_NO_MEMORY, "out of memory"), false;
        *slot = token;
        behind = at += size;
    }
    struct token *end = token_add(formula, errors);
    if (!end)
        return false;
    *end = (struct token){TOKEN_END, "", trace_to(trace, behind)};
    return true;
}

/* Local gradients as formulas, read off the formulas that ops document themselves with. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "check/explain_parts.h"

enum { MOST_ARGUMENT = 64 };

/* The op's name for its argument k. The last name may stand for any number of them: "x..." */
static const char *argument_name(char *name, const struct op *op, size_t k)
{
    const char *word = op->arguments;
    size_t i = 0;
    for (; i < k && strchr(word, ' '); i++)
        word = strchr(word, ' ') + 1;
    size_t length = strcspn(word, " .");
    if (word[length] == '.')
        snprintf(name, MOST_ARGUMENT, "%.*s%zu", (int)length, word, k + 1);
    else
        snprintf(name, MOST_ARGUMENT, "%.*s", (int)length, word);
    return name;
}

static void add_argument(struct text *text, const struct op *op, size_t k)
{
    char name[MOST_ARGUMENT];
    text_add(text, "%s", argument_name(name, op, k));
}

const char *explain_argument(struct arena *results, const struct node *node, size_t k)
{
    struct text text = {0};
    add_argument(&text, node->op, k);
    return explain_keep(results, &text);
}

/* The right-hand side of "dNAME += ..." or "dNAME -= ..." in the formula, up to the comma that ends it. */
static const char *find_term(size_t *length, bool *minus, const char *formula, const char *name)
{
    size_t size = strlen(name);
    for (const char *s = strstr(formula, " ;  "); s; s = strpbrk(s, ",;")) {
        s += strspn(s, " ,;");
        if (s[0] != 'd' || strncmp(s + 1, name, size) != 0 ||
            (strncmp(s + 1 + size, " += ", 4) != 0 && strncmp(s + 1 + size, " -= ", 4) != 0))
            continue;
        *minus = s[size + 2] == '-';
        s += size + 5;
        *length = strcspn(s, ",");
        return s;
    }
    return NULL;
}

/* What a name of the op's formula is in this graph; NULL when it is not one. */
static const char *meaning(const struct graph *graph, const struct node *node, const char *word, size_t length)
{
    if (length == 1 && *word == 'y')
        return node->name;
    for (size_t k = 0; k < node->arity; k++) {
        const struct node *input = &graph->nodes[node->inputs[k]];
        char name[MOST_ARGUMENT];
        argument_name(name, node->op, k);
        if (strlen(name) == length && memcmp(name, word, length) == 0)
            return input->literal ? input->values.texts[0] : input->name;
    }
    return NULL;
}

/* Copies a term with dy divided out and the op's names replaced by the graph's. */
static void translate(struct text *text, const struct graph *graph, const struct node *node, const char *s,
                      size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t word = 0;
        while (i + word < length && (isalpha((unsigned char)s[i + word]) || s[i + word] == '_'))
            word++;
        if (word == 2 && memcmp(s + i, "dy", 2) == 0) {
            i += 2;
            bool factor = i + 1 < length && s[i] == ' ' && s[i + 1] != '/';
            if (factor)
                i++;
            else
                text_add(text, "1");
            continue;
        }
        const char *name = word ? meaning(graph, node, s + i, word) : NULL;
        if (name)
            text_add(text, "%s", name);
        else
            text_bytes(text, s + i, word ? word : 1);
        i += word ? word : 1;
    }
}

/* Whether a sign in front would bind to a part of the term only. */
static bool is_sum(const struct text *term)
{
    int depth = 0;
    for (const char *s = term->data; *s; s++) {
        depth += (*s == '(' || *s == '[') - (*s == ')' || *s == ']');
        if (depth == 0 && (strncmp(s, " + ", 3) == 0 || strncmp(s, " - ", 3) == 0))
            return true;
    }
    return false;
}

const char *explain_symbol(struct arena *results, const struct graph *graph, size_t at, size_t k, bool *failed)
{
    const struct node *node = &graph->nodes[at];
    struct text name = {0}, term = {0}, signed_term = {0};
    size_t length;
    bool minus;
    if (!node->op->pointwise || !node->op->formula || op_is_user(node->op))
        return NULL;
    add_argument(&name, node->op, k);
    if (node->op->most == ANY_ARITY && !name.failed) { /* "dxi += dy" stands for all */
        text_clear(&name);
        text_add(&name, "%.*si", (int)strcspn(node->op->arguments, "."), node->op->arguments);
    }
    const char *s = name.failed ? NULL : find_term(&length, &minus, node->op->formula, name.data);
    *failed |= name.failed;
    text_free(&name);
    if (!s)
        return NULL;
    translate(&term, graph, node, s, length);
    if (term.failed || !minus) {
        const char *kept = explain_keep(results, &term);
        *failed |= !kept;
        return kept;
    }
    text_add(&signed_term, is_sum(&term) ? "-(%s)" : "-%s", term.data);
    text_free(&term);
    const char *kept = explain_keep(results, &signed_term);
    *failed |= !kept;
    return kept;
}

/* Splitting a command line: POSIX shell quoting, section 2.2. */
#include "engine/words.h"

#include <stdbool.h>
#include <string.h>

struct splitter {
    const char *from;
    char *to;  /* where the next character of the word goes */
    bool open; /* a quote is not closed */
};

static void take_single(struct splitter *s)
{
    while (*s->from && *s->from != '\'')
        *s->to++ = *s->from++;
    s->open = *s->from == '\0';
    s->from += !s->open;
}

static void take_double(struct splitter *s)
{
    while (*s->from && *s->from != '"') {
        if (*s->from == '\\' && s->from[1] && strchr("\\\"$`", s->from[1]))
            s->from++;
        *s->to++ = *s->from++;
    }
    s->open = *s->from == '\0';
    s->from += !s->open;
}

/* One word, up to a blank outside quotes. */
static void take_word(struct splitter *s)
{
    while (*s->from && !strchr(" \t\n", *s->from) && !s->open) {
        char c = *s->from++;
        if (c == '\'')
            take_single(s);
        else if (c == '"')
            take_double(s);
        else if (c == '\\')
            s->open = *s->from == '\0' || (*s->to++ = *s->from++, false);
        else
            *s->to++ = c;
    }
    *s->to++ = '\0';
}

gck_status words_split(char ***argv, struct arena *arena, const char *command, struct errors *errors)
{
    size_t size = strlen(command), count = 0;
    char *text = arena_alloc(arena, size + 2, 2);
    char **words = arena_alloc(arena, size / 2 + 2, sizeof *words);
    if (!text || !words)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    struct splitter s = {.from = command, .to = text};
    while (*(s.from += strspn(s.from, " \t\n")) && !s.open) {
        words[count++] = s.to;
        take_word(&s);
    }
    if (s.open)
        return errors_add(errors, GCK_BAD_USAGE, "the engine's command has an open quote: %s", command);
    if (count == 0 || *words[0] == '\0')
        return errors_add(errors, GCK_BAD_USAGE, "the engine's command is empty");
    *argv = words;
    return GCK_OK;
}

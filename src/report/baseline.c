/* Baselines: which failures are known, and which lines must go. */
#include "report/baseline.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* An id is compared with those of all cases to find what was meant: for so many lines, not for a thousand. */
enum { MOST_SUGGESTED = 100 };

const char *check_name(int check)
{
    return check == CHECK_ALL ? "" : check == CHECK_EXPECT ? "expect" : gck_dtype_name((gck_dtype)check);
}

void baseline_free(struct baseline *b)
{
    arena_free(&b->arena);
    free(b->lines);
    free(b->failing);
    *b = (struct baseline){0};
}

/* The lines about an id: the first of them and how many. */
static struct known *lines_of(const struct baseline *b, const char *id, size_t *count)
{
    size_t low = 0, high = b->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(b->lines[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (*count = 0; low + *count < b->count && strcmp(b->lines[low + *count].id, id) == 0;)
        ++*count;
    return *count ? b->lines + low : NULL;
}

static bool is_about(const struct known *line, int check)
{
    return line->check == check || (line->check == CHECK_ALL && check != CHECK_EXPECT);
}

/* The line about a check, or NULL. */
static struct known *line_about(const struct baseline *b, const char *id, int check)
{
    size_t count;
    struct known *lines = lines_of(b, id, &count);
    for (size_t i = 0; i < count; i++)
        if (is_about(&lines[i], check))
            return &lines[i];
    return NULL;
}

struct standing baseline_standing(const struct baseline *b, const char *id, int check, gck_verdict verdict,
                                  double ratio, bool passes)
{
    const struct known *line = b ? line_about(b, id, check) : NULL;
    /* A verdict that --allow names may stand in a baseline too. */
    if (line && line->verdict == verdict && (line->most == INFINITY || ratio <= line->most))
        return (struct standing){STANDING_KNOWN, line};
    if (passes)
        return (struct standing){line ? STANDING_UNEXPECTED : STANDING_PASSES, line};
    return (struct standing){STANDING_FAILS, line};
}

void baseline_found(struct baseline *b, const char *id)
{
    size_t count;
    struct known *lines = lines_of(b, id, &count);
    for (size_t i = 0; i < count; i++)
        lines[i].found = true;
}

__attribute__((format(printf, 4, 5))) static void must_go(struct baseline *b, struct known *line,
                                                          enum known_state state, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    line->stale = arena_text(&b->arena, message, strlen(message));
    b->failed |= !line->stale;
    line->state = state;
}

void baseline_unmatched(struct baseline *b, const char *const *ids, size_t count)
{
    for (size_t i = 0, unmatched = 0; i < b->count; i++) {
        struct known *line = &b->lines[i];
        struct suggestion suggestion = {.name = line->id};
        if (line->found)
            continue;
        unmatched++;
        for (size_t k = 0; k < count && unmatched <= MOST_SUGGESTED; k++)
            suggestion_offer(&suggestion, ids[k]);
        must_go(b, line, KNOWN_UNMATCHED, "no case has this id%s%s%s", suggestion.best ? " (did you mean " : "",
                suggestion.best ? suggestion.best : "", suggestion.best ? "?)" : "");
    }
}

static void remember(struct baseline *b, struct failing failing)
{
    struct failing *grown = array_room(b->failing, b->failing_count, &b->failing_room, sizeof *grown);
    if (!grown) {
        b->failed = true;
        return;
    }
    b->failing = grown;
    failing.id = arena_text(&b->arena, failing.id, strlen(failing.id));
    b->failed |= !failing.id;
    b->failing[b->failing_count++] = failing;
}

void baseline_note(struct baseline *b, const char *id, int check, gck_verdict verdict, double ratio,
                   struct standing standing)
{
    struct known *line = line_about(b, id, check);
    enum known_state state = standing.kind == STANDING_KNOWN        ? KNOWN_MET
                             : standing.kind == STANDING_UNEXPECTED ? KNOWN_UNEXPECTED
                                                                    : KNOWN_OTHER;
    if (standing.kind != STANDING_PASSES && standing.kind != STANDING_UNEXPECTED)
        remember(b, (struct failing){id, check, verdict, ratio, line});
    if (!line || state <= line->state)
        return;
    if (state != KNOWN_UNEXPECTED)
        line->state = state;
    else if (line->check == CHECK_ALL)
        must_go(b, line, state, "it is %s in %s now; a line without a dtype speaks of all of them",
                gck_verdict_name(verdict), check_name(check));
    else
        must_go(b, line, state, "it is %s now", gck_verdict_name(verdict));
}

void baseline_checked(struct baseline *b, const char *id, unsigned checks, unsigned selected)
{
    size_t count;
    struct known *lines = lines_of(b, id, &count);
    for (size_t i = 0; i < count; i++) {
        struct known *line = &lines[i];
        unsigned bit = line->check == CHECK_ALL ? (1u << CHECK_EXPECT) - 1 : 1u << line->check;
        if (line->state != KNOWN_UNTESTED || (checks & bit) || !(selected & bit))
            continue;
        must_go(b, line, KNOWN_UNMATCHED,
                line->check == CHECK_EXPECT ? "the case expects nothing"
                                            : "the case is not checked in this dtype");
    }
}

size_t baseline_count(const struct baseline *b, enum known_state state)
{
    size_t count = 0;
    for (size_t i = 0; b && i < b->count; i++)
        count += b->lines[i].state == state;
    return count;
}

size_t baseline_stale(const struct baseline *b)
{
    return baseline_count(b, KNOWN_UNEXPECTED) + baseline_count(b, KNOWN_UNMATCHED);
}

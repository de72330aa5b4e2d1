/* Reading baselines: every mistake with its place, and what a line looks like. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "files/file.h"
#include "report/baseline.h"

#define FORM "a line is: id[@dtype]  verdict[<=ratio]  # why"

enum { MOST_BASELINE_BYTES = 16 << 20, MOST_MISTAKES = 20, MOST_SHOWN = 80, MOST_NAME = 40 };

struct reader {
    struct baseline *baseline;
    struct errors *errors;
    struct text above; /* comment lines since the last line */
    size_t line, room;
};

/* One word of the line at hand. */
struct word {
    const char *text;
    int size;
    size_t column;
};

static gck_status refuse(struct reader *r, size_t column, const char *what, struct word word, const char *why)
{
    r->errors->here = (struct place){r->baseline->path, r->line, column};
    return errors_add(r->errors, GCK_BAD_USAGE, "%s'%.*s%s' %s", what,
                      word.size < MOST_SHOWN ? word.size : MOST_SHOWN, word.text,
                      word.size < MOST_SHOWN ? "" : "...", why);
}

/* The next word from `at` on; false when a comment or the end comes first. */
static bool next_word(struct word *word, const char *line, size_t *at, size_t size)
{
    while (*at < size && (line[*at] == ' ' || line[*at] == '\t' || line[*at] == '\r'))
        ++*at;
    size_t end = *at;
    while (end < size && line[end] != ' ' && line[end] != '\t' && line[end] != '\r')
        end++;
    bool found = end > *at && line[*at] != '#';
    *word = (struct word){line + *at, (int)(end - *at), *at + 1};
    if (found)
        *at = end;
    return found;
}

/* The name among `count` that the text is; -1 after an error with the nearest one. */
static int read_name(struct reader *r, struct word word, const char *const *names, int count, const char *kind)
{
    char text[MOST_NAME], why[256];
    snprintf(text, sizeof text, "%.*s", word.size, word.text);
    struct suggestion suggestion = {.name = text};
    for (int i = 0; i < count; i++) {
        if (strcmp(text, names[i]) == 0)
            return i;
        suggestion_offer(&suggestion, names[i]);
    }
    snprintf(why, sizeof why, "is no %s%s%s%s", kind, suggestion.best ? "; did you mean " : "; " FORM,
             suggestion.best ? suggestion.best : "", suggestion.best ? "?" : "");
    (void)refuse(r, word.column, "", word, why);
    return -1;
}

/* Characters at the start of the word that an id may have. The text ends with the file, at no NUL. */
static size_t id_length(struct word word)
{
    size_t length = 0;
    while (length < (size_t)word.size && strchr("abcdefghijklmnopqrstuvwxyz0123456789._/-", word.text[length]))
        length++;
    return length;
}

static gck_status read_check(struct reader *r, struct known *line, struct word word)
{
    const char *names[CHECK_ALL], *at = memchr(word.text, '@', (size_t)word.size);
    struct word id = {word.text, at ? (int)(at - word.text) : word.size, word.column};
    size_t good = id_length(id);
    if (id.size == 0 || good < (size_t)id.size)
        return refuse(r, word.column + good, "", word, "is no id of a case; " FORM);
    line->id = arena_text(&r->baseline->arena, id.text, (size_t)id.size);
    line->check = CHECK_ALL;
    if (!line->id)
        return errors_add(r->errors, GCK_NO_MEMORY, "out of memory");
    if (!at)
        return GCK_OK;
    for (int i = 0; i < CHECK_ALL; i++)
        names[i] = check_name(i);
    id = (struct word){at + 1, word.size - id.size - 1, word.column + (size_t)id.size + 1};
    line->check = read_name(r, id, names, CHECK_ALL, "dtype");
    return line->check < 0 ? GCK_BAD_USAGE : GCK_OK;
}

static gck_status read_ratio(struct reader *r, struct known *line, struct word word)
{
    char text[64], *end = text;
    bool measured = line->verdict == GCK_VERDICT_INACCURATE || line->verdict == GCK_VERDICT_WRONG ||
                    line->verdict == GCK_VERDICT_INCONCLUSIVE;
    snprintf(text, sizeof text, "%.*s", word.size, word.text);
    if (strncmp(text, "<=", 2) != 0)
        return refuse(r, word.column, "", word, "is not <= and a ratio of error and budget; " FORM);
    if (!measured || line->check == CHECK_EXPECT)
        return refuse(r, word.column, "", word, "bounds a ratio that there is none of; leave it out");
    if (strspn(text + 2, "0123456789.eE+-") == strlen(text + 2))
        line->most = strtod(text + 2, &end);
    if (end == text || *end || !(line->most > 0) || !isfinite(line->most))
        return refuse(r, word.column + 2, "", word, "has no positive number behind the <=");
    return GCK_OK;
}

static gck_status read_verdict(struct reader *r, struct known *line, struct word word)
{
    const char *names[GCK_VERDICTS], *less = memchr(word.text, '<', (size_t)word.size);
    struct word name = {word.text, less ? (int)(less - word.text) : word.size, word.column};
    for (int i = 0; i < GCK_VERDICTS; i++)
        names[i] = gck_verdict_name((gck_verdict)i);
    int verdict = read_name(r, name, names, GCK_VERDICTS, "verdict");
    if (verdict < 0)
        return GCK_BAD_USAGE;
    line->verdict = (gck_verdict)verdict;
    line->most = INFINITY;
    if (gck_verdict_passes(line->verdict))
        return refuse(r, word.column, "", name, "passes; a baseline lists what fails");
    if (line->check == CHECK_EXPECT && line->verdict != GCK_VERDICT_WRONG)
        return refuse(r, word.column, "", name, "is no verdict of an expectation; it is wrong or met");
    if (!less)
        return GCK_OK;
    return read_ratio(r, line, (struct word){less, word.size - name.size, word.column + (size_t)name.size});
}

/* A line that is not blank: text[0..size). */
static gck_status read_line(struct reader *r, struct known *line, const char *text, size_t size)
{
    struct word id, verdict, more;
    size_t at = 0;
    struct arena *arena = &r->baseline->arena;
    (void)next_word(&id, text, &at, size);
    gck_status status = read_check(r, line, id);
    if (status)
        return status;
    if (!next_word(&verdict, text, &at, size))
        return refuse(r, at + 1, "no verdict stands behind ", id, "here; " FORM);
    status = read_verdict(r, line, verdict);
    if (status)
        return status;
    if (next_word(&more, text, &at, size))
        return refuse(r, more.column, "", more, "is one word too many; " FORM);
    size_t why = at + (at < size);
    while (why < size && (text[why] == ' ' || text[why] == '\t'))
        why++;
    while (size && (text[size - 1] == '\r' || text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    line->line = r->line;
    line->source = arena_text(arena, text, size);
    line->why = why < size ? arena_text(arena, text + why, size - why) : NULL;
    if (!line->source || (why < size && !line->why))
        return errors_add(r->errors, GCK_NO_MEMORY, "out of memory");
    return GCK_OK;
}

/* Hands over the comment lines since the last line. */
static const char *take_above(struct reader *r)
{
    const char *above = r->above.size ? arena_text(&r->baseline->arena, r->above.data, r->above.size) : NULL;
    r->baseline->failed |= r->above.failed || (r->above.size && !above);
    text_clear(&r->above);
    return above;
}

static struct known *add_line(struct reader *r)
{
    struct baseline *b = r->baseline;
    struct known *grown = array_room(b->lines, b->count, &r->room, sizeof *grown);
    if (!grown)
        return NULL;
    b->lines = grown;
    b->lines[b->count] = (struct known){0};
    return &b->lines[b->count];
}

static size_t characters(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += (text[i] & 0xc0) != 0x80;
    return count;
}

static gck_status take_line(struct reader *r, const char *text, size_t size)
{
    struct baseline *b = r->baseline;
    struct word word;
    size_t bad, at = 0;
    r->line++;
    const char *nul = memchr(text, '\0', size);
    bool utf8 = text_is_utf8(text, size, &bad);
    if (nul || !utf8) {
        size_t place = nul && (utf8 || (size_t)(nul - text) < bad) ? (size_t)(nul - text) : bad;
        r->errors->here = (struct place){b->path, r->line, characters(text, place) + 1};
        return errors_add(r->errors, GCK_BAD_USAGE, "byte 0x%02x is no text; a baseline is UTF-8",
                          (unsigned char)text[place]);
    }
    if (!next_word(&word, text, &at, size)) {
        text_bytes(&r->above, text, size);
        text_bytes(&r->above, "\n", 1);
        return GCK_OK;
    }
    struct known *line = add_line(r);
    if (!line)
        return errors_add(r->errors, GCK_NO_MEMORY, "out of memory");
    gck_status status = read_line(r, line, text, size);
    if (status)
        return status;
    if (b->count == 0)
        b->head = take_above(r);
    else
        line->above = take_above(r);
    b->count++;
    return GCK_OK;
}

static int by_check(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : x->check - y->check;
}

/* Lines about the same check contradict each other, or say the same twice. n lines of one id are n^2 / 2 such
 * pairs, so it ends at as many mistakes as are told; without overlaps an id has no more lines than there are
 * checks. */
static void refuse_overlaps(struct reader *r, size_t most)
{
    struct baseline *b = r->baseline;
    for (size_t i = 0; i < b->count; i++)
        for (size_t k = i + 1; k < b->count && strcmp(b->lines[i].id, b->lines[k].id) == 0; k++) {
            if (r->errors->count >= most)
                return;
            const struct known *x = &b->lines[i], *y = &b->lines[k];
            bool whole = y->check == CHECK_ALL && x->check != CHECK_EXPECT;
            if (x->check != y->check && !whole)
                continue;
            const struct known *later = x->line > y->line ? x : y;
            r->errors->here = (struct place){b->path, later->line, 1};
            (void)errors_add(r->errors, GCK_BAD_USAGE, "%s is also in line %zu", later->id,
                             later == x ? y->line : x->line);
        }
}

gck_status baseline_parse(struct baseline *b, const char *path, const char *bytes, size_t size,
                          struct errors *errors)
{
    struct reader r = {.baseline = b, .errors = errors};
    size_t before = errors->count;
    b->path = path;
    for (size_t at = 0; at < size && errors->count < before + MOST_MISTAKES;) {
        const char *end = memchr(bytes + at, '\n', size - at);
        size_t length = end ? (size_t)(end - bytes) - at : size - at;
        (void)take_line(&r, bytes + at, length);
        at += length + 1;
    }
    if (b->count)
        b->tail = take_above(&r);
    else
        b->head = take_above(&r);
    text_free(&r.above);
    if (b->count)
        qsort(b->lines, b->count, sizeof *b->lines, by_check);
    refuse_overlaps(&r, before + MOST_MISTAKES);
    errors->here = (struct place){0};
    if (b->failed)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    return errors->count > before ? GCK_BAD_USAGE : GCK_OK;
}

gck_status baseline_read(struct baseline *b, const char *path, bool may_lack, struct errors *errors)
{
    struct stat about;
    char *bytes = NULL;
    size_t size = 0;
    const struct file_limit limit = {MOST_BASELINE_BYTES, "a baseline"};
    b->path = path;
    if (stat(path, &about) != 0 && errno == ENOENT) {
        errors->here = (struct place){.file = path};
        return may_lack
                   ? GCK_OK
                   : errors_add(errors, GCK_IO,
                                "there is no such baseline; --write-baseline writes what fails today into it");
    }
    gck_status status = file_read(&bytes, &size, path, &limit, errors);
    if (!status)
        status = baseline_parse(b, path, bytes, size, errors);
    free(bytes);
    errors->here = (struct place){0};
    return status;
}

/* What the parts of the case reader share: errors at items, fields of maps, words and whole numbers. */
#include "case/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool reader_full(const struct reader *reader)
{
    return reader->errors->count - reader->errors_before > MOST_CASE_ERRORS || reader->no_memory;
}

static void add(struct reader *reader, struct place place, const char *format, va_list arguments)
{
    char message[1024];
    size_t count = reader->errors->count - reader->errors_before;
    if (count > MOST_CASE_ERRORS)
        return;
    vsnprintf(message, sizeof message, format, arguments);
    reader->errors->here = place;
    errors_add(reader->errors, GCK_BAD_CASE, "%s",
               count == MOST_CASE_ERRORS ? "more errors follow; these are the first ones" : message);
}

void reader_error(struct reader *reader, const struct item *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(reader, item_place(at, &reader->source), format, arguments);
    va_end(arguments);
}

void reader_error_at(struct reader *reader, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(reader, place, format, arguments);
    va_end(arguments);
}

void reader_no_memory(struct reader *reader)
{
    if (!reader->no_memory)
        errors_add(reader->errors, GCK_NO_MEMORY, "out of memory");
    reader->no_memory = true;
}

struct shown shown(const char *text)
{
    struct shown s;
    size_t size = strlen(text), most = sizeof s.text - 8;
    if (size <= most) {
        memcpy(s.text, text, size + 1);
        return s;
    }
    while (((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    memcpy(s.text, text, most);
    memcpy(s.text + most, "...", 4);
    return s;
}

static const char *type_name(const struct item *item)
{
    return item->type == ITEM_LIST ? "a list" : item->type == ITEM_MAP ? "a map" : "a text";
}

/* "a, b, c" of the specs' names. */
static void unknown_field(struct reader *reader, const struct item *key, const struct field_spec *specs,
                          size_t count, const char *what)
{
    struct suggestion near = {.name = key->text};
    struct text all = {0};
    for (size_t i = 0; i < count; i++) {
        suggestion_offer(&near, specs[i].name);
        text_add(&all, "%s%s", i ? ", " : "", specs[i].name);
    }
    if (near.best)
        reader_error(reader, key, "%s has no field %s: did you mean %s?", what, SHOW(key->text), near.best);
    else
        reader_error(reader, key, "%s has no field %s; it has: %s", what, SHOW(key->text),
                     all.data ? all.data : "none");
    text_free(&all);
}

static void wrong_type(struct reader *reader, const struct item *value, const struct field_spec *spec)
{
    if (value->type == ITEM_TEXT && value->size == 0)
        reader_error(reader, value, "%s is empty; expected %s", spec->name, spec->expected);
    else
        reader_error(reader, value, "%s is %s; expected %s", spec->name, type_name(value), spec->expected);
}

bool fields_read(const struct item **values, struct reader *reader, const struct field_spec *specs,
                 size_t count, const struct item *map, const char *what)
{
    size_t before = reader->errors->count;
    uint32_t given = 0; /* bit i: specs[i] is there, right or wrong */
    bool bad = false;
    for (size_t i = 0; i < count; i++)
        values[i] = NULL;
    for (const struct item *key = map->first; key && key->next; key = key->next->next) {
        const struct item *value = key->next;
        size_t i = 0;
        if (key->type != ITEM_TEXT)
            continue;
        while (i < count && strcmp(key->text, specs[i].name) != 0)
            i++;
        if (i == count)
            unknown_field(reader, key, specs, count, what);
        else if (value->type == ITEM_BAD)
            bad = true;
        else if (!(specs[i].types & 1u << value->type) || (value->type == ITEM_TEXT && value->size == 0))
            wrong_type(reader, value, &specs[i]);
        else
            values[i] = value;
        if (i < count)
            given |= UINT32_C(1) << i;
        if (reader_full(reader))
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (specs[i].required && !(given >> i & 1))
            reader_error(reader, map, "%s needs the field %s: %s", what, specs[i].name, specs[i].expected);
    return reader->errors->count == before && !bad;
}

int word_read(struct reader *reader, const struct item *item, const char *const *words, size_t count,
              const char *what)
{
    struct suggestion near = {.name = item->text};
    struct text all = {0};
    for (size_t i = 0; i < count; i++)
        if (strcmp(item->text, words[i]) == 0)
            return (int)i;
    for (size_t i = 0; i < count; i++) {
        suggestion_offer(&near, words[i]);
        text_add(&all, "%s%s", i ? ", " : "", words[i]);
    }
    if (near.best)
        reader_error(reader, item, "%s: unknown word %s: did you mean %s?", what, SHOW(item->text), near.best);
    else
        reader_error(reader, item, "%s: unknown word %s; expected one of: %s", what, SHOW(item->text),
                     all.data ? all.data : "");
    text_free(&all);
    return -1;
}

bool whole_read(long *value, struct reader *reader, const struct item *item, long low, long high,
                const char *what)
{
    long number = 0;
    const char *s = item->type == ITEM_TEXT ? item->text : "";
    bool negative = *s == '-', right = s[negative] != '\0';
    for (s += negative; right && *s; s++) {
        right = *s >= '0' && *s <= '9' && number < 100000000000000000;
        number = right ? number * 10 + (*s - '0') : number;
    }
    *value = negative ? -number : number;
    if (right && *value >= low && *value <= high)
        return true;
    if (item->type == ITEM_TEXT)
        reader_error(reader, item, "%s is %s; expected a whole number from %ld to %ld", what, SHOW(item->text),
                     low, high);
    else
        reader_error(reader, item, "%s is %s; expected a whole number from %ld to %ld", what, type_name(item),
                     low, high);
    return false;
}

/* The table of names: open addressing over a list in order of definition. */
#include "case/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OFFERED = 2000 };

/* FNV-1a. */
static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return h ^ h >> 32;
}

/* The slot that holds the name or would hold it. There is always an empty slot. */
static size_t slot_of(const struct names *names, const char *text)
{
    size_t mask = names->slot_count - 1, i = (size_t)hash(text) & mask;
    while (names->slots[i] && strcmp(names->list[names->slots[i] - 1].text, text) != 0)
        i = (i + 1) & mask;
    return i;
}

struct name *names_find(const struct names *names, const char *text)
{
    size_t slot = names->slot_count ? names->slots[slot_of(names, text)] : 0;
    return slot ? &names->list[slot - 1] : NULL;
}

static bool grow(struct names *names)
{
    size_t room = names->room ? 2 * names->room : 64;
    struct name *list = realloc(names->list, room * sizeof *list);
    if (!list)
        return false;
    names->list = list;
    size_t *slots = calloc(2 * room, sizeof *slots);
    if (!slots)
        return false;
    free(names->slots);
    names->slots = slots;
    names->slot_count = 2 * room;
    names->room = room;
    for (size_t i = 0; i < names->count; i++)
        slots[slot_of(names, list[i].text)] = i + 1;
    return true;
}

struct name *names_add(struct names *names, const char *text, struct place place)
{
    if (names->count == names->room && !grow(names))
        return NULL;
    struct name *name = &names->list[names->count++];
    *name = (struct name){.text = text, .place = place, .node = -1};
    names->slots[slot_of(names, text)] = names->count;
    return name;
}

void names_suggest(struct suggestion *suggestion, const struct names *names)
{
    size_t start = names->count > MOST_OFFERED ? names->count - MOST_OFFERED : 0;
    for (size_t i = start; i < names->count; i++)
        if (names->list[i].defined && !names->list[i].inner)
            suggestion_offer(suggestion, names->list[i].text);
}

gck_status names_copy(struct names *copy, const struct names *names, size_t count)
{
    *copy = (struct names){0};
    for (size_t i = 0; i < count; i++) {
        struct name *name = names_add(copy, names->list[i].text, names->list[i].place);
        if (!name)
            return GCK_NO_MEMORY;
        *name = names->list[i];
    }
    return GCK_OK;
}

void names_free(struct names *names)
{
    free(names->list);
    free(names->slots);
    *names = (struct names){0};
}

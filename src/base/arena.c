/* An arena: a list of blocks, each allocation cut from the newest block or given one of its own. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16384, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t used, room;
};

enum { HEADER = (sizeof(struct arena_block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT };

static void *block_data(struct arena_block *block)
{
    return (char *)block + HEADER;
}

static struct arena_block *block_new(struct arena *arena, size_t room)
{
    if (room > SIZE_MAX - HEADER)
        return NULL;
    struct arena_block *block = calloc(1, HEADER + room);
    if (!block)
        return NULL;
    block->room = room;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size) /* half: leaves room for the header */
        return NULL;
    size_t bytes = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct arena_block *block = arena->blocks;
    if (!block || block->room - block->used < bytes)
        block = block_new(arena, bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
    if (!block)
        return NULL;
    void *result = (char *)block_data(block) + block->used;
    block->used += bytes;
    return result;
}

char *arena_text(struct arena *arena, const char *text, size_t size)
{
    char *copy = size < SIZE_MAX ? arena_alloc(arena, size + 1, 1) : NULL;
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

void arena_join(struct arena *into, struct arena *from)
{
    struct arena_block **last = &into->blocks;
    while (*last)
        last = &(*last)->next;
    *last = from->blocks;
    from->blocks = NULL;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}

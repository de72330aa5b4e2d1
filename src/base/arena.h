/* An arena: allocations that live and die together. */
#ifndef GCK_BASE_ARENA_H
#define GCK_BASE_ARENA_H
#include <stddef.h>

struct arena {
    struct arena_block *blocks;
};

/* `count` zeroed items of `size` bytes, aligned for any type; NULL when memory or the product fails.
 * Zero items give a valid pointer. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/* A NUL-terminated copy of the first `size` bytes of `text`; NULL when memory fails. */
char *arena_text(struct arena *arena, const char *text, size_t size);

/* Moves everything that `from` owns into `into`; `from` is then empty. */
void arena_join(struct arena *into, struct arena *from);

/* Frees everything; the arena is then empty and usable again. */
void arena_free(struct arena *arena);

#endif

/* Arrays that grow: items side by side, twice the room each time. */
#ifndef GCK_BASE_ARRAY_H
#define GCK_BASE_ARRAY_H
#include <stddef.h>

/* `items`, of which `count` of `size` bytes are used, with room for one more; *room says for how many. NULL
 * when memory fails: the items are still where they were. From NULL and a room of 0; free with free(). */
void *array_room(void *items, size_t count, size_t *room, size_t size);

#endif

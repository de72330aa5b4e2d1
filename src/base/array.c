/* Arrays that grow. */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64 };

void *array_room(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t more = *room ? *room : FIRST_ROOM / 2;
    if (more > SIZE_MAX / 4 / size)
        return NULL;
    void *grown = realloc(items, 2 * more * size);
    if (grown)
        *room = 2 * more;
    return grown;
}

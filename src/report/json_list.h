/* Lists of JSON that are whole or not there. */
#ifndef GCK_REPORT_JSON_LIST_H
#define GCK_REPORT_JSON_LIST_H
#include <jansson.h>

/* Appends and takes the item over. A list that would lack something is freed, and *list is NULL from then on;
 * items for it are freed too. An item of NULL is one that memory did not suffice for. */
static inline void json_list_append(json_t **list, json_t *item)
{
    if (*list && json_array_append_new(*list, item) == 0)
        return;
    if (!*list)
        json_decref(item);
    json_decref(*list);
    *list = NULL;
}

#endif

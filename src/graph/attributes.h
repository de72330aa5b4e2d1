/* Attributes: from the text in a case to the typed value in a node. */
#ifndef GCK_GRAPH_ATTRIBUTES_H
#define GCK_GRAPH_ATTRIBUTES_H
#include "graph/graph.h"

/* Fills node->attributes of node->op from the given texts and the defaults; adds an error for every
 * unknown, repeated, missing or malformed one. */
void attributes_read(struct node *node, struct arena *arena, const struct attribute_text *given, size_t count,
                     struct errors *errors);

#endif

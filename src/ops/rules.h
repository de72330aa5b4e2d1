/* Shape rules that several ops share, and the checks that rules are made of. */
#ifndef GCK_OPS_RULES_H
#define GCK_OPS_RULES_H
#include "ops/op.h"

shape_rule rule_same;              /* one argument; y has its shape */
shape_rule rule_all_same;          /* arguments of one shape */
shape_rule rule_broadcast;         /* two arguments that broadcast */
shape_rule rule_broadcast_scratch; /* the same, with room for one tensor of y's shape */

/* Reads an attribute holding axes into node->axes: absent means all axes. Refuses repeated axes and
 * axes outside the rank. */
gck_status rule_axes(struct node *node, const char *attribute, const struct argument *x, struct errors *errors);
/* Reads an attribute holding one axis into node->axis. */
gck_status rule_axis(struct node *node, const char *attribute, const struct argument *x, struct errors *errors);

#endif

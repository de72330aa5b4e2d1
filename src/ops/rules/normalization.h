/* Shape rules of the normalizing ops, and the groups of elements that they normalize. */
#ifndef GCK_OPS_RULES_NORMALIZATION_H
#define GCK_OPS_RULES_NORMALIZATION_H
#include "ops/op.h"

shape_rule rule_layer_norm; /* the axes from `axis` to the last; gamma and beta have their shape */
shape_rule rule_rms_norm;   /* the same without beta */
shape_rule rule_batch_norm; /* (N, C, ...): all axes but 1; gamma, beta, mean and var have shape (C) */
shape_rule rule_group_norm; /* (N, C, ...): `groups` runs of channels of one sample; gamma and beta (C) */
shape_rule rule_instance_norm;
shape_rule rule_l2_normalize; /* one axis; room for one slice */
shape_rule rule_softmin;      /* the same; room for two */
shape_rule rule_local_response_norm;
shape_rule rule_dropout; /* mask broadcasts to x */

/* x's elements in the same order as a tensor of shape `split`, of which the axes given in bits make a group;
 * gamma and beta seen as `affine`, which broadcasts to x. */
struct normalization {
    struct shape split, affine;
    unsigned axes;
    size_t groups, count; /* number of groups; elements of one */
};
struct normalization layer_groups(const struct node *node, const struct shape *x);
struct normalization batch_groups(const struct node *node, const struct shape *x);
struct normalization channel_groups(const struct node *node, const struct shape *x);

#endif

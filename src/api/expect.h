/* Expectations: the numbers and the twin graph that a case says must come out, checked at the reference's
 * precision with the inputs at their exact decimals. */
#ifndef GCK_API_EXPECT_H
#define GCK_API_EXPECT_H
#include "base/text.h"
#include "case/case.h"

struct mismatches {
    struct arena *arena;
    gck_mismatch *items;
    size_t count, room;
    size_t compared; /* numbers looked at */
};

/* Compares everything the case expects. Numbers must agree to half a unit of the last digit given; fractions,
 * and closed forms given in fewer than 16 digits, to 2^-(bits/2). Errors: an `equals` case that cannot be
 * read. */
gck_status expect_compare(struct mismatches *mismatches, const struct case_file *file, int bits,
                          struct errors *errors);

/* The text of an `expect:` block with the reference's own numbers, by: reference: the digits that hold with
 * twice the bits, up to 40, and 0 where nothing but rounding is left. The bits are raised until 17 digits of
 * every number hold; GCK_BAD_CASE when they never do. */
gck_status expect_frozen(struct text *block, const struct case_file *file, int bits, struct errors *errors);

#endif

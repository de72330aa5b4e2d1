/* Freezing: writing what the reference computed into a case file. */
#ifndef GCK_CASE_FREEZE_H
#define GCK_CASE_FREEZE_H
#include "base/text.h"
#include "case/case.h"

/* Puts `expect_block` ("expect:\n  value: ...", whole lines) in place of the file's `expect:` field, or at its
 * end when it has none; all other text stays, comments too. The new text must be a valid case. The file is
 * replaced in one step, or left as it is. Refuses JSON. GCK_BAD_CASE, GCK_IO or GCK_NO_MEMORY after an error.
 */
gck_status case_freeze(const char *path, const char *expect_block, const struct case_loading *loading,
                       struct errors *errors);

/* The new text alone, of the bytes of a file. */
gck_status freeze_text(struct text *text, const char *path, const char *bytes, size_t size,
                       const char *expect_block, const struct case_loading *loading, struct errors *errors);

#endif

/* Tensors as base64: little-endian numbers of a dtype, or of int64, or bytes for bool. RFC 4648, section 4. */
#ifndef GCK_ENGINE_BASE64_H
#define GCK_ENGINE_BASE64_H
#include <stdint.h>

#include "base/text.h"
#include "real/dtype.h"

/* Appends the numbers, without quotes. */
void base64_floats(struct text *text, enum dtype dtype, const double *numbers, size_t count);
void base64_integers(struct text *text, const int64_t *numbers, size_t count);
void base64_bools(struct text *text, const int64_t *numbers, size_t count);

void base64_bytes(struct text *text, const char *bytes, size_t size);

/* Reads exactly `count` numbers of the dtype. False when the text is no base64 of so many. */
bool base64_read(double *numbers, enum dtype dtype, size_t count, const char *text, size_t size);
/* Reads bytes into room for size / 4 * 3 of them; *count is how many there were. */
bool base64_read_bytes(char *bytes, size_t *count, const char *text, size_t size);

#endif

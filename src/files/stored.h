/* Stored numbers: the types that files hold, and their conversion to doubles and integers. */
#ifndef GCK_FILES_STORED_H
#define GCK_FILES_STORED_H
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "real/dtype.h"

enum stored_type {
    STORED_FLOAT64,
    STORED_FLOAT32,
    STORED_FLOAT16,
    STORED_BFLOAT16, /* up to here as in enum dtype */
    STORED_INT64,
    STORED_INT32,
    STORED_INT16,
    STORED_INT8,
    STORED_UINT64,
    STORED_UINT32,
    STORED_UINT16,
    STORED_UINT8,
    STORED_BOOL,
    STORED_NUMBER, /* decimals in JSON, of no type */
    STORED_TYPES
};

/* "float32". */
const char *stored_name(enum stored_type type);
/* The type of that name, or STORED_TYPES. STORED_NUMBER has none. */
enum stored_type stored_named(const char *name);
/* Bytes of one number; 0 for STORED_NUMBER. */
size_t stored_width(enum stored_type type);
bool stored_is_float(enum stored_type type);
bool stored_is_integer(enum stored_type type);

/* The number in `width` bytes. False, with `why`, when it has no exact double, or is no integer of 64 bits. */
bool stored_double(double *x, enum stored_type type, const unsigned char *bytes, bool big_endian,
                   struct text *why);
bool stored_integer(int64_t *n, enum stored_type type, const unsigned char *bytes, bool big_endian,
                    struct text *why);

/* The whole number x as an integer; false, with `why`, when it is none that a double holds exactly. */
bool stored_whole(int64_t *n, double x, struct text *why);

#endif

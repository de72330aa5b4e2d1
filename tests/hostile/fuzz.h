/* Fuzz targets: each takes any bytes. libFuzzer feeds them under the preset `fuzz`; everywhere else replay.c
 * feeds the corpus. */
#ifndef GCK_TESTS_HOSTILE_FUZZ_H
#define GCK_TESTS_HOSTILE_FUZZ_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, as a crash does, unless the condition holds. */
#define REQUIRE(condition)                                                                                     \
    do {                                                                                                       \
        if (!(condition)) {                                                                                    \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                      \
            abort();                                                                                           \
        }                                                                                                      \
    } while (0)

/* What a reader of bytes owes: an error exactly when it refuses, and never that memory is short. */
static inline void require_errors(const struct errors *errors, gck_status status)
{
    REQUIRE((status == GCK_OK) == (errors->count == 0));
    REQUIRE(status != GCK_NO_MEMORY);
    for (const struct error *error = errors->first; error; error = error->next) {
        REQUIRE(error->status != GCK_OK && error->status != GCK_NO_MEMORY);
        for (const char *s = error->message; *s; s++)
            REQUIRE((unsigned char)*s >= 0x20 && *s != 0x7f);
    }
}

#endif

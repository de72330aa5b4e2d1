/* The handshake: what an engine says of itself. */
#ifndef GCK_ENGINE_HELLO_H
#define GCK_ENGINE_HELLO_H
#include <gradcheck.h>

#include "base/text.h"

/* Everything that an engine offers. Free with hello_free(). */
struct hello {
    char *name;      /* "pytorch 1.13.0" */
    unsigned dtypes; /* bits 1 << dtype */
    bool every_op;   /* it did not list its ops */
    char **ops;
    size_t op_count;
    bool base64;
    bool flushes_to_zero;
};

/* The line that is sent, with its end of line. */
extern const char hello_request[];

/* Reads the line that came back. False: `why` says what is wrong with it. */
bool hello_read(struct hello *hello, const char *line, size_t size, struct text *why);
void hello_free(struct hello *hello);

bool hello_has_op(const struct hello *hello, const char *op);

#endif

/* The error record: a list in an arena of its own. */
#include "base/errors.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

gck_status errors_add(struct errors *errors, gck_status status, const char *format, ...)
{
    char buffer[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    size_t size = length < 0 ? 0 : (size_t)length < sizeof buffer ? (size_t)length : sizeof buffer - 1;
    size_t bad;
    if (size == sizeof buffer - 1 && !text_is_utf8(buffer, size, &bad) && size - bad < 4)
        size = bad; /* a sequence that was cut in two */
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)buffer[i] < 0x20 || buffer[i] == 0x7f)
            buffer[i] = '?';
    struct error *error = arena_alloc(&errors->arena, 1, sizeof *error);
    char *message = arena_text(&errors->arena, buffer, size);
    errors->count++; /* counted even when it cannot be stored: never mistaken for success */
    if (!error || !message)
        return GCK_NO_MEMORY;
    *error = (struct error){status, message, errors->here, NULL};
    if (errors->last)
        errors->last->next = error;
    else
        errors->first = error;
    errors->last = error;
    return status;
}

void errors_free(struct errors *errors)
{
    arena_free(&errors->arena);
    *errors = (struct errors){0};
}

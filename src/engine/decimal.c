/* Shortest decimals, by trying: 15 digits always survive in a double, 17 always suffice. */
#include "engine/decimal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Few integers need a fraction or an exponent, and many numbers are integers. */
static size_t write_integer(char *text, double x)
{
    return (size_t)snprintf(text, DECIMAL_TEXT, "%lld", (long long)x);
}

size_t decimal_write(char *text, double x)
{
    if (!isfinite(x))
        return (size_t)snprintf(text, DECIMAL_TEXT, isnan(x) ? "\"nan\"" : x > 0 ? "\"inf\"" : "\"-inf\"");
    if (x == 0) /* some readers take -0 for an integer, which has no sign */
        return (size_t)snprintf(text, DECIMAL_TEXT, signbit(x) ? "-0.0" : "0");
    if (fabs(x) < 1e15 && x == trunc(x))
        return write_integer(text, x);
    int size = 0;
    for (int digits = fabs(x) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        size = snprintf(text, DECIMAL_TEXT, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    char *point = strchr(text, ','); /* what some locales have */
    if (point)
        *point = '.';
    return (size_t)size;
}

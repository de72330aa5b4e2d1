/* Numbers as people read them: as many digits as mean something. */
#ifndef GCK_REPORT_NUMBER_H
#define GCK_REPORT_NUMBER_H
#include "real/dtype.h"

enum { NUMBER_TEXT = 64 };

/* Each writes into `text` (NUMBER_TEXT bytes) and returns it; "nan", "inf", "-inf" for what is not finite. */

/* The shortest decimal that rounds to x in this format (x is one of its numbers; else in float64). */
const char *number_shortest(char *text, double x, enum dtype dtype);
/* x to 1 <= digits <= 17 significant digits, trailing zeros kept. */
const char *number_digits(char *text, double x, int digits);
/* x up to the first digit in which it differs from `truth`, at least 2; all 17 when it does not. */
const char *number_certain(char *text, double x, double truth);
/* A decimal text (plain or with an exponent) rounded to at most `digits` digits, its own zeros kept. */
const char *number_decimal(char *text, const char *decimal, int digits);
/* An error or ratio: 2 digits, "0" for zero. */
const char *number_error(char *text, double x);
/* A count of ulps: whole up to 999, 2 digits otherwise. */
const char *number_ulps(char *text, double x);
/* Milliseconds without a unit, for columns: 3 digits without an exponent. */
const char *number_ms(char *text, double ms);
/* A time with its unit, 3 digits: "310 ns", "4.20 us", "1.35 ms", "21.1 s". */
const char *number_time(char *text, double ms);

#endif

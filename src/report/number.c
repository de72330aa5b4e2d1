/* Numbers as people read them: digits and an exponent, laid out plainly where that invents no digits. */
#include "report/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 40 };

/* 0.d1 d2 d3 ... times 10^exponent. */
struct decimal {
    bool negative;
    char digits[MOST_DIGITS + 1];
    int count;
    long exponent;
};

static const char *scientific(char *text, const struct decimal *d)
{
    snprintf(text, NUMBER_TEXT, "%s%c%s%se%ld", d->negative ? "-" : "", d->digits[0], d->count > 1 ? "." : "",
             d->digits + 1, d->exponent - 1);
    return text;
}

/* Plain from 1e-4 up to where zeros would have to be invented; `exact` allows those up to 1e15. */
static const char *layout(char *text, const struct decimal *d, bool exact)
{
    const char *sign = d->negative ? "-" : "";
    long point = d->exponent;
    if (point > -4 && point <= 0)
        snprintf(text, NUMBER_TEXT, "%s0.%.*s%s", sign, (int)-point, "000", d->digits);
    else if (point > 0 && point < d->count)
        snprintf(text, NUMBER_TEXT, "%s%.*s.%s", sign, (int)point, d->digits, d->digits + point);
    else if (point > 0 && (point == d->count || (exact && point <= 15)))
        snprintf(text, NUMBER_TEXT, "%s%s%.*s", sign, d->digits, (int)(point - d->count), "000000000000000");
    else
        scientific(text, d);
    return text;
}

static const char *special(char *text, double x)
{
    snprintf(text, NUMBER_TEXT, "%s", isnan(x) ? "nan" : x == 0 ? "0" : x > 0 ? "inf" : "-inf");
    return text;
}

static bool is_special(double x)
{
    return !isfinite(x) || x == 0;
}

static struct decimal decimal_of(double x, int digits)
{
    struct decimal d = {.negative = x < 0, .count = digits};
    char buffer[NUMBER_TEXT];
    snprintf(buffer, sizeof buffer, "%.*e", digits - 1, fabs(x));
    char *e = strchr(buffer, 'e');
    d.exponent = strtol(e + 1, NULL, 10) + 1;
    d.digits[0] = buffer[0];
    if (digits > 1)
        memcpy(d.digits + 1, buffer + 2, (size_t)digits - 1);
    return d;
}

static void drop_zeros(struct decimal *d)
{
    while (d->count > 1 && d->digits[d->count - 1] == '0')
        d->digits[--d->count] = '\0';
}

const char *number_digits(char *text, double x, int digits)
{
    if (is_special(x))
        return special(text, x);
    struct decimal d = decimal_of(x, digits);
    return layout(text, &d, false);
}

const char *number_shortest(char *text, double x, enum dtype dtype)
{
    if (is_special(x))
        return special(text, x);
    if (dtype_round(dtype, x) != x)
        dtype = FLOAT64;
    int digits = 0;
    for (bool same = false; !same && digits < 17;) {
        double back;
        char buffer[NUMBER_TEXT];
        snprintf(buffer, sizeof buffer, "%.*e", digits++, x);
        same = dtype_parse(&back, dtype, buffer) && back == x;
    }
    struct decimal d = decimal_of(x, digits);
    drop_zeros(&d);
    return layout(text, &d, true);
}

const char *number_certain(char *text, double x, double truth)
{
    if (is_special(x))
        return special(text, x);
    if (x == truth)
        return number_shortest(text, x, FLOAT64);
    double error = fabs(x - truth) / fmax(fabs(x), fabs(truth));
    double digits = isfinite(error) ? floor(-log10(error)) + 1 : 2;
    return number_digits(text, x, digits < 2 ? 2 : digits > 17 ? 17 : (int)digits);
}

/* Reads "-12.50e-3"; false when the text is no such number or zero. */
static bool decimal_read(struct decimal *d, const char *text)
{
    bool after_point = false;
    *d = (struct decimal){.negative = *text == '-'};
    for (text += *text == '-' || *text == '+'; (*text >= '0' && *text <= '9') || *text == '.'; text++) {
        bool leading = d->count == 0 && *text == '0';
        if (*text == '.')
            after_point = true;
        else if (!leading && d->count < MOST_DIGITS)
            d->digits[d->count++] = *text;
        if (*text != '.')
            d->exponent += leading ? -after_point : !after_point;
    }
    if (*text == 'e' || *text == 'E')
        d->exponent += strtol(text + 1, (char **)&text, 10);
    return d->count > 0 && *text == '\0';
}

static void decimal_round(struct decimal *d, int digits)
{
    if (d->count <= digits)
        return;
    bool up = d->digits[digits] >= '5';
    d->count = digits;
    d->digits[digits] = '\0';
    int i = digits - 1;
    for (; up && i >= 0 && d->digits[i] == '9'; i--)
        d->digits[i] = '0';
    if (up && i >= 0)
        d->digits[i]++;
    else if (up) {
        d->digits[0] = '1';
        d->exponent++;
    }
}

const char *number_decimal(char *text, const char *decimal, int digits)
{
    struct decimal d;
    if (decimal_read(&d, decimal)) {
        decimal_round(&d, digits);
        return layout(text, &d, false);
    }
    char *end;
    double x = strtod(decimal, &end);
    if (end == decimal || *end)
        snprintf(text, NUMBER_TEXT, "%.40s", decimal);
    else
        special(text, x);
    return text;
}

const char *number_error(char *text, double x)
{
    if (is_special(x))
        return special(text, x);
    struct decimal d = decimal_of(x, 2);
    if (d.exponent <= -3 || d.exponent > 3)
        return scientific(text, &d);
    drop_zeros(&d);
    return layout(text, &d, true);
}

const char *number_ulps(char *text, double x)
{
    if (isfinite(x) && fabs(x) < 1000 && x == rint(x)) {
        snprintf(text, NUMBER_TEXT, "%.0f", x);
        return text;
    }
    return number_error(text, x);
}

const char *number_ms(char *text, double ms)
{
    int decimals = ms < 0.9995 ? 3 : ms < 9.995 ? 2 : ms < 99.95 ? 1 : 0;
    snprintf(text, NUMBER_TEXT, "%.*f", decimals, ms);
    return text;
}

const char *number_time(char *text, double ms)
{
    static const struct {
        double per_ms;
        const char *name;
    } units[] = {{1e6, "ns"}, {1e3, "us"}, {1, "ms"}, {1e-3, "s"}};
    size_t i = 0;
    while (i < 3 && ms * units[i].per_ms >= 999.5)
        i++;
    double value = ms * units[i].per_ms;
    int decimals = i == 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    snprintf(text, NUMBER_TEXT, "%.*f %s", decimals, value, units[i].name);
    return text;
}

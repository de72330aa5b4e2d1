/* Numbers in cases: decimal texts that every machine reads alike, and what is wrong with the others. */
#include <math.h>
#include <string.h>

#include "case/reader.h"

enum { MOST_DIGITS = 10000 };

static const char *unsigned_part(const char *text)
{
    return text + (*text == '-' || *text == '+');
}

bool number_is_decimal(const char *text)
{
    const char *s = unsigned_part(text);
    size_t length = decimal_length(s);
    return length && s[length] == '\0';
}

int number_infinite(const char *text)
{
    return strcmp(text, "inf") == 0 ? 1 : strcmp(text, "-inf") == 0 ? -1 : 0;
}

static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

/* "-1/3", with a denominator that is not zero. */
static bool is_fraction(const char *text)
{
    const char *s = unsigned_part(text);
    size_t above = digits(s);
    if (!above || s[above] != '/')
        return false;
    s += above + 1;
    size_t below = digits(s);
    return below && s[below] == '\0' && strspn(s, "0") < below;
}

/* Why a text is no number. */
static const char *why_not(const char *text, bool fractions)
{
    const char *s = unsigned_part(text);
    size_t above = digits(s);
    if (strcmp(s, "nan") == 0 || strcmp(s, "NaN") == 0 || strcmp(s, ".nan") == 0)
        return "there is no gradient to check at a NaN";
    if (strcmp(s, "Infinity") == 0 || strcmp(s, ".inf") == 0 || strcmp(s, "Inf") == 0 ||
        strcmp(text, "+inf") == 0)
        return "write inf or -inf";
    if (above && s[above] == '/')
        return !fractions ? "fractions are for `expect` only"
                          : "a fraction is two whole numbers, the second not 0";
    if (strchr(s, '_'))
        return "digits are not grouped";
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        return "numbers are decimal";
    if (decimal_length(s) && strcmp(s + decimal_length(s), "e") == 0)
        return "the exponent has no digits";
    return fractions ? "write it as -1.5, 2e-3, 1/3 or inf" : "write it as -1.5, 2e-3 or inf";
}

/* Whether the nearest number of every dtype of the case is finite. */
static bool fits(struct reader *reader, struct place place, const char *text)
{
    for (int i = 0; i < DTYPES; i++) {
        double nearest = 0;
        if (!reader->file->dtypes[i] || (dtype_parse(&nearest, (enum dtype)i, text) && isfinite(nearest)))
            continue;
        if (i == FLOAT64)
            reader_error_at(reader, place, "%s overflows float64", SHOW(text));
        else
            reader_error_at(reader, place,
                            "%s overflows %s, one of the dtypes of this case: leave it out of `dtypes`",
                            SHOW(text), dtype_formats[i].name);
        return false;
    }
    return true;
}

bool number_check(struct reader *reader, struct place place, const char *text, enum number_use use)
{
    if (number_infinite(text)) {
        if (use == NUMBER_FINITE)
            reader_error_at(reader, place, "%s; a finite number is needed here", text);
        return use != NUMBER_FINITE;
    }
    if (*text == '\0') {
        reader_error_at(reader, place, "a number is missing");
        return false;
    }
    bool decimal = number_is_decimal(text), fraction = !decimal && use == NUMBER_EXPECTED && is_fraction(text);
    if (!decimal && !fraction) {
        reader_error_at(reader, place, "%s is not a number: %s", SHOW(text),
                        why_not(text, use == NUMBER_EXPECTED));
        return false;
    }
    if (strlen(text) > MOST_DIGITS) {
        reader_error_at(reader, place, "a number of more than %d characters", MOST_DIGITS);
        return false;
    }
    return use == NUMBER_EXPECTED || fits(reader, place, text);
}

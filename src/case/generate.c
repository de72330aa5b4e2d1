/* Generated tensors. */
#include "case/generate.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "case/reader.h"

enum { MOST_EXPONENT = 22, DECIMAL_BITS = 29 }; /* 10^22 is the largest power of ten that a double holds */

static int64_t power_of_ten(int n)
{
    int64_t p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

/* One decimal as m 10^e with m not a multiple of ten; false when m has too many digits. */
static bool decimal_read(int64_t *m, int *e, const char *text)
{
    bool negative = *text == '-', point = false;
    const char *s = text + (negative || *text == '+');
    int64_t zeros = 0; /* not yet multiplied in, so that 1.000...0 is short */
    *m = 0;
    *e = 0;
    for (; *s && (*s | 0x20) != 'e'; s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        *e -= point;
        zeros++;
        if (*s == '0')
            continue;
        if (*m && zeros > 9)
            return false;
        *m = *m ? *m * power_of_ten((int)zeros) + (*s - '0') : *s - '0';
        zeros = 0;
        if (*m >= (int64_t)1 << DECIMAL_BITS)
            return false;
    }
    long exponent = 0;
    bool down = *s && s[1] == '-';
    for (s += *s ? 1 + (s[1] == '-' || s[1] == '+') : 0; *s && exponent < 100000; s++)
        exponent = exponent * 10 + (*s - '0');
    int64_t whole = *e + zeros + (down ? -exponent : exponent);
    *e = *m == 0 || whole > 1000 || whole < -1000 ? (*m == 0 ? 0 : 10000) : (int)whole;
    if (negative)
        *m = -*m;
    return true;
}

bool decimals_read(struct decimals *d, const char *a, const char *b)
{
    int ea, eb;
    if (!decimal_read(&d->a, &ea, a) || !decimal_read(&d->b, &eb, b))
        return false;
    if (d->a == 0)
        ea = eb;
    if (d->b == 0)
        eb = ea;
    d->exponent = ea < eb ? ea : eb;
    if (ea - d->exponent > 9 || eb - d->exponent > 9 || d->exponent < -MOST_EXPONENT ||
        d->exponent > MOST_EXPONENT)
        return false;
    d->a *= power_of_ten(ea - d->exponent);
    d->b *= power_of_ten(eb - d->exponent);
    int64_t limit = (int64_t)1 << DECIMAL_BITS;
    return d->a < limit && -d->a < limit && d->b < limit && -d->b < limit;
}

/* n 10^exponent 2^-bits: one rounding, because n and the power of ten are exact. */
static double scaled(int64_t n, int exponent, int bits)
{
    double power = 1;
    for (int i = exponent < 0 ? -exponent : exponent; i > 0; i--)
        power *= 10;
    return ldexp(exponent < 0 ? (double)n / power : (double)n * power, -bits);
}

void generate_uniform(double *x, size_t n, const struct decimals *d, uint64_t seed)
{
    struct random random = random_new(seed, 0);
    for (size_t i = 0; i < n; i++) {
        int64_t k = (int64_t)(random_next(&random) >> 40);
        x[i] = scaled(d->a * (1 << 24) + (d->b - d->a) * k, d->exponent, 24);
    }
}

void generate_normal(double *x, size_t n, const struct decimals *d, uint64_t seed)
{
    struct random random = random_new(seed, 0);
    for (size_t i = 0; i < n; i++) {
        int64_t sum = -393210; /* 12 * 65535 / 2 */
        for (int j = 0; j < 3; j++)
            for (uint64_t word = random_next(&random); word; word >>= 16)
                sum += (int64_t)(word & 0xffff);
        x[i] = scaled(d->a * 65536 + d->b * sum, d->exponent, 16);
    }
}

void generate_integers(int64_t *x, size_t n, int64_t low, int64_t high, uint64_t seed)
{
    struct random random = random_new(seed, 0);
    for (size_t i = 0; i < n; i++)
        x[i] = low + (int64_t)random_below(&random, (uint64_t)(high - low));
}

/* A whole number below 2^64. */
static bool seed_number(uint64_t *seed, struct reader *reader, const struct item *item, const struct item *map,
                        const char *what)
{
    *seed = 0;
    if (!item) {
        reader_error(reader, map, "%s needs the field seed: a whole number, so that its numbers never change",
                     what);
        return false;
    }
    const char *s = item->text;
    bool right = *s != '\0';
    for (; right && *s; s++) {
        unsigned digit = (unsigned)(*s - '0');
        right = *s >= '0' && *s <= '9' && *seed <= (UINT64_MAX - digit) / 10;
        *seed = *seed * 10 + digit;
    }
    if (!right)
        reader_error(reader, item, "seed is %s; expected a whole number from 0 to 2^64 - 1", SHOW(item->text));
    return right;
}

/* Two numbers of a fill, with defaults where `a_default` is given. */
static bool pair_read(struct decimals *d, struct reader *reader, const struct item *const *items,
                      const char *const *names, const char *const *defaults, const struct item *map,
                      const char *what)
{
    const char *texts[2];
    for (int i = 0; i < 2; i++) {
        texts[i] = items[i] ? items[i]->text : defaults[i];
        if (!texts[i]) {
            reader_error(reader, map, "%s needs the field %s", what, names[i]);
            return false;
        }
        if (items[i] && !number_check(reader, item_place(items[i], &reader->source), texts[i], NUMBER_FINITE))
            return false;
    }
    if (decimals_read(d, texts[0], texts[1]))
        return true;
    reader_error(reader, items[0] ? items[0] : map,
                 "%s: %s = %.40s and %s = %.40s have too many digits for exact generation: write both as whole "
                 "multiples, below 2^29, of one power of ten from 1e-22 to 1e22",
                 what, names[0], texts[0], names[1], texts[1]);
    return false;
}

/* Whether the farthest number that the fill can make fits every dtype. */
static bool reach_right(struct reader *reader, const struct item *fill, double farthest, const char *what)
{
    for (int i = 0; i < DTYPES; i++)
        if (reader->file->dtypes[i] && !isfinite(dtype_round((enum dtype)i, farthest))) {
            reader_error(reader, fill, "%s: numbers up to %g overflow %s, one of the dtypes of this case", what,
                         farthest, dtype_formats[i].name);
            return false;
        }
    return true;
}

static bool fill_uniform(struct tensor *tensor, struct reader *reader, const struct item *map,
                         const struct fill_items *items, const char *what)
{
    static const char *const names[] = {"low", "high"}, *const none[] = {NULL, NULL};
    const struct item *bounds[] = {items->low, items->high};
    size_t n = shape_count(&tensor->shape);
    struct decimals d;
    uint64_t seed;
    if (!seed_number(&seed, reader, items->seed, map, what))
        return false;
    if (tensor->kind == KIND_FLOAT) {
        double *x = arena_alloc(reader->arena, n, sizeof *x);
        if (!pair_read(&d, reader, bounds, names, none, map, what))
            return false;
        if (!x)
            return reader_no_memory(reader), false;
        generate_uniform(x, n, &d, seed_varied(reader, seed));
        tensor->drawn = true;
        tensor->values.doubles = x;
        return true;
    }
    long low = 0, high = 2;
    if (tensor->kind == KIND_INTEGER) {
        if (!items->low || !items->high) {
            reader_error(reader, map, "%s needs the fields low and high: low <= number < high", what);
            return false;
        }
        if (!whole_read(&low, reader, items->low, -1000000000, 1000000000, "low") ||
            !whole_read(&high, reader, items->high, low + 1, 1000000000, "high"))
            return false;
    }
    int64_t *x = arena_alloc(reader->arena, n, sizeof *x);
    if (!x)
        return reader_no_memory(reader), false;
    generate_integers(x, n, low, high, seed_varied(reader, seed));
    tensor->values.integers = x;
    return true;
}

static bool fill_normal(struct tensor *tensor, struct reader *reader, const struct item *map,
                        const struct fill_items *items, const char *what)
{
    static const char *const names[] = {"mean", "std"}, *const defaults[] = {"0", "1"};
    const struct item *moments[] = {items->mean, items->std};
    size_t n = shape_count(&tensor->shape);
    struct decimals d;
    uint64_t seed;
    if (!seed_number(&seed, reader, items->seed, map, what) ||
        !pair_read(&d, reader, moments, names, defaults, map, what))
        return false;
    if (d.b < 0) {
        reader_error(reader, items->std, "std is negative");
        return false;
    }
    if (!reach_right(reader, items->fill, fabs(scaled(d.a, d.exponent, 0)) + 6 * scaled(d.b, d.exponent, 0),
                     what))
        return false;
    double *x = arena_alloc(reader->arena, n, sizeof *x);
    if (!x)
        return reader_no_memory(reader), false;
    generate_normal(x, n, &d, seed_varied(reader, seed));
    tensor->drawn = true;
    tensor->values.doubles = x;
    return true;
}

static bool fill_constant(struct tensor *tensor, struct reader *reader, const struct item *map,
                          const struct fill_items *items, const char *what)
{
    size_t n = shape_count(&tensor->shape);
    if (!items->value) {
        reader_error(reader, map, "%s needs the field value", what);
        return false;
    }
    if (!number_check(reader, item_place(items->value, &reader->source), items->value->text, NUMBER_INPUT))
        return false;
    const char **x = arena_alloc(reader->arena, n, sizeof *x);
    if (!x)
        return reader_no_memory(reader), false;
    for (size_t i = 0; i < n; i++)
        x[i] = items->value->text;
    if (number_infinite(items->value->text))
        tensor->infinite = item_place(items->value, &reader->source);
    tensor->values.texts = x;
    return true;
}

/* Refuses the fields that the fill does not have. */
static bool fields_fit(struct reader *reader, const struct fill_items *items, int word, bool integer)
{
    static const char *const fills[] = {"uniform", "normal", "constant"};
    const struct {
        const struct item *item;
        const char *name;
        int fill;
    } owned[] = {{items->low, "low", 0},     {items->high, "high", 0},
                 {items->mean, "mean", 1},   {items->std, "std", 1},
                 {items->value, "value", 2}, {items->seed, "seed", word == 2 ? 0 : word}};
    bool right = true;
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        if (owned[i].item && owned[i].fill != word) {
            reader_error(reader, owned[i].item, "fill: %s has no %s", fills[word], owned[i].name);
            right = false;
        }
    if (integer && word != 0) {
        reader_error(reader, items->fill, "fill: %s makes floats; int64 and bool take fill: uniform",
                     fills[word]);
        right = false;
    }
    return right;
}

bool tensor_generate(struct tensor *tensor, struct reader *reader, const struct item *map,
                     const struct fill_items *items, const char *what)
{
    static const char *const fills[] = {"uniform", "normal", "constant"};
    int word = word_read(reader, items->fill, fills, 3, "fill");
    if (word < 0 || !fields_fit(reader, items, word, tensor->kind != KIND_FLOAT))
        return false;
    return word == 0   ? fill_uniform(tensor, reader, map, items, what)
           : word == 1 ? fill_normal(tensor, reader, map, items, what)
                       : fill_constant(tensor, reader, map, items, what);
}

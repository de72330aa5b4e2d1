/* NumPy's .npy: a magic, a header that is a Python dict, numbers. Versions 1 to 3 of the format (NEP 1). */
#include <stdlib.h>
#include <string.h>

#include "files/format.h"

/* Many times what a type and eight sizes take; archives may hold many of them. */
enum { MOST_HEADER = 1 << 12 };

/* The header's text and how far it is read. It ends with a NUL. */
struct cursor {
    const char *at;
    struct text *why;
};

static bool refuse(struct cursor *c, const char *expected)
{
    text_add(c->why, "its header is damaged: %s is expected at \"%.20s\"", expected, c->at);
    return false;
}

static void skip_blanks(struct cursor *c)
{
    c->at += strspn(c->at, " \t\r\n");
}

static bool take(struct cursor *c, char symbol)
{
    skip_blanks(c);
    bool there = *c->at == symbol;
    c->at += there;
    return there;
}

/* 'text' or "text", at most `room` - 1 bytes. */
static bool take_string(char *text, size_t room, struct cursor *c)
{
    skip_blanks(c);
    char quote = *c->at;
    size_t size = quote == '\'' || quote == '"' ? strcspn(c->at + 1, quote == '"' ? "\"\\" : "'\\") : room;
    if (size >= room || c->at[1 + size] != quote)
        return refuse(c, "a short text in quotes");
    memcpy(text, c->at + 1, size);
    text[size] = '\0';
    c->at += size + 2;
    return true;
}

static bool take_word(struct cursor *c, const char *word)
{
    skip_blanks(c);
    bool there = strncmp(c->at, word, strlen(word)) == 0;
    c->at += there ? strlen(word) : 0;
    return there;
}

/* A size, as Python 2 wrote it too: 3L. */
static bool take_size(size_t *size, struct cursor *c)
{
    size_t n = 0;
    skip_blanks(c);
    if (*c->at < '0' || *c->at > '9')
        return refuse(c, "a size");
    for (; *c->at >= '0' && *c->at <= '9'; c->at++) {
        size_t digit = (size_t)(*c->at - '0');
        if (n > (SIZE_MAX - digit) / 10)
            return refuse(c, "a size that a computer can hold");
        n = n * 10 + digit;
    }
    c->at += *c->at == 'L';
    *size = n;
    return true;
}

/* (2, 3), (2,) or (). *rank counts all sizes, the first ones are kept. */
static bool take_shape(struct shape *shape, int *rank, struct cursor *c)
{
    if (!take(c, '('))
        return refuse(c, "a shape such as (2, 3)");
    for (*rank = 0; !take(c, ')'); ++*rank) {
        size_t size;
        if (*rank && !take(c, ','))
            return refuse(c, "a comma");
        if (*rank && take(c, ')'))
            break;
        if (!take_size(&size, c))
            return false;
        if (*rank < MOST_RANK)
            shape->dim[*rank] = size;
    }
    shape->rank = *rank < MOST_RANK ? *rank : MOST_RANK;
    return true;
}

/* "<f8": byte order, kind, bytes. STORED_TYPES: one that is not read. */
static enum stored_type type_of(const char *descr, bool *big_endian)
{
    static const struct {
        const char *code;
        enum stored_type type;
    } codes[] = {{"f8", STORED_FLOAT64}, {"f4", STORED_FLOAT32}, {"f2", STORED_FLOAT16}, {"i8", STORED_INT64},
                 {"i4", STORED_INT32},   {"i2", STORED_INT16},   {"i1", STORED_INT8},    {"u8", STORED_UINT64},
                 {"u4", STORED_UINT32},  {"u2", STORED_UINT16},  {"u1", STORED_UINT8},   {"b1", STORED_BOOL}};
    *big_endian = *descr == '>';
    for (size_t i = 0; i < sizeof codes / sizeof *codes && *descr; i++)
        if (strchr("<>|", *descr) && strcmp(descr + 1, codes[i].code) == 0 &&
            (*descr != '|' || stored_width(codes[i].type) == 1))
            return codes[i].type;
    return STORED_TYPES;
}

struct header {
    char descr[16];
    bool fortran;
    struct shape shape;
    int rank;
    bool compound; /* a list of fields in place of a type */
};

static bool take_field(struct header *h, unsigned *seen, struct cursor *c)
{
    static const char *const names[] = {"descr", "fortran_order", "shape"};
    char name[16];
    int field = 0;
    if (!take_string(name, sizeof name, c))
        return false;
    while (field < 3 && strcmp(name, names[field]) != 0)
        field++;
    if (field == 3 || *seen >> field & 1)
        return refuse(c, "each of descr, fortran_order and shape once");
    *seen |= 1u << field;
    if (!take(c, ':'))
        return refuse(c, "a colon");
    skip_blanks(c);
    if (field == 2)
        return take_shape(&h->shape, &h->rank, c);
    if (field == 1) {
        h->fortran = take_word(c, "True");
        return h->fortran || take_word(c, "False") || refuse(c, "True or False");
    }
    h->compound = *c->at == '[' || *c->at == '(';
    return h->compound || take_string(h->descr, sizeof h->descr, c);
}

static bool parse(struct header *h, struct cursor *c)
{
    unsigned seen = 0;
    if (!take(c, '{'))
        return refuse(c, "a dict");
    while (!take(c, '}')) {
        if (seen && !take(c, ','))
            return refuse(c, "a comma");
        if (seen && take(c, '}'))
            break;
        if (!take_field(h, &seen, c))
            return false;
        if (h->compound) /* what follows is of no interest */
            return true;
    }
    skip_blanks(c);
    if (seen == 7 && *c->at == '\0')
        return true;
    return refuse(c, seen == 7 ? "its end" : "descr, fortran_order and shape");
}

static void describe(struct stored *stored, struct tensor_file *file, const struct header *h)
{
    size_t bytes;
    stored->type = h->compound ? STORED_TYPES : type_of(h->descr, &stored->big_endian);
    stored->fortran = h->fortran;
    stored->shape = h->shape;
    if (stored->type == STORED_TYPES)
        stored_defect(stored, file,
                      "it holds items of type %s; floats of 2, 4 and 8 bytes, integers and bools are read",
                      h->compound ? "\"fields\"" : h->descr);
    else if (h->rank > MOST_RANK)
        stored_defect(stored, file, "its rank is %d; the highest is %d", h->rank, MOST_RANK);
    else if (!stored_measure(stored, &bytes))
        stored_defect(stored, file, "its shape has more elements than a computer can hold");
}

bool npy_header(struct stored *stored, size_t *header, struct tensor_file *file, struct source_bytes *source,
                struct text *why)
{
    unsigned char start[12];
    struct header h = {0};
    if (!source_take(start, source, 10, why))
        return false;
    if (memcmp(start, "\x93NUMPY", 6) != 0 || start[6] < 1 || start[6] > 3) {
        text_add(why, "it does not begin as an .npy of version 1, 2 or 3");
        return false;
    }
    size_t size = (size_t)start[8] | (size_t)start[9] << 8;
    if (start[6] > 1 && !source_take(start + 10, source, 2, why))
        return false;
    if (start[6] > 1)
        size |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
    if (size > MOST_HEADER || (!source->member && size > source->left)) {
        text_add(why, "its header claims %zu bytes", size);
        return false;
    }
    char *text = malloc(size + 1);
    if (!text) {
        text_add(why, "out of memory");
        return false;
    }
    struct cursor cursor = {text, why};
    bool right = source_take(text, source, size, why);
    text[size] = '\0';
    if (right && memchr(text, '\0', size)) {
        text_add(why, "its header has a NUL in it");
        right = false;
    }
    if (right && (right = parse(&h, &cursor)))
        describe(stored, file, &h);
    *header = size + (start[6] > 1 ? 12 : 10);
    free(text);
    return right;
}

bool npy_list(struct tensor_file *file, struct text *why)
{
    struct source_bytes source = {.memory = file->bytes, .left = file->size};
    struct stored *stored = stored_add(file, "", 0, why);
    size_t bytes = 0;
    if (!stored || !npy_header(stored, &stored->at, file, &source, why))
        return false;
    if (stored->defect || (stored_measure(stored, &bytes) && bytes == source.left))
        return true;
    char shape[SHAPE_TEXT];
    text_add(why, "its header says %zu bytes of numbers (%s of shape %s); %zu are there", bytes,
             stored_name(stored->type), shape_text(shape, &stored->shape), source.left);
    return false;
}

/* Trees: what a case file holds before anybody knows what it means. Scalars are text, types are not
 * guessed, every item knows its place. */
#ifndef GCK_CASE_TREE_H
#define GCK_CASE_TREE_H
#include "case/source.h"

enum item_type {
    ITEM_BAD, /* already reported; to be passed over in silence */
    ITEM_TEXT,
    ITEM_LIST,
    ITEM_MAP
};

struct item {
    struct item *next; /* in the same list; in a map keys and values alternate */
    union {
        struct item *first; /* lists and maps */
        const char *text;   /* texts */
    };
    unsigned line, column;
    unsigned offset; /* of its first byte */
    unsigned size;   /* bytes of a text, items of a list, pairs of a map */
    uint8_t type;    /* enum item_type */
    uint8_t style;   /* enum style of a text */
    bool flow;       /* a list or map written in brackets */
};

/* Limits of a file; each has its own message. */
enum { MOST_CASE_ERRORS = 50, MOST_CASE_DEPTH = 64, MOST_CASE_ITEMS = 1 << 22 };

/* Reads one YAML document of the strict subset (or JSON). Texts go to one arena, items to the other.
 * Adds every error found; *root is NULL when nothing could be made of the bytes. */
void tree_read(struct item **root, const struct source *source, struct arena *texts, struct arena *items,
               struct errors *errors);

struct place item_place(const struct item *item, const struct source *source);

/* The value of that key in a map, or NULL. */
const struct item *item_field(const struct item *map, const char *key);

#endif

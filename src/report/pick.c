/* Picks: which elements of which tensors to show. */
#include "report/pick.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *s)
{
    while (isblank((unsigned char)*s))
        s++;
    return s;
}

/* An integer if one is there; *given says so. */
static const char *read_index(long *value, bool *given, const char *s)
{
    char *end;
    s = skip_blanks(s);
    *given = isdigit((unsigned char)*s) || (*s == '-' && isdigit((unsigned char)s[1]));
    if (!*given)
        return s;
    errno = 0;
    *value = strtol(s, &end, 10);
    *given = errno == 0;
    return skip_blanks(end);
}

static const char *read_range(struct pick_range *range, bool *ok, const char *s)
{
    bool from, to = false;
    *range = (struct pick_range){0};
    s = read_index(&range->first, &from, s);
    range->single = *s != ':';
    if (!range->single)
        s = read_index(&range->end, &to, s + 1);
    range->all_from = !from;
    range->all_to = !to;
    *ok = from || !range->single;
    return s;
}

static gck_status bad_pick(const char *text, const char *why, struct errors *errors)
{
    return errors_add(errors, GCK_BAD_USAGE,
                      "'%s' does not name elements: %s; expected a parameter's name, or a name and an index an "
                      "axis as in 'W1[3, :]' or 'x[0:2]'",
                      text, why);
}

gck_status pick_read(struct pick *pick, const char *text, struct errors *errors)
{
    *pick = (struct pick){.text = text};
    size_t length = strcspn(text, "[");
    if (length == 0 || length >= PICK_NAME)
        return bad_pick(text, length ? "the name is too long" : "the name is missing", errors);
    memcpy(pick->name, text, length);
    if (!text[length])
        return GCK_OK;
    const char *s = text + length + 1;
    for (;; s++) {
        bool ok;
        if (pick->rank == PICK_RANK)
            return bad_pick(text, "more axes than a tensor can have", errors);
        s = read_range(&pick->ranges[pick->rank++], &ok, s);
        if (!ok)
            return bad_pick(text, "an index is missing", errors);
        if (*s == ']' && !s[1])
            return GCK_OK;
        if (*s != ',')
            return bad_pick(text, "the brackets do not close", errors);
    }
}

/* The range cut to an axis of `length`, as first <= i < end. */
static void range_bounds(long *first, long *end, const struct pick_range *range, long length)
{
    *first = range->all_from ? 0 : range->first < 0 ? range->first + length : range->first;
    *end = range->all_to ? length : range->end < 0 ? range->end + length : range->end;
    if (range->single)
        *end = *first + 1;
}

gck_status pick_check(const struct pick *pick, const gck_tensor *tensor, struct errors *errors)
{
    if (pick->rank > tensor->rank)
        return errors_add(errors, GCK_BAD_USAGE, "'%s' has too many indices: %s has rank %d", pick->text,
                          tensor->name, tensor->rank);
    for (int i = 0; i < pick->rank; i++) {
        long first, end, length = (long)tensor->dims[i];
        range_bounds(&first, &end, &pick->ranges[i], length);
        if (first < 0 || first >= end || end > length)
            return errors_add(errors, GCK_BAD_USAGE,
                              "'%s' picks nothing or leaves the tensor: axis %d of %s has %ld elements",
                              pick->text, i, tensor->name, length);
    }
    return GCK_OK;
}

bool pick_fits(const struct pick *pick, const gck_tensor *tensor)
{
    return strcmp(pick->name, tensor->name) == 0;
}

bool pick_has(const struct pick *pick, const gck_tensor *tensor, size_t index)
{
    for (int i = tensor->rank; i-- > 0;) {
        size_t length = tensor->dims[i], at = index % length;
        index /= length;
        if (i >= pick->rank)
            continue;
        long first, end;
        range_bounds(&first, &end, &pick->ranges[i], (long)length);
        if ((long)at < first || (long)at >= end)
            return false;
    }
    return true;
}

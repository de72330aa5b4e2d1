/* Writing baselines: what is known stays as it stands, what is new is added, what is gone goes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files/sink.h"
#include "report/baseline.h"

/* A line to be written: one that stays, or a check that fails. */
struct row {
    const struct known *line;      /* stays, or whose reason and comments a new line takes over; NULL: none */
    const struct failing *failing; /* NULL: the line stays as it is */
};

static const char *row_id(const struct row *row)
{
    return row->failing ? row->failing->id : row->line->id;
}

static int row_check(const struct row *row)
{
    return row->failing ? row->failing->check : row->line->check;
}

static int by_id(const void *a, const void *b)
{
    int order = strcmp(row_id(a), row_id(b));
    return order ? order : row_check(a) - row_check(b);
}

static bool stays(const struct known *line)
{
    return line->state == KNOWN_MET || line->state == KNOWN_UNTESTED;
}

/* The order of magnitude above the ratio, twice the ratio at least: another machine's rounding is no news. */
static void add_bound(struct text *text, const struct failing *failing)
{
    bool measured = failing->verdict == GCK_VERDICT_INACCURATE || failing->verdict == GCK_VERDICT_WRONG;
    if (!measured || failing->check == CHECK_EXPECT || !(failing->ratio > 0) || failing->ratio > 1e300)
        return;
    int exponent = (int)ceil(log10(2 * failing->ratio));
    exponent = exponent < 1 ? 1 : exponent;
    text_add(text, exponent <= 3 ? "<=%.0f" : "<=1e%.0f", exponent <= 3 ? pow(10, exponent) : (double)exponent);
}

static void add_row(struct text *text, const struct row *row, const struct known *above)
{
    const struct failing *failing = row->failing;
    if (above && above->above)
        text_add(text, "%s", above->above);
    if (!failing) {
        text_add(text, "%s\n", row->line->source);
        return;
    }
    text_add(text, "%s@%s  %s", failing->id, check_name(failing->check), gck_verdict_name(failing->verdict));
    add_bound(text, failing);
    if (row->line && row->line->why)
        text_add(text, "  # %s", row->line->why);
    text_add(text, "\n");
}

static size_t gather(struct row *rows, const struct baseline *b)
{
    size_t count = 0;
    for (size_t i = 0; i < b->count; i++)
        if (stays(&b->lines[i]))
            rows[count++] = (struct row){&b->lines[i], NULL};
    for (size_t i = 0; i < b->failing_count; i++)
        if (!b->failing[i].known || !stays(b->failing[i].known))
            rows[count++] = (struct row){b->failing[i].known, &b->failing[i]};
    qsort(rows, count, sizeof *rows, by_id);
    return count;
}

gck_status baseline_write(size_t *count, const struct baseline *b, struct errors *errors)
{
    struct text text = {0};
    struct row *rows = malloc((b->count + b->failing_count + 1) * sizeof *rows);
    if (!rows || b->failed) {
        free(rows);
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    }
    *count = gather(rows, b);
    text_add(&text, "%s", b->head ? b->head : "# Known failures: id[@dtype]  verdict[<=ratio]  # why\n");
    for (size_t i = 0; i < *count; i++)
        add_row(&text, &rows[i], i && rows[i].line == rows[i - 1].line ? NULL : rows[i].line);
    text_add(&text, "%s", b->tail ? b->tail : "");
    free(rows);
    gck_status status = sink_save(b->path, &text, errors);
    text_free(&text);
    return status;
}

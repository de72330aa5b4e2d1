/* Cover of mutants, and magnitudes. */
#include "report/cover.h"

#include <stdio.h>
#include <string.h>

#include "report/clean.h"
#include "report/table.h"

/* Whether no case shows it: everywhere the numbers are the same, or differ on corners alone, as is allowed. */
static bool is_hidden(const struct cover_item *item)
{
    return !item->caught && item->outcome <= TRIAL_ADMISSIBLE;
}

/* "hidden  log  operands  x" */
static void add_item(struct text *text, const struct cover_item *item, bool colour)
{
    const char *argument = item->op->arguments;
    for (size_t k = 0; k < item->argument && *argument; k++) {
        argument += strcspn(argument, " ");
        argument += *argument == ' ';
    }
    bool hidden = is_hidden(item);
    text_add(text, "  ");
    style_add(text, colour,
              item->caught ? STYLE_GREEN
              : hidden     ? STYLE_YELLOW
                           : STYLE_RED,
              item->caught ? "caught"
              : hidden     ? "hidden"
                           : trial_outcome_names[item->outcome]);
    text_add(text, "  %s  %s  %.*s", item->op->name, bug_rows[item->bug].name, (int)strcspn(argument, " "),
             argument);
    if (item->id && !hidden) {
        text_add(text, "  ");
        clean_add(text, item->id);
    }
    text_add(text, "\n");
}

bool cover_add_to(struct text *text, const struct cover *cover, size_t cases, bool verbose, bool colour)
{
    size_t caught = 0, hidden = 0, failed = 0;
    for (size_t i = 0; i < cover->count; i++) {
        const struct cover_item *item = &cover->items[i];
        bool never = is_hidden(item);
        caught += item->caught;
        hidden += never;
        failed += !item->caught && !never;
        if (!item->caught || verbose)
            add_item(text, item, colour);
    }
    text_add(text,
             "%s%zu cases, %zu needed; %zu kinds of bugs in ops: %zu caught, %zu hidden in every case, %zu not "
             "caught as they should be; %zu mutants\n",
             cover->count == caught && !verbose ? "" : "\n", cases, cover->cases, cover->count, caught, hidden,
             failed, cover->trials);
    return !failed && !text->failed;
}

static void magnitude_cell(struct table *table, const struct magnitude *m)
{
    char cell[48];
    if (!m->checked)
        snprintf(cell, sizeof cell, "-");
    else if (!m->caught)
        snprintf(cell, sizeof cell, "none (budget %.0e)", m->budget);
    else
        snprintf(cell, sizeof cell, "1e-%02d (budget %.0e)", m->caught, m->budget);
    table_cell(table, m->misjudged || m->irregular ? STYLE_RED : m->checked ? STYLE_PLAIN : STYLE_DIM, cell);
}

/* How many cases had each magnitude as their smallest. */
static void add_summary(struct text *text, const struct magnitude *items, size_t count, int dtype)
{
    size_t counts[MAGNITUDES + 1] = {0}, checked = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i * GCK_DTYPES + (size_t)dtype].checked) {
            counts[items[i * GCK_DTYPES + (size_t)dtype].caught]++;
            checked++;
        }
    text_add(text, "\n%s, %zu case%s, the smallest error caught:", gck_dtype_name((gck_dtype)dtype), checked,
             checked == 1 ? "" : "s");
    bool first = true;
    for (int k = MAGNITUDES; k >= 0; k--)
        if (counts[k]) {
            char number[16];
            snprintf(number, sizeof number, "1e-%02d", k);
            text_add(text, "%s %s in %zu", first ? "" : ",", k ? number : "none", counts[k]);
            first = false;
        }
}

bool magnitudes_add_to(struct text *text, const struct magnitude *items, const char *const *ids, size_t count,
                       unsigned dtypes, bool colour)
{
    struct table table = {.columns = 1};
    bool good = true;
    table_cell(&table, STYLE_BOLD, "case");
    for (int d = 0; d < GCK_DTYPES; d++)
        if (dtypes >> d & 1) {
            table.columns++;
            table_cell(&table, STYLE_BOLD, gck_dtype_name((gck_dtype)d));
        }
    for (size_t i = 0; i < count; i++) {
        table_cell(&table, STYLE_PLAIN, ids[i]);
        for (int d = 0; d < GCK_DTYPES; d++) {
            const struct magnitude *m = &items[i * GCK_DTYPES + (size_t)d];
            if (!(dtypes >> d & 1))
                continue;
            magnitude_cell(&table, m);
            good = good && !m->misjudged && !m->irregular;
        }
    }
    table_add_to(text, &table, colour);
    for (int d = 0; d < GCK_DTYPES; d++)
        if (dtypes >> d & 1)
            add_summary(text, items, count, d);
    text_add(text, "\n");
    table_free(&table);
    return good && !text->failed;
}

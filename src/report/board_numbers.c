/* Numbers, tensors and Jacobians on the blackboard. */
#include <math.h>
#include <string.h>

#include "report/board.h"
#include "report/number.h"

enum { FEW = 6, SHORT_DIGITS = 6, MATRIX_INDENT = 14 };

bool board_in_full(const gck_numbers *numbers, const struct board_settings *settings)
{
    return numbers->count <= (settings->verbose ? GCK_EXPLAIN_MOST : FEW);
}

/* Whether the double says nothing of a number that is not 0: the text does. */
static bool beyond_double(const gck_number *number)
{
    return (number->value == 0 && strspn(number->text, "-0.") != strlen(number->text)) ||
           (isinf(number->value) && strchr(number->text, 'e'));
}

static void add_double(struct text *text, double x, bool all_digits)
{
    char digits[NUMBER_TEXT];
    if (all_digits || !isfinite(x))
        text_add(text, "%s", number_shortest(digits, x, FLOAT64));
    else
        text_add(text, "%.*g", SHORT_DIGITS, x + 0.0); /* no -0 */
}

void board_number(struct text *text, const gck_number *number, bool all_digits)
{
    char digits[NUMBER_TEXT];
    if (beyond_double(number))
        text_add(text, "%s", number_decimal(digits, number->text, all_digits ? 17 : SHORT_DIGITS));
    else
        add_double(text, number->value, all_digits);
}

static void add_element(struct text *text, const gck_numbers *numbers, size_t i, bool all_digits)
{
    if (numbers->numbers)
        board_number(text, &numbers->numbers[i], all_digits);
    else
        add_double(text, numbers->values[i], all_digits);
}

/* Nested brackets; `at` is the flat index of the first element. */
static void add_nested(struct text *text, const gck_numbers *numbers, int axis, size_t at, size_t stride,
                       bool all_digits)
{
    if (axis == numbers->rank) {
        add_element(text, numbers, at, all_digits);
        return;
    }
    size_t step = numbers->dims[axis] ? stride / numbers->dims[axis] : 0;
    text_add(text, "[");
    for (size_t i = 0; i < numbers->dims[axis]; i++) {
        text_add(text, i ? ", " : "");
        add_nested(text, numbers, axis + 1, at + i * step, step, all_digits);
    }
    text_add(text, "]");
}

static void add_shape(struct text *text, const gck_numbers *numbers)
{
    text_add(text, "[");
    for (int i = 0; i < numbers->rank; i++)
        text_add(text, i ? ", %zu" : "%zu", numbers->dims[i]);
    text_add(text, "]");
}

void board_numbers(struct text *text, const gck_numbers *numbers, const struct board_settings *settings)
{
    if (board_in_full(numbers, settings)) {
        add_nested(text, numbers, 0, 0, numbers->count, settings->verbose);
        return;
    }
    add_shape(text, numbers);
    text_add(text, ", norm %.*g, from %.*g to %.*g", SHORT_DIGITS, numbers->norm, SHORT_DIGITS, numbers->least,
             SHORT_DIGITS, numbers->greatest);
}

void board_short(struct text *text, const gck_numbers *numbers)
{
    if (numbers->count == 1)
        add_element(text, numbers, 0, false);
    else
        add_shape(text, numbers);
}

enum style board_style(gck_agreement agreement)
{
    return agreement == GCK_AGREES ? STYLE_GREEN : agreement == GCK_DIFFERS ? STYLE_RED : STYLE_YELLOW;
}

/* "differs by at most 2e-52", as a relative error. */
static void add_distance(struct text *text, const gck_numeric *numeric)
{
    char error[NUMBER_TEXT];
    if (numeric->distance == 0)
        text_add(text, ", exact");
    else if (isfinite(numeric->distance))
        text_add(text, ", largest relative error %s", number_error(error, numeric->distance));
}

void board_differences(struct text *text, const gck_numeric *numeric)
{
    if (!numeric->taken)
        return;
    if (numeric->count == 0) {
        text_add(text, "along a random direction %s, predicted %s", numeric->along.text,
                 numeric->predicted.text);
    } else if (numeric->count == 1) {
        text_add(text, "numeric %s%s", numeric->numbers[0].text[0] == '-' ? "" : " ", numeric->numbers[0].text);
        if (numeric->left && numeric->agreement == GCK_CORNER) {
            text_add(text, " (left ");
            add_double(text, numeric->left[0], false);
            text_add(text, ", right ");
            add_double(text, numeric->right[0], false);
            text_add(text, ")");
        }
    } else {
        text_add(text, "numeric: %zu differences", numeric->count);
        add_distance(text, numeric);
    }
}

void board_numeric(struct table *table, const gck_numeric *numeric)
{
    struct text text = {0};
    board_differences(&text, numeric);
    table_text(table, STYLE_PLAIN, &text);
    table_cell(table, board_style(numeric->agreement),
               numeric->taken ? gck_agreement_name(numeric->agreement) : "");
    text_free(&text);
}

/* A line a row, or several where a row is long. */
static void add_matrix(struct text *text, const gck_jacobian *j, bool verbose)
{
    size_t width = j->columns < MOST_COLUMNS ? j->columns : MOST_COLUMNS;
    size_t lines = (j->columns + width - 1) / width;
    struct table table = {.columns = width, .right = ~0u, .indent = MATRIX_INDENT};
    struct text entry = {0};
    for (size_t i = 0; i < j->rows * lines * width; i++) {
        size_t row = i / (lines * width), column = i % (lines * width);
        if (column < j->columns)
            board_number(&entry, &j->entries[row * j->columns + column], verbose);
        table_cell(&table, STYLE_PLAIN, entry.size ? entry.data : "");
        text_clear(&entry);
    }
    table_add_to(text, &table, false);
    text->failed |= entry.failed;
    text_free(&entry);
    table_free(&table);
}

/* "128 MiB" */
static void add_bytes(struct text *text, double bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    text_add(text, "%.*f %s", unit && bytes < 9.95 ? 1 : 0, bytes, units[unit]);
}

void board_shape(struct text *text, const gck_jacobian *j)
{
    text_add(text, "%zu x %zu", j->rows, j->columns);
    if (!j->entries) {
        text_add(text, ", ");
        add_bytes(text, j->bytes);
        text_add(text, " in float64");
    }
    if (j->structure)
        text_add(text, "; %s", j->structure);
}

void board_jacobian(struct text *text, const gck_jacobian *j, const struct board_settings *settings)
{
    if (j->rows == 1 && j->columns == 1)
        return;
    if (j->entries)
        add_matrix(text, j, settings->verbose);
    text_add(text, "%*s", MATRIX_INDENT, "");
    board_shape(text, j);
    text_add(text, "\n");
}

/* The sweep on a terminal: plots of plain characters. */
#include <math.h>
#include <string.h>

#include "report/style.h"
#include "report/sweep.h"

enum { WIDTH = 66, ROWS_DOUBLE = 17, ROWS_ALL = 21, MOST_ROWS = ROWS_ALL, MARGIN = 8 };

/* Logarithmic axes: powers of ten. */
struct canvas {
    int rows;
    double left, right, bottom; /* the top is 1 */
    char cell[MOST_ROWS][WIDTH];
    enum style style[MOST_ROWS][WIDTH];
};

static void canvas_clear(struct canvas *c, int rows, double left, double bottom)
{
    *c = (struct canvas){.rows = rows, .left = left, .bottom = bottom};
    memset(c->cell, ' ', sizeof c->cell);
}

static void canvas_put(struct canvas *c, int column, double power, char mark, enum style style)
{
    double row = floor(power / c->bottom * (c->rows - 1) + 0.5);
    if (!(row >= -1 && row < c->rows) || column < 0 || column >= WIDTH)
        return;
    int r = row < 0 ? 0 : (int)row; /* errors up to 2 */
    c->cell[r][column] = mark;
    c->style[r][column] = style;
}

/* Power of ten at a column, and the column nearest to one. */
static double power_at(const struct canvas *c, double column)
{
    return c->left + (c->right - c->left) * column / (WIDTH - 1);
}

static int column_of(const struct canvas *c, double power)
{
    return (int)lrint((power - c->left) / (c->right - c->left) * (WIDTH - 1));
}

/* The error at h = 10^power as a power of ten, between the points of the curve; NaN outside and at an error of
 * 0. */
static double error_at(const struct sweep_curve *curve, gck_method method, double power)
{
    double exponent = power / log10(2), stride = curve->points[0].exponent - curve->points[1].exponent;
    double at = -exponent / stride;
    if (!(at >= 0) || at > (double)(curve->count - 1))
        return NAN;
    size_t i = (size_t)at, next = i + 1 < curve->count ? i + 1 : i;
    double weight = at - (double)i, here = curve->points[i].error[method],
           there = curve->points[next].error[method];
    if (here == 0 || there == 0)
        return NAN;
    return (1 - weight) * log10(here) + weight * log10(there);
}

static void draw_curve(struct canvas *c, const struct sweep_curve *curve, gck_method method, char mark,
                       enum style style)
{
    for (int i = 0; i < WIDTH; i++)
        canvas_put(c, i, error_at(curve, method, power_at(c, i)), mark, style);
}

static void draw_theory(struct canvas *c, const struct sweep *s, int bits)
{
    for (int i = 0; i < WIDTH; i++) {
        struct sweep_theory t = sweep_theory(s, GCK_CENTERED, bits, pow(10, power_at(c, i)));
        canvas_put(c, i, log10(t.truncation), '.', STYLE_DIM);
        canvas_put(c, i, log10(t.rounding), '.', STYLE_DIM);
    }
}

static void draw_default(struct canvas *c, double step)
{
    int column = column_of(c, log10(step));
    for (int r = 0; r < c->rows; r++)
        if (c->cell[r][column] == ' ' || c->cell[r][column] == '.') {
            c->cell[r][column] = ':';
            c->style[r][column] = STYLE_DIM;
        }
}

/* One row, colours switched where they change, blanks at its end left out. */
static void add_row(struct text *text, const struct canvas *c, int row, bool colour)
{
    enum style now = STYLE_PLAIN;
    int end = WIDTH;
    while (end > 0 && c->cell[row][end - 1] == ' ')
        end--;
    for (int i = 0; i < end; i++) {
        enum style style = colour ? c->style[row][i] : STYLE_PLAIN;
        if (style != now && now != STYLE_PLAIN)
            text_add(text, STYLE_END);
        if (style != now)
            text_add(text, "%s", style_begin(style));
        text_add(text, "%c", c->cell[row][i]);
        now = style;
    }
    if (now != STYLE_PLAIN)
        text_add(text, STYLE_END);
    text_add(text, "\n");
}

/* Writes `label` centered at a column of a line of blanks. */
static void label_at(char line[WIDTH + MARGIN + 8], int column, const char *label)
{
    size_t length = strlen(label);
    int start = MARGIN + column - (int)length / 2;
    memcpy(line + start, label, length);
}

static void add_steps(struct text *text, const struct canvas *c, int every)
{
    char ticks[WIDTH + MARGIN + 8], labels[WIDTH + MARGIN + 8];
    memset(ticks, ' ', sizeof ticks);
    memset(labels, ' ', sizeof labels);
    memset(ticks + MARGIN, '-', WIDTH);
    ticks[MARGIN - 1] = '+';
    for (int power = 0; power >= c->left; power -= every) {
        struct text label = {0};
        int column = column_of(c, power);
        ticks[MARGIN + column] = '+';
        text_add(&label, power ? "1e%d" : "h = 1", power);
        if (!label.failed)
            label_at(labels, column, label.data);
        text->failed |= label.failed;
        text_free(&label);
    }
    int end = WIDTH + MARGIN + 3;
    while (labels[end - 1] == ' ')
        end--;
    text_add(text, "%.*s\n%.*s\n", WIDTH + MARGIN, ticks, end, labels);
}

static void add_canvas(struct text *text, const struct canvas *c, int every, int steps, bool colour)
{
    for (int r = 0; r < c->rows; r++) {
        int power = (int)lrint(c->bottom * r / (c->rows - 1));
        if (r % every == 0 && power)
            text_add(text, "1e%-5d|", power);
        else
            text_add(text, "%-7s|", r ? "" : "1");
        add_row(text, c, r, colour);
    }
    add_steps(text, c, steps);
}

static void add_key(struct text *text, bool colour, enum style style, char mark, const char *name)
{
    char word[2] = {mark, '\0'};
    text_add(text, "  ");
    style_add(text, colour, style, word);
    text_add(text, " %s", name);
}

/* Double precision, near by. */
static void add_double(struct text *text, const struct sweep_view *view)
{
    const struct sweep *s = view->sweep;
    const struct sweep_curve *curve = &s->curves[SWEEP_53];
    struct canvas c;
    double bottom = fmin(sweep_floor(s, SWEEP_53, GCK_CENTERED), sweep_floor(s, SWEEP_53, GCK_RICHARDSON));
    canvas_clear(&c, ROWS_DOUBLE, -17, 4 * floor(bottom / 4)); /* a label every 4 rows: whole powers */
    if (sweep_is_smooth(s))
        draw_theory(&c, s, curve->bits);
    draw_curve(&c, curve, GCK_FORWARD, 'f', STYLE_YELLOW);
    draw_curve(&c, curve, GCK_RICHARDSON, 'R', STYLE_GREEN);
    draw_curve(&c, curve, GCK_CENTERED, 'c', STYLE_RED);
    for (int i = 0; i < SWEEP_DEFAULTS; i++)
        draw_default(&c, sweep_defaults[i].step);
    text_add(text, "Double precision: relative error of three differences, against the step h\n\n");
    add_canvas(text, &c, 4, 4, view->colour);
    add_key(text, view->colour, STYLE_RED, 'c', "centered");
    add_key(text, view->colour, STYLE_YELLOW, 'f', "forward");
    add_key(text, view->colour, STYLE_GREEN, 'R', "Richardson");
    add_key(text, view->colour, STYLE_DIM, '.', "theory, centered");
    add_key(text, view->colour, STYLE_DIM, ':', "PyTorch, notes\n");
}

/* All precisions, far enough to see the V of 256 bits whole. */
static void add_precisions(struct text *text, const struct sweep_view *view)
{
    static const struct key {
        char mark;
        enum style style;
        const char *name;
    } keys[SWEEP_CURVES] = {{'s', STYLE_YELLOW, "24 bits (single)"},
                            {'d', STYLE_RED, "53 (double)"},
                            {'q', STYLE_DIM, "113"},
                            {'o', STYLE_GREEN, "256"},
                            {'x', STYLE_BOLD, "512"}};
    struct canvas c;
    canvas_clear(&c, ROWS_ALL, -80, 5 * floor(sweep_floor(view->sweep, SWEEP_256, GCK_CENTERED) / 5));
    for (int k = SWEEP_CURVES; k-- > 0;)
        draw_curve(&c, &view->sweep->curves[k], GCK_CENTERED, keys[k].mark, keys[k].style);
    text_add(text, "\nFive precisions: relative error of the centered difference, against h\n\n");
    add_canvas(text, &c, 4, 20, view->colour);
    for (int k = 0; k < SWEEP_CURVES; k++)
        add_key(text, view->colour, keys[k].style, keys[k].mark, keys[k].name);
    text_add(text, "\n");
}

void sweep_plots(struct text *text, const struct sweep_view *view)
{
    add_double(text, view);
    add_precisions(text, view);
}

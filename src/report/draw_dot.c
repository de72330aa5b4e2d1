/* DOT: a box a node or layer, and on every wire a value above the line and a gradient below it. */
#include <string.h>

#include "report/board.h"
#include "report/clean.h"
#include "report/draw_marks.h"
#include "report/draw_parts.h"
#include "report/html_page.h"

enum {
    LINE = 76, /* characters of the title */
    FEW_LABELS = 6,
    WIDE = 1500 /* points that a picture may take */
};

struct dot {
    struct text *text;
    const struct drawing *drawing;
    const struct draw_plan *plan;
    const gck_run *run;
    bool down; /* the forward pass leads down the page, not to the right */
};

static const gck_step *step_at(const struct dot *dot, size_t s)
{
    return &dot->plan->x->steps[s];
}

/* Text of a label: escaped, in a colour, in a size. */
static void add_words(struct dot *dot, const char *colour, int size, bool bold, const char *words)
{
    text_add(dot->text, "<FONT COLOR=\"%s\" POINT-SIZE=\"%d\">%s", colour, size, bold ? "<B>" : "");
    html_add(dot->text, words && *words ? words : " ");
    text_add(dot->text, "%s</FONT>", bold ? "</B>" : "");
}

/* A quoted name. */
static void add_name(struct dot *dot, const char *name)
{
    struct text clean = {0};
    clean_add(&clean, name);
    for (const char *s = clean.data ? clean.data : ""; *s; s++)
        text_add(dot->text, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
    dot->text->failed |= clean.failed;
    text_free(&clean);
}

/* A box is named by the node whose value leaves it. */
static void add_box_name(struct dot *dot, size_t box)
{
    const struct draw_box *b = &dot->plan->boxes[box];
    text_add(dot->text, "\"");
    add_name(dot, b->kind == DRAW_SHARED ? "(shared)" : step_at(dot, b->exit)->name);
    text_add(dot->text, "\"");
}

/* A wire's label is a node of its own, "x -> f"; the second of the same kind is "x -> f (2)". */
static void add_wire_name(struct dot *dot, size_t w)
{
    const struct draw_wire *wire = &dot->plan->wires[w];
    size_t before = 0;
    for (size_t i = w; i-- > 0 && dot->plan->wires[i].to == wire->to;)
        before += dot->plan->wires[i].step == wire->step;
    text_add(dot->text, "\"");
    add_name(dot, step_at(dot, wire->step)->name);
    text_add(dot->text, " -> ");
    add_name(dot, step_at(dot, dot->plan->boxes[wire->to].exit)->name);
    text_add(dot->text, before ? " (%zu)\"" : "\"", before + 1);
}

/* The value or the gradient of a node; of labels and indices that are many only the shape. */
static void add_numbers(struct dot *dot, const char *colour, const gck_step *step, const gck_numbers *numbers)
{
    struct text words = {0};
    if (numbers && !step->op && !step->reached && numbers->count > FEW_LABELS)
        board_short(&words, numbers);
    else if (numbers)
        draw_write_numbers(&words, numbers, numbers == &step->value);
    add_words(dot, colour, 11, false, words.data);
    dot->text->failed |= words.failed;
    text_free(&words);
}

/* Begins a line of a label that has `columns`; of one that has none, a node's. */
static void begin_line(struct dot *dot, int columns, const char *paper)
{
    if (!columns)
        text_add(dot->text, "<BR/>");
    else
        text_add(dot->text, "<TR><TD COLSPAN=\"%d\"%s>", columns, paper);
}

static void end_line(struct dot *dot, int columns)
{
    text_add(dot->text, columns ? "</TD></TR>" : "");
}

/* What is wrong with a node, line by line. */
static void add_marks(struct dot *dot, size_t s, int columns)
{
    struct text marks = {0};
    draw_marks(&marks, dot->run, step_at(dot, s), s == 0);
    for (char *line = marks.data, *end; line && (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        begin_line(dot, columns, " BGCOLOR=\"" DRAW_WRONG_PAPER "\"");
        add_words(dot, DRAW_WRONG, 11, true, line);
        end_line(dot, columns);
    }
    dot->text->failed |= marks.failed;
    text_free(&marks);
}

static bool is_marked(const struct dot *dot, size_t s)
{
    struct text marks = {0};
    draw_marks(&marks, dot->run, step_at(dot, s), s == 0);
    bool marked = marks.size > 0;
    text_free(&marks);
    return marked;
}

/* The rows that several wires from one node ask for: their gradients add up. */
static void add_sum(struct dot *dot, size_t s, int columns)
{
    const gck_step *step = step_at(dot, s);
    struct text words = {0};
    if (dot->plan->wires_from[s] < 2 || !step->reached)
        return;
    text_add(&words, "branches add: ");
    draw_write_numbers(&words, &step->gradient, false);
    begin_line(dot, columns, "");
    add_words(dot, DRAW_GRADIENT, 11, false, words.data);
    end_line(dot, columns);
    dot->text->failed |= words.failed;
    text_free(&words);
}

static void begin_box(struct dot *dot, size_t box, bool marked, const char *paper)
{
    text_add(dot->text, "  ");
    add_box_name(dot, box);
    text_add(dot->text,
             " [class=box, label=<<TABLE BORDER=\"%d\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\" "
             "STYLE=\"ROUNDED\" "
             "COLOR=\"%s\" BGCOLOR=\"%s\">",
             marked ? 3 : 1, marked ? DRAW_WRONG : DRAW_LINE, paper);
}

static void end_box(struct dot *dot)
{
    text_add(dot->text, "</TABLE>>];\n");
}

/* One node: what it computes, its role. */
static void add_node(struct dot *dot, size_t box)
{
    size_t s = dot->plan->boxes[box].exit;
    const gck_step *step = step_at(dot, s);
    struct text words = {0};
    bool marked = is_marked(dot, s);
    text_add(dot->text, "  ");
    add_box_name(dot, box);
    text_add(dot->text,
             " [class=box, shape=box, style=\"rounded,filled\", margin=\"0.08,0.06\", height=0, width=0, "
             "color=\"%s\", fillcolor=\"%s\", penwidth=%d, label=<",
             marked ? DRAW_WRONG : DRAW_LINE,
             marked     ? DRAW_WRONG_PAPER
             : step->op ? DRAW_GATE
                        : DRAW_INPUT,
             marked ? 3 : 1);
    draw_write_row(&words, step);
    add_words(dot, DRAW_INK, 13, true, words.data);
    text_clear(&words);
    if (step->op)
        draw_write_role(&words, step);
    else
        draw_write_input(&words, step);
    text_add(dot->text, "<BR/>");
    add_words(dot, DRAW_DIM, 10, false, words.data);
    add_sum(dot, s, 0);
    add_marks(dot, s, 0);
    text_add(dot->text, ">];\n");
    dot->text->failed |= words.failed;
    text_free(&words);
}

/* A row of a folded box: words, value, gradient. */
static void add_line(struct dot *dot, const char *words, size_t s)
{
    const gck_step *step = step_at(dot, s);
    text_add(dot->text, "<TR><TD ALIGN=\"LEFT\">");
    add_words(dot, step->op ? DRAW_INK : DRAW_DIM, 11, false, words);
    text_add(dot->text, "</TD><TD ALIGN=\"RIGHT\">");
    add_numbers(dot, DRAW_VALUE, step, &step->value);
    text_add(dot->text, "</TD><TD ALIGN=\"RIGHT\">");
    add_numbers(dot, DRAW_GRADIENT, step, step->reached ? &step->gradient : NULL);
    text_add(dot->text, "</TD></TR>");
    add_marks(dot, s, 3);
}

static void add_column_heads(struct dot *dot, const char *title)
{
    text_add(dot->text, "<TR><TD ALIGN=\"LEFT\">");
    add_words(dot, DRAW_INK, 13, true, title);
    text_add(dot->text, "</TD><TD ALIGN=\"RIGHT\">");
    add_words(dot, DRAW_VALUE, 10, false, "value");
    text_add(dot->text, "</TD><TD ALIGN=\"RIGHT\">");
    add_words(dot, DRAW_GRADIENT, 10, false, "gradient");
    text_add(dot->text, "</TD></TR>");
}

static bool box_is_marked(const struct dot *dot, const struct draw_box *b)
{
    bool marked = false;
    for (size_t i = 0; i < b->count; i++)
        marked |= is_marked(dot, b->steps[i]);
    return marked;
}

/* A layer or shared inputs: a row for every node. */
static void add_layer(struct dot *dot, size_t box)
{
    const struct draw_box *b = &dot->plan->boxes[box];
    bool shared = b->kind == DRAW_SHARED;
    struct text words = {0};
    begin_box(dot, box, box_is_marked(dot, b), shared ? DRAW_INPUT : DRAW_GATE);
    add_column_heads(dot, shared ? "used in many places" : step_at(dot, b->exit)->name);
    for (int inputs = 0; inputs < 2; inputs++)
        for (size_t i = 0; i < b->count; i++) {
            const gck_step *step = step_at(dot, b->steps[i]);
            if ((step->op == NULL) != (inputs == 1))
                continue;
            text_clear(&words);
            text_add(&words, "%s", inputs && !shared ? "    " : "");
            draw_write_row(&words, step);
            add_line(dot, words.data, b->steps[i]);
        }
    add_sum(dot, b->exit, 3);
    end_box(dot);
    dot->text->failed |= words.failed;
    text_free(&words);
}

/* One layer of a stack: its ops in a row, then what is wrong in it. */
static void add_stacked(struct dot *dot, const size_t *steps, size_t count)
{
    struct text words = {0};
    text_add(&words, "%s: ", step_at(dot, steps[count - 1])->name);
    for (size_t i = 0, ops = 0; i < count; i++)
        if (step_at(dot, steps[i])->op)
            text_add(&words, "%s%s", ops++ ? ", " : "", step_at(dot, steps[i])->op);
    add_line(dot, words.data, steps[count - 1]);
    for (size_t i = 0; i + 1 < count; i++)
        if (is_marked(dot, steps[i])) {
            text_clear(&words);
            text_add(&words, "    ");
            draw_write_row(&words, step_at(dot, steps[i]));
            add_line(dot, words.data, steps[i]);
        }
    dot->text->failed |= words.failed;
    text_free(&words);
}

/* The steps of a stack's next layer, gathered into `layer`; *i moves behind them. */
static size_t next_layer(size_t *layer, const struct dot *dot, const struct draw_box *b, bool *taken)
{
    size_t count = 0, first = 0;
    while (first < b->count && (taken[first] || !step_at(dot, b->steps[first])->op))
        first++;
    for (size_t i = 0; i < b->count && first < b->count; i++)
        if (dot->plan->layer_of[b->steps[i]] == dot->plan->layer_of[b->steps[first]]) {
            taken[i] = true;
            layer[count++] = b->steps[i];
        }
    return count;
}

/* Layers behind one another: a row each. */
static void add_stack(struct dot *dot, size_t box)
{
    const struct draw_box *b = &dot->plan->boxes[box];
    struct arena arena = {0};
    size_t *layer = arena_alloc(&arena, b->count, sizeof *layer), layers = 0, count;
    bool *taken = arena_alloc(&arena, b->count, sizeof *taken);
    struct text title = {0}, rows = {0}, *whole = dot->text;
    dot->text->failed |= !layer || !taken;
    dot->text = &rows;
    while (!whole->failed && (count = next_layer(layer, dot, b, taken)) > 0) {
        add_stacked(dot, layer, count);
        layers++;
    }
    dot->text = whole;
    text_add(&title, "%zu layers", layers);
    begin_box(dot, box, box_is_marked(dot, b), DRAW_GATE);
    add_column_heads(dot, title.data);
    text_bytes(dot->text, rows.data ? rows.data : "", rows.size);
    add_sum(dot, b->exit, 3);
    end_box(dot);
    dot->text->failed |= title.failed || rows.failed;
    text_free(&title);
    text_free(&rows);
    arena_free(&arena);
}

/* Value and gradient on both sides of a line: above and below it, or left and right where it leads down. There
 * both sides are as wide as the wider one, so that the line is in the middle. */
static void add_label(struct dot *dot, const gck_numbers *value, const char *gradient)
{
    struct text words = {0};
    draw_write_numbers(&words, value, true);
    size_t after = gradient ? strlen(gradient) : 0;
    size_t width = 6 * (words.size > after ? words.size : after) + 8;
    text_add(dot->text,
             " [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"%d\" "
             "COLOR=\"" DRAW_LINE "\"><TR>",
             dot->down ? 4 : 2);
    if (dot->down)
        text_add(dot->text, "<TD ALIGN=\"RIGHT\" WIDTH=\"%zu\">", width);
    else
        text_add(dot->text, "<TD>");
    add_words(dot, DRAW_VALUE, 11, false, words.data);
    if (dot->down)
        text_add(dot->text, "</TD><VR/><TD ALIGN=\"LEFT\" WIDTH=\"%zu\">", width);
    else
        text_add(dot->text, "</TD></TR><HR/><TR><TD>");
    add_words(dot, DRAW_GRADIENT, 11, false, gradient);
    text_add(dot->text, "</TD></TR></TABLE>>];\n");
    dot->text->failed |= words.failed;
    text_free(&words);
}

static void add_wire(struct dot *dot, size_t w)
{
    const struct draw_wire *wire = &dot->plan->wires[w];
    struct text gradient = {0};
    draw_write_sent(&gradient, wire);
    text_add(dot->text, "  ");
    add_wire_name(dot, w);
    add_label(dot, &step_at(dot, wire->step)->value, gradient.data);
    text_add(dot->text, "  ");
    add_box_name(dot, dot->plan->box_of[wire->step]);
    text_add(dot->text, " -> ");
    add_wire_name(dot, w);
    text_add(dot->text, " [arrowhead=none];\n  ");
    add_wire_name(dot, w);
    text_add(dot->text, " -> ");
    add_box_name(dot, wire->to);
    text_add(dot->text, ";\n");
    dot->text->failed |= gradient.failed;
    text_free(&gradient);
}

/* What comes out, with the seed under it. */
static void add_output(struct dot *dot)
{
    struct text seed = {0};
    draw_write_numbers(&seed, &dot->plan->x->seed, false);
    text_add(dot->text, "  \"(output)\"");
    add_label(dot, &step_at(dot, 0)->value, seed.data);
    text_add(dot->text, "  ");
    add_box_name(dot, dot->plan->box_of[0]);
    text_add(dot->text, " -> \"(output)\" [arrowhead=none];\n");
    dot->text->failed |= seed.failed;
    text_free(&seed);
}

/* Words broken into lines, each ending at its left. */
static void add_lines(struct dot *dot, const char *colour, int size, bool bold, const char *words)
{
    while (words && *words) {
        size_t length = strlen(words), end = length;
        if (length > LINE)
            for (end = LINE; end > 0 && words[end] != ' ';)
                end--;
        end = end ? end : length;
        struct text line = {0};
        text_bytes(&line, words, end);
        add_words(dot, colour, size, bold, line.data);
        text_add(dot->text, "<BR ALIGN=\"LEFT\"/>");
        dot->text->failed |= line.failed;
        text_free(&line);
        words += end + (words[end] == ' ');
    }
}

static void add_title(struct dot *dot)
{
    const gck_explanation *x = dot->plan->x;
    struct text words = {0};
    text_add(dot->text, ", labelloc=t, labeljust=l, label=<");
    add_lines(dot, DRAW_INK, 15, true, x->id);
    add_lines(dot, DRAW_DIM, 12, false, x->title);
    text_add(&words, "%s: value; %s: gradient of %s", dot->down ? "left of a line" : "above a line",
             dot->down ? "right" : "below", x->objective);
    add_lines(dot, DRAW_DIM, 12, false, words.data);
    text_clear(&words);
    draw_verdict(&words, dot->drawing->result);
    bool wrong = dot->drawing->result && !gck_verdict_passes(dot->drawing->result->verdict);
    add_lines(dot, wrong ? DRAW_WRONG : DRAW_DIM, 12, wrong, words.data);
    text_add(dot->text, ">");
    dot->text->failed |= words.failed;
    text_free(&words);
}

/* Points that a box takes from left to right, roughly: Graphviz measures, this only has to choose. */
static size_t box_width(const struct dot *dot, const struct draw_box *b)
{
    struct text words = {0};
    size_t widest = 0;
    for (size_t i = 0; i < b->count; i++) {
        text_clear(&words);
        draw_write_row(&words, step_at(dot, b->steps[i]));
        widest = words.size > widest ? words.size : widest;
    }
    text_free(&words);
    return b->kind == DRAW_NODE ? 7 * widest + 20 : 6 * widest + 240;
}

static size_t wire_width(const struct draw_wire *wire, const gck_step *step)
{
    struct text words = {0};
    draw_write_numbers(&words, &step->value, true);
    size_t above = words.size;
    text_clear(&words);
    draw_write_sent(&words, wire);
    size_t below = words.size;
    text_free(&words);
    return 6 * (above > below ? above : below) + 44;
}

/* Whether the picture would be too wide if the forward pass led to the right. */
static bool is_wide(const struct dot *dot)
{
    const struct draw_plan *plan = dot->plan;
    struct arena arena = {0};
    size_t *from = arena_alloc(&arena, plan->box_count, sizeof *from), most = 0;
    for (size_t w = 0, b = 0; from && b < plan->box_count; b++) {
        for (; w < plan->wire_count && plan->wires[w].to == b; w++) {
            const struct draw_wire *wire = &plan->wires[w];
            size_t end = from[plan->box_of[wire->step]] + wire_width(wire, step_at(dot, wire->step));
            from[b] = end > from[b] ? end : from[b];
        }
        from[b] += box_width(dot, &plan->boxes[b]);
        most = from[b] > most ? from[b] : most;
    }
    dot->text->failed |= !from;
    arena_free(&arena);
    return most > WIDE;
}

void draw_dot(struct text *text, const struct drawing *drawing, const struct draw_plan *plan)
{
    struct dot dot = {text, drawing, plan, draw_marked_run(drawing->result), false};
    dot.down = is_wide(&dot);
    text_add(
        text,
        "digraph gradcheck {\n  graph [rankdir=%s, bgcolor=transparent, nodesep=0.2, ranksep=%s, pad=0.15, "
        "fontname=\"" DRAW_FONT "\"",
        dot.down ? "TB" : "LR", dot.down ? "0.36" : "0.25");
    if (!drawing->embedded)
        add_title(&dot);
    text_add(text,
             "];\n  node [shape=plain, fontname=\"" DRAW_FONT "\"];\n"
             "  edge [color=\"" DRAW_LINE "\", arrowsize=0.6, tailport=%s, headport=%s];\n",
             dot.down ? "s" : "e", dot.down ? "n" : "w");
    for (size_t b = 0; b < plan->box_count; b++) {
        if (plan->boxes[b].kind == DRAW_NODE)
            add_node(&dot, b);
        else if (plan->boxes[b].kind == DRAW_STACK)
            add_stack(&dot, b);
        else
            add_layer(&dot, b);
    }
    for (size_t w = 0; w < plan->wire_count; w++)
        add_wire(&dot, w);
    add_output(&dot);
    text_add(text, "}\n");
}

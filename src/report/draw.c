/* Drawing: a plan, its DOT, and what Graphviz makes of it. */
#include "report/draw.h"

#include "api/explain.h"
#include "report/draw_parts.h"

const char *const draw_format_names[DRAW_FORMATS] = {"svg", "png", "dot"};
const char *const draw_fold_names[DRAW_FOLDS] = {"auto", "none", "layers", "all"};

static gck_status draw_plan_add(struct text *text, const struct drawing *drawing, const struct draw_plan *plan,
                                enum draw_format format, struct errors *errors)
{
    struct text dot = {0}, picture = {0};
    gck_status status = GCK_OK;
    draw_dot(&dot, drawing, plan);
    if (format == DRAW_DOT)
        text_bytes(text, dot.data, dot.size);
    else if (!dot.failed)
        status = draw_graphviz(&picture, dot.data, format, errors);
    text->failed |= dot.failed || picture.failed;
    if (!status && format == DRAW_SVG && !text->failed)
        draw_svg(text, picture.data, drawing, plan);
    else if (!status && format == DRAW_PNG && !text->failed)
        text_bytes(text, picture.data, picture.size);
    text_free(&dot);
    text_free(&picture);
    return status ? status : text->failed ? errors_add(errors, GCK_NO_MEMORY, "out of memory") : GCK_OK;
}

gck_status draw_add(struct text *text, const struct drawing *drawing, enum draw_format format,
                    struct errors *errors)
{
    struct draw_plan plan = {0};
    gck_status status = draw_plan_new(&plan, drawing->explanation, drawing->fold);
    if (status)
        (void)errors_add(errors, status, "out of memory");
    else
        status = draw_plan_add(text, drawing, &plan, format, errors);
    draw_plan_free(&plan);
    return status;
}

gck_status draw_case(struct text *text, const gck_case *c, const gck_result *result, const char *prefix,
                     const volatile bool *stop, struct errors *errors)
{
    gck_explanation *x = NULL;
    struct text svg = {0};
    gck_status status = explain_values(&x, c, stop, errors);
    if (!status) {
        struct drawing drawing = {.explanation = x, .result = result, .embedded = true, .prefix = prefix};
        status = draw_add(&svg, &drawing, DRAW_SVG, errors);
    }
    if (!status)
        text_bytes(text, svg.data, svg.size);
    text_free(&svg);
    gck_explanation_free(x);
    return status;
}

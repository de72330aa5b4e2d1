/* What is said of a student's file, in English and in Korean: how close it is, without the formula. */
#include <stdlib.h>

#include "report/board.h"
#include "report/clean.h"
#include "report/exercise_parts.h"
#include "report/number.h"

/* "s = 1, t = -0.5" */
static void add_place(struct text *text, const struct claim_sample *sample)
{
    for (size_t i = 0; i < sample->count; i++) {
        text_add(text, i ? ", " : "");
        clean_add(text, sample->names[i]);
        text_add(text, " = %.6g", sample->values[i]);
    }
}

static void add_cell(struct table *table, struct text *text)
{
    table_cell(table, STYLE_PLAIN, text->failed ? NULL : text->data);
    table->failed |= text->failed;
    text_clear(text);
}

/* A row of three cells: where, what is claimed there, what is true. */
static void add_sample(struct table *table, const struct claim_sample *sample, bool here, bool korean)
{
    struct text cell = {0};
    if (!sample->taken)
        return;
    text_add(&cell, "%s",
             here ? (korean ? "파일의 입력: " : "in the file: ") : (korean ? "다른 입력: " : "elsewhere: "));
    add_place(&cell, sample);
    add_cell(table, &cell);
    text_add(&cell, korean ? "주장 " : "claimed ");
    board_number(&cell, &sample->claimed, false);
    add_cell(table, &cell);
    text_add(&cell, korean ? "참값 " : "true ");
    board_number(&cell, &sample->truth, false);
    add_cell(table, &cell);
    text_free(&cell);
}

static void add_english(struct text *text, const struct claim_finding *f)
{
    char by[NUMBER_TEXT], error[NUMBER_TEXT];
    number_digits(by, f->by, 6);
    number_error(error, f->error);
    switch (f->state) {
    case CLAIM_RIGHT:
        break;
    case CLAIM_NOT_FINITE:
        text_add(text, "It is NaN or infinite at some places where the derivative is a number.");
        break;
    case CLAIM_CLOSE:
        text_add(text, "It is off by a relative %s only: write a formula, not a rounded number.", error);
        break;
    case CLAIM_HERE_ONLY:
        text_add(text,
                 "It is right at the inputs of the file and wrong at others: a derivative is a formula, not "
                 "a number that fits.");
        break;
    case CLAIM_ZERO:
        text_add(text, "It is 0 at all %zu places tried.", f->places);
        break;
    case CLAIM_SIGN:
        text_add(text, "The size is right at all %zu places tried; the sign is wrong.", f->places);
        break;
    case CLAIM_FACTOR:
        text_add(text, "It is %g times the derivative at all %zu places tried: a constant factor is wrong.",
                 strtod(by, NULL), f->places);
        break;
    case CLAIM_OFFSET:
        text_add(text,
                 "Claimed minus true is %g at all %zu places tried: a summand is missing, or one too many.",
                 strtod(by, NULL), f->places);
        break;
    case CLAIM_SOME:
        text_add(text, "It is right at %zu of the %zu places tried, and wrong at the others.", f->right,
                 f->places);
        break;
    case CLAIM_SIGNS_RIGHT:
        text_add(text,
                 "The sign is right at all %zu places tried, the size is not, and what it is off by changes\n"
                 "  with the inputs (relative error up to %s).",
                 f->places, error);
        break;
    case CLAIM_WRONG:
        text_add(text, "What it is off by changes with the inputs (relative error up to %s).", error);
        break;
    }
}

static void add_korean(struct text *text, const struct claim_finding *f)
{
    char by[NUMBER_TEXT], error[NUMBER_TEXT];
    number_digits(by, f->by, 6);
    number_error(error, f->error);
    switch (f->state) {
    case CLAIM_RIGHT:
        break;
    case CLAIM_NOT_FINITE:
        text_add(text, "도함수는 유한한데 주장한 값은 유한하지 않은 곳이 있습니다.");
        break;
    case CLAIM_CLOSE:
        text_add(text, "상대 오차가 %s밖에 되지 않습니다. 반올림한 수가 아니라 식을 쓰십시오.", error);
        break;
    case CLAIM_HERE_ONLY:
        text_add(
            text,
            "파일의 입력에서는 맞지만 다른 입력에서는 틀립니다. 도함수는 식이지, 한 점에 맞춘 수가 아닙니다.");
        break;
    case CLAIM_ZERO:
        text_add(text, "시험한 %zu곳 모두에서 0입니다.", f->places);
        break;
    case CLAIM_SIGN:
        text_add(text, "시험한 %zu곳 모두에서 크기는 맞고 부호가 반대입니다.", f->places);
        break;
    case CLAIM_FACTOR:
        text_add(text, "시험한 %zu곳 모두에서 도함수의 %g배입니다. 상수 인수가 틀렸습니다.", f->places,
                 strtod(by, NULL));
        break;
    case CLAIM_OFFSET:
        text_add(
            text,
            "시험한 %zu곳 모두에서 주장한 값에서 참값을 빼면 %g입니다. 더하는 항이 빠졌거나 하나 더 있습니다.",
            f->places, strtod(by, NULL));
        break;
    case CLAIM_SOME:
        text_add(text, "시험한 %zu곳 가운데 %zu곳에서 맞고, 나머지에서는 틀립니다.", f->places, f->right);
        break;
    case CLAIM_SIGNS_RIGHT:
        text_add(text,
                 "시험한 %zu곳 모두에서 부호는 맞지만 크기가 다릅니다. 그 차이는\n"
                 "  입력에 따라 달라집니다(상대 "
                 "오차 최대 %s).",
                 f->places, error);
        break;
    case CLAIM_WRONG:
        text_add(text, "참값과의 차이가 입력에 따라 달라집니다(상대 오차 최대 %s).", error);
        break;
    }
}

static void add_finding(struct text *text, const struct claim_finding *f, const struct exercise_view *view)
{
    bool korean = view->language == KOREAN;
    struct table table = {.columns = 3, .indent = 2};
    text_add(text, korean ? "\n%zu행, d" : "\nline %zu, d", f->line);
    clean_add(text, f->gate);
    text_add(text, "/d");
    clean_add(text, f->variable);
    text_add(text, ": ");
    style_add(text, view->colour, STYLE_RED, korean ? "틀렸습니다" : "wrong");
    text_add(text, "\n");
    if (f->here.wrong || !f->there.wrong)
        add_sample(&table, &f->here, true, korean);
    if (f->there.wrong || !f->here.wrong)
        add_sample(&table, &f->there, false, korean);
    table_add_to(text, &table, view->colour);
    table_free(&table);
    text_add(text, "  ");
    if (korean)
        add_korean(text, f);
    else
        add_english(text, f);
    text_add(text, "\n");
}

/* What was changed that is not a claim; true when the original row is to follow. */
static bool add_difference(struct text *text, const struct alike_difference *d, bool ko)
{
    switch (d->kind) {
    case ALIKE:
        break;
    case ALIKE_INPUT_MISSING:
        text_add(text, ko ? "입력 %s: 없어졌습니다. 다시 넣으십시오." : "the input %s is gone; put it back:",
                 d->name);
        break;
    case ALIKE_INPUT_ADDED:
        text_add(text,
                 ko ? "입력 %s: 문제에 없는 입력입니다. 지우십시오."
                    : "the exercise has no input %s; take it out.",
                 d->name);
        break;
    case ALIKE_INPUT_CHANGED:
        text_add(text,
                 ko ? "입력 %s: 값이 달라졌습니다. 되돌리십시오."
                    : "the input %s has other numbers; put them back:",
                 d->name);
        break;
    case ALIKE_ROW_MISSING:
        text_add(text,
                 ko ? "행 %s: 없어졌습니다. 다시 넣으십시오." : "the row of %s is gone; put it back:", d->name);
        break;
    case ALIKE_ROW_CHANGED:
        text_add(text,
                 ko ? "행 %s: 계산하는 식이 달라졌습니다. 되돌리십시오."
                    : "the row of %s computes something else; put it back:",
                 d->name);
        break;
    case ALIKE_CLAIM_MISSING:
        text_add(text,
                 ko ? "행 %s: `claim`이 없어졌습니다. 주장하는 도함수를 다시 쓰십시오."
                    : "the row of %s claims no derivative any more; it is to be mended, not removed.",
                 d->name);
        break;
    case ALIKE_OUTPUT:
        text_add(text,
                 ko ? "`output`: 문제의 출력은 %s입니다. 되돌리십시오."
                    : "`output` is not %s any more; put it back.",
                 d->name);
        break;
    case ALIKE_SEED:
        text_add(text,
                 ko ? "`seed`: 문제에 없습니다. 지우십시오." : "the exercise has no `seed`; take it out.");
        break;
    case ALIKE_WRT:
        text_add(text, ko ? "`wrt`: 문제에서는 모든 입력의 그래디언트를 구합니다. 지우십시오."
                          : "the exercise asks for the gradient of every input; take `wrt` out.");
        break;
    }
    return d->original_line && d->kind != ALIKE_OUTPUT && d->kind != ALIKE_CLAIM_MISSING;
}

static void add_changed(struct text *text, size_t number, size_t other, const struct alike_difference *d,
                        bool ko)
{
    if (other) {
        text_add(text, ko ? "이 파일은 연습 문제 %zu의 파일입니다.\n" : "This is the file of exercise %zu.\n",
                 other);
        return;
    }
    text_add(text, ko ? "`claim`만 고칠 수 있습니다. 다른 곳이 달라졌습니다.\n"
                      : "Only what stands behind `claim` may change, and something else did.\n");
    text_add(text, "\n  ");
    if (d->line)
        text_add(text, ko ? "%zu행, " : "line %zu: ", d->line);
    bool row = add_difference(text, d, ko);
    text_add(text, "\n");
    if (row)
        exercise_add_row(text, number, d->original_line);
}

static void add_solved(struct text *text, size_t number, const struct exercise_judgement *j, bool ko)
{
    text_add(text,
             ko ? "주장한 도함수가 파일의 입력과 다른 입력 %d가지에서 모두 맞습니다.\n"
                : "Every claimed derivative is right at the inputs of the file and at %d others.\n",
             EXERCISE_POINTS - 1);
    if (!gck_verdict_passes(j->verdict))
        text_add(text,
                 ko ? "다만 이 식은 반올림에서 자릿수를 잃습니다. `gradcheck check`의 판정은 %s입니다.\n"
                    : "But this way of writing it loses digits in rounding: `gradcheck check` says %s.\n",
                 gck_verdict_name(j->verdict));
    if (number < exercise_count)
        text_add(text, ko ? "다음: gradcheck exercise show %zu\n" : "Next: gradcheck exercise show %zu\n",
                 number + 1);
}

void exercise_report(struct text *text, size_t number, size_t other, const struct exercise_judgement *j,
                     const struct exercise_view *view)
{
    bool ko = view->language == KOREAN;
    text_add(text, ko ? "연습 문제 %zu, %s: " : "Exercise %zu, %s: ", number, exercises[number - 1].name);
    if (j->solved)
        style_add(text, view->colour, STYLE_GREEN, ko ? "풀었습니다" : "solved");
    else
        style_add(text, view->colour, STYLE_YELLOW, ko ? "아직 풀지 못했습니다" : "not yet");
    text_add(text, "\n");
    if (j->difference.kind) {
        add_changed(text, number, other, &j->difference, ko);
        return;
    }
    if (j->solved) {
        add_solved(text, number, j, ko);
        return;
    }
    if (ko)
        text_add(text, "주장한 도함수 %zu개 가운데 %zu개가 맞습니다.\n", j->count, j->right);
    else
        text_add(text, "Right so far: %zu of %zu claimed derivatives.\n", j->right, j->count);
    for (size_t i = 0; i < j->count; i++)
        if (j->findings[i].state != CLAIM_RIGHT)
            add_finding(text, &j->findings[i], view);
    if (view->hint)
        exercise_add_hint(text, number, view);
    else
        text_add(text, ko ? "\n실마리가 필요하면 --hint를 덧붙이십시오.\n" : "\nStuck? Add --hint.\n");
}

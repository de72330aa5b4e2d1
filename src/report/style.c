/* Colours: the sixteen that every terminal has. */
#include "report/style.h"

#include "report/clean.h"

const char *style_begin(enum style style)
{
    static const char *const begins[STYLES] = {
        [STYLE_PLAIN] = "",         [STYLE_BOLD] = "\033[1m",    [STYLE_DIM] = "\033[2m",
        [STYLE_GREEN] = "\033[32m", [STYLE_YELLOW] = "\033[33m", [STYLE_RED] = "\033[31m",
    };
    return begins[style];
}

enum style style_of_verdict(gck_verdict verdict)
{
    switch (verdict) {
    case GCK_VERDICT_OK:
    case GCK_VERDICT_KINK:
        return STYLE_GREEN;
    case GCK_VERDICT_UNSUPPORTED:
    case GCK_VERDICT_INCONCLUSIVE:
        return STYLE_YELLOW;
    default:
        return STYLE_RED;
    }
}

void style_add(struct text *text, bool colour, enum style style, const char *word)
{
    bool styled = colour && style != STYLE_PLAIN;
    if (styled)
        text_add(text, "%s", style_begin(style));
    clean_add(text, word);
    if (styled)
        text_add(text, STYLE_END);
}

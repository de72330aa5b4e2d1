/* HTML pages: what every page begins and ends with. */
#include "report/html_page.h"

#include "report/clean.h"
#include "report/draw.h"
#include "report/style.h"

/* Colours are named once for light and once for dark. Each has at least 4.5 : 1 on its paper. */
static const char style[] =
    ":root{color-scheme:light dark;--paper:#ffffff;--ink:#1f2328;--dim:#59636e;--line:#d1d9e0;--panel:#f6f8fa;"
    "--good:#1a7f37;--open:#9a6700;--bad:#cf222e;--value:#1a7f37;--gradient:#cf222e;--link:#0969da}\n"
    "@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--dim:#9198a1;--line:#3d444d;"
    "--panel:#151b23;--good:#3fb950;--open:#d29922;--bad:#ff7b72;--value:#3fb950;--gradient:#ff7b72;"
    "--link:#4493f8}}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\n"
    "main{max-width:76rem;margin:0 auto;padding:1rem 1.25rem 4rem}\n"
    "h1{font-size:1.6rem;line-height:1.25;margin:1rem 0 .5rem}\n"
    "h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}\n"
    "h3{font-size:1.05rem;margin:1.5rem 0 .25rem}\n"
    "p{max-width:48rem;margin:.5rem 0}\n"
    "a{color:var(--link)}\n"
    "code,pre,kbd,.number,.math{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
    "font-size:.9em}\n"
    "pre{overflow-x:auto;padding:.75rem;background:var(--panel);border:1px solid var(--line);"
    "border-radius:6px}\n"
    "table{border-collapse:collapse;margin:.5rem 0 1rem}\n"
    "caption{text-align:left;color:var(--dim);padding:.25rem 0}\n"
    "th,td{padding:.25rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}\n"
    "thead th{border-bottom-width:2px;white-space:nowrap}\n"
    ".number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    ".scroll .math{white-space:nowrap}\n"
    ".dim{color:var(--dim)}.value{color:var(--value)}.gradient{color:var(--gradient)}\n"
    ".good{color:var(--good)}.open{color:var(--open)}.bad{color:var(--bad);font-weight:600}\n"
    ".scroll{overflow-x:auto}\n"
    ".box{border:1px solid var(--line);border-radius:6px;padding:.25rem 1rem .5rem;margin:1rem 0}\n"
    "svg{max-width:100%;height:auto}.scroll>svg{max-width:none}\n"
    ":focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
    "@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--dim:#444;--line:#999;--panel:#fff;"
    "--good:#0b5d23;--open:#6b4700;--bad:#a40e26;--value:#0b5d23;--gradient:#a40e26;--link:#000}\n"
    "main{max-width:none;padding:0}body{font-size:11pt}table{font-size:9pt}.scroll{overflow:visible}"
    ".scroll>svg{max-width:100%}.scroll .math{white-space:normal}th,td{padding:.15rem .4rem}\n"
    "h1,h2,h3,caption{break-after:avoid}tr,.box>table,svg{break-inside:avoid}}\n";

void html_add(struct text *text, const char *from)
{
    struct text clean = {0};
    clean_add(&clean, from);
    for (const char *s = clean.data ? clean.data : ""; *s; s++) {
        switch (*s) {
        case '&':
            text_add(text, "&amp;");
            break;
        case '<':
            text_add(text, "&lt;");
            break;
        case '>':
            text_add(text, "&gt;");
            break;
        case '"':
            text_add(text, "&quot;");
            break;
        case '\'':
            text_add(text, "&#39;");
            break;
        default:
            text_bytes(text, s, 1);
        }
    }
    text->failed |= clean.failed;
    text_free(&clean);
}

void html_page_begin(struct text *text, const char *title, const char *head)
{
    text_add(text, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    html_add(text, title);
    text_add(text, "</title>\n<style>\n%s", style);
    draw_style(text);
    text_add(text, "</style>\n%s</head>\n<body>\n<main>\n", head ? head : "");
}

void html_page_end(struct text *text)
{
    text_add(text, "</main>\n</body>\n</html>\n");
}

const char *html_class_of(gck_verdict verdict)
{
    switch (style_of_verdict(verdict)) {
    case STYLE_GREEN:
        return "good";
    case STYLE_YELLOW:
        return "open";
    default:
        return "bad";
    }
}

/* Pictures by gnuplot: a program of its own, which need not be there. */
#ifndef GCK_REPORT_GNUPLOT_H
#define GCK_REPORT_GNUPLOT_H
#include "base/errors.h"
#include "base/text.h"

/* Sets `picture`, which is empty, to what gnuplot writes when it is given the script. `what` names the picture
 * in errors ("svg"), `instead` what does without (NULL: nothing). GCK_IO with an error where gnuplot is missing
 * or fails, GCK_STOPPED when *stop (may be NULL) was raised. */
gck_status gnuplot_draw(struct text *picture, const struct text *script, const char *what, const char *instead,
                        const volatile bool *stop, struct errors *errors);

/* Appends a single-quoted string of clean text: gnuplot reads nothing in it but a doubled quote. */
void gnuplot_quote(struct text *script, const char *from);

/* Appends an SVG that gnuplot drew, with a dark side for dark screens: ink that is '#24292f' turns light.
 * `title` holds no character that means something in XML. */
void gnuplot_svg(struct text *text, const char *svg, const char *title);

#endif

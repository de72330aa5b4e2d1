/* Progress: a line that is wiped before anything else is written. */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

static const double QUIET_MS = 500;

void progress_start(struct progress *progress, size_t total, bool wanted)
{
    *progress = (struct progress){
        .active = wanted && total > 1 && isatty(STDERR_FILENO), .start = now_ms(), .total = total};
}

/* "8 s", "3 min", "2 h 5 min": no more digits than the guess has. */
static void add_left(char *text, size_t size, double seconds)
{
    long whole = (long)(seconds + 0.5), minutes = (whole + 30) / 60;
    if (whole < 100)
        snprintf(text, size, "%ld s", whole);
    else if (minutes < 100)
        snprintf(text, size, "%ld min", minutes);
    else
        snprintf(text, size, "%ld h %ld min", minutes / 60, minutes % 60);
}

const char *progress_text(char *text, size_t done, size_t total, size_t failed, double ms)
{
    char left[48];
    int size = snprintf(text, PROGRESS_TEXT, "%zu of %zu cases, %zu failed", done, total, failed);
    if (done && done < total) {
        add_left(left, sizeof left, ms / 1e3 * (double)(total - done) / (double)done);
        snprintf(text + size, PROGRESS_TEXT - (size_t)size, ", %s left", left);
    }
    return text;
}

void progress_show(struct progress *progress, size_t done, size_t failed)
{
    char text[PROGRESS_TEXT];
    double ms = now_ms() - progress->start;
    if (!progress->active || ms < QUIET_MS)
        return;
    progress_wipe(progress);
    fputs(progress_text(text, done, progress->total, failed, ms), stderr);
    fflush(stderr);
    progress->visible = true;
}

void progress_wipe(struct progress *progress)
{
    if (progress->visible)
        fputs("\r\033[K", stderr);
    progress->visible = false;
}

/* Progress: a line that is wiped before anything else is written. */
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double QUIET_MS = 500;

double progress_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

void progress_start(struct progress *progress, size_t total, bool wanted)
{
    *progress = (struct progress){
        .active = wanted && total > 1 && isatty(STDERR_FILENO), .start = progress_clock(), .total = total};
}

void progress_show(struct progress *progress, size_t done, size_t failed)
{
    if (!progress->active || progress_clock() - progress->start < QUIET_MS)
        return;
    progress_wipe(progress);
    fprintf(stderr, "%zu of %zu cases, %zu failed", done, progress->total, failed);
    fflush(stderr);
    progress->visible = true;
}

void progress_wipe(struct progress *progress)
{
    if (progress->visible)
        fputs("\r\033[K", stderr);
    progress->visible = false;
}

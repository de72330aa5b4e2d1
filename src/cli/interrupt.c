/* Interruption: a signal raises a flag, and what was found so far is still reported. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"

/* What sends a signal often sends it twice, to the process and to its group (timeout, npm): a second one so
 * soon after is the same one. */
static const int64_t one_signal = 300; /* ms */

/* A signal handler can reach nothing but globals. */
static volatile bool stop_flag;
static int64_t signalled; /* when, in ms; 0: not yet */
static bool watched;      /* somebody sees standard error */

/* What is being computed may take long yet. */
static const char how[] = "\ngradcheck: stopping soon; the same again stops at once\n";

static void raised(int number)
{
    int kept = errno;
    int64_t first = 0, time = (int64_t)now_ms() + 1;
    bool again =
        !__atomic_compare_exchange_n(&signalled, &first, time, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    if (again && time - first > one_signal) {
        signal(number, SIG_DFL);
        raise(number);
    }
    if (!again && watched)
        (void)!write(STDERR_FILENO, how, sizeof how - 1);
    interrupt_raise();
    errno = kept;
}

void interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = raised, .sa_flags = SA_RESTART};
    watched = isatty(STDERR_FILENO);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* The terminal is gone; nohup has it ignored. */
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
}

bool interrupted(void)
{
    return __atomic_load_n(&signalled, __ATOMIC_RELAXED) != 0;
}

const volatile bool *interrupt_flag(void)
{
    return &stop_flag;
}

void interrupt_raise(void)
{
    __atomic_store_n(&stop_flag, true, __ATOMIC_RELAXED);
}

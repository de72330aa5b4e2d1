/* Interruption: a signal raises a flag, and what was found so far is still reported. */
#include <signal.h>

#include "cli/cli.h"

/* A signal handler can reach nothing but globals. */
static volatile bool stop_flag;
static volatile sig_atomic_t signalled;

static void raised(int number)
{
    (void)number;
    signalled = 1;
    interrupt_raise();
}

void interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = raised, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
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
    return signalled != 0;
}

const volatile bool *interrupt_flag(void)
{
    return &stop_flag;
}

void interrupt_raise(void)
{
    __atomic_store_n(&stop_flag, true, __ATOMIC_RELAXED);
}

/* Step by step: a piece of the blackboard at a time, the next one at a key. */
#include "cli/step.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { FOREVER = -1, SEQUENCE_MS = 20 };

bool step_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Keys arrive one by one and unseen; those that would end or stop the process at once do not, since it has the
 * terminal to give back. Ctrl-C still raises its signal. */
static bool take_keys(struct termios *before)
{
    if (tcgetattr(STDIN_FILENO, before) != 0)
        return false;
    struct termios keys = *before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    keys.c_cc[VQUIT] = keys.c_cc[VSUSP] = _POSIX_VDISABLE;
    return tcsetattr(STDIN_FILENO, TCSADRAIN, &keys) == 0;
}

/* The next key; -1 at the end of input or when interrupted. poll() returns at a signal, read() might not. */
static int read_key(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char key;
    int ready = 0;
    while (!interrupted() && ready <= 0) {
        ready = poll(&input, 1, FOREVER);
        if (ready < 0 && errno != EINTR)
            return -1;
    }
    return !interrupted() && read(STDIN_FILENO, &key, 1) == 1 ? key : -1;
}

/* The next byte of a sequence, which follows at once; -1: there is none. */
static int read_rest(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char rest;
    return poll(&input, 1, SEQUENCE_MS) > 0 && read(STDIN_FILENO, &rest, 1) == 1 ? rest : -1;
}

/* An arrow key is no key of ours: ESC [ parameters letter, or ESC O letter. */
static void skip_sequence(void)
{
    int rest = read_rest();
    if (rest == 'O')
        (void)read_rest();
    if (rest == '[')
        while ((rest = read_rest()) >= 0 && (rest < '@' || rest > '~'))
            continue;
}

static enum step_key next_key(void)
{
    for (;;) {
        switch (read_key()) {
        case '\n':
        case '\r':
        case ' ':
        case 'n':
            return STEP_NEXT;
        case 'b':
        case 'p':
            return STEP_BACK;
        case 'q':
        case 'Q':
        case 4: /* Ctrl-D */
        case -1:
            return STEP_QUIT;
        case '\033':
            skip_sequence();
            break;
        default:
            break;
        }
    }
}

enum step_key step_wait(size_t at, size_t count, bool colour)
{
    struct termios before;
    if (!take_keys(&before)) /* before anybody is told to press one */
        return STEP_QUIT;
    printf("%s[Enter] next  [b] back  [q] quit   %zu of %zu%s", colour ? "\033[2m" : "", at, count,
           colour ? "\033[0m" : "");
    enum step_key key = fflush(stdout) == 0 ? next_key() : STEP_QUIT;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    printf("\r\033[K");
    fflush(stdout);
    return key;
}

/* Child processes: spawning, pipes that never block us, deadlines, and an end that leaves nobody behind. */
#include "engine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { SLICE_MS = 50, READ_BYTES = 65536 };

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A pipe out of the way of the descriptors 0 to 2, which the child gives new meanings. */
static bool make_pipe(int ends[2])
{
    ends[0] = ends[1] = -1;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        int old = ends[i];
        if (old > 2)
            continue;
        ends[i] = fcntl(old, F_DUPFD_CLOEXEC, 3);
        close(old);
    }
    return ends[0] >= 0 && ends[1] >= 0;
}

/* The environment with the protocol's version in it; the caller frees the array. */
static char **child_environment(void)
{
    static char protocol[] = "GRADCHECK_PROTOCOL=1";
    size_t count = 0, kept = 0;
    while (environ && environ[count])
        count++;
    char **copy = calloc(count + 2, sizeof *copy);
    for (size_t i = 0; copy && i < count; i++)
        if (strncmp(environ[i], protocol, strlen("GRADCHECK_PROTOCOL=")) != 0)
            copy[kept++] = environ[i];
    if (copy)
        copy[kept] = protocol;
    return copy;
}

/* In the child: its own group, no blocked and no ignored signals. */
static int spawn(pid_t *pid, char **argv, const int pipes[3])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    char **environment = child_environment();
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGTERM);
    int error = environment ? 0 : ENOMEM;
    if (error || (error = posix_spawn_file_actions_init(&actions)) != 0) {
        free(environment);
        return error;
    }
    if ((error = posix_spawnattr_init(&attributes)) == 0) {
        posix_spawnattr_setflags(&attributes,
                                 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &usual);
        for (int i = 0; i < 3 && !error; i++)
            error = posix_spawn_file_actions_adddup2(&actions, pipes[i], i);
        if (!error)
            error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    return error;
}

int child_start(struct child *child, char **argv)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    bool made = make_pipe(in) && make_pipe(out) && make_pipe(err);
    int error = made ? 0 : errno;
    text_clear(&child->received);
    child->received.failed = false;
    child->line = child->tail_size = 0;
    if (!error)
        error = spawn(&child->pid, argv, (int[]){in[0], out[1], err[1]});
    shut(&in[0]);
    shut(&out[1]);
    shut(&err[1]);
    if (error) {
        child->pid = 0;
        shut(&in[1]);
        shut(&out[0]);
        shut(&err[0]);
        return error;
    }
    child->in = in[1];
    child->out = out[0];
    child->err = err[0];
    fcntl(child->in, F_SETFL, O_NONBLOCK);
    fcntl(child->out, F_SETFL, O_NONBLOCK);
    fcntl(child->err, F_SETFL, O_NONBLOCK);
    return 0;
}

static void keep_tail(struct child *child, const char *bytes, size_t size)
{
    if (size >= CHILD_TAIL) {
        memcpy(child->tail, bytes + size - CHILD_TAIL, CHILD_TAIL);
        child->tail_size = CHILD_TAIL;
        return;
    }
    size_t kept = child->tail_size < CHILD_TAIL - size ? child->tail_size : CHILD_TAIL - size;
    memmove(child->tail, child->tail + child->tail_size - kept, kept);
    memcpy(child->tail + kept, bytes, size);
    child->tail_size = kept + size;
}

/* Takes what is there on standard error, a bounded amount of it. */
static void read_errors(struct child *child)
{
    char buffer[READ_BYTES];
    ssize_t n = child->err >= 0 ? read(child->err, buffer, sizeof buffer) : -1;
    if (n > 0)
        keep_tail(child, buffer, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        shut(&child->err);
}

/* Takes what is there on standard output; false at its end. */
static bool read_output(struct child *child)
{
    char buffer[READ_BYTES];
    ssize_t n = child->out >= 0 ? read(child->out, buffer, sizeof buffer) : 0;
    if (n > 0)
        text_bytes(&child->received, buffer, (size_t)n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool has_ended(const struct child *child)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

/* SIGPIPE kept from this thread, and from the process, while a pipe is written to. */
struct quiet {
    sigset_t before;
    bool was_pending;
};

static void pipe_signal_hold(struct quiet *quiet)
{
    sigset_t pipe, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    quiet->was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &quiet->before);
}

static void pipe_signal_release(const struct quiet *quiet, bool raised)
{
    sigset_t pipe;
    struct timespec at_once = {0};
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    if (raised && !quiet->was_pending)
        while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &quiet->before, NULL);
}

/* What an exchange is at. */
struct exchange {
    const char *request;
    size_t left, most;
    size_t searched; /* of `received`: no end of line there */
    double deadline; /* of now_ms() */
    const volatile bool *stop;
};

/* Sends what the pipe takes; false when nobody reads it. */
static bool send_some(struct child *child, struct exchange *x)
{
    ssize_t n = write(child->in, x->request, x->left);
    if (n > 0) {
        x->request += n;
        x->left -= (size_t)n;
    }
    return n >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Whether a whole line is there; ends it with a NUL. */
static bool take_line(struct child *child, struct exchange *x)
{
    struct text *received = &child->received;
    char *end = received->size > x->searched
                    ? memchr(received->data + x->searched, '\n', received->size - x->searched)
                    : NULL;
    x->searched = received->size;
    if (!end)
        return false;
    child->line = (size_t)(end - received->data);
    *end = '\0';
    return true;
}

/* Whether the child ended and said nothing more. Its own children may hold the pipe open. */
static bool left_behind(struct child *child)
{
    size_t before = child->received.size;
    return has_ended(child) && (!read_output(child) || child->received.size == before);
}

enum { PIPE_OUT, PIPE_ERR, PIPE_IN, PIPES };

/* Waits a moment until the child's pipes are ready and returns how many are; -1 when there is nothing to wait
 * for any longer: *event says why. */
static int wait_for_pipes(struct pollfd pipes[PIPES], enum child_event *event, const struct child *child,
                          const struct exchange *x)
{
    double left = x->deadline - now_ms();
    if (child->received.failed) {
        *event = CHILD_NO_MEMORY;
    } else if (child->received.size > x->most) {
        *event = CHILD_TOO_LONG;
    } else if (x->stop && __atomic_load_n(x->stop, __ATOMIC_RELAXED)) {
        *event = CHILD_STOPPED;
    } else if (left <= 0) {
        *event = CHILD_TIMEOUT;
    } else {
        pipes[PIPE_OUT] = (struct pollfd){child->out, POLLIN, 0};
        pipes[PIPE_ERR] = (struct pollfd){child->err, POLLIN, 0};
        pipes[PIPE_IN] = (struct pollfd){x->left ? child->in : -1, POLLOUT, 0};
        int ready = poll(pipes, PIPES, left < SLICE_MS ? (int)left + 1 : SLICE_MS);
        return ready > 0 ? ready : 0;
    }
    return -1;
}

static enum child_event wait_for_line(struct child *child, struct exchange *x)
{
    for (;;) {
        struct pollfd pipes[PIPES];
        enum child_event event;
        if (take_line(child, x))
            return child->line > x->most ? CHILD_TOO_LONG : CHILD_LINE;
        int ready = wait_for_pipes(pipes, &event, child, x);
        if (ready < 0)
            return event;
        if (ready == 0 && left_behind(child))
            return CHILD_CLOSED;
        if (ready == 0)
            continue;
        if (pipes[PIPE_ERR].revents)
            read_errors(child);
        if (pipes[PIPE_OUT].revents && !read_output(child))
            return CHILD_CLOSED;
        if (pipes[PIPE_IN].revents && !send_some(child, x))
            return CHILD_DEAF;
    }
}

/* Drops the last line; whether something stands behind it or has come since. */
static bool spoke_early(struct child *child)
{
    struct text *received = &child->received;
    size_t used = child->line ? child->line + 1 : 0;
    if (used && received->size > used) {
        memmove(received->data, received->data + used, received->size - used);
        received->size -= used;
    } else if (used) {
        text_clear(received);
    }
    child->line = 0;
    (void)read_output(child);
    return received->size > 0;
}

enum child_event child_ask(struct child *child, const char *request, size_t size, size_t most, double seconds,
                           const volatile bool *stop)
{
    struct exchange x = {request, size, most, 0, now_ms() + 1e3 * seconds, stop};
    struct quiet quiet;
    if (spoke_early(child))
        return CHILD_EARLY;
    pipe_signal_hold(&quiet);
    enum child_event event = wait_for_line(child, &x);
    pipe_signal_release(&quiet, event == CHILD_DEAF);
    return event;
}

static enum child_event wait_for_all(struct child *child, struct exchange *x)
{
    for (;;) {
        struct pollfd pipes[PIPES];
        enum child_event event;
        if (!x->left)
            shut(&child->in);
        int ready = wait_for_pipes(pipes, &event, child, x);
        if (ready < 0)
            return event;
        if (ready == 0)
            continue;
        if (pipes[PIPE_ERR].revents)
            read_errors(child);
        if (pipes[PIPE_OUT].revents && !read_output(child))
            return CHILD_CLOSED;
        if (pipes[PIPE_IN].revents && !send_some(child, x))
            x->left = 0; /* it wants no more; how it ends tells why */
    }
}

enum child_event child_filter(struct child *child, const char *input, size_t size, size_t most, double seconds,
                              const volatile bool *stop)
{
    struct exchange x = {input, size, most, 0, now_ms() + 1e3 * seconds, stop};
    struct quiet quiet;
    pipe_signal_hold(&quiet);
    enum child_event event = wait_for_all(child, &x);
    pipe_signal_release(&quiet, true);
    return event;
}

void child_tell(struct child *child, const char *line)
{
    struct quiet quiet;
    if (!child->pid)
        return;
    pipe_signal_hold(&quiet);
    ssize_t n = write(child->in, line, strlen(line));
    pipe_signal_release(&quiet, n < 0 && errno == EPIPE);
    shut(&child->in);
}

/* Waits for the child's end, reading on so that no full pipe keeps it; false when it has not come in time. */
static bool wait_for_end(struct child *child, double seconds)
{
    double deadline = now_ms() + 1e3 * seconds;
    char lost[READ_BYTES];
    while (!has_ended(child)) {
        struct pollfd polls[] = {{child->out, POLLIN, 0}, {child->err, POLLIN, 0}};
        if (now_ms() >= deadline)
            return false;
        if (poll(polls, 2, 5) <= 0)
            continue;
        if (polls[1].revents)
            read_errors(child);
        ssize_t n = polls[0].revents ? read(child->out, lost, sizeof lost) : 1;
        if (n == 0)
            shut(&child->out);
    }
    return true;
}

static void describe_end(struct text *how, const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED) {
        text_add(how, "exited with status %d", info->si_status);
        return;
    }
    const char *name = sigabbrev_np(info->si_status);
    text_add(how, "was killed by signal %d (%s)", info->si_status, name ? name : "?");
}

void child_end(struct child *child, double grace, struct text *how)
{
    if (!child->pid)
        return;
    siginfo_t info = {0};
    shut(&child->in);
    bool by_itself = wait_for_end(child, grace);
    for (int i = 0; i < 16 && child->err >= 0; i++) /* what it wrote last */
        read_errors(child);
    if (by_itself && how && waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
        describe_end(how, &info);
    if (!by_itself) {
        kill(-child->pid, SIGTERM);
        (void)wait_for_end(child, 0.5);
    }
    /* Before the child is reaped: until then nobody else's group can have its number. */
    kill(-child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    shut(&child->out);
    shut(&child->err);
    child->pid = 0;
}

void child_free(struct child *child)
{
    text_free(&child->received);
}

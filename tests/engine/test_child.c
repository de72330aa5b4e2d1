/* Child processes: lines there and back, deadlines, ends, and a process that is left as it was. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/child.h"

static char *shell_argv[] = {"/bin/sh", "-c", NULL, NULL};
static int held; /* its other end is open in whatever still runs of the last child */

static void start(struct child *child, const char *script)
{
    static char kept[512];
    *child = (struct child){0};
    snprintf(kept, sizeof kept, "%s", script);
    shell_argv[2] = kept;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(child_start(child, shell_argv), 0);
    close(ends[1]);
    held = ends[0];
}

/* Ends it; how it did by itself. */
static void ends(struct child *child, double grace, const char *wanted)
{
    struct text how = {0};
    struct pollfd closed = {.fd = held, .events = POLLIN};
    char c;
    child_end(child, grace, &how);
    assert_string_equal(how.data ? how.data : "", wanted);
    assert_int_equal(poll(&closed, 1, 5000), 1); /* nobody holds it: nobody is left */
    assert_int_equal(read(held, &c, 1), 0);
    close(held);
    text_free(&how);
    child_free(child);
}

static enum child_event ask(struct child *child, const char *line, double seconds)
{
    return child_ask(child, line, strlen(line), 100, seconds, NULL);
}

static void lines(void **state)
{
    struct child child;
    (void)state;
    start(&child, "test \"$GRADCHECK_PROTOCOL\" = 1 && while read -r x; do echo \"got $x\"; done; exit 3");
    assert_int_equal(ask(&child, "one\n", 5), CHILD_LINE);
    assert_string_equal(child.received.data, "got one");
    assert_int_equal(ask(&child, "two\n", 5), CHILD_LINE);
    assert_string_equal(child.received.data, "got two");
    ends(&child, 5, "exited with status 3");
}

static void events(void **state)
{
    struct child child;
    volatile bool stop = true;
    (void)state;
    start(&child, "read -r x; sleep 60");
    assert_int_equal(ask(&child, "x\n", 0.1), CHILD_TIMEOUT);
    assert_int_equal(child_ask(&child, "x\n", 2, 100, 60, &stop), CHILD_STOPPED);
    ends(&child, 0, "");
    start(&child, "read -r x; echo oops >&2; kill -SEGV $$");
    assert_int_equal(ask(&child, "x\n", 5), CHILD_CLOSED);
    assert_memory_equal(child.tail, "oops\n", 5);
    ends(&child, 1, "was killed by signal 11 (SEGV)");
    start(&child, "read -r x; yes | tr -d '\\n'");
    assert_int_equal(ask(&child, "x\n", 5), CHILD_TOO_LONG);
    assert_true(child.received.size < 200000);
    ends(&child, 0, "");
    start(&child, "read -r x; echo one; echo two; sleep 60");
    assert_int_equal(ask(&child, "x\n", 5), CHILD_LINE);
    sleep(1);
    assert_int_equal(ask(&child, "x\n", 5), CHILD_EARLY);
    ends(&child, 0, "");
    start(&child,
          "read -r x; sleep 60 & exit 4"); /* reads first: else its pipe may break before it is closed */
    assert_int_equal(ask(&child, "x\n", 5), CHILD_CLOSED);
    ends(&child, 1, "exited with status 4");
    start(&child, "trap '' TERM; read -r x; sleep 60; sleep 60");
    assert_int_equal(ask(&child, "x\n", 0.2), CHILD_TIMEOUT);
    ends(&child, 0, "");
}

/* More than any pipe holds, both ways at once, and on standard error too. */
static void large(void **state)
{
    static char line[1 << 22];
    struct child child;
    (void)state;
    memset(line, 'a', sizeof line);
    line[sizeof line - 1] = '\n';
    start(&child, "cat | tee /dev/stderr");
    assert_int_equal(child_ask(&child, line, sizeof line, sizeof line, 30, NULL), CHILD_LINE);
    assert_int_equal(child.line, sizeof line - 1);
    assert_int_equal(child.tail_size, CHILD_TAIL);
    ends(&child, 5, "exited with status 0");
}

/* A reader that is gone does not kill us, whatever the program does about SIGPIPE, and nothing stays changed.
 */
static void no_reader(void **state)
{
    static char line[1 << 20];
    struct child child;
    struct sigaction action;
    sigset_t mask, pending;
    (void)state;
    signal(SIGPIPE, SIG_DFL);
    memset(line, 'a', sizeof line);
    for (int i = 0; i < 3; i++) {
        start(&child, "exec <&-; sleep 60");
        assert_int_equal(child_ask(&child, line, sizeof line, 100, 5, NULL), CHILD_DEAF);
        ends(&child, 0, "");
    }
    sigaction(SIGPIPE, NULL, &action);
    assert_true(action.sa_handler == SIG_DFL);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_int_equal(sigismember(&mask, SIGPIPE), 0);
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGPIPE), 0);
}

static void no_program(void **state)
{
    struct child child = {0};
    char *argv[] = {"/no/such/program", NULL};
    (void)state;
    assert_int_equal(child_start(&child, argv), ENOENT);
    assert_int_equal(child.pid, 0);
    child_end(&child, 0, NULL);
    child_free(&child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(events),
                                       cmocka_unit_test(large), cmocka_unit_test(no_reader),
                                       cmocka_unit_test(no_program)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

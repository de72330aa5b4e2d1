/* Attempts: a piece of work done again and again, a different allocation failing each time. */
#include "attempts.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/text.h"
#include "failing.h"
#include "files/file.h"
#include "real/wide.h"

/* Of so many attempts one has all later allocations fail too. */
enum { ONWARD = 13 };

/* Seconds after which an attempt hangs. */
enum { PATIENCE = 60 };

enum { MOST_SHOWN = 5 };

static const char *const outcome_names[OUTCOMES] = {"succeeded",
                                                    "reported",
                                                    "failed without saying why",
                                                    "succeeded with another result",
                                                    "left a file that is not whole, or not its own",
                                                    "leaked"};

/* In a process of its own, so that a crash is one of the outcomes. */
static int attempt(const struct trial *trial, long at, bool onward, bool shows)
{
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    int status;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
            signal(deadly[i], SIG_DFL); /* cmocka would go on with the next test */
        alarm(PATIENCE);
        int shown = shows ? dup(STDERR_FILENO) : 0;
        if (trial->prepare)
            trial->prepare(trial->user);
        failing_start(at, onward, shown);
        trial->perform(trial->user);
        (void)failing_stop();
        enum outcome outcome = trial->judge(trial->user);
        m_thread_ends();
        if (failing_left() && outcome <= REPORTED)
            outcome = LEAKED;
        _exit((int)outcome);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : OUTCOMES + WTERMSIG(status);
}

static long count_allocations(const struct trial *trial)
{
    int kept[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)}; /* the trial may point them elsewhere */
    fflush(NULL);
    if (trial->prepare)
        trial->prepare(trial->user);
    failing_start(0, false, 0);
    trial->perform(trial->user);
    long count = failing_stop();
    enum outcome outcome = trial->judge(trial->user);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dup2(kept[i], STDOUT_FILENO + i), STDOUT_FILENO + i);
        close(kept[i]);
    }
    assert_int_equal(outcome, SUCCEEDED);
    return count;
}

/* One attempt; whether it came out well. */
static bool try_one(const struct trial *trial, long at, long count, bool onward, long found[OUTCOMES],
                    bool shows)
{
    int outcome = attempt(trial, at, onward, false);
    if (outcome < OUTCOMES)
        found[outcome]++;
    if (outcome == SUCCEEDED || outcome == REPORTED)
        return true;
    print_error("%s: allocation %ld of %ld%s: %s\n", trial->name, at, count, onward ? " and later" : "",
                outcome < OUTCOMES ? outcome_names[outcome] : strsignal(outcome - OUTCOMES));
    if (shows)
        (void)attempt(trial, at, onward, true);
    return false;
}

long fail_all(const struct trial *trial)
{
    long count = count_allocations(trial), found[OUTCOMES] = {0}, bad = 0, tried = 0;
    struct random random = random_new(1, (uint64_t)count);
    assert_true(count > 0);
    assert_int_equal(attempt(trial, 0, false, false), SUCCEEDED);
    if (getenv("FAILING_AT")) /* this one alone */
        return !try_one(trial, atol(getenv("FAILING_AT")), count, false, found, true);
    for (long from = 1; from <= count; from += trial->stride) {
        long at = from + (long)random_below(&random, (uint64_t)trial->stride);
        if (at > count)
            break;
        bad += !try_one(trial, at, count, false, found, bad < MOST_SHOWN);
        if (++tried % ONWARD == 0)
            bad += !try_one(trial, at, count, true, found, bad < MOST_SHOWN);
    }
    if (getenv("FAILING_VERBOSE"))
        print_message("%s: %ld allocations, %ld reported, %ld succeeded all the same\n", trial->name, count,
                      found[REPORTED], found[SUCCEEDED]);
    assert_true(found[REPORTED] > 0);
    return bad;
}

char *read_text(const char *name)
{
    static const struct file_limit limit = {1 << 20, "a file"};
    struct errors errors = {0};
    struct text text = {0};
    char *bytes;
    size_t size;
    if (file_read(&bytes, &size, name, &limit, &errors) == GCK_OK) {
        text_bytes(&text, bytes, size);
        assert_non_null(text.data);
        free(bytes);
    }
    errors_free(&errors);
    return text.data;
}

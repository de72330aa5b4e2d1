/* No memory, at allocation after allocation of whole commands: every report format, engines, recordings, files
 * of gradients, baselines, pictures, random graphs. A command that fails says why, on standard error or in its
 * report, and with its exit status; one that does not fail has written what it writes with memory, to the byte;
 * files are whole or not there.
 *
 *   test_hostile_commands       one allocation of a few in a row, drawn from a fixed seed
 *   test_hostile_commands all   each, or, of commands with very many, 16 times as many
 *   test_hostile_commands test_gate   those tests alone
 *
 * FAILING_VERBOSE=1 shows what a command that came out badly has written, FAILING_AT=N tries allocation N
 * alone. */
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "attempts.h"
#include "cli/cli.h"
#include "failing.h"
#include "report/draw_parts.h"

enum { MOST_WORDS = 24, MOST_FILES = 8 };

/* A file that a command writes or reads. */
struct paper {
    const char *name;
    const char *before; /* what stands there before; NULL: nothing */
    const char
        *ends; /* how a whole one ends when the command fails; NULL: then it is as before, or as with memory */
    bool silent; /* and need not say why it differs */
};

struct commanding {
    const char *const *words;
    long stride; /* as in struct trial */
    struct paper papers[MOST_FILES];
    char *argv[MOST_WORDS + 1];
    int status, expected_status;
    char *expected[MOST_FILES + 1]; /* standard output, then the papers; NULL: none */
    bool known;
};

/* Graphviz ends the process when memory fails it, as GMP does: what it allocates never fails. */
gck_status __real_draw_graphviz(struct text *text, const char *dot, enum draw_format format,
                                struct errors *errors);
gck_status __wrap_draw_graphviz(struct text *text, const char *dot, enum draw_format format,
                                struct errors *errors);
gck_status __wrap_draw_graphviz(struct text *text, const char *dot, enum draw_format format,
                                struct errors *errors)
{
    failing_pause(true);
    gck_status status = __real_draw_graphviz(text, dot, format, errors);
    failing_pause(false);
    return status;
}

/* Time stands still, so that reports are the same to the byte. */
#pragma GCC visibility push(default)
int clock_gettime(clockid_t clock, struct timespec *time)
{
    (void)clock;
    *time = (struct timespec){1, 0};
    return 0;
}
#pragma GCC visibility pop

static char folder[64];
static int messages; /* a descriptor, with FAILING_VERBOSE */

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* Standard output and errors go into files. */
static void redirect(const char *name, int descriptor)
{
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(file >= 0 && dup2(file, descriptor) == descriptor);
    close(file);
}

static void prepare_command(void *user)
{
    struct commanding *x = user;
    for (const struct paper *p = x->papers; p->name; p++) {
        unlink(p->name);
        if (p->before)
            write_text(p->name, p->before);
    }
    for (size_t i = 0; x->words[i]; i++)
        x->argv[i] = strdup(x->words[i]);
    redirect("out", STDOUT_FILENO);
    redirect("err", STDERR_FILENO);
    optind = 0;
}

static void perform_command(void *user)
{
    struct commanding *x = user;
    int argc = 0;
    while (x->words[argc])
        argc++;
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, x->words[0]) == 0)
            x->status = commands[i].run(argc, x->argv);
    fflush(NULL);
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* "out of memory", or as the C library has it; or that a run ended because another report could not be written.
 */
static bool says_why(const char *text)
{
    return text && (strstr(text, "out of memory") || strstr(text, "no memory") ||
                    strstr(text, "an output can no longer be written") ||
                    strstr(text, "Cannot allocate memory") || strstr(text, "insufficient memory"));
}

/* What became of a paper. */
static enum outcome judge_paper(const struct paper *p, const char *expected, bool passed)
{
    char *found = read_text(p->name);
    enum outcome outcome = SUCCEEDED;
    if (passed) /* a page may do without a picture, and says so */
        outcome =
            same(found, expected) || (p->ends && ends_with(found ? found : "", p->ends) && says_why(found))
                ? SUCCEEDED
                : DIFFERENT;
    else if (found && !same(found, expected) && !same(found, p->before))
        outcome = !p->ends || !ends_with(found, p->ends) ? STRAY
                  : p->silent || says_why(found)         ? SUCCEEDED
                                                         : SILENT;
    free(found);
    return outcome;
}

/* Whether no hidden file is left, as those are while they are being written. */
static bool is_tidy(void)
{
    bool tidy = true;
    DIR *dir = opendir(".");
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        tidy &= entry->d_name[0] != '.' || strspn(entry->d_name, ".") == strlen(entry->d_name);
    closedir(dir);
    return tidy;
}

/* What a command that came out badly wrote, for whoever looks into it. */
static void show(const struct commanding *x, const char *out, const char *err)
{
    char *left;
    dprintf(messages, "exit status %d, with memory %d\n-- standard output:\n%s-- standard error:\n%s",
            x->status, x->expected_status, out && !same(out, x->expected[0]) ? out : "as it should be\n",
            err ? err : "");
    for (size_t i = 0; x->papers[i].name; i++) {
        left = read_text(x->papers[i].name);
        dprintf(messages, "-- %s: %s\n", x->papers[i].name,
                !left                            ? "none"
                : same(left, x->expected[i + 1]) ? "as it should be"
                                                 : left);
        free(left);
    }
}

static enum outcome judge_command(void *user)
{
    struct commanding *x = user;
    char *out = read_text("out"), *err = read_text("err");
    bool passed = !x->known || (x->status == x->expected_status && same(out, x->expected[0]));
    enum outcome outcome = passed || x->status != TALLY_PASSED ? SUCCEEDED : DIFFERENT;
    for (size_t i = 0; x->words[i]; i++)
        free(x->argv[i]);
    for (size_t i = 0; x->papers[i].name && outcome == SUCCEEDED; i++) {
        if (!x->known)
            x->expected[i + 1] = read_text(x->papers[i].name);
        outcome = judge_paper(&x->papers[i], x->expected[i + 1], passed);
    }
    if (outcome == SUCCEEDED && !passed)
        outcome = says_why(err) || says_why(out) ? REPORTED : SILENT;
    if (outcome <= REPORTED && !is_tidy())
        outcome = STRAY;
    if (!x->known) {
        x->expected_status = x->status;
        x->expected[0] = out;
        out = NULL;
    }
    if (outcome > REPORTED && messages)
        show(x, out, err);
    x->known = true;
    free(out);
    free(err);
    return outcome;
}

static bool many; /* every allocation fails in turn, but for one of 16, 32 or 64 where there are very many */

/* How often a command came out badly. */
static long try_command(const char *name, long stride, struct commanding *x)
{
    if (many)
        stride = stride > 16 ? stride / 16 : 1;
    struct trial trial = {name, prepare_command, perform_command, judge_command, x, stride};
    long bad = fail_all(&trial);
    for (size_t i = 0; i <= MOST_FILES; i++)
        free(x->expected[i]);
    return bad;
}

/* Runs a command for what it writes. */
static void run_apart(struct commanding *x)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prepare_command(x);
        perform_command(x);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

#define WORDS(...)                                                                                             \
    (const char *const[])                                                                                      \
    {                                                                                                          \
        __VA_ARGS__, NULL                                                                                      \
    }

#define RIGHT "a.yaml"
#define WRONG "b.yaml"
#define SCALAR "s.yaml"
static const char right[] =
    "gradcheck: 1\nid: t/a\ntitle: a\ninputs: {x: [3, 1], y: 2}\ngraph: [f = sum(x * y)]\n"
    "output: f\nexpect: {value: {f: 8}, by: closed-form}\n";
static const char wrong[] =
    "gradcheck: 1\nid: t/b\ninputs: {x: [3, 1]}\ngraph:\n  - expr: h = x ** 2\n    claim: x\n"
    "  - f = sum(h)\noutput: f\n";
static const char scalar[] = "gradcheck: 1\nid: t/s\ninputs: {x: 0.5}\ngraph: [f = exp(x)]\noutput: f\n";
static const char stored[] = "gradcheck: 1\nid: t/w\ninputs: {W: [[1, 2], [3, 4]], b: [1, 2]}\ngraph: [f = "
                             "sum(W * W / 2) + sum(b)]\noutput: f\n";
static const char frozen[] = "gradcheck: 1\nid: t/f\ninputs: {x: 3}\ngraph: [f = exp(x)]\noutput: f\n";
#define LAYER SOURCE_DIR "/examples/layer.yaml"

static void test_reports(void **state)
{
    (void)state;
    struct commanding text = {.words =
                                  WORDS("run", RIGHT, WRONG, "-j1", "--bits=64", "--dtype=float64",
                                        "--format=pretty", "--format=json=r.json", "--format=junit=r.xml",
                                        "--format=tap=r.tap", "--format=markdown=r.md", "--format=github=r.gh"),
                              .papers = {{.name = "r.json", .ends = "\n}\n"},
                                         {.name = "r.xml", .ends = "</testsuite>\n"},
                                         {.name = "r.tap", .ends = "\n"},
                                         {.name = "r.md", .ends = "\n"},
                                         {.name = "r.gh", .ends = "\n"}}};
    struct commanding html = {
        .words = WORDS("run", SCALAR, "-j1", "--bits=64", "--dtype=float64", "--format=html=r.html"),
        .papers = {{.name = "r.html", .ends = "</html>\n"}}};
    struct commanding check = {
        .words = WORDS("check", WRONG, "--laws", "-v", "-j1", "--bits=64", "--exhaustive=all")};
    long bad = try_command("run, reports", 16, &text);
    bad += try_command("run, html", 1024, &html);
    bad += try_command("check", 32, &check);
    assert_int_equal(bad, 0);
}

static void test_engines(void **state)
{
    (void)state;
    struct commanding record = {.words = WORDS("run", RIGHT, "-j1", "--bits=64", "--dtype=float64",
                                               "--engine=" ADAPTER_C, "--record=rec"),
                                .papers = {{.name = "rec", .ends = "\n", .silent = true}}};
    run_apart(&record);
    char *recording = read_text("rec");
    assert_non_null(recording);
    struct commanding judge = {.words = WORDS("judge", "rec", "-j1"),
                               .papers = {{.name = "rec", .before = recording}}};
    struct commanding lint = {.words = WORDS("lint-engine", ADAPTER_C)};
    long bad = try_command("run, an engine that is recorded", 4, &record);
    bad += try_command("judge", 4, &judge);
    bad += try_command("lint-engine", 16, &lint);
    free(recording);
    assert_int_equal(bad, 0);
}

static void test_gradients(void **state)
{
    (void)state;
    static const char *const files[] = {SOURCE_DIR "/tests/hostile/corpus/tensors/w.npz", "g.safetensors",
                                        "g.json"};
    long bad = 0;
    for (size_t i = 0; i < 3; i++) {
        struct commanding grads = {
            .words = WORDS("run", i ? RIGHT : "w.yaml", "--grads", files[i], "-j1", "--bits=64")};
        bad += try_command(files[i], 8, &grads);
    }
    assert_int_equal(bad, 0);
}

static void test_gate(void **state)
{
    (void)state;
    static const char known[] = "# Known.\nt/b@float32  wrong  # since ever\nt/b@float64  wrong\n";
    struct commanding write = {
        .words = WORDS("run", RIGHT, WRONG, "-j1", "--bits=64", "--baseline=known", "--write-baseline"),
        .papers = {{.name = "known"}}};
    struct commanding read = {.words = WORDS("run", RIGHT, WRONG, "-j1", "--bits=64", "--baseline=known"),
                              .papers = {{.name = "known", .before = known}}};
    struct commanding report = {.words = WORDS("run", RIGHT, WRONG, "-j1", "--format=json=r.json"),
                                .papers = {{.name = "r.json"}}};
    run_apart(&report);
    char *earlier = read_text("r.json");
    assert_non_null(earlier);
    struct commanding rerun = {.words = WORDS("run", RIGHT, WRONG, "-j1", "--bits=64", "--rerun-failed=r.json",
                                              "--format=json=r.json"),
                               .papers = {{.name = "r.json", .before = earlier, .ends = "\n}\n"}}};
    long bad = try_command("run, a baseline written", 32, &write);
    bad += try_command("run, a baseline read", 32, &read);
    bad += try_command("run, what failed", 32, &rerun);
    free(earlier);
    assert_int_equal(bad, 0);
}

static void test_teaching(void **state)
{
    (void)state;
    struct commanding commands_here[] = {
        {.words = WORDS("explain", WRONG, "-v", "--bits=64")},
        {.words = WORDS("explain", RIGHT, "--bits=64", "--format=html=e.html"), .papers = {{.name = "e.html"}}},
        {.stride = 256,
         .words = WORDS("sweep", RIGHT, "--format=pretty", "--format=csv=s.csv", "--format=json=s.json"),
         .papers = {{.name = "s.csv"}, {.name = "s.json"}}},
        {.stride = 64,
         .words = WORDS("draw", WRONG, "-j1", "--bits=64", "-o", "d.dot"),
         .papers = {{.name = "d.dot"}}},
        {.words = WORDS("draw", RIGHT, "-j1", "--bits=64", "-o", "d.svg"), .papers = {{.name = "d.svg"}}},
        {.stride = 512, .words = WORDS("ops", "--markdown")},
        {.words = WORDS("freeze", "f.yaml", "--bits=64"), .papers = {{.name = "f.yaml", .before = frozen}}}};
    long bad = 0;
    for (size_t i = 0; i < sizeof commands_here / sizeof *commands_here; i++)
        bad += try_command(commands_here[i].words[0], commands_here[i].stride ? commands_here[i].stride : 16,
                           &commands_here[i]);
    assert_int_equal(bad, 0);
}

static void test_checker(void **state)
{
    (void)state;
    struct commanding mutants = {.words = WORDS("mutants", SCALAR, "-v", "-j1", "--bits=64")};
    struct commanding cover = {.words = WORDS("mutants", SCALAR, "--cover", "-j1", "--bits=64")};
    struct commanding magnitudes = {
        .words = WORDS("mutants", SCALAR, "--magnitudes", "--dtype=float64", "-j1", "--bits=64")};
    struct commanding fuzz = {.words = WORDS("fuzz", "--count=3", "-q", "-j1", "--bits=64")};
    long bad = try_command("mutants", 512, &mutants);
    bad += try_command("mutants --cover", 512, &cover);
    bad += try_command("mutants --magnitudes", 512, &magnitudes);
    bad += try_command("fuzz", 256, &fuzz);
    assert_int_equal(bad, 0);
}

/* What RIGHT's gradients are. */
static void write_safetensors(const char *name)
{
    static const char header[] = "{\"x\": {\"dtype\": \"F64\", \"shape\": [2], \"data_offsets\": [0, 16]}, "
                                 "\"y\": {\"dtype\": \"F64\", \"shape\": [], \"data_offsets\": [16, 24]}}";
    const double numbers[] = {2, 2, 4};
    const uint64_t size = sizeof header - 1;
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(&size, sizeof size, 1, file) + fwrite(header, size, 1, file) +
                         fwrite(numbers, sizeof numbers, 1, file),
                     3);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/gck-commands-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    setenv("PATH", "/nowhere", 1); /* pictures in HTML, which gnuplot draws, are left out when they fail */
    write_text(RIGHT, right);
    write_text(WRONG, wrong);
    write_text(SCALAR, scalar);
    write_text("w.yaml", stored);
    write_text("g.json", "{\"x\": [2, 2], \"y\": 4}");
    write_safetensors("g.safetensors");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    DIR *dir = opendir(".");
    for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
        (void)unlink(entry->d_name);
    closedir(dir);
    return chdir(SOURCE_DIR) || rmdir(folder);
}

int main(int argc, char **argv)
{
    static char buffer[BUFSIZ];
    many = argc == 2 && strcmp(argv[1], "all") == 0;
    if (argc == 2 && !many)
        cmocka_set_test_filter(argv[1]);
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer); /* else the first run that prints would not free one */
    failing_spare_gmp();
    failing_spare_tokens();
    failing_spare_libzip();
    setenv("TZ", "UTC0", 1); /* else libzip's mktime() keeps another copy of its name */
    tzset();
    messages = getenv("FAILING_VERBOSE") ? dup(STDERR_FILENO) : 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports), cmocka_unit_test(test_engines),  cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_gate),    cmocka_unit_test(test_teaching), cmocka_unit_test(test_checker),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

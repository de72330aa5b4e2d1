/* A session: cases checked side by side, reported in order as soon as their turn comes. */
#include "cli/session.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parallel.h"
#include "cli/engines.h"
#include "cli/gate.h"
#include "cli/progress.h"
#include "real/wide.h"
#include "report/clean.h"

/* Parameters from which a case is checked alone. */
enum { LARGE = 10000 };

/* What came of one case. */
struct slot {
    gck_result *result; /* NULL when it could not be checked */
    gck_errors *errors;
    gck_status status;
    bool done;
};

struct session {
    struct arguments *arguments;
    struct selection selection;
    struct report *reports[MOST_OUTPUTS];
    size_t report_count;
    struct errors errors;        /* problems; printed once, at the end */
    struct errors output_errors; /* what cannot be written */
    struct tally tally;
    struct progress progress;
    gck_options options; /* of each case */
    struct engines engines;
    struct gate gate;
    pthread_mutex_t lock;
    struct slot *slots;
    size_t first; /* of the stretch being checked */
    size_t next;  /* the case to be reported next */
    size_t finished;
    bool stopped; /* by a failure, a signal or a closed pipe: nothing more is reported */
};

/* False when an output cannot be written; output_errors says why. */
static bool open_reports(struct session *s)
{
    struct arguments *a = s->arguments;
    for (size_t i = 0; i < a->output_count; i++) {
        const struct output *output = &a->outputs[i];
        struct report *report;
        bool colour = !output->path && arguments_colour(a, STDOUT_FILENO);
        if (report_open(&report, output, colour, &a->settings, &s->output_errors) != GCK_OK)
            return false;
        s->reports[s->report_count++] = report;
    }
    return true;
}

static void add_problems(struct session *s, const struct error *from)
{
    for (const struct error *e = from; e; e = e->next) {
        gck_error error = {e->status, e->place.file, e->place.line, e->place.column, e->message};
        for (size_t i = 0; i < s->report_count; i++)
            report_problem(s->reports[i], &error);
    }
}

/* What memory was too short for to be kept; it was counted. */
static void add_unkept(struct session *s)
{
    static const gck_error lost = {.status = GCK_NO_MEMORY, .message = "out of memory"};
    size_t kept = 0;
    for (const struct error *e = s->errors.first; e; e = e->next)
        kept++;
    for (const struct error *e = s->output_errors.first; e; e = e->next)
        kept++;
    for (size_t i = 0; i < s->report_count && kept < s->errors.count + s->output_errors.count; i++)
        report_problem(s->reports[i], &lost);
}

/* --param must name what the case has. */
static bool picks_fit(struct session *s, const gck_result *result)
{
    const struct report_settings *settings = &s->arguments->settings;
    size_t before = s->errors.count;
    for (size_t p = 0; p < settings->pick_count && result->run_count; p++) {
        const gck_run *run = &result->runs[0];
        const struct pick *pick = &settings->picks[p];
        struct suggestion suggestion = {.name = pick->name};
        const gck_tensor *tensor = NULL;
        for (size_t t = 0; t < run->tensor_count; t++) {
            suggestion_offer(&suggestion, run->tensors[t].name);
            if (pick_fits(pick, &run->tensors[t]))
                tensor = &run->tensors[t];
        }
        /* The path goes with the result, the errors stay. */
        s->errors.here =
            (struct place){.file = arena_text(&s->errors.arena, result->path, strlen(result->path))};
        if (tensor)
            (void)pick_check(pick, tensor, &s->errors);
        else if (run->tensor_count)
            (void)errors_add(&s->errors, GCK_BAD_USAGE, "--param: no parameter is named '%s'%s%s%s", pick->name,
                             suggestion.best ? "; did you mean '" : "", suggestion.best ? suggestion.best : "",
                             suggestion.best ? "'?" : "");
    }
    return s->errors.count == before;
}

static void stop(struct session *s)
{
    s->stopped = true;
    interrupt_raise();
}

/* The other reports say that the run ended before its end. */
static void end_early(struct session *s)
{
    static const gck_error unwritten = {.status = GCK_IO,
                                        .message = "the run ended here: an output can no longer be written"};
    s->tally.unwritten = true;
    for (size_t i = 0; i < s->report_count; i++)
        report_problem(s->reports[i], &unwritten);
}

/* Reports one case, in its turn. */
static void report_slot(struct session *s, struct slot *slot, const gck_case *c)
{
    struct error *last = s->errors.last;
    if (slot->status == GCK_STOPPED || s->stopped)
        return;
    progress_wipe(&s->progress);
    if (slot->status == GCK_ENGINE) {
        (void)errors_add(&s->errors, GCK_ENGINE, "the engine can no longer be run: %s",
                         engines_failure(&s->engines));
    } else if (slot->status != GCK_OK && gck_errors_count(slot->errors) == 0) {
        s->errors.here = (struct place){.file = gck_case_path(c)};
        (void)errors_add(&s->errors, slot->status, "could not be checked: %s", gck_status_name(slot->status));
    }
    errors_take(&s->errors, slot->errors);
    slot->errors = NULL;
    s->tally.engine_failed |= slot->status == GCK_ENGINE;
    if (slot->status == GCK_OK && picks_fit(s, slot->result)) {
        enum standing_kind standing = report_stands(&s->arguments->settings, slot->result);
        bool written = true;
        tally_add(&s->tally, slot->result, standing);
        gate_note(&s->gate, s->arguments, slot->result);
        for (size_t i = 0; i < s->report_count; i++)
            if (!report_add(s->reports[i], slot->result, c)) {
                written = false;
                s->tally.unread |= report_broken(s->reports[i]);
            }
        s->tally.failed_fast = s->arguments->fail_fast && standing == STANDING_FAILS;
        if (!written)
            end_early(s);
        if (s->tally.failed_fast || !written)
            stop(s);
    }
    add_problems(s, last ? last->next : s->errors.first);
    if (slot->status == GCK_ENGINE)
        stop(s);
}

static gck_status check_case(struct slot *slot, const struct session *s, const gck_case *c)
{
    gck_options options = s->options;
    struct gradient_file *file;
    gck_status status = engines_for(&file, &options, &s->engines, c);
    if (!status)
        status = gck_check(&slot->result, c, &options, &slot->errors);
    gradient_file_free(file);
    return status;
}

static void check_one(struct session *s, size_t i)
{
    struct slot *slot = &s->slots[i];
    const gck_case *c = s->selection.cases[i];
    if (__atomic_load_n(interrupt_flag(), __ATOMIC_RELAXED))
        slot->status = GCK_STOPPED;
    else
        slot->status = check_case(slot, s, c);
    pthread_mutex_lock(&s->lock);
    slot->done = true;
    s->finished++;
    for (; s->next < s->selection.count && s->slots[s->next].done; s->next++) {
        struct slot *turn = &s->slots[s->next];
        report_slot(s, turn, s->selection.cases[s->next]);
        gck_result_free(turn->result);
        gck_errors_free(turn->errors);
        *turn = (struct slot){.done = true};
    }
    if (!s->stopped)
        progress_show(&s->progress, s->finished, s->tally.failed);
    pthread_mutex_unlock(&s->lock);
}

static void check_in_stretch(void *user, size_t i)
{
    struct session *s = user;
    check_one(s, s->first + i);
}

/* Small cases run side by side, a thread each. A large one has all threads, and the memory, to itself. */
static void check_stretches(struct session *s, struct workers *workers)
{
    size_t count = s->selection.count, end;
    int jobs = s->options.jobs;
    for (size_t first = 0; first < count; first = end) {
        for (end = first; end < count && gck_case_parameters(s->selection.cases[end]) < LARGE; end++)
            ;
        end += end == first;
        s->first = first;
        s->options.jobs = (size_t)jobs > end - first ? jobs / (int)(end - first) : 1;
        parallel_for(workers, end - first, check_in_stretch, s);
    }
}

static void check_all(struct session *s)
{
    size_t count = s->selection.count;
    struct workers workers;
    s->slots = calloc(count + 1, sizeof *s->slots);
    if (!s->slots) {
        struct error *last = s->errors.last;
        (void)errors_add(&s->errors, GCK_NO_MEMORY, "out of memory");
        add_problems(s, last ? last->next : s->errors.first);
        return;
    }
    s->tally.cases = count;
    pthread_mutex_init(&s->lock, NULL);
    progress_start(&s->progress, count, !s->arguments->settings.quiet);
    double start = now_ms();
    workers_init(&workers, s->options.jobs, m_thread_ends);
    check_stretches(s, &workers);
    s->tally.ms = now_ms() - start;
    s->tally.interrupted = interrupted() && s->tally.done < count;
    progress_wipe(&s->progress);
    pthread_mutex_destroy(&s->lock);
    free(s->slots);
}

/* Says what there was instead of cases. */
static void explain_nothing(const struct session *s)
{
    const char *rerun = s->arguments->settings.rerun;
    if (s->selection.found == 0)
        cli_note("no case files found (*.yaml, *.yml, *.json)");
    else if (rerun && s->gate.earlier.count == 0)
        cli_note("nothing failed in %s", rerun);
    else if (s->selection.matching == 0)
        cli_note("none of %zu cases matches --filter and --tag", s->selection.found);
    else if (s->selection.count == 0)
        cli_note("none of %zu cases is in shard %zu of %zu", s->selection.matching,
                 s->arguments->settings.shard, s->arguments->settings.shards);
}

/* Ends and closes the reports; false when one could not be written. *broken: its reader went away. */
static bool close_reports(struct session *s, bool *broken)
{
    bool written = true, one_broken;
    s->tally.problems = s->errors.count + s->output_errors.count;
    for (size_t i = 0; i < s->report_count; i++) {
        report_end(s->reports[i], &s->tally);
        written &= report_close(s->reports[i], &one_broken, &s->output_errors) == GCK_OK;
        *broken |= one_broken;
    }
    return written;
}

static void list_cases(const struct selection *selection, struct text *text)
{
    for (size_t i = 0; i < selection->count; i++) {
        const char *id = gck_case_id(selection->cases[i]), *title = gck_case_title(selection->cases[i]);
        text_add(text, "%s", id);
        if (title && *title) {
            text_add(text, "%*s  ", (int)selection->id_width - (int)strlen(id), "");
            clean_add(text, title);
        }
        text_add(text, "\n");
    }
}

static int session_list(struct session *s)
{
    struct text text = {0};
    if (s->errors.count)
        return TALLY_USAGE;
    explain_nothing(s);
    list_cases(&s->selection, &text);
    int status = cli_print(&text);
    text_free(&text);
    return status != TALLY_PASSED || s->selection.count ? status : TALLY_NOTHING;
}

/* Finds the engine, checks, and lets the engine go. */
static void check_with_engine(struct session *s)
{
    struct error *last = s->errors.last;
    s->options = s->arguments->settings.options;
    interrupt_watch();
    gck_status status = s->selection.count
                            ? engines_open(&s->engines, &s->options, s->arguments, &s->selection, &s->errors)
                            : GCK_OK;
    s->tally.engine_failed = status == GCK_ENGINE;
    s->tally.interrupted = status == GCK_STOPPED;
    if (status == GCK_OK)
        check_all(s);
    else
        add_problems(s, last ? last->next : s->errors.first);
    engines_close(&s->engines, &s->output_errors);
    s->tally.problems = s->errors.count;
    gate_close(&s->gate, s->arguments, &s->tally, &s->output_errors);
}

static int session_check(struct session *s)
{
    bool broken = false, opened = open_reports(s);
    if (opened) {
        add_problems(s, s->errors.first);
        if (!s->errors.count) {
            explain_nothing(s);
            check_with_engine(s);
        }
    }
    add_problems(s, s->output_errors.first);
    add_unkept(s);
    bool written = close_reports(s, &broken) && opened;
    written &= s->output_errors.count == 0;
    return broken ? TALLY_FAILED : written ? (int)tally_exit(&s->tally) : TALLY_USAGE;
}

int session_run(struct arguments *a)
{
    struct session s = {.arguments = a};
    if (a->path_count == 0)
        return cli_usage(a->command, "name case files or folders");
    if (a->recording)
        selection_recorded(&s.selection, a, &s.errors);
    else
        selection_read(&s.selection, a, &s.errors);
    gate_open(&s.gate, a, &s.selection, &s.errors);
    selection_filter(&s.selection, a);
    a->settings.id_width = s.selection.id_width;
    a->settings.cases = s.selection.count;
    a->settings.options.stop = interrupt_flag();
    int status = a->list ? session_list(&s) : session_check(&s);
    cli_print_errors(&s.errors);
    cli_print_errors(&s.output_errors);
    selection_free(&s.selection);
    gate_free(&s.gate);
    errors_free(&s.errors);
    errors_free(&s.output_errors);
    return status;
}

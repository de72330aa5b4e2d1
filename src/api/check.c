/* gck_check(): a case in each of its dtypes, and what it expects. */
#include <stdlib.h>
#include <string.h>

#include "api/case_handle.h"
#include "api/expect.h"
#include "base/clock.h"
#include "check/foreign_run.h"
#include "engine/builtin.h"
#include "real/wide.h"

/* Expectations are checked at so many bits, or as many as the case asks for: what they say does not depend on
 * the options. */
enum { EXPECT_BITS = 256 };

struct result_holder {
    gck_result result; /* first: the public pointer is the holder's */
    struct arena arena;
};

gck_options gck_options_default(void)
{
    return (gck_options){.bits = 256, .max_bits = MOST_BITS, .seed = 1, .exhaustive = GCK_AUTO, .jobs = 1};
}

bool gck_verdict_passes(gck_verdict verdict)
{
    return verdict == GCK_VERDICT_OK || verdict == GCK_VERDICT_KINK || verdict == GCK_VERDICT_UNSUPPORTED;
}

const char *gck_dtype_name(gck_dtype dtype)
{
    return dtype_formats[dtype].name;
}

gck_status options_bits(const gck_options *o, struct errors *errors)
{
    if (o->bits < LEAST_BITS || o->bits > MOST_BITS)
        return errors_add(errors, GCK_BAD_USAGE, "bits: %d is outside %d .. %d", o->bits, LEAST_BITS,
                          MOST_BITS);
    if (o->max_bits < o->bits || o->max_bits > MOST_BITS)
        return errors_add(errors, GCK_BAD_USAGE, "max bits: %d is outside %d (bits) .. %d", o->max_bits,
                          o->bits, MOST_BITS);
    return GCK_OK;
}

static gck_status options_check(const gck_options *o, struct errors *errors)
{
    gck_status bits = options_bits(o, errors);
    if (bits)
        return bits;
    if (o->dtypes >> GCK_DTYPES)
        return errors_add(errors, GCK_BAD_USAGE, "dtypes: unknown bits in %#x", o->dtypes);
    if (o->exhaustive < GCK_ALL)
        return errors_add(errors, GCK_BAD_USAGE, "exhaustive: %ld is neither GCK_AUTO, GCK_ALL nor a number",
                          o->exhaustive);
    if (o->jobs < 1 || o->jobs > MOST_JOBS)
        return errors_add(errors, GCK_BAD_USAGE, "jobs: %d is outside 1 .. %d", o->jobs, MOST_JOBS);
    if (o->method > GCK_RICHARDSON)
        return errors_add(errors, GCK_BAD_USAGE, "method: %d is none", (int)o->method);
    if (o->engine && (!o->engine->name || !o->engine->grad))
        return errors_add(errors, GCK_BAD_USAGE, "engine: a name and a grad function are needed");
    if (o->laws && o->engine && o->engine->once)
        return errors_add(errors, GCK_BAD_USAGE,
                          "laws: this engine knows one answer and cannot be asked again");
    return GCK_OK;
}

/* Bits 1 << dtype: what the caller or else the case says, as far as the engine has it; all of that, to be
 * refused, when it has none. */
static unsigned dtypes_of(const struct case_file *file, const gck_options *o)
{
    unsigned dtypes = o->dtypes, offered = o->engine ? o->engine->dtypes : 0;
    for (int i = 0; i < GCK_DTYPES && !o->dtypes; i++)
        dtypes |= file->dtypes[i] ? 1u << i : 0;
    return dtypes & offered ? dtypes & offered : dtypes;
}

static const char *keep(struct arena *arena, const char *text)
{
    return text ? arena_text(arena, text, strlen(text)) : NULL;
}

static gck_engine builtin_for(enum dtype dtype)
{
    static const char *const names[] = {"builtin:float64", "builtin:float32", "builtin:float16",
                                        "builtin:bfloat16"};
    return (gck_engine){.name = names[dtype], .grad = builtin_grad};
}

/* Runs one dtype. One that the case does not name may not hold its numbers, which is nobody's fault; the reader
 * has seen to the others. */
static gck_status run_one(gck_run *run, struct arena *results, const struct subject *subject, enum dtype dtype,
                          const struct run_settings *settings)
{
    struct errors apart = {0};
    gck_status status = foreign_op(subject->graph)
                            ? foreign_run_take(run, results, subject, dtype, settings, &apart)
                            : run_take(run, results, subject, dtype, settings, &apart);
    if (status == GCK_BAD_CASE && apart.first) {
        *run = (gck_run){.dtype = (gck_dtype)dtype,
                         .engine = keep(results, settings->engine->name),
                         .verdict = GCK_VERDICT_UNSUPPORTED,
                         .message = keep(results, apart.first->message)};
        status = run->engine && run->message ? GCK_OK : GCK_NO_MEMORY;
    }
    errors_free(&apart);
    return status;
}

static gck_status run_all(struct result_holder *h, const struct case_file *file, const gck_options *o,
                          struct workers *workers)
{
    const struct subject subject = {
        .id = file->id, .graph = &file->graph, .kinks = file->kinks, .kink_count = file->kink_count};
    gck_run *runs = arena_alloc(&h->arena, GCK_DTYPES, sizeof *runs);
    gck_status status = runs ? GCK_OK : GCK_NO_MEMORY;
    bool given = o->exhaustive != GCK_AUTO || file->exhaustive == EXHAUSTIVE_AUTO;
    unsigned dtypes = dtypes_of(file, o);
    h->result.runs = runs;
    for (int dtype = 0; dtype < GCK_DTYPES && !status; dtype++) {
        if (!(dtypes >> dtype & 1))
            continue;
        if (o->stop && *o->stop)
            return GCK_STOPPED;
        gck_engine builtin = builtin_for((enum dtype)dtype);
        struct run_settings settings = {.bits = file->bits > o->bits ? (int)file->bits : o->bits,
                                        .max_bits = o->max_bits,
                                        .seed = o->seed,
                                        .choice = {given ? o->exhaustive : file->exhaustive, o->method},
                                        .engine = o->engine ? o->engine : &builtin,
                                        .workers = workers,
                                        .laws = o->laws,
                                        .locate = true};
        status = run_one(&runs[h->result.run_count], &h->arena, &subject, (enum dtype)dtype, &settings);
        h->result.run_count += !status;
    }
    return status;
}

/* The worst run; a case without any run passes nothing. */
static void fold(gck_result *result)
{
    result->verdict = result->run_count ? GCK_VERDICT_OK : GCK_VERDICT_INCONCLUSIVE;
    for (size_t i = 0; i < result->run_count; i++)
        if (result->runs[i].verdict > result->verdict)
            result->verdict = result->runs[i].verdict;
    if (result->mismatch_count && result->verdict < GCK_VERDICT_WRONG)
        result->verdict = GCK_VERDICT_WRONG;
}

static gck_status check(struct result_holder *h, const gck_case *c, const gck_options *o, struct errors *errors)
{
    const struct case_file *file = c->file;
    struct workers workers;
    workers_init(&workers, o->jobs, m_thread_ends);
    workers.stop = o->stop;
    struct mismatches mismatches = {.arena = &h->arena};
    double start = now_ms();
    gck_result *r = &h->result;
    r->id = keep(&h->arena, file->id);
    r->title = keep(&h->arena, file->title);
    r->path = keep(&h->arena, file->path);
    r->seed = o->seed;
    r->parameters = gck_case_parameters(c);
    int bits = file->bits > EXPECT_BITS ? (int)file->bits : EXPECT_BITS;
    bool kept = r->id && r->path && (r->title || !file->title);
    gck_status status = kept ? run_all(h, file, o, &workers) : GCK_NO_MEMORY;
    if (!status)
        status = expect_compare(&mismatches, file, bits, errors);
    r->mismatches = mismatches.items;
    r->mismatch_count = mismatches.count;
    r->expectations = mismatches.compared;
    fold(r);
    r->ms = now_ms() - start;
    return status;
}

gck_status gck_check(gck_result **out, const gck_case *c, const gck_options *options, gck_errors **errors)
{
    gck_options defaults = gck_options_default();
    const gck_options *o = options ? options : &defaults;
    struct errors list = {.here = {.file = c->file->path}};
    struct result_holder *h = calloc(1, sizeof *h);
    gck_status status = h ? options_check(o, &list) : GCK_NO_MEMORY;
    if (!status)
        status = check(h, c, o, &list);
    *out = status ? NULL : &h->result;
    if (status && h) {
        arena_free(&h->arena);
        free(h);
    }
    errors_publish(errors, &list);
    return status;
}

void gck_result_free(gck_result *result)
{
    struct result_holder *h = (struct result_holder *)result;
    if (!h)
        return;
    arena_free(&h->arena);
    free(h);
}

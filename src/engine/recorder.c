/* Writing recordings: a line at a time, exchanges whole, and the file when it is closed. */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base64.h"
#include "engine/message.h"
#include "engine/recording.h"
#include "files/file.h"
#include "files/sink.h"
#include "files/tensor_file.h"

/* A file whose bytes were written. */
struct recorded {
    const char *path;
    const struct recorded *next;
};

struct recorder {
    struct sink *sink;
    struct arena arena;
    const struct recorded *files;
    struct text text; /* written to the sink after each step */
    pthread_mutex_t lock;
};

static void write_options(struct recorder *r, const gck_options *o, uint64_t vary)
{
    /* The seed as a string: many readers of JSON keep 53 bits of a number. */
    text_add(&r->text,
             "= {\"type\":\"recording\",\"version\":2,\"gradcheck\":\"" GCK_VERSION "\",\"bits\":%d,"
             "\"max_bits\":%d,\"dtypes\":%u,\"seed\":\"%" PRIu64 "\",\"vary\":\"%" PRIu64
             "\",\"exhaustive\":%ld,\"method\":%d,\"laws\":%s}\n",
             o->bits, o->max_bits, o->dtypes, o->seed, vary, o->exhaustive, (int)o->method,
             o->laws ? "true" : "false");
    (void)sink_write(r->sink, &r->text);
}

gck_status recorder_open(struct recorder **out, const char *path, const gck_options *options, uint64_t vary,
                         struct errors *errors)
{
    struct recorder *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    gck_status status = sink_open(&r->sink, path, errors);
    if (status) {
        free(r);
        return status;
    }
    pthread_mutex_init(&r->lock, NULL);
    write_options(r, options, vary);
    *out = r;
    return GCK_OK;
}

/* Whether the file was written before; remembers it otherwise. */
static bool is_repeated(struct recorder *r, const char *path)
{
    for (const struct recorded *f = r->files; f; f = f->next)
        if (strcmp(f->path, path) == 0)
            return true;
    struct recorded *f = arena_alloc(&r->arena, 1, sizeof *f);
    const char *copy = arena_text(&r->arena, path, strlen(path));
    if (f && copy) {
        *f = (struct recorded){copy, r->files};
        r->files = f;
    }
    return false;
}

static gck_status write_file(struct recorder *r, const char *path, const struct file_limit *limit,
                             struct errors *errors)
{
    char *bytes;
    size_t size;
    if (is_repeated(r, path))
        return GCK_OK;
    gck_status status = file_read(&bytes, &size, path, limit, errors);
    if (status)
        return status;
    text_add(&r->text, "= {\"type\":\"file\",\"path\":");
    message_string(&r->text, path);
    text_add(&r->text, ",\"base64\":\"");
    base64_bytes(&r->text, bytes, size);
    text_add(&r->text, "\"}\n");
    free(bytes);
    (void)sink_write(r->sink, &r->text);
    return GCK_OK;
}

gck_status recorder_case(struct recorder *recorder, const struct case_file *c, struct errors *errors)
{
    const struct file_limit limit = {MOST_CASE_BYTES, "a case file"};
    char *sibling = c->equals_id ? case_sibling(c, c->equals_id) : NULL;
    gck_status status = write_file(recorder, c->path, &limit, errors);
    for (size_t i = 0; i < c->file_count && !status; i++)
        status = write_file(recorder, c->files[i], &tensor_file_limit, errors);
    if (sibling && !status)
        status = write_file(recorder, sibling, &limit, errors);
    free(sibling);
    text_add(&recorder->text, "= {\"type\":\"case\",\"path\":");
    message_string(&recorder->text, c->path);
    text_add(&recorder->text, "}\n");
    (void)sink_write(recorder->sink, &recorder->text);
    return status;
}

/* Without the end of line, which some lines have. */
static int length(const char *line)
{
    return (int)strcspn(line, "\n");
}

static void write_pair(struct recorder *recorder, const char *request, const char *mark, const char *answer)
{
    pthread_mutex_lock(&recorder->lock);
    text_add(&recorder->text, "> %.*s\n%s %.*s\n", length(request), request, mark, length(answer), answer);
    (void)sink_write(recorder->sink, &recorder->text);
    pthread_mutex_unlock(&recorder->lock);
}

void recorder_exchange(struct recorder *recorder, const char *request, const char *answer)
{
    write_pair(recorder, request, "<", answer);
}

void recorder_failure(struct recorder *recorder, const char *request, const char *why)
{
    write_pair(recorder, request, "!", why ? why : "the engine failed");
}

gck_status recorder_close(struct recorder *recorder, struct errors *errors)
{
    if (!recorder)
        return GCK_OK;
    size_t before = errors->count;
    gck_status status = sink_close(recorder->sink, true, errors);
    if (status && errors->count == before)
        status = errors_add(errors, GCK_IO, "the recording could not be written whole");
    pthread_mutex_destroy(&recorder->lock);
    text_free(&recorder->text);
    arena_free(&recorder->arena);
    free(recorder);
    return status;
}

/* Writing recordings: a line at a time, exchanges whole, and the file when it is closed. */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "case/case.h"
#include "engine/message.h"
#include "engine/recording.h"
#include "files/sink.h"

struct recorder {
    struct sink *sink;
    struct text text; /* written to the sink after each step */
    pthread_mutex_t lock;
};

static void write_options(struct recorder *r, const gck_options *o)
{
    /* The seed as a string: many readers of JSON keep 53 bits of a number. */
    text_add(&r->text,
             "= {\"type\":\"recording\",\"version\":1,\"gradcheck\":\"" GCK_VERSION "\",\"bits\":%d,"
             "\"max_bits\":%d,\"dtypes\":%u,\"seed\":\"%" PRIu64 "\",\"exhaustive\":%ld,\"method\":%d}\n",
             o->bits, o->max_bits, o->dtypes, o->seed, o->exhaustive, (int)o->method);
    (void)sink_write(r->sink, &r->text);
}

gck_status recorder_open(struct recorder **out, const char *path, const gck_options *options,
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
    write_options(r, options);
    *out = r;
    return GCK_OK;
}

gck_status recorder_case(struct recorder *recorder, const char *path, struct errors *errors)
{
    struct text copy = {0};
    char *bytes;
    size_t size;
    gck_status status = case_bytes(&bytes, &size, path, errors);
    if (status)
        return status;
    text_bytes(&copy, bytes, size);
    free(bytes);
    pthread_mutex_lock(&recorder->lock);
    if (!copy.failed) {
        text_add(&recorder->text, "= {\"type\":\"case\",\"path\":");
        message_string(&recorder->text, path);
        text_add(&recorder->text, ",\"text\":");
        message_string(&recorder->text, copy.data);
        text_add(&recorder->text, "}\n");
        (void)sink_write(recorder->sink, &recorder->text);
    }
    pthread_mutex_unlock(&recorder->lock);
    if (copy.failed)
        status = errors_add(errors, GCK_NO_MEMORY, "out of memory");
    text_free(&copy);
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
    free(recorder);
    return status;
}

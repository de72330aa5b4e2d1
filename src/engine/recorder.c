/* Writing recordings: a line at a time, exchanges whole. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/message.h"
#include "engine/recording.h"

struct recorder {
    FILE *file;
    char *path;
    pthread_mutex_t lock;
};

static void write_options(FILE *file, const gck_options *o)
{
    /* The seed as a string: many readers of JSON keep 53 bits of a number. */
    fprintf(file,
            "= {\"type\":\"recording\",\"version\":1,\"gradcheck\":\"" GCK_VERSION "\",\"bits\":%d,"
            "\"max_bits\":%d,\"dtypes\":%u,\"seed\":\"%" PRIu64 "\",\"exhaustive\":%ld,\"method\":%d}\n",
            o->bits, o->max_bits, o->dtypes, o->seed, o->exhaustive, (int)o->method);
}

gck_status recorder_open(struct recorder **out, const char *path, const gck_options *options,
                         struct errors *errors)
{
    struct recorder *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r || !(r->path = strdup(path))) {
        free(r);
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    }
    r->file = fopen(path, "we");
    if (!r->file) {
        gck_status status =
            errors_add(errors, GCK_IO, "%s cannot be written: %s", path, strerrordesc_np(errno));
        free(r->path);
        free(r);
        return status;
    }
    pthread_mutex_init(&r->lock, NULL);
    write_options(r->file, options);
    *out = r;
    return GCK_OK;
}

gck_status recorder_case(struct recorder *recorder, const char *path, struct errors *errors)
{
    struct text line = {0}, copy = {0};
    char buffer[4096];
    FILE *file = fopen(path, "re");
    if (!file)
        return errors_add(errors, GCK_IO, "%s cannot be read again: %s", path, strerrordesc_np(errno));
    text_bytes(&copy, "", 0);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text_bytes(&copy, buffer, n);
    fclose(file);
    text_add(&line, "= {\"type\":\"case\",\"path\":");
    message_string(&line, path);
    text_add(&line, ",\"text\":");
    message_string(&line, copy.failed ? "" : copy.data);
    text_add(&line, "}\n");
    bool failed = line.failed || copy.failed;
    pthread_mutex_lock(&recorder->lock);
    if (!failed)
        fwrite(line.data, 1, line.size, recorder->file);
    pthread_mutex_unlock(&recorder->lock);
    text_free(&line);
    text_free(&copy);
    return failed ? errors_add(errors, GCK_NO_MEMORY, "out of memory") : GCK_OK;
}

/* Without the end of line, which some lines have. */
static int length(const char *line)
{
    return (int)strcspn(line, "\n");
}

static void write_pair(struct recorder *recorder, const char *request, const char *mark, const char *answer)
{
    pthread_mutex_lock(&recorder->lock);
    fprintf(recorder->file, "> %.*s\n%s %.*s\n", length(request), request, mark, length(answer), answer);
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
    gck_status status = GCK_OK;
    if (!recorder)
        return GCK_OK;
    bool failed = ferror(recorder->file) != 0;
    failed |= fclose(recorder->file) != 0;
    if (failed)
        status = errors_add(errors, GCK_IO, "%s could not be written whole", recorder->path);
    pthread_mutex_destroy(&recorder->lock);
    free(recorder->path);
    free(recorder);
    return status;
}

/* Filters: one exchange with a child, and what became of it. */
#include "engine/filter.h"

#include <errno.h>
#include <string.h>

#include "engine/child.h"

enum { SHOWN = 300 };

/* The last that it wrote on standard error, as one clean line. */
static void add_complaint(struct text *why, const struct child *child)
{
    size_t from = child->tail_size > SHOWN ? child->tail_size - SHOWN : 0;
    if (child->tail_size)
        text_add(why, "; it says:");
    for (size_t i = from; i < child->tail_size; i++) {
        unsigned char c = (unsigned char)child->tail[i];
        if (c > 0x20 && c < 0x7f && (i == from || (unsigned char)child->tail[i - 1] <= 0x20))
            text_add(why, " ");
        if (c > 0x20)
            text_add(why, "%c", c < 0x7f ? c : '?');
    }
}

static void add_event(struct text *why, enum child_event event, const struct filter *filter, const char *how)
{
    if (event == CHILD_TIMEOUT)
        text_add(why, "it was not done within %g s", filter->seconds);
    else if (event == CHILD_TOO_LONG)
        text_add(why, "it wrote more than %zu bytes", filter->most);
    else if (event == CHILD_NO_MEMORY)
        text_add(why, "out of memory");
    else
        text_add(why, "it %s", strcmp(how, "exited with status 0") == 0 ? "wrote nothing" : how);
}

enum filter_end filter_run(struct text *out, struct text *why, const struct filter *filter, const char *input,
                           size_t size)
{
    enum { MOST_WORDS = 16 };
    struct child child = {0};
    struct text how = {0};
    char *words[MOST_WORDS] = {0};
    for (size_t i = 0; i < MOST_WORDS - 1 && filter->argv[i]; i++)
        words[i] = filter->argv[i];
    int error = child_start(&child, words);
    if (error) {
        text_add(why, "%s", strerror(error));
        child_free(&child);
        return error == ENOENT || error == EACCES ? FILTER_MISSING : FILTER_FAILED;
    }
    enum child_event event = child_filter(&child, input, size, filter->most, filter->seconds, filter->stop);
    child_end(&child, event == CHILD_CLOSED ? 5 : 0, &how);
    bool done = event == CHILD_CLOSED && child.received.size && how.data &&
                strcmp(how.data, "exited with status 0") == 0;
    if (done) {
        text_bytes(out, child.received.data, child.received.size);
    } else {
        add_event(why, event, filter, how.data ? how.data : "did not end by itself");
        add_complaint(why, &child);
    }
    child_free(&child);
    text_free(&how);
    return done ? FILTER_DONE : event == CHILD_STOPPED ? FILTER_STOPPED : FILTER_FAILED;
}

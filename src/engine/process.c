/* Processes: handshake, one request after the other, and what is said of one that fails. */
#include "engine/process.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "check/answer.h"
#include "engine/message.h"
#include "engine/reply.h"

enum { MOST_HELLO = 1 << 20, SHOWN_TAIL = 600 };

/* Seconds that a process is given to end by itself after it closed a pipe. */
static const double grace_closed = 1;

/* "; on standard error: ..." with the last lines, on one line. */
static void add_tail(struct text *why, const struct child *child)
{
    size_t size = child->tail_size, from = size > SHOWN_TAIL ? size - SHOWN_TAIL : 0;
    while (size > from && strchr(" \n\r\t", child->tail[size - 1]))
        size--;
    if (size == from)
        return;
    text_add(why, "; on standard error: %s", from ? "..." : "");
    while (from && from < size && ((unsigned char)child->tail[from] & 0xc0) == 0x80)
        from++; /* the rest of a character that was cut in two */
    for (size_t i = from; i < size;) {
        unsigned char c = (unsigned char)child->tail[i];
        size_t length = text_utf8_sequence(child->tail + i, size - i);
        if (c == '\n')
            text_add(why, " | ");
        else if (!length || c < 0x20 || c == 0x7f)
            text_add(why, "?");
        else
            text_bytes(why, child->tail + i, length);
        i += length ? length : 1;
    }
}

void process_give_up(struct process *process, enum child_event event, double seconds, struct text *why)
{
    struct child *child = &process->child;
    struct text how = {0};
    bool closed = event == CHILD_CLOSED || event == CHILD_DEAF;
    child_end(child, closed ? grace_closed : 0, &how);
    process->runs = false;
    if (event == CHILD_TIMEOUT)
        text_add(why, "it gave no answer within %g s", seconds);
    else if (event == CHILD_EARLY)
        text_add(why, "it wrote what nobody had asked for: ");
    else if (event == CHILD_TOO_LONG)
        text_add(why, "its line is longer than any answer can be: ");
    else if (event == CHILD_NO_MEMORY)
        text_add(why, "out of memory for its answer");
    else if (closed && how.data)
        text_add(why, "it %s", how.data);
    else if (closed)
        text_add(why, "it closed its standard %s", event == CHILD_DEAF ? "input" : "output");
    if ((event == CHILD_CLOSED || event == CHILD_TIMEOUT) && child->received.size)
        text_add(why, " in the middle of a line: ");
    if (event != CHILD_DEAF && event != CHILD_LINE && child->received.size)
        message_quote(why, child->received.data, child->received.size);
    add_tail(why, child);
    text_free(&how);
    text_free(&child->received);
}

/* "scalars.py cannot be started: No such file or directory", and what to do where one can tell. */
static void add_impossible(struct text *why, const char *program, int error)
{
    struct stat about;
    bool there = stat(program, &about) == 0 && S_ISREG(about.st_mode), path = strchr(program, '/') != NULL;
    text_add(why, "%s cannot be started: %s", program, strerrordesc_np(error));
    if (error == ENOENT && there && path)
        text_add(why, "; what its first line names is not there");
    else if (error == ENOENT && there)
        text_add(why, "; it is looked for along PATH, and the one that is here is ./%s", program);
    else if (error == EACCES && there && path)
        text_add(why, "; chmod +x %s, or name its interpreter: 'python3 %s'", program, program);
    else if (error == ENOEXEC)
        text_add(why, "; its first line has to name its interpreter: #!/usr/bin/env python3");
}

/* What stands behind most hellos that never come. */
static void add_hello_advice(struct text *why, enum child_event event, bool silent, bool begun)
{
    if (event == CHILD_TIMEOUT && begun)
        text_add(why, "; a message ends with an end of line");
    else if (event == CHILD_TIMEOUT)
        text_add(why, "; does it flush its standard output after each message?");
    else if (event == CHILD_CLOSED && silent && !begun)
        text_add(why, " and did not answer hello");
}

enum process_start process_start(struct process *process, const struct process_settings *settings,
                                 struct text *why)
{
    int error = child_start(&process->child, settings->argv);
    if (error) {
        add_impossible(why, settings->argv[0], error);
        return PROCESS_IMPOSSIBLE;
    }
    enum child_event event = child_ask(&process->child, hello_request, strlen(hello_request), MOST_HELLO,
                                       settings->start_timeout, settings->stop);
    hello_free(&process->hello);
    process->times = 0;
    const struct text *received = &process->child.received;
    process->runs =
        event == CHILD_LINE && hello_read(&process->hello, received->data, process->child.line, why);
    if (!process->runs) {
        bool begun = received->size > 0;
        process_give_up(process, event, settings->start_timeout, why);
        add_hello_advice(why, event, process->child.tail_size == 0, begun);
    }
    return event == CHILD_STOPPED ? PROCESS_STOPPED : process->runs ? PROCESS_STARTED : PROCESS_FAILED;
}

/* How often this id was asked for in a row, this time included. */
static size_t count_asked(struct process *process, const struct plan *plan)
{
    struct text id = {0};
    request_id(&id, plan, 1);
    bool same =
        process->times && !id.failed && process->asked.data && strcmp(process->asked.data, id.data) == 0;
    process->times = same ? process->times + 1 : 1;
    text_free(&process->asked);
    process->asked = id;
    return process->times;
}

/* Empties a text, also one that memory was too short for. */
static void begin_again(struct text *text)
{
    if (text->failed)
        text_free(text);
    else
        text_clear(text);
}

void process_ask(gck_answer *answer, struct process *process, const struct plan *plan,
                 const struct process_settings *settings)
{
    struct text id = {0}, why = {0};
    struct child *child = &process->child;
    begin_again(&process->line);
    begin_again(&process->answer);
    request_id(&id, plan, count_asked(process, plan));
    if (!id.failed)
        request_write(&process->line, plan, id.data, process->hello.base64);
    if (id.failed || process->line.failed) {
        answer->no_memory = true;
        text_free(&id);
        return;
    }
    enum child_event event = child_ask(child, process->line.data, process->line.size, plan->most_answer,
                                       settings->timeout, settings->stop);
    if (event == CHILD_LINE)
        text_bytes(&process->answer, child->received.data, child->line);
    answer->no_memory |= process->answer.failed;
    if (event == CHILD_STOPPED)
        answer->fatal = GCK_STOPPED;
    if (event != CHILD_LINE ||
        !reply_read(answer, plan, &process->hello, id.data, child->received.data, child->line, &why)) {
        struct text message = {0};
        text_add(&message, "the engine failed: ");
        process_give_up(process, event, settings->timeout, &why);
        text_add(&message, "%s", why.data ? why.data : "");
        gck_answer_error(answer, message.failed ? "the engine failed" : message.data);
        text_free(&message);
    }
    text_free(&id);
    text_free(&why);
}

void process_bye(struct process *process)
{
    if (process->runs)
        child_tell(&process->child, "{\"type\":\"bye\"}\n");
}

void process_free(struct process *process, double seconds)
{
    child_end(&process->child, seconds, NULL);
    child_free(&process->child);
    hello_free(&process->hello);
    text_free(&process->asked);
    text_free(&process->line);
    text_free(&process->answer);
    *process = (struct process){0};
}

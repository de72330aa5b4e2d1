/* Replies: an engine's line, read into an answer. */
#ifndef GCK_ENGINE_REPLY_H
#define GCK_ENGINE_REPLY_H
#include "engine/request.h"

/* Reads the answer to the request `id`. False: the line breaks the protocol, and `why` says how; nobody knows
 * then what the engine will say next. An `unsupported`, an `error`, and tensors that make no sense are answers.
 */
bool reply_read(gck_answer *answer, const struct plan *plan, const struct hello *hello, const char *id,
                const char *line, size_t size, struct text *why);

#endif

/* The built-in engines. */
#include "engine/builtin.h"

#include <stdio.h>

#include "check/answer.h"
#include "engine/otherwise.h"
#include "ops/foreign.h"

const char reordered_name[] = "builtin:reordered";

/* Ops of an engine's own: these are none of ours. */
static bool refused(gck_answer *answer, const gck_request *request)
{
    for (size_t i = 0; i < request->node_count; i++)
        if (foreign_is(request->graph->nodes[i].op)) {
            char text[96];
            snprintf(text, sizeof text, "op %.80s", request->nodes[i].op);
            gck_answer_unsupported(answer, text);
            return true;
        }
    return false;
}

void builtin_grad(gck_answer *answer, const gck_request *request, void *user)
{
    (void)user;
    if (refused(answer, request))
        return;
    d_context wide = {.claims = true};
    m_context narrow = m_context_dtype(request->binding->dtype);
    narrow.claims = true;
    gck_status status = request->dtype == GCK_FLOAT64 ? d_builtin_answer(answer, request, &wide)
                                                      : m_builtin_answer(answer, request, &narrow);
    answer->no_memory |= status == GCK_NO_MEMORY;
    if (status)
        gck_answer_error(answer, gck_status_name(status));
}

void reordered_grad(gck_answer *answer, const gck_request *request, void *user)
{
    (void)user;
    if (refused(answer, request))
        return;
    struct arena arena = {0};
    struct graph other;
    gck_request otherwise = *request;
    r_context context = {.dtype = request->binding->dtype, .claims = true};
    gck_status status = otherwise_graph(&other, &arena, request->graph);
    otherwise.graph = &other;
    if (!status)
        status = r_builtin_answer(answer, &otherwise, &context);
    answer->no_memory |= status == GCK_NO_MEMORY;
    if (status)
        gck_answer_error(answer, gck_status_name(status));
    arena_free(&arena);
}

/* Loading cases and reading what they say of themselves. */
#include "api/case_handle.h"

#include <stdlib.h>

size_t gck_errors_count(const gck_errors *errors)
{
    return errors ? errors->list.count : 0;
}

gck_error gck_errors_get(const gck_errors *errors, size_t i)
{
    const struct error *e = errors->list.first;
    while (e && i-- > 0)
        e = e->next;
    if (!e) /* counted, but memory did not suffice to keep it */
        return (gck_error){.status = GCK_NO_MEMORY, .message = "out of memory"};
    return (gck_error){.status = e->status,
                       .file = e->place.file,
                       .line = e->place.line,
                       .column = e->place.column,
                       .message = e->message};
}

void gck_errors_free(gck_errors *errors)
{
    if (!errors)
        return;
    errors_free(&errors->list);
    free(errors);
}

void errors_publish(gck_errors **out, struct errors *list)
{
    gck_errors *errors = out && list->count ? calloc(1, sizeof *errors) : NULL;
    if (out)
        *out = errors;
    if (errors)
        errors->list = *list;
    else
        errors_free(list);
}

/* Wraps a case that was read; frees it when there is no room for the handle. */
static gck_status wrap(gck_case **out, struct case_file *file, gck_status status)
{
    *out = status ? NULL : calloc(1, sizeof **out);
    if (*out)
        (*out)->file = file;
    else if (!status)
        case_free(file);
    return status ? status : *out ? GCK_OK : GCK_NO_MEMORY;
}

gck_status case_handle_load(gck_case **out, const char *path, const struct case_loading *loading,
                            gck_errors **errors)
{
    struct errors list = {0};
    struct case_file *file = NULL;
    gck_status status = case_load(&file, path, loading, &list);
    status = wrap(out, file, status);
    errors_publish(errors, &list);
    return status;
}

gck_status gck_case_load(gck_case **out, const char *path, gck_errors **errors)
{
    return case_handle_load(out, path, NULL, errors);
}

gck_status gck_case_load_trusted(gck_case **out, const char *path, gck_errors **errors)
{
    const struct case_loading loading = {.reach = REACH_ANYWHERE};
    return case_handle_load(out, path, &loading, errors);
}

gck_status gck_case_parse(gck_case **out, const char *name, const char *bytes, size_t size, gck_errors **errors)
{
    struct errors list = {0};
    struct case_file *file = NULL;
    gck_status status = case_read(&file, name, bytes, size, NULL, &list);
    status = wrap(out, file, status);
    errors_publish(errors, &list);
    return status;
}

void gck_case_free(gck_case *c)
{
    if (!c)
        return;
    case_free(c->file);
    free(c);
}

const char *gck_case_id(const gck_case *c)
{
    return c->file->id;
}

const char *gck_case_title(const gck_case *c)
{
    return c->file->title;
}

const char *gck_case_path(const gck_case *c)
{
    return c->file->path;
}

const char *gck_case_why(const gck_case *c)
{
    return c->file->why;
}

const char *gck_case_source(const gck_case *c)
{
    return c->file->source;
}

bool gck_case_has_tag(const gck_case *c, const char *tag)
{
    return case_has_tag(c->file, tag);
}

size_t gck_case_parameters(const gck_case *c)
{
    const struct graph *graph = &c->file->graph;
    size_t count = 0;
    for (size_t k = 0; k < graph->wrt_count; k++)
        count += shape_count(&graph->nodes[graph->wrt[k]].shape);
    return count;
}

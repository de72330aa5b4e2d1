/* Gradients in files. */
#include "engine/gradient_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check/answer.h"
#include "files/tensor_file.h"

/* One file that was opened; all but `problem` is empty when that failed. */
struct opened {
    struct text path, problem;
    char *bytes;
    struct tensor_file *tensors;
};

struct gradient_file {
    gck_engine engine;
    struct gradient_file_settings settings;
    const struct case_file *c;
    bool per_dtype;
    struct opened opened[DTYPES]; /* by dtype, or the first one alone */
};

static bool has_id(const char *path)
{
    return strstr(path, "{id}") != NULL;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

bool gradient_file_is_one(const char *path)
{
    return !has_id(path) && !is_folder(path);
}

/* The pattern with its places filled. */
static void expand(struct text *path, const char *pattern, const char *id, enum dtype dtype)
{
    for (const char *s = pattern; *s;) {
        bool is_id = strncmp(s, "{id}", 4) == 0, is_dtype = strncmp(s, "{dtype}", 7) == 0;
        if (is_id || is_dtype)
            text_add(path, "%s", is_id ? id : dtype_formats[dtype].name);
        else
            text_bytes(path, s, 1);
        s += is_id ? 4 : is_dtype ? 7 : 1;
    }
}

/* The file of that id in a folder, whatever its format. */
static void look_into(struct opened *o, const char *folder, const char *id)
{
    static const char *const endings[] = {".npz", ".safetensors", ".json", ".npy"};
    struct stat about;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        text_clear(&o->path);
        text_add(&o->path, "%s/%s%s", folder, id, endings[i]);
        if (!o->path.failed && stat(o->path.data, &about) == 0)
            return;
    }
    text_clear(&o->path);
    text_add(&o->problem, "there is no %s/%s.npz, .safetensors, .json or .npy", folder, id);
}

/* Whether one of the id's parts is "..": a case must not choose files elsewhere. */
static bool climbs(const char *id)
{
    for (const char *s = id; s; s = strchr(s, '/') ? strchr(s, '/') + 1 : NULL)
        if (strncmp(s, "..", 2) == 0 && (s[2] == '/' || s[2] == '\0'))
            return true;
    return false;
}

static void open_one(struct opened *o, const struct gradient_file *f, enum dtype dtype)
{
    const char *pattern = f->settings.path, *id = f->c->id;
    struct errors errors = {0};
    struct text why = {0};
    size_t size;
    if (climbs(id) && !gradient_file_is_one(pattern))
        text_add(&o->problem, "the id %s names no file", id);
    else if (!has_id(pattern) && is_folder(pattern))
        look_into(o, pattern, id);
    else
        expand(&o->path, pattern, id, dtype);
    if (!o->problem.size && !o->path.size && !o->path.failed)
        text_add(&o->problem, "a file without a name");
    if (o->problem.size || o->path.failed)
        return;
    if (file_read(&o->bytes, &size, o->path.data, &tensor_file_limit, &errors) != GCK_OK)
        text_add(&o->problem, "%s: %s", o->path.data, errors.first ? errors.first->message : "out of memory");
    else if (!(o->tensors = tensor_file_read(o->bytes, size, &why)))
        text_add(&o->problem, "%s: %s", o->path.data, why.data ? why.data : "out of memory");
    errors_free(&errors);
    text_free(&why);
}

/* The renaming onto the node of that name, or NULL. */
static const struct renaming *renaming_to(const struct gradient_file *f, const char *name)
{
    for (size_t i = 0; i < f->settings.renaming_count; i++)
        if (strcmp(f->settings.renamings[i].to, name) == 0)
            return &f->settings.renamings[i];
    return NULL;
}

static bool is_renamed(const struct gradient_file *f, const char *from)
{
    for (size_t i = 0; i < f->settings.renaming_count; i++)
        if (strcmp(f->settings.renamings[i].from, from) == 0)
            return true;
    return false;
}

/* The tensor for a node, or NULL. One without a name is that of the only parameter. */
static const struct stored *tensor_for(const struct gradient_file *f, const struct opened *o, size_t node)
{
    const struct graph *graph = &f->c->graph;
    const char *name = graph->nodes[node].name;
    const struct renaming *renaming = name ? renaming_to(f, name) : NULL;
    if (!name)
        return NULL;
    if (renaming)
        return tensor_file_find(o->tensors, renaming->from);
    const struct stored *found = is_renamed(f, name) ? NULL : tensor_file_find(o->tensors, name);
    bool only = graph->wrt_count == 1 && graph->wrt[0] == node && !is_renamed(f, "");
    return found || !only ? found : tensor_file_find(o->tensors, "");
}

static bool is_parameter(const struct graph *graph, size_t node)
{
    for (size_t p = 0; p < graph->wrt_count; p++)
        if (graph->wrt[p] == node)
            return true;
    return false;
}

/* What the gradients of the parameters are stored as. */
struct types {
    unsigned floats; /* bits of dtypes */
    bool decimals;   /* some have no type */
    const char *example[DTYPES];
};

static struct types types_of(const struct gradient_file *f, const struct opened *o)
{
    struct types types = {0};
    const struct graph *graph = &f->c->graph;
    for (size_t p = 0; p < graph->wrt_count && o->tensors; p++) {
        const struct stored *stored = tensor_for(f, o, graph->wrt[p]);
        if (!stored || stored->defect)
            continue;
        types.decimals |= stored->type == STORED_NUMBER;
        if (!stored_is_float(stored->type))
            continue;
        types.floats |= 1u << stored->type;
        if (!types.example[stored->type])
            types.example[stored->type] = graph->nodes[graph->wrt[p]].name;
    }
    return types;
}

/* The only dtype of a set. */
static const char *name_of(unsigned dtypes)
{
    enum dtype dtype = 0;
    while (!(dtypes >> dtype & 1))
        dtype++;
    return dtype_formats[dtype].name;
}

/* Refuses a file of several dtypes, and one of another dtype than the request's, unless the user has said which
 * is meant. Decimals are taken for float64. */
static bool dtype_fits(gck_answer *answer, const struct gradient_file *f, const struct opened *o,
                       enum dtype dtype)
{
    struct types types = types_of(f, o);
    unsigned held = types.floats ? types.floats : types.decimals ? 1u << FLOAT64 : 0;
    struct text text = {0};
    if (f->settings.dtypes || f->per_dtype || !held || held == 1u << dtype)
        return true;
    for (int d = 0; d < DTYPES; d++)
        if (types.floats >> d & 1)
            text_add(&text, "%s%s holds %s", text.size ? ", " : "", types.example[d], dtype_formats[d].name);
    bool several = (held & (held - 1)) != 0;
    if (several)
        text_add(&text, "; which one was computed in? say it with --dtype");
    else
        text_add(&text, "%s; the case is for %s (--dtype %s checks it)",
                 text.size ? "" : "decimals count as float64", dtype_formats[dtype].name, name_of(held));
    if (several)
        gck_answer_error(answer, text.failed ? "out of memory" : text.data);
    else
        gck_answer_unsupported(answer, text.data);
    text_free(&text);
    return false;
}

/* Gives one tensor. False: the answer is an error. */
static bool give(gck_answer *answer, const struct gradient_file *f, const struct opened *o, size_t node,
                 struct arena *arena)
{
    static const struct renaming none;
    const struct graph *graph = &f->c->graph;
    const struct stored *stored = tensor_for(f, o, node);
    const struct renaming *renaming = graph->nodes[node].name ? renaming_to(f, graph->nodes[node].name) : NULL;
    struct text why = {0};
    struct shape shape;
    size_t count;
    if (!stored)
        return true;
    renaming = renaming ? renaming : &none;
    bool readable = !stored->defect, fits = readable && renaming_shape(&shape, renaming, &stored->shape);
    bool small = fits && shape_count_within(&count, &stored->shape, MOST_ELEMENTS);
    double *numbers = small ? arena_alloc(arena, count, sizeof *numbers) : NULL;
    double *ordered = small ? arena_alloc(arena, count, sizeof *ordered) : NULL;
    answer->no_memory |= small && (!numbers || !ordered);
    if (!readable)
        text_add(&why, "%s", stored->defect);
    else if (!fits)
        text_add(&why, "--map has %d axes for it, it has %d", renaming->rank, stored->shape.rank);
    else if (small && !answer->no_memory && tensor_file_doubles(numbers, o->tensors, stored, &why))
        renaming_numbers(ordered, renaming, numbers, &stored->shape);
    double nothing = 0; /* too large for a parameter: the shape says enough */
    if (why.size) {
        struct text message = {0};
        text_add(&message, "%s: the tensor %s: %s", o->path.data, *stored->name ? stored->name : "in it",
                 why.data);
        gck_answer_error(answer, message.failed ? "out of memory" : message.data);
        text_free(&message);
    } else if (node == graph->output && !is_parameter(graph, node)) {
        gck_answer_value(answer, small ? ordered : NULL, stored->count);
    } else {
        gck_answer_gradient(answer, node, small ? ordered : &nothing, shape.rank, shape.dim);
    }
    bool right = !why.size;
    text_free(&why);
    return right;
}

/* The tensors in the file that nobody uses. */
static void note_unused(struct text *note, gck_answer *answer, const struct gradient_file *f,
                        const struct opened *o)
{
    enum { SHOWN = 5 };
    size_t unused = 0, count = tensor_file_count(o->tensors);
    bool *used = arena_alloc(&answer->arena, count, sizeof *used);
    answer->no_memory |= !used;
    for (size_t node = 0; node < f->c->graph.count && used; node++) {
        const struct stored *stored = tensor_for(f, o, node);
        if (stored)
            used[stored - tensor_file_at(o->tensors, 0)] = true;
    }
    for (size_t i = 0; i < count && used; i++) {
        const char *name = tensor_file_at(o->tensors, i)->name;
        if (!used[i] && unused++ < SHOWN)
            text_add(note, "%s%s", note->size ? ", " : "no node is called ", name);
    }
    if (unused && count == 1 && !*tensor_file_at(o->tensors, 0)->name) {
        text_clear(note);
        text_add(note, "the tensor of an .npy has no name: --map =PARAMETER says whose gradient it is");
        return;
    }
    if (unused > SHOWN)
        text_add(note, " and %zu more", unused - SHOWN);
    if (unused)
        text_add(note, " (--map NAME=PARAMETER renames)");
}

/* Gradients that would fit if they were transposed. */
static void note_transposed(struct text *note, const struct gradient_file *f, const struct opened *o)
{
    static const struct renaming none, reversed = {.reversed = true};
    const struct graph *graph = &f->c->graph;
    for (size_t p = 0; p < graph->wrt_count; p++) {
        const struct node *node = &graph->nodes[graph->wrt[p]];
        const struct stored *stored = tensor_for(f, o, graph->wrt[p]);
        const struct renaming *renaming = renaming_to(f, node->name);
        struct shape shape, other;
        if (!stored || stored->defect || (renaming && renaming->rank) ||
            !renaming_shape(&shape, renaming ? renaming : &none, &stored->shape) ||
            !renaming_shape(&other, &reversed, &shape))
            continue;
        if (!shape_equal(&shape, &node->shape) && shape_equal(&other, &node->shape))
            text_add(note, "%s%s would have the shape of %s transposed: --map %s=%s%s", note->size ? "; " : "",
                     *stored->name ? stored->name : "the tensor", node->name, stored->name, node->name,
                     renaming && renaming->reversed ? "" : ":T");
    }
}

/* What is worth knowing about the file beside its numbers. */
static void note_rest(gck_answer *answer, const struct gradient_file *f, const struct opened *o)
{
    struct text note = {0};
    note_unused(&note, answer, f, o);
    note_transposed(&note, f, o);
    for (size_t i = 0; i < f->settings.renaming_count; i++)
        if (!tensor_file_find(o->tensors, f->settings.renamings[i].from))
            text_add(&note, "%sthe file holds no %s, which --map renames", note.size ? "; " : "",
                     f->settings.renamings[i].from);
    answer->no_memory |= note.failed;
    if (note.size && !note.failed)
        answer_note(answer, note.data);
    text_free(&note);
}

static void file_grad(gck_answer *answer, const gck_request *request, void *user)
{
    struct gradient_file *f = user;
    const struct opened *o = &f->opened[f->per_dtype ? (int)request->dtype : 0];
    struct arena arena = {0};
    bool right = o->tensors && dtype_fits(answer, f, o, (enum dtype)request->dtype);
    if (!o->tensors)
        gck_answer_error(answer, o->problem.size ? o->problem.data : "out of memory");
    for (size_t i = 0; i < request->node_count && right; i++) {
        right = give(answer, f, o, i, &arena);
        arena_free(&arena);
    }
    if (right)
        note_rest(answer, f, o);
}

static unsigned dtypes_of_case(const struct case_file *c)
{
    unsigned dtypes = 0;
    for (int d = 0; d < DTYPES; d++)
        dtypes |= c->dtypes[d] ? 1u << d : 0;
    return dtypes;
}

gck_status gradient_file_open(struct gradient_file **out, const struct gradient_file_settings *settings,
                              const struct case_file *c)
{
    struct gradient_file *f = calloc(1, sizeof *f);
    *out = f;
    if (!f)
        return GCK_NO_MEMORY;
    f->settings = *settings;
    f->c = c;
    f->per_dtype = strstr(settings->path, "{dtype}") != NULL;
    unsigned dtypes = settings->dtypes ? settings->dtypes : dtypes_of_case(c);
    for (int d = 0; d < DTYPES; d++)
        if (f->per_dtype ? dtypes >> d & 1 : d == 0)
            open_one(&f->opened[d], f, (enum dtype)d);
    f->engine = (gck_engine){.name = settings->path, .grad = file_grad, .user = f, .once = true};
    if (!settings->dtypes && !f->per_dtype) {
        struct types types = types_of(f, &f->opened[0]);
        f->engine.dtypes = types.floats ? types.floats : types.decimals ? 1u << FLOAT64 : 0;
    }
    return GCK_OK;
}

void gradient_file_free(struct gradient_file *file)
{
    if (!file)
        return;
    for (int d = 0; d < DTYPES; d++) {
        tensor_file_free(file->opened[d].tensors);
        free(file->opened[d].bytes);
        text_free(&file->opened[d].path);
        text_free(&file->opened[d].problem);
    }
    free(file);
}

const gck_engine *gradient_file_engine(const struct gradient_file *file)
{
    return &file->engine;
}

const char *gradient_file_problem(const struct gradient_file *file)
{
    for (int d = 0; d < DTYPES; d++)
        if (file->opened[d].tensors)
            return NULL;
    for (int d = 0; d < DTYPES; d++)
        if (file->opened[d].problem.size)
            return file->opened[d].problem.data;
    return "out of memory";
}

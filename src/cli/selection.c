/* The cases that a command works on. */
#include "cli/selection.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/case_handle.h"
#include "case/library.h"
#include "engine/recording.h"
#include "report/clean.h"
#include "report/earlier.h"

void errors_take(struct errors *errors, gck_errors *from)
{
    for (size_t i = 0; i < gck_errors_count(from); i++) {
        gck_error error = gck_errors_get(from, i);
        /* The file's name must outlive `from`. */
        const char *file = error.file ? arena_text(&errors->arena, error.file, strlen(error.file)) : NULL;
        errors->here = (struct place){file, error.line, error.column};
        (void)errors_add(errors, error.status, "%s", error.message);
    }
    gck_errors_free(from);
    errors->here = (struct place){0};
}

static bool is_selected(const struct arguments *a, const gck_case *c)
{
    bool matches = a->filter_count == 0;
    for (size_t i = 0; i < a->filter_count; i++)
        matches |= fnmatch(a->filters[i], gck_case_id(c), 0) == 0;
    for (size_t i = 0; i < a->tag_count; i++)
        matches &=
            a->tags[i][0] == '!' ? !gck_case_has_tag(c, a->tags[i] + 1) : gck_case_has_tag(c, a->tags[i]);
    return matches;
}

static int by_id(const void *a, const void *b)
{
    const gck_case *const *x = a, *const *y = b;
    int order = strcmp(gck_case_id(*x), gck_case_id(*y));
    return order ? order : strcmp(gck_case_path(*x), gck_case_path(*y));
}

/* Ids name cases in baselines and reports, so two cases never share one. */
static void refuse_duplicates(const struct selection *selection, struct errors *errors)
{
    gck_case **sorted = malloc((selection->count + 1) * sizeof *sorted);
    if (!sorted) {
        (void)errors_add(errors, GCK_NO_MEMORY, "out of memory");
        return;
    }
    if (selection->count)
        memcpy(sorted, selection->cases, selection->count * sizeof *sorted);
    qsort(sorted, selection->count, sizeof *sorted, by_id);
    for (size_t i = 1; i < selection->count; i++) {
        if (strcmp(gck_case_id(sorted[i - 1]), gck_case_id(sorted[i])) != 0)
            continue;
        const char *path = gck_case_path(sorted[i]);
        errors->here = (struct place){.file = arena_text(&errors->arena, path, strlen(path))};
        (void)errors_add(errors, GCK_BAD_CASE, "the id '%s' is already that of %s; ids are unique",
                         gck_case_id(sorted[i]), gck_case_path(sorted[i - 1]));
    }
    errors->here = (struct place){0};
    free(sorted);
}

/* Drops the cases whose flag is not set. */
static void keep(struct selection *selection, const bool *wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < selection->count; i++) {
        gck_case *c = selection->cases[i];
        if (wanted[i])
            selection->cases[kept++] = c;
        else
            gck_case_free(c);
    }
    selection->count = kept;
}

/* Every shards-th case in the order of ids, beginning with the shard-th. */
static void keep_shard(struct selection *selection, bool *wanted, size_t shard, size_t shards)
{
    for (size_t i = 0; i < selection->count; i++) {
        size_t before = 0;
        for (size_t k = 0; k < selection->count; k++)
            before += strcmp(gck_case_id(selection->cases[k]), gck_case_id(selection->cases[i])) < 0;
        wanted[i] = before % shards == shard - 1;
    }
    keep(selection, wanted);
}

void selection_filter(struct selection *selection, const struct arguments *a)
{
    bool *wanted = selection->wanted;
    for (size_t i = 0; i < selection->count; i++)
        wanted[i] = is_selected(a, selection->cases[i]);
    keep(selection, wanted);
    selection->matching = selection->count;
    if (a->settings.shards)
        keep_shard(selection, wanted, a->settings.shard, a->settings.shards);
    for (size_t i = 0; i < selection->count; i++) {
        size_t width = clean_width(gck_case_id(selection->cases[i]));
        selection->id_width = width > selection->id_width ? width : selection->id_width;
    }
}

void selection_keep_failed(struct selection *selection, const struct earlier *earlier)
{
    for (size_t i = 0; i < selection->count; i++)
        selection->wanted[i] = earlier_failed(earlier, gck_case_id(selection->cases[i]));
    keep(selection, selection->wanted);
}

/* The file behind a path; none when it is not there, which reading it will report. */
struct identity {
    dev_t device;
    ino_t number;
    bool known;
};

/* Whether a path before number i leads to the same file: paths on the command line may overlap. */
static bool is_repeated(struct identity *seen, const char *path, size_t i)
{
    struct stat about;
    seen[i] = (struct identity){0};
    if (stat(path, &about) != 0)
        return false;
    seen[i] = (struct identity){about.st_dev, about.st_ino, true};
    for (size_t j = 0; j < i; j++)
        if (seen[j].known && seen[j].number == seen[i].number && seen[j].device == seen[i].device)
            return true;
    return false;
}

static void read_case(struct selection *selection, const char *path, const struct case_loading *loading,
                      struct errors *errors)
{
    gck_errors *bad = NULL;
    gck_case *c = NULL;
    gck_status status = case_handle_load(&c, path, loading, &bad);
    selection->found++;
    if (status == GCK_OK)
        selection->cases[selection->count++] = c;
    else if (gck_errors_count(bad) == 0)
        (void)errors_add(errors, status, "%s cannot be read: %s", path, gck_status_name(status));
    errors_take(errors, bad);
}

static bool make_room(struct selection *selection, size_t count, struct errors *errors)
{
    selection->cases = calloc(count + 1, sizeof *selection->cases);
    selection->wanted = calloc(count + 1, sizeof *selection->wanted);
    if (selection->cases && selection->wanted)
        return true;
    (void)errors_add(errors, GCK_NO_MEMORY, "out of memory");
    return false;
}

void selection_read(struct selection *selection, const struct arguments *a, struct errors *errors)
{
    struct library library = {0};
    for (size_t i = 0; i < a->path_count; i++)
        (void)library_add(&library, a->paths[i], errors);
    bool room = make_room(selection, library.count, errors);
    struct identity *seen = calloc(library.count + 1, sizeof *seen);
    if (!seen)
        (void)errors_add(errors, GCK_NO_MEMORY, "out of memory");
    for (size_t i = 0; room && seen && i < library.count; i++)
        if (!is_repeated(seen, library.paths[i], i))
            read_case(selection, library.paths[i], &a->loading, errors);
    free(seen);
    library_free(&library);
    refuse_duplicates(selection, errors);
}

void selection_recorded(struct selection *selection, const struct arguments *a, struct errors *errors)
{
    size_t count = recording_cases(a->recording);
    bool room = make_room(selection, count, errors);
    for (size_t i = 0; i < count && room; i++)
        read_case(selection, recording_case(a->recording, i), recording_loading(a->recording), errors);
    refuse_duplicates(selection, errors);
}

void selection_free(struct selection *selection)
{
    for (size_t i = 0; i < selection->count; i++)
        gck_case_free(selection->cases[i]);
    free(selection->cases);
    free(selection->wanted);
    *selection = (struct selection){0};
}

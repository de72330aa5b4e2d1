/* Allocation that fails on demand: the allocator's functions, in place of the C library's. */
#include "failing.h"

#include <errno.h>
#include <execinfo.h>
#include <gmp.h>
#include <jansson.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

/* An arena gets its memory in large blocks. Which of its allocations needs the next one depends on all before
 * it, so each may fail. The linker renames: calls of arena_alloc come to __wrap_arena_alloc. */
void *__real_arena_alloc(struct arena *arena, size_t count, size_t size);
void *__wrap_arena_alloc(struct arena *arena, size_t count, size_t size);
char *__real_arena_text(struct arena *arena, const char *text, size_t size);
char *__wrap_arena_text(struct arena *arena, const char *text, size_t size);

enum { SLOTS = 1 << 16, TOKEN = 1 << 12, MOST_SPARED = 2 };

/* Code whose calls never fail. */
struct code {
    uintptr_t from, to;
};

/* The blocks of the stretch that is watched: open addressing, without gaps between a block and its slot. */
static struct {
    pthread_mutex_t lock;
    bool watches, onward, paused;
    int shows;
    struct code spared[MOST_SPARED];
    size_t spared_count;
    bool probes; /* a call for TOKEN bytes comes from where calls are to be spared */
    long count, at;
    size_t left;
    void *blocks[SLOTS];
} state = {.lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP};

static size_t slot_of(const void *block)
{
    return (size_t)((uintptr_t)block / 16 * 0x9e3779b97f4a7c15u >> 48) % SLOTS;
}

static void *note(void *block)
{
    if (!block || !state.watches || state.paused)
        return block;
    size_t i = slot_of(block);
    while (state.blocks[i])
        i = (i + 1) % SLOTS;
    state.blocks[i] = block;
    if (++state.left >= SLOTS / 2)
        abort();
    return block;
}

/* Empties slot i, and moves up what would not be found behind the gap. */
static void empty(size_t i)
{
    for (size_t k = (i + 1) % SLOTS; state.blocks[k]; k = (k + 1) % SLOTS) {
        size_t way = (k + SLOTS - slot_of(state.blocks[k])) % SLOTS;
        if (way < (k + SLOTS - i) % SLOTS)
            continue;
        state.blocks[i] = state.blocks[k];
        i = k;
    }
    state.blocks[i] = NULL;
}

static void forget(const void *block)
{
    for (size_t i = slot_of(block); block && state.left && state.blocks[i]; i = (i + 1) % SLOTS)
        if (state.blocks[i] == block) {
            empty(i);
            state.left--;
            return;
        }
}

static void spare(uintptr_t from, uintptr_t to)
{
    if (state.spared_count == MOST_SPARED)
        abort();
    state.spared[state.spared_count++] = (struct code){from, to};
}

static bool spared(const void *caller)
{
    bool within = false;
    for (size_t i = 0; i < state.spared_count; i++)
        within |= (uintptr_t)caller >= state.spared[i].from && (uintptr_t)caller < state.spared[i].to;
    return within;
}

static bool fails(const void *caller, size_t size)
{
    if (state.probes && size == TOKEN && !spared(caller))
        spare((uintptr_t)caller, (uintptr_t)caller + 1);
    if (!state.watches || state.paused || spared(caller))
        return false;
    state.count++;
    bool now = state.at && (state.onward ? state.count >= state.at : state.count == state.at);
    if (now && state.shows) {
        void *frames[24];
        state.watches = false;
        backtrace_symbols_fd(frames, backtrace(frames, 24), state.shows);
        state.watches = true;
    }
    if (now)
        errno = ENOMEM;
    return now;
}

#pragma GCC visibility push(default) /* the libraries' calls come here too */
void *malloc(size_t size)
{
    pthread_mutex_lock(&state.lock);
    void *block = fails(__builtin_return_address(0), size) ? NULL : note(__libc_malloc(size));
    pthread_mutex_unlock(&state.lock);
    return block;
}

void *calloc(size_t count, size_t size)
{
    pthread_mutex_lock(&state.lock);
    void *block = fails(__builtin_return_address(0), 0) ? NULL : note(__libc_calloc(count, size));
    pthread_mutex_unlock(&state.lock);
    return block;
}

void *realloc(void *block, size_t size)
{
    pthread_mutex_lock(&state.lock);
    void *moved = NULL;
    if (!fails(__builtin_return_address(0), size)) {
        size_t before = state.left;
        forget(block);
        bool ours = !block || state.left < before;
        moved = __libc_realloc(block, size);
        if (ours)
            note(moved);
    }
    pthread_mutex_unlock(&state.lock);
    return moved;
}

void free(void *block)
{
    pthread_mutex_lock(&state.lock);
    forget(block);
    __libc_free(block);
    pthread_mutex_unlock(&state.lock);
}

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}
#pragma GCC visibility pop

static bool arena_fails(void)
{
    pthread_mutex_lock(&state.lock);
    bool failing = fails(NULL, 0);
    pthread_mutex_unlock(&state.lock);
    return failing;
}

void *__wrap_arena_alloc(struct arena *arena, size_t count, size_t size)
{
    return arena_fails() ? NULL : __real_arena_alloc(arena, count, size);
}

char *__wrap_arena_text(struct arena *arena, const char *text, size_t size)
{
    return arena_fails() ? NULL : __real_arena_text(arena, text, size);
}

void failing_start(long at, bool onward, int shows)
{
    pthread_mutex_lock(&state.lock);
    memset(state.blocks, 0, sizeof state.blocks);
    state.left = 0;
    state.count = 0;
    state.at = at;
    state.onward = onward;
    state.shows = shows;
    state.watches = true;
    pthread_mutex_unlock(&state.lock);
}

long failing_stop(void)
{
    pthread_mutex_lock(&state.lock);
    state.watches = false;
    long count = state.count;
    pthread_mutex_unlock(&state.lock);
    return count;
}

void failing_pause(bool paused)
{
    pthread_mutex_lock(&state.lock);
    state.paused = paused;
    pthread_mutex_unlock(&state.lock);
}

size_t failing_left(void)
{
    return state.left;
}

static void *gmp_allocate(size_t size)
{
    return __libc_malloc(size);
}

static void *gmp_reallocate(void *block, size_t old_size, size_t size)
{
    (void)old_size;
    return __libc_realloc(block, size);
}

static void gmp_free(void *block, size_t size)
{
    (void)size;
    __libc_free(block);
}

void failing_spare_gmp(void)
{
    mp_set_memory_functions(gmp_allocate, gmp_reallocate, gmp_free);
}

void failing_spare_tokens(void)
{
    char *text = calloc(1, TOKEN);
    if (!text)
        abort();
    memset(text, '.', TOKEN - 8); /* the buffer doubles: the last time to TOKEN bytes */
    memcpy(text, "[\"", 2);
    memcpy(text + TOKEN - 8, "\"]", 3);
    state.probes = true;
    json_decref(json_loads(text, 0, NULL));
    state.probes = false;
    free(text);
}

static int find_libzip(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size;
    (void)user;
    for (size_t i = 0; strstr(info->dlpi_name, "/libzip.so") && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t from = (uintptr_t)info->dlpi_addr + (uintptr_t)part->p_vaddr;
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X))
            spare(from, from + (uintptr_t)part->p_memsz);
    }
    return 0;
}

void failing_spare_libzip(void)
{
    (void)dl_iterate_phdr(find_libzip, NULL);
}

/* Seeded random numbers: xoshiro256** (Blackman and Vigna 2018), the same on every machine. */
#ifndef GCK_BASE_RANDOM_H
#define GCK_BASE_RANDOM_H
#include <stdint.h>

struct random {
    uint64_t state[4];
};

static inline uint64_t random_splitmix(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Streams of one seed are independent of each other. */
static inline struct random random_new(uint64_t seed, uint64_t stream)
{
    struct random r;
    uint64_t x = seed;
    x = random_splitmix(&x) ^ stream * 0xd1342543de82ef95u;
    for (int i = 0; i < 4; i++)
        r.state[i] = random_splitmix(&x);
    return r;
}

static inline uint64_t random_next(struct random *r)
{
    uint64_t *s = r->state, result = s[1] * 5;
    result = ((result << 7) | (result >> 57)) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
}

/* Uniform in [low, high). */
static inline double random_between(struct random *r, double low, double high)
{
    return low + (high - low) * ((double)(random_next(r) >> 11) * 0x1p-53);
}

/* Uniform in [0, n) for 0 < n <= 2^32, without bias beyond 2^-32. */
static inline uint64_t random_below(struct random *r, uint64_t n)
{
    return ((random_next(r) >> 32) * n) >> 32;
}

#endif

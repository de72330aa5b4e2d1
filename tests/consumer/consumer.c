/* A user's C program: a right gradient passes, a wrong one is caught. */
#include <gradcheck.h>

#include <stdio.h>
#include <string.h>

/* A name that the library uses inside too. */
void arena_free(void);
void arena_free(void)
{
}

/* f = x0^2 x1 */
static double f(const double *x, size_t n, void *user)
{
    (void)n;
    (void)user;
    return x[0] * x[0] * x[1];
}

static void right(double *gradient, const double *x, size_t n, void *user)
{
    (void)n;
    (void)user;
    gradient[0] = 2 * x[0] * x[1];
    gradient[1] = x[0] * x[0];
}

static void wrong(double *gradient, const double *x, size_t n, void *user)
{
    right(gradient, x, n, user);
    gradient[1] *= 2;
}

int main(void)
{
    const double x[2] = {1.5, -0.75};
    gck_black_box box;
    if (strcmp(gck_version(), GCK_VERSION))
        return 1;
    if (gck_check_function(&box, NULL, x, 2, f, right, NULL) != GCK_OK || box.verdict != GCK_VERDICT_OK) {
        printf("right gradient: %s\n", box.message);
        return 2;
    }
    if (gck_check_function(&box, NULL, x, 2, f, wrong, NULL) != GCK_OK || box.verdict != GCK_VERDICT_WRONG ||
        box.worst != 1) {
        printf("wrong gradient: %s\n", box.message);
        return 3;
    }
    printf("%s\n", box.message);
    return 0;
}

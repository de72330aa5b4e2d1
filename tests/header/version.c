/* The header as C11: the version in it is the version of the library. */
#include <gradcheck.h>

#include <string.h>

_Static_assert(__STDC_VERSION__ == 201112L, "compile this file as C11");

int main(void)
{
    return strcmp(gck_version(), GCK_VERSION) ? 1 : 0;
}

/* The shortest check of a case file. */
#include <gradcheck.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "cases/lectures/add-mul.yaml";
    gck_case *c = NULL;
    gck_result *result = NULL;
    gck_errors *errors = NULL;
    int exit_status = 2;
    if (gck_case_load(&c, path, &errors) || gck_check(&result, c, NULL, &errors)) {
        for (size_t i = 0; i < gck_errors_count(errors); i++) {
            gck_error e = gck_errors_get(errors, i);
            fprintf(stderr, "%s:%zu:%zu: %s\n", e.file ? e.file : path, e.line, e.column, e.message);
        }
    } else {
        printf("%s: %s\n", result->id, gck_verdict_name(result->verdict));
        exit_status = gck_verdict_passes(result->verdict) ? 0 : 1;
    }
    gck_errors_free(errors);
    gck_result_free(result);
    gck_case_free(c);
    return exit_status;
}

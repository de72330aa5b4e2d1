/* Tutorial: check a case file through the library, and read every number of the result.
 *
 *     ./case [CASE.yaml]             default: cases/lectures/sigmoid-neuron-gate.yaml
 *
 * Exit status: 0 the case passed, 1 it failed, 2 the file is bad.
 *
 * Build:  cc case.c $(pkg-config --cflags --libs gradcheck) */
#include <gradcheck.h>
#include <stdio.h>

/* A file may have several errors; each has its place. */
static void print_errors(const gck_errors *errors)
{
    for (size_t i = 0; i < gck_errors_count(errors); i++) {
        gck_error e = gck_errors_get(errors, i);
        fprintf(stderr, "%s:%zu:%zu: %s\n", e.file ? e.file : "?", e.line, e.column, e.message);
    }
}

/* One parameter: its shape, then every element. */
static void print_tensor(const gck_tensor *tensor)
{
    printf("  %s, shape [", tensor->name);
    for (int k = 0; k < tensor->rank; k++)
        printf(k ? ", %zu" : "%zu", tensor->dims[k]);
    printf("]: %s\n", gck_verdict_name(tensor->verdict));
    for (size_t i = 0; i < tensor->count; i++) {
        gck_element e = gck_tensor_element(tensor, i);
        printf("    [%zu] gradient %.17g, %.2g ulps from the reference; may stray by %.1e; %s\n", e.index,
               e.analytic, e.ulps, e.budget, gck_verdict_name(e.verdict));
        if (e.checked) /* differences of this very element were taken */
            printf("        numeric: %.10g in double (off by %.1e), %s at 256 bits (off by %.1e)\n", e.numeric,
                   e.numeric_error, e.wide, e.wide_error);
    }
    if (tensor->hint)
        printf("    hint: %s\n", tensor->hint);
}

/* One number format. */
static void print_run(const gck_run *run)
{
    const gck_certificate *c = &run->certificate;
    printf("%s, engine %s: %s\n", gck_dtype_name(run->dtype), run->engine, gck_verdict_name(run->verdict));
    printf("  certificate: agreement %.1e along %zu directions at %d bits, step 2^%d\n", c->agreement,
           c->directions, c->bits, c->step_exponent);
    print_tensor(&run->value);
    for (size_t k = 0; k < run->tensor_count; k++)
        print_tensor(&run->tensors[k]);
    if (run->guilty_node)
        printf("  the first wrong gate, going backward: %s (%s)\n", run->guilty_node, run->guilty_op);
    if (run->message)
        printf("  %s\n", run->message);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "cases/lectures/sigmoid-neuron-gate.yaml";
    gck_case *c = NULL;
    gck_result *result = NULL;
    gck_errors *errors = NULL;
    gck_options options = gck_options_default();
    options.exhaustive = GCK_ALL; /* differences of every element, however many */

    int exit_status = 2;
    if (gck_case_load(&c, path, &errors) || gck_check(&result, c, &options, &errors)) {
        print_errors(errors);
    } else {
        printf("%s: %s\n", result->id, gck_verdict_name(result->verdict));
        for (size_t i = 0; i < result->run_count; i++)
            print_run(&result->runs[i]);
        for (size_t i = 0; i < result->mismatch_count; i++)
            printf("expected %s = %s, found %s\n", result->mismatches[i].what, result->mismatches[i].expected,
                   result->mismatches[i].found);
        exit_status = gck_verdict_passes(result->verdict) ? 0 : 1;
    }
    gck_errors_free(errors);
    gck_result_free(result);
    gck_case_free(c);
    return exit_status;
}

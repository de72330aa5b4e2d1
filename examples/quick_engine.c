/* The shortest engine: scalar circuits of add and mul. engine.c is the real tutorial. */
#include <gradcheck.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 100 };

static void my_grad(gck_answer *answer, const gck_request *request, void *user)
{
    double y[MOST], dy[MOST] = {0};
    (void)user;
    for (size_t i = 0; i < request->node_count; i++) {
        const gck_node *node = &request->nodes[i];
        if (i == MOST || node->rank > 0 || (!node->op && !node->values)) {
            gck_answer_unsupported(answer, "anything but small scalar circuits");
            return;
        }
        if (!node->op)
            y[i] = node->values[0];
        else if (strcmp(node->op, "add") == 0)
            y[i] = y[node->inputs[0]] + y[node->inputs[1]];
        else if (strcmp(node->op, "mul") == 0)
            y[i] = y[node->inputs[0]] * y[node->inputs[1]];
        else {
            gck_answer_unsupported(answer, node->op);
            return;
        }
    }
    dy[request->output] = request->seed[0];
    for (size_t i = request->node_count; i-- > 0;) {
        const gck_node *node = &request->nodes[i];
        if (!node->op)
            continue;
        size_t a = node->inputs[0], b = node->inputs[1];
        int add = strcmp(node->op, "add") == 0;
        dy[a] += add ? dy[i] : dy[i] * y[b];
        dy[b] += add ? dy[i] : dy[i] * y[a];
    }
    gck_answer_value(answer, &y[request->output], 1);
    for (size_t i = 0; i < request->node_count; i++)
        gck_answer_gradient(answer, i, &dy[i], 0, NULL);
}

int main(void)
{
    const gck_engine engine = {.name = "mine", .grad = my_grad};
    gck_options options = gck_options_default();
    options.engine = &engine;
    options.dtypes = 1u << GCK_FLOAT64;
    gck_case *c = NULL;
    gck_result *result = NULL;
    int exit_status = 2;
    if (!gck_case_load(&c, "cases/lectures/add-mul.yaml", NULL) && !gck_check(&result, c, &options, NULL)) {
        printf("%s: %s\n", result->id, gck_verdict_name(result->verdict));
        exit_status = result->verdict == GCK_VERDICT_OK ? 0 : 1;
    }
    gck_result_free(result);
    gck_case_free(c);
    return exit_status;
}

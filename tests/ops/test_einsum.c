/* einsum against one loop over all labels, ellipses against the letters that they stand for, and what is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

enum { ROOM = 256, LETTERS = 128, TERMS = 9 };

static struct build_result apply(struct build *build, const char *shapes, const char *equation)
{
    char attributes[128];
    snprintf(attributes, sizeof attributes, "equation=\"%s\"", equation);
    build_start(build, 11);
    if (build_op(build, "einsum", shapes, attributes, -2, 2) == NO_NODE)
        fail_msg("%s", build_error(build));
    build_assert_scalars_agree(build);
    build_assert_accumulates(build);
    return build_double(build);
}

/* An equation's terms, the last one behind the arrow; sizes and values of its letters. */
struct loop {
    const char *term[TERMS];
    size_t count, size[LETTERS], at[LETTERS];
    char letters[LETTERS];
};

/* The flat index of the element that a term names. */
static size_t index_of(const struct loop *loop, size_t term)
{
    size_t index = 0;
    for (const char *s = loop->term[term]; *s && *s != ',' && *s != '-'; s++)
        index = index * loop->size[(int)*s] + loop->at[(int)*s];
    return index;
}

static void start(struct loop *loop, const struct build *build, const char *equation)
{
    const char *arrow = strstr(equation, "->");
    *loop = (struct loop){.term = {equation}};
    for (const char *s = equation; s < arrow; s++)
        if (*s == ',')
            loop->term[++loop->count] = s + 1;
    loop->term[++loop->count] = arrow + 2;
    assert_int_equal(loop->count, build->graph.count - 1);
    for (size_t k = 0; k < loop->count; k++)
        for (int i = 0; i < build->graph.nodes[k].shape.rank; i++) {
            char letter = loop->term[k][i];
            if (!strchr(loop->letters, letter))
                loop->letters[strlen(loop->letters)] = letter;
            loop->size[(int)letter] = build->graph.nodes[k].shape.dim[i];
        }
}

static bool next(struct loop *loop)
{
    for (const char *s = loop->letters; *s; s++) {
        if (++loop->at[(int)*s] < loop->size[(int)*s])
            return true;
        loop->at[(int)*s] = 0;
    }
    return false;
}

static void check(const char *shapes, const char *equation)
{
    struct build build;
    struct build_result r = apply(&build, shapes, equation);
    struct loop loop;
    double y[ROOM] = {0}, d[TERMS][ROOM] = {{0}};
    start(&loop, &build, equation);
    do {
        size_t to = index_of(&loop, loop.count);
        double product = 1;
        for (size_t k = 0; k < loop.count; k++)
            product *= r.value[k][index_of(&loop, k)];
        y[to] += product;
        for (size_t k = 0; k < loop.count; k++) {
            double others = r.seed[to];
            for (size_t i = 0; i < loop.count; i++)
                others *= i == k ? 1 : r.value[i][index_of(&loop, i)];
            d[k][index_of(&loop, k)] += others;
        }
    } while (next(&loop));
    for (size_t i = 0; i < r.y_count; i++)
        build_assert_close(r.y[i], y[i], 1e-13);
    for (size_t k = 0; k < loop.count; k++)
        for (size_t i = 0; i < shape_count(&build.graph.nodes[k].shape); i++)
            build_assert_close(r.gradient[k][i], d[k][i], 1e-13);
    build_free(&build);
}

static void test_einsum_is_its_loop(void **state)
{
    (void)state;
    check("[2, 3] [3, 4]", "ij,jk->ik");
    check("[2, 3] [3, 4]", "ij,jk->ki");
    check("[4]", "i->i");
    check("[2, 3, 4]", "abc->ca");
    check("[3, 3]", "ii->");
    check("[3, 2, 3]", "iji->ij");
    check("[2, 2, 2]", "iii->i");
    check("[2, 3, 4] [4, 2, 2]", "ijk,kli->jl");
    check("[2, 3] [4]", "ij,k->kj");
    check("[2, 3] [3, 2] [2, 4]", "ij,jk,kl->il");
    check("[3] [3] [3]", "i,i,i->");
    check("[2, 2] [2, 2] [2, 3] [3]", "ii,ij,jk,k->i");
    check("[] [2, 2] []", ",ij,->ji");
    check("[2] [2] [2] [2] [2] [2] [2] [2]", "a,b,c,d,e,f,g,h->hcab");
}

/* Both equations give the same bits. */
static void check_same(const char *shapes, const char *equation, const char *spelled)
{
    struct build one, two;
    struct build_result a = apply(&one, shapes, equation), b = apply(&two, shapes, spelled);
    assert_int_equal(one.graph.count, two.graph.count);
    assert_true(
        shape_equal(&one.graph.nodes[one.graph.output].shape, &two.graph.nodes[two.graph.output].shape));
    for (size_t i = 0; i < a.y_count; i++)
        assert_true(build_same(a.y[i], b.y[i]));
    for (size_t k = 0; k + 1 < one.graph.count; k++)
        for (size_t i = 0; i < shape_count(&one.graph.nodes[k].shape); i++)
            assert_true(build_same(a.gradient[k][i], b.gradient[k][i]));
    build_free(&one);
    build_free(&two);
}

static void test_ellipsis_and_implicit_output(void **state)
{
    (void)state;
    check_same("[2, 3, 4] [2, 4, 3]", "...ij,...jk->...ik", "aij,ajk->aik");
    check_same("[2, 3, 4]", "i...->...i", "iab->abi");
    check_same("[2, 3, 4]", "i...j", "iaj->aij");
    check_same("[2, 3, 4]", "...->", "abc->");
    check_same("[2, 3]", "...ij->ji", "ij->ji");
    check_same("[2, 3] [3, 4]", "ij,jk", "ij,jk->ik");
    check_same("[2, 3]", "ba", "ba->ab");
    check_same("[2, 3]", "aB", "aB->Ba");
    check_same("[3, 3]", "ii", "ii->");
    check_same("[2, 3] [3]", " i j , j -> i ", "ij,j->i");
    check_same("[2, 1, 3] [4, 3]", "...i,...i->...", "abi,bi->ab");
    check_same("[2, 2, 3] [2, 3]", "...i,...i->...", "abi,bi->ab");
}

static void refused(const char *shapes, const char *equation, const char *message)
{
    char attributes[128], whole[320];
    snprintf(attributes, sizeof attributes, "equation=\"%s\"", equation);
    snprintf(whole, sizeof whole, "einsum: %s", message);
    build_assert_refused("einsum", shapes, attributes, whole);
}

static void test_refused(void **state)
{
    (void)state;
    refused("[2, 3]", "ij->i.", "a single dot at character 6 of \"ij->i.\"; an ellipsis has three");
    refused("[2, 3]", "...i...->i", "a second ellipsis in one term, at character 5 of \"...i...->i\"");
    refused("[2, 3]", "i1->i",
            "`1` at character 2 of \"i1->i\"; an equation is made of letters, commas, `...` and one `->`");
    refused("[2, 3]", "ij->i,j",
            "`,` at character 6 of \"ij->i,j\"; an equation is made of letters, commas, `...` and one `->`");
    refused("[2, 3]", "i\u00e9->i",
            "`\u00e9` at character 2 of \"i\u00e9->i\"; an equation is made of letters, commas, `...` and one "
            "`->`");
    refused("[2, 3]", "abcdefghi->", "more than 8 letters in one term, at character 9 of \"abcdefghi->\"");
    refused("[2, 3]", "ij,jk->ik",
            "\"ij,jk->ik\" has 2 terms for 1 argument; each argument has one, with commas between them");
    refused("[2] [2]", "i",
            "\"i\" has 1 term for 2 arguments; each argument has one, with commas between them");
    refused("[2, 3]", "ij-i", "`-` at character 3 of \"ij-i\"; an arrow is `->`");
    refused("[2, 3]", "i->i", "term 1 of \"i->i\" has 1 letter, but x0 has shape [2, 3], 2 axes");
    refused("[2] [2]", "i,ij", "term 2 of \"i,ij\" has 2 letters, but x1 has shape [2], 1 axis");
    refused("[2]", "i...j",
            "term 1 of \"i...j\" has 2 letters beside the ellipsis, but x0 has shape [2], 1 axis");
    refused(
        "[1, 1, 1, 1, 1] [1, 1, 1, 1]", "abcde,fghi->",
        "with x1 of shape [1, 1, 1, 1] \"abcde,fghi->\" has more than 8 different labels, those of an ellipsis "
        "counted too");
    refused("[2, 3]", "ii", "term 1 of \"ii\" has the label i twice, but these axes of x0 are 2 and 3 long");
    refused("[2, 3] [2, 3]", "ij,jk->ik",
            "in \"ij,jk->ik\" the label j is 2 long in x1 and 3 before; lengths must be equal or 1");
    refused("[2, 3] [4, 3]", "...i,...i",
            "in \"...i,...i\" axis 1 of the ellipsis, counted from its end, is 4 long in x1 and 2 before; "
            "lengths must "
            "be equal or 1");
    refused("[2]", "i->k", "the label k behind the arrow of \"i->k\" is in no term before it");
    refused("[2]", "i->ii", "the label i is twice behind the arrow of \"i->ii\"");
    refused("[2]", "i->...i", "an ellipsis behind the arrow of \"i->...i\", but none before it");
    refused(
        "[1500] [1500]", "i,j->",
        "\"i,j->\" sums more than 2097152 terms for one element of the result; at most so many are possible");
    build_assert_refused("einsum", "[2]", "equation=i",
                         "einsum: equation = i; it must be a text in double quotes");
    build_assert_refused("einsum", "[2]", "equation=\"i",
                         "einsum: equation = \"i; it must be a text in double quotes");
    build_assert_refused(
        "einsum", "[2]", "",
        "einsum needs the attribute equation: the letters of each argument, with commas between "
        "them, an arrow, the letters of y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_einsum_is_its_loop),
        cmocka_unit_test(test_ellipsis_and_implicit_output),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

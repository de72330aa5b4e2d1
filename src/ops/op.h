/* Ops: the table made from ops.def, and what a shape rule is given. */
#ifndef GCK_OPS_OP_H
#define GCK_OPS_OP_H
#include "base/text.h"
#include "ops/call.h"
#include "ops/node.h"

enum attribute_type {
    ATTRIBUTE_NONE,
    ATTRIBUTE_INTEGER,
    ATTRIBUTE_REAL,
    ATTRIBUTE_BOOL,
    ATTRIBUTE_INTEGERS, /* a list such as axes=[0, 1]; a single integer is a list of one */
    ATTRIBUTE_CHOICE,   /* one of the words in `choices` */
    ATTRIBUTE_TEXT      /* a text in double quotes, for the op's shape rule to read */
};

struct attribute_spec {
    const char *name;
    enum attribute_type type;
    const char *initial; /* default as text ("0.01", "true", "mean"); NULL: none, absent is meaningful;
                            REQUIRED: must be given */
    const char *doc;     /* meaning and unit */
    const char *choices; /* "mean sum none" */
};
extern const char REQUIRED[];

/* What a shape rule sees of an argument. */
struct argument {
    const char *name;
    struct shape shape;
    enum kind kind;
    const int64_t *integers; /* the numbers of a KIND_INTEGER or KIND_BOOL input */
};

/* Checks arguments and attributes; sets node->shape, axes, axis, scratch, places. Errors name what was given
 * and what is allowed. The arity, attribute types and kinds are right when it is called. */
typedef gck_status shape_rule(struct node *node, const struct argument *arguments, struct errors *errors);

typedef void d_kernel(const d_call *call, const d_context *c);
typedef void m_kernel(const m_call *call, const m_context *c);
typedef void r_kernel(const r_call *call, const r_context *c);

/* Computes again the elements of y that depend on one element of one argument; the others are right. */
typedef void d_touch_kernel(const d_call *call, size_t argument, size_t element, const d_context *c);
typedef void m_touch_kernel(const m_call *call, size_t argument, size_t element, const m_context *c);
typedef void r_touch_kernel(const r_call *call, size_t argument, size_t element, const r_context *c);

enum { ANY_ARITY = 1 << 20 };

struct op {
    const char *name;
    d_kernel *d_forward, *d_backward;
    m_kernel *m_forward, *m_backward;
    r_kernel *r_forward, *r_backward;
    d_touch_kernel *d_touch; /* NULL: takes the whole forward */
    m_touch_kernel *m_touch;
    r_touch_kernel *r_touch;
    size_t least, most;         /* number of arguments */
    const char *arguments;      /* their names: "x W b" */
    unsigned integer_arguments; /* bits: arguments that are labels or indices (KIND_INTEGER) */
    unsigned either_arguments;  /* bits: arguments that may be KIND_INTEGER or KIND_FLOAT */
    shape_rule *rule;
    bool pointwise; /* y_i depends on the x_i alone: a diagonal Jacobian */
    bool libm;      /* calls libm in double: the last bit may differ from MPFR's */
    const char *family;
    const char *role;                 /* the gate's role, for teaching: "distributes" */
    const char *doc;                  /* one sentence */
    const char *formula;              /* "y = tanh x ;  dx += dy (1 - y^2)" */
    const char *convention;           /* at corners, ties, boundaries; NULL where there are none */
    const char *source;               /* book or paper */
    const char *torch, *numpy, *onnx; /* its names there, or NULL; differences in brackets */
    const char *example;              /* one graph line: "y = tanh(x)" */
    const char *inputs; /* what it is given: lines of a case's `inputs`. NULL: a vector for each argument */
    struct attribute_spec attributes[MOST_ATTRIBUTES];
};

extern const struct op op_table[];
extern const size_t op_count;

/* Whether it stands for a formula of the user's (`expr`), and is no op of the vocabulary. */
bool op_is_user(const struct op *op);

/* The op of that name, or NULL. */
const struct op *op_named(const char *name);

/* Appends the ops that PyTorch, NumPy or ONNX call so ("swish", "torch.nn.functional.linear", "Gemm"), " or "
 * between them; those that differ somehow only where no other is called so. Nothing when there is none. */
void op_elsewhere(struct text *names, const char *name);

/* What its argument i holds when it does not hold numbers: "integers", or "numbers or integers"; else NULL. */
const char *op_argument_holds(const struct op *op, size_t i);

/* Index of the op's attribute of that name, or -1. */
int op_attribute(const struct op *op, const char *name);

/* The attribute of that name as the node has it; the op must have it. */
const struct attribute *node_attribute(const struct node *node, const char *name);

#endif

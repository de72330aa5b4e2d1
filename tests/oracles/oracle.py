#!/usr/bin/python3
"""Recomputes the `expect` blocks of case files, independently of gradcheck.

Values come from NumPy's semantics over mpmath numbers of 1400 digits; gradients from centered differences with
a step of 1e-460. No derivative formula occurs here, so nothing can be wrong in the same way as a backward pass.
Where the one-sided differences disagree (a corner), an expected gradient must lie between them; at ties that one
element alone does not break, within the hull of the gradients at points beside it.

  oracle.py --check cases/lectures             files or folders: every expect, equals and claim; exit 1 on a difference
  oracle.py --print 'value=y grad=x,W' CASE    an expect block to paste
Needs python3-mpmath, python3-numpy and python3-yaml; with python3-gmpy2 it is three times as fast.
"""
import argparse
import ast
import pathlib
import random
import sys
from fractions import Fraction

import numpy as np
import yaml
from mpmath import mp, mpf

import ops_convolution
import ops_einsum
import ops_elementary
import ops_layers
import ops_shapes
import ops_square

CASES = pathlib.Path(__file__).resolve().parents[2] / "cases"  # where the ids in `equals` are
mp.dps = 1400
STEP = mpf(10) ** -460
BESIDE, POINTS = mpf(10) ** -230, 24  # how far off the points beside a tie are, and how many of them are tried
AGREE = mpf(10) ** -60  # of two numbers that are mathematically equal, with room for one-sided truncation


class Unsupported(Exception):
    """The case is outside what this oracle computes."""


def array(value):
    return value if isinstance(value, np.ndarray) else np.array(value, dtype=object)


def each(function):
    ufunc = np.frompyfunc(function, function.__code__.co_argcount, 1)
    return lambda *arguments: array(ufunc(*arguments))


def integers(text):
    return [int(number) for number in np.atleast_1d(text)]


def axes_of(attributes):
    return tuple(integers(attributes["axes"])) if "axes" in attributes else None


def kept(attributes):
    return attributes.get("keepdims", "false") == "true"


def reduced(losses, attributes):
    reduction, losses = attributes.get("reduction", "mean"), array(losses)
    if reduction == "none":
        return losses
    total = array(np.sum(losses))
    return total if reduction == "sum" else array(total / mpf(losses.size))


def log_softmax(x, axis):
    return x - EXP_LOG["log"](array(np.sum(EXP_LOG["exp"](x), axis=axis, keepdims=True)))


def picked(rows, labels):
    """sum_j t_j rows_j for one-hot or soft labels, rows[label] for class indices; one number a sample"""
    if rows.shape == labels.shape:
        return array(np.sum(rows * labels, axis=-1))
    flat = rows.reshape(-1, rows.shape[-1])
    chosen = [flat[i, int(label)] for i, label in enumerate(labels.reshape(-1))]
    return np.array(chosen, dtype=object).reshape(labels.shape)


def hinge_loss(scores, labels, a):
    margin = mpf(a.get("margin", "1"))
    flat, losses = scores.reshape(-1, scores.shape[-1]), []
    for row, label in zip(flat, labels.reshape(-1)):
        others = [j for j in range(len(row)) if j != int(label)]
        losses.append(sum((max(mpf(0), row[j] - row[int(label)] + margin) for j in others), mpf(0)))
    return reduced(np.array(losses, dtype=object).reshape(labels.shape), a)


def slice_of(x, a):
    lists = [integers(a[name]) if name in a else None for name in ("starts", "stops", "steps")]
    count = max(len(given) for given in lists if given)
    starts, stops, steps = (given or [None] * count for given in lists)
    axes = integers(a["axes"]) if "axes" in a else range(count)
    where = [slice(None)] * x.ndim
    for axis, start, stop, step in zip(axes, starts, stops, steps):
        where[axis] = slice(start, stop, step)
    return x[tuple(where)]


def kept_sizes(sizes, shape):
    """-1 stands for the size that x has there"""
    return [shape[i - len(sizes)] if size == -1 else size for i, size in enumerate(sizes)]


def bce(p, q, t):
    """-t log p - (1 - t) log q, where q = 1 - p"""
    return -t * EXP_LOG["log"](p) - (1 - t) * EXP_LOG["log"](q)


EXP_LOG = {name: each(function) for name, function in {
    "exp": lambda x: mp.exp(x), "log": lambda x: mp.log(x), "sin": lambda x: mp.sin(x), "cos": lambda x: mp.cos(x),
    "tanh": lambda x: mp.tanh(x), "sqrt": lambda x: mp.sqrt(x), "abs": lambda x: abs(x),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "relu": lambda x: max(mpf(0), x)}.items()}
POWER = each(lambda a, b: mpf(1) if b == 0 else mpf(0) if a == 0 and b > 0 else mp.power(a, b))
LARGER, SMALLER = each(lambda a, b: max(a, b)), each(lambda a, b: min(a, b))

# Each op: arguments as arrays of exact numbers, then its attributes as texts.
OPS = {name: (lambda x, a, f=function: f(x)) for name, function in EXP_LOG.items()}
OPS |= {
    "add": lambda x, y, a: x + y,
    "sub": lambda x, y, a: x - y,
    "mul": lambda x, y, a: x * y,
    "div": lambda x, y, a: x / y,
    "neg": lambda x, a: -x,
    "reciprocal": lambda x, a: 1 / x,
    "square": lambda x, a: x * x,
    "pow": lambda x, y, a: POWER(x, y),
    "max": lambda x, y, a: LARGER(x, y),
    "min": lambda x, y, a: SMALLER(x, y),
    "add_n": lambda *x: sum(x[1:-1], x[0]),
    "leaky_relu": lambda x, a: each(lambda v: max(v, v * mpf(a.get("slope", "0.01"))))(x),
    "sum": lambda x, a: np.sum(x, axis=axes_of(a), keepdims=kept(a)),
    "mean": lambda x, a: (lambda y: y * mpf(array(y).size) / x.size)(np.sum(x, axis=axes_of(a), keepdims=kept(a))),
    "amax": lambda x, a: np.max(x, axis=axes_of(a), keepdims=kept(a)),
    "repeat": lambda x, a: np.repeat(x, integers(a["repeats"]), axis=int(a.get("axis", "0"))),
    "expand": lambda x, a: np.broadcast_to(x, kept_sizes(integers(a["shape"]), x.shape)),
    "reshape": lambda x, a: np.reshape(x, integers(a["shape"])),
    "transpose": lambda x, a: np.transpose(x, integers(a["axes"]) if "axes" in a else None),
    "concat": lambda *x: np.concatenate(x[:-1], axis=int(x[-1].get("axis", "0"))),
    "slice": slice_of,
    "matmul": lambda x, y, a: np.matmul(x, y),
    "affine": lambda x, w, *b: np.matmul(x, w) + (b[0] if len(b) == 2 else 0),
    "softmax": lambda x, a: EXP_LOG["exp"](log_softmax(x, int(a.get("axis", "-1")))),
    "log_softmax": lambda x, a: log_softmax(x, int(a.get("axis", "-1"))),
    "logsumexp": lambda x, a: EXP_LOG["log"](
        array(np.sum(EXP_LOG["exp"](x), axis=int(a.get("axis", "-1")), keepdims=kept(a)))),
    "cross_entropy_error": lambda p, t, a: reduced(-picked(EXP_LOG["log"](p), t), a),
    "mse_loss": lambda x, t, a: reduced((x - t) * (x - t), a),
    "hinge_loss": hinge_loss,
    "bce_loss": lambda p, t, a: reduced(bce(p, 1 - p, t), a),
    "l1_regularization": lambda w, a: mpf(a["strength"]) * np.sum(EXP_LOG["abs"](w)),
    "l2_regularization": lambda w, a: mpf(a["strength"]) / 2 * np.sum(w * w),
}
OPS |= ops_layers.ops(sys.modules[__name__])
OPS |= ops_elementary.OPS
OPS |= ops_convolution.OPS
OPS |= ops_shapes.OPS
OPS["expr"] = lambda y, *claims: y
OPS |= ops_square.OPS
OPS |= ops_einsum.OPS
INFIX = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}


def words(seed):
    """The 64-bit outputs of xoshiro256**, its state from splitmix64."""
    mask, rotated = 2 ** 64 - 1, lambda x, k: (x << k | x >> 64 - k) & 2 ** 64 - 1

    def splitmix(x):
        while True:
            x = x + 0x9e3779b97f4a7c15 & mask
            z = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 & mask
            z = (z ^ z >> 27) * 0x94d049bb133111eb & mask
            yield z ^ z >> 31
    source = splitmix(next(splitmix(seed)))
    a, b, c, d = (next(source) for _ in range(4))
    while True:
        yield rotated(b * 5 & mask, 7) * 9 & mask
        a, b, c, d = a ^ b ^ d, a ^ b ^ c, a ^ c ^ (b << 17 & mask), rotated(b ^ d, 45)


def generated(value, shape):
    """What `fill` makes: exact fractions, rounded once to a double."""
    if value["fill"] == "constant":
        return np.full(shape, mpf(float(Fraction(value["value"]))), dtype=object)
    source, count = words(int(value["seed"])), int(np.prod(shape))
    if value["fill"] == "uniform":
        low, high = Fraction(value["low"]), Fraction(value["high"])
        exact = (low + (high - low) * Fraction(next(source) >> 40, 2 ** 24) for _ in range(count))
    elif value["fill"] == "normal":
        mean, std = Fraction(value.get("mean", "0")), Fraction(value.get("std", "1"))
        twelve = (sum(w >> 16 * j & 65535 for w in (next(source) for _ in range(3)) for j in range(4))
                  for _ in range(count))
        exact = (mean + std * Fraction(s - 393210, 65536) for s in twelve)
    else:
        raise Unsupported(f"fill: {value['fill']}")
    return np.array([mpf(float(x)) for x in exact], dtype=object).reshape(shape)


def literal(text):
    """A number; true and false of a mask are 1 and 0."""
    return mpf({"true": 1, "false": 0}.get(text, text))


def numbers(value, shape=None):
    """An array from decimal texts: a scalar, nested lists, {shape, data, dtype} or {shape, fill, ...}."""
    if isinstance(value, dict):
        if "file" in value:
            raise Unsupported("stored numbers")
        if "fill" in value:
            return generated(value, integers(value["shape"]) if "shape" in value else shape)
        data = numbers(value["data"])
        return data.reshape(integers(value["shape"])) if "shape" in value else data
    return np.vectorize(literal, otypes=[object])(np.array(value, dtype=object)) if isinstance(value, list) \
        else array(literal(value))


def row_of(row):
    """(name, syntax tree, source text, claim) of one graph line. The language is a subset of Python's syntax."""
    text, claim = (row["expr"], row.get("claim")) if isinstance(row, dict) else (row, None)
    statement = ast.parse(text.strip()).body[0]
    return statement.targets[0].id, statement.value, text.strip(), claim


def attributes_of(call, text):
    """The keywords of a call: texts, or lists of texts"""
    texts = {k.arg: ast.get_source_segment(text, k.value) for k in call.keywords}
    return {k: v.strip("[]").replace(",", " ").split() if v[0] == "[" else v for k, v in texts.items()}


class Graph:
    def __init__(self, case, graph, output):
        self.inputs = {name: numbers(value) for name, value in case["inputs"].items()}
        rows = graph.strip().splitlines() if isinstance(graph, str) else graph
        self.rows = [row_of(row) for row in rows if not str(row).startswith("#")]
        self.output = output
        self.wrt = case.get("wrt") or [name for name, value in case["inputs"].items()
                                       if not (isinstance(value, dict) and "dtype" in value)]
        self.values = {}
        self.seed = numbers(case["seed"], self.run()[output].shape) if "seed" in case else None

    def term(self, tree, text, nodes):
        if isinstance(tree, ast.Name):
            return nodes[tree.id]
        if isinstance(tree, ast.Constant):
            return array(mpf(ast.get_source_segment(text, tree)))
        if isinstance(tree, ast.UnaryOp):
            return array(-self.term(tree.operand, text, nodes))
        if isinstance(tree, ast.BinOp):
            pair = [self.term(side, text, nodes) for side in (tree.left, tree.right)]
            return array(OPS[INFIX[type(tree.op)]](*pair, {}))
        return array(OPS[tree.func.id](*[self.term(x, text, nodes) for x in tree.args], attributes_of(tree, text)))

    def run(self, at=None, index=0, change=0):
        """Every node's value, after adding `change` to one element of the node `at`."""
        if at is None and self.values:
            return self.values
        nodes, moved = dict(self.values), {at}

        def put(name, value):
            if name == at:
                value = np.array(value, dtype=object)
                value.reshape(-1)[index] += change
            nodes[name] = value
        for name, value in self.inputs.items():
            put(name, value)
        for name, tree, text, _ in self.rows:
            if at is None or name == at or moved & {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}:
                moved.add(name)
                put(name, self.term(tree, text, nodes))
        if at is None:
            self.values = nodes
        return nodes

    def scalar(self, *change):
        output = self.run(*change)[self.output]
        if self.seed is None and output.size != 1:
            raise Unsupported("an output of several elements needs a seed")
        return array(np.sum(output if self.seed is None else output * self.seed)).item()

    def gradient(self, name, elements=None):
        """(D-, D, D+) for every element of the node, or for these as a list"""
        value, middle = self.run()[name], self.scalar()
        flat = []
        for i in range(value.size) if elements is None else elements:
            x = value.reshape(-1)[i]
            h = STEP * (abs(x) if x else 1)
            try:
                up, down = self.scalar(name, i, h), self.scalar(name, i, -h)
                if isinstance(up, mp.mpc) or isinstance(down, mp.mpc):
                    raise ValueError("outside the domain")
            except (ValueError, ZeroDivisionError):
                raise Unsupported(f"{name}[{i}] is at the edge of a domain")
            flat.append(((middle - down) / h, (up - down) / (2 * h), (up - middle) / h))
        return np.array(flat, dtype=object).reshape((value.shape if elements is None else (-1,)) + (3,))


def text_of(value):
    """30 digits, or exactly: an integer, a short decimal, or a fraction with a small denominator"""
    if abs(value) < mpf(10) ** -850:
        return "0"
    for q in [1, 10 ** 12, *range(3, 100)]:
        n = mp.nint(value * q)
        if n and abs(n) < 10 ** 15 and abs(value * q - n) < AGREE * abs(n):
            return f"{int(n)}/{q}" if 1 < q < 100 else mp.nstr(n / q, 15).removesuffix(".0")
    return mp.nstr(value, 30, strip_zeros=False)


def fraction(text):
    n, _, q = text.partition("/")
    return mpf(n) / mpf(q or 1)


def slack_of(text, by):
    """Half a unit of the last digit; 0 where a fraction, a short decimal in closed form or a frozen zero is exact."""
    mantissa, _, exponent = text.lower().partition("e")
    if "/" in text or by == "closed-form" and len(mantissa.lstrip("-0.").replace(".", "")) < 16 or \
            by == "reference" and fraction(text) == 0:
        return 0
    return mpf(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2])) / 2


def agrees(text, value, by):
    wanted, slack = fraction(text), slack_of(text, by)
    return abs(value - wanted) <= slack + AGREE * max(abs(wanted), 0 if slack else mpf(10) ** -300)


def load(path):
    case = yaml.load(pathlib.Path(path).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return case, Graph(case, case["graph"], case["output"])


def hull_beside(case, graph, name, elements):
    """Least and largest gradient of these elements at points beside the given one, where no tie holds."""
    draw, samples = random.Random(1), []
    for _ in range(POINTS):
        moved = Graph(case, case["graph"], case["output"])
        for parameter in moved.wrt:
            moved.inputs[parameter] = each(lambda x: x + BESIDE * draw.uniform(-1, 1))(moved.inputs[parameter])
        moved.values = {}
        samples.append(moved.gradient(name, elements)[..., 1])
    return np.min(samples, axis=0), np.max(samples, axis=0)


def check_expect(case, graph, complain):
    expect, nodes = case.get("expect", {}), graph.run()
    by = expect.get("by")
    for name, texts in expect.get("value", {}).items():
        for i, (text, value) in enumerate(zip(np.ravel(texts), nodes[name].reshape(-1), strict=True)):
            if not agrees(text, value, by):
                complain(f"value {name}[{i}]: {text} expected, computed {mp.nstr(value, 30)}")
    for name, texts in expect.get("grad", {}).items():
        doubtful = {}
        for i, (text, three) in enumerate(zip(np.ravel(texts), graph.gradient(name).reshape(-1, 3), strict=True)):
            low, high = min(three), max(three)
            corner = high - low > AGREE * max(abs(low), abs(high), mpf(10) ** -300)
            slack = AGREE * (high - low) + slack_of(text, by)
            right = low - slack <= fraction(text) <= high + slack if corner else agrees(text, three[1], by)
            if not right:
                doubtful[i] = (text, three[1])
        hull = {}
        if doubtful and {"kink", "fuzz"} & set(case["tags"]):
            hull = dict(zip(doubtful, zip(*hull_beside(case, graph, name, doubtful))))
        for i, (text, centered) in doubtful.items():
            if i not in hull or not hull[i][0] - AGREE <= fraction(text) <= hull[i][1] + AGREE:
                complain(f"gradient {name}[{i}]: {text} expected, computed {mp.nstr(centered, 30)}")


def same_gradients(a, b, complain):
    if abs(a.scalar() - b.scalar()) > AGREE * abs(a.scalar()):
        complain(f"equals: {mp.nstr(a.scalar(), 30)} against {mp.nstr(b.scalar(), 30)}")
    for name in a.wrt:
        size = a.inputs[name].size
        some = range(0, size, size // 100 + 1)  # a sample is enough for the large ones
        x, y = a.gradient(name, some)[..., 1], b.gradient(name, some)[..., 1]
        worst = np.max(EXP_LOG["abs"](array(x - y)))
        if worst > AGREE:
            complain(f"equals: gradient {name} differs by {mp.nstr(worst, 5)}")


def check_claims(graph, complain):
    nodes = graph.run()
    for name, tree, text, claim in graph.rows:
        variables = sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in nodes})
        claims = claim if isinstance(claim, dict) else {variables[0]: claim} if claim else {}
        for variable, formula in claims.items():
            x = nodes[variable]
            h = STEP * each(lambda v: abs(v) if v else mpf(1))(x)
            up, down = (graph.term(tree, text, nodes | {variable: x + s * h}) for s in (1, -1))
            claimed = graph.term(ast.parse(formula, mode="eval").body, formula, nodes)
            worst = np.max(EXP_LOG["abs"](array((up - down) / (2 * h) - claimed)))
            if worst > AGREE:
                complain(f"claim {formula} for d{name}/d{variable} is off by {mp.nstr(worst, 5)}")


def check(path):
    """Number of differences found in one case; they are printed."""
    found = []

    def complain(message):
        found.append(message)
        print(f"{path}: {message}")
    try:
        case, graph = load(path)
        check_expect(case, graph, complain)
        check_claims(graph, complain)
        equals = case.get("equals")
        if isinstance(equals, dict):
            same_gradients(graph, Graph(case, equals["graph"], equals["output"]), complain)
        elif equals:
            same_gradients(graph, load(CASES / f"{equals}.yaml")[1], complain)
    except Unsupported as reason:
        print(f"{path}: not computed: {reason}")
    return len(found)


def block(path, wanted):
    """An `expect` block for 'value=a,b grad=c,d'."""
    def texts(values):
        return "[" + ", ".join(texts(v) for v in values) + "]" if isinstance(values, np.ndarray) and values.ndim \
            else text_of(array(values).item())
    _, graph = load(path)
    lines = ["expect:"]
    for part in wanted.split():
        kind, names = part.split("=")
        lines.append(f"  {kind}:")
        for name in names.split(","):
            values = graph.run()[name] if kind == "value" else graph.gradient(name)[..., 1]
            lines.append(f"    {name}: {texts(values)}")
    return "\n".join(lines + ["  by: closed-form"])


def files(path):
    return sorted(path.glob("**/*.yaml")) if path.is_dir() else [path]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the expect blocks")
    parser.add_argument("--print", dest="wanted", help="what to put into an expect block")
    parser.add_argument("cases", nargs="+")
    options = parser.parse_args()
    if options.wanted:
        print("\n".join(block(path, options.wanted) for path in options.cases))
        return 0
    paths = [path for name in options.cases for path in files(pathlib.Path(name))]
    return 1 if sum(check(path) for path in paths) else 0


if __name__ == "__main__":
    sys.exit(main())

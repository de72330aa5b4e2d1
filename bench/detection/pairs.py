"""Pairs of a wrong and a right backward of one function: bugs that happened in real libraries, at telling inputs.

`right` and `wrong` take the upstream gradient and the inputs. The graph says the same as `forward`, in gradcheck's ops.
"""
import math
import random
from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn.functional as F


def numbers(seed, *shape, low=-2, high=2):
    """Numbers of both signs and few digits, as nested lists."""
    source = random.Random(seed)

    def fill(shape):
        if not shape:
            return round(source.uniform(low, high), 4)
        return [fill(shape[1:]) for _ in range(shape[0])]
    return fill(shape)


@dataclass
class Pair:
    name: str
    bug: str
    inputs: dict  # parameters, and integers or masks as tensors of torch
    graph: list  # the last row is the output
    forward: Callable
    right: Callable
    wrong: Callable
    seed: object = None  # of an output that is no scalar
    dtype: str = "float64"
    verdict: str = "wrong"  # what gradcheck is to say to the bug
    hidden: str = ""  # why gradcheck does not see it, where it does not


def scaled(x, index, factor):
    """x with one element multiplied."""
    x = x.clone()
    x[index] *= factor
    return x


def overwritten(g, rows, size):
    """What an embedding's backward gives that assigns where it should add."""
    dw = torch.zeros(size, g.shape[-1], dtype=g.dtype)
    dw[rows] = g
    return dw


def added(g, rows, size):
    return torch.zeros(size, g.shape[-1], dtype=g.dtype).index_add(0, rows, g)


def softmax_grad(g, x):
    y = torch.softmax(x, -1)
    return y * (g - (y * g).sum(-1, keepdim=True))


def standardized(x):
    return (x - x.mean(0)) / torch.sqrt(x.var(0, unbiased=False) + 1e-3)


def standardized_grad(g, x):
    y, s = standardized(x), torch.sqrt(x.var(0, unbiased=False) + 1e-3)
    return (g - g.mean(0) - y * (g * y).mean(0)) / s


def gelu_tanh_grad(x):
    c = math.sqrt(2 / math.pi)
    t = torch.tanh(c * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)


def gelu_grad(x):
    return 0.5 * torch.erfc(-x / math.sqrt(2)) + x * torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def first(x):
    """1 at the first of the largest elements."""
    return F.one_hot(torch.argmax((x == x.max()).int()), x.numel()).to(x.dtype)


class Counter:
    """A buffer that somebody forgot to clear between two backward passes."""
    total = 0

    def add(self, g):
        self.total = self.total + g
        return self.total


TOKENS = torch.tensor([0, 2, 0, 1])
LABELS = torch.tensor([1, 0])
KEEP = torch.tensor([True, False, True])
ERF = 2 / math.sqrt(math.pi)
SINGLE = torch.float32
KEPT = Counter()

PAIRS = [
    # ---- formulas
    Pair("sub-sign", "sign of the second operand", {"a": numbers(1, 3), "b": numbers(2, 3)}, ["y = sub(a, b)"],
         lambda a, b: a - b, lambda g, a, b: (g, -g), lambda g, a, b: (g, g), seed=[1.5, -0.25, 2]),
    Pair("l2-factor", "the 2 of a penalty 1e-6 sum(w^2)", {"w": numbers(3, 5)}, ["f = 1e-6 * sum(square(w))"],
         lambda w: 1e-6 * (w * w).sum(), lambda g, w: 2e-6 * w * g, lambda g, w: 1e-6 * w * g),
    Pair("mse-mean", "1/N", {"x": numbers(4, 6), "t": numbers(5, 6)}, ["f = mse_loss(x, t)"],
         lambda x, t: ((x - t) ** 2).mean(), lambda g, x, t: (2 * (x - t) / 6 * g, 2 * (t - x) / 6 * g),
         lambda g, x, t: (2 * (x - t) * g, 2 * (t - x) * g)),
    Pair("mean-size", "mean divided by the size of its output", {"x": numbers(6, 2, 5)}, ["y = mean(x, axes=[1])"],
         lambda x: x.mean(1), lambda g, x: (g[:, None] / 5).expand(2, 5), lambda g, x: (g[:, None] / 2).expand(2, 5),
         seed=[1.5, -0.5]),
    Pair("sin-factor", "a factor of 1.0005", {"x": [0.3, 1, 2]}, ["y = sin(x)"],
         torch.sin, lambda g, x: g * torch.cos(x), lambda g, x: 1.0005 * g * torch.cos(x), seed=[1, -0.5, 2]),
    Pair("pi-digits", "pi with six digits", {"x": [0.1, 0.3, -0.8]}, ["y = sin(3.141592653589793 * x)"],
         lambda x: torch.sin(math.pi * x), lambda g, x: g * math.pi * torch.cos(math.pi * x),
         lambda g, x: g * 3.14159 * torch.cos(math.pi * x), seed=[1, -0.5, 2]),
    Pair("erf-constant", "a constant truncated to float32", {"x": numbers(7, 4)}, ["y = erf(x)"],
         torch.erf, lambda g, x: g * ERF * torch.exp(-x * x),
         lambda g, x: g * torch.tensor(ERF, dtype=SINGLE).double() * torch.exp(-x * x), seed=[1, -2, 0.5, 3]),
    Pair("gelu-other", "derivative of another approximation", {"x": [0.25, -0.5, 1, 0.05]}, ["y = gelu(x)"],
         lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2))), lambda g, x: g * gelu_grad(x),
         lambda g, x: g * gelu_tanh_grad(x), seed=[1, -2, 0.5, 3]),
    Pair("eps-dropped", "eps left out: x/|x| for x/sqrt(x^2 + 1e-5)", {"x": [3.5, -2.75, 4]},
         ["y = sqrt(square(x) + 1e-5)"], lambda x: torch.sqrt(x * x + 1e-5), lambda g, x: g * x / torch.sqrt(x * x + 1e-5),
         lambda g, x: g * torch.sign(x), seed=[1, -0.5, 2]),
    Pair("square-half-line", "wrong only for x < 0: 2x for 2|x|", {"x": [0.5, -1.25, 2]}, ["y = x * abs(x)"],
         lambda x: x * x.abs(), lambda g, x: 2 * g * x.abs(), lambda g, x: 2 * g * x, seed=[1, -0.5, 2]),
    Pair("elu-alpha", "alpha forgotten for x < 0", {"x": [0.5, -1.25, 2, -0.5]}, ["y = elu(x, alpha=1.5)"],
         lambda x: F.elu(x, 1.5), lambda g, x: g * torch.where(x > 0, 1.0, 1.5 * torch.exp(x)),
         lambda g, x: g * torch.where(x > 0, 1.0, torch.exp(x)), seed=[1, -0.5, 2, -3]),
    Pair("smooth-l1-beta", "1/beta forgotten near 0", {"x": [0.1, -0.3, 2]}, ["f = smooth_l1_loss(x, 0 * x, beta=0.5)"],
         lambda x: F.smooth_l1_loss(x, torch.zeros_like(x), beta=0.5), lambda g, x: g * torch.clamp(x / 0.5, -1, 1) / 3,
         lambda g, x: g * torch.where(x.abs() < 0.5, x, torch.sign(x)) / 3),
    Pair("softmax-sum", "the sum of softmax's backward dropped", {"x": numbers(8, 2, 3)}, ["y = softmax(x, axis=-1)"],
         lambda x: torch.softmax(x, -1), softmax_grad, lambda g, x: g * torch.softmax(x, -1),
         seed=[[1, -2, 0.5], [0.25, 3, -1]]),
    Pair("norm-constant-var", "batch norm with the variance taken for constant", {"x": numbers(9, 5, 2)},
         ["m = mean(x, axes=[0], keepdims=true)", "v = var(x, axes=[0], keepdims=true, correction=0)", "y = (x - m) / sqrt(v + 1e-3)"],
         standardized, standardized_grad, lambda g, x: (g - g.mean(0)) / torch.sqrt(x.var(0, unbiased=False) + 1e-3),
         seed=numbers(10, 5, 2)),
    # ---- sums, branches, indices
    Pair("branches", "a value used three times, the last branch counts", {"x": [0.5, -1.25, 2]}, ["y = x * x * x"],
         lambda x: x * x * x, lambda g, x: 3 * g * x * x, lambda g, x: g * x * x, seed=[1, -0.5, 2]),
    Pair("bias-axis", "a broadcast bias summed over the wrong axis", {"x": numbers(11, 3, 3), "b": numbers(12, 3)},
         ["y = x + b"], torch.add, lambda g, x, b: (g, g.sum(0)), lambda g, x, b: (g, g.sum(1)), seed=numbers(13, 3, 3)),
    Pair("embedding", "duplicate rows overwritten", {"w": numbers(14, 3, 2), "rows": TOKENS}, ["y = embedding(w, rows)"],
         lambda w, rows: w[rows], lambda g, w, rows: (added(g, rows, 3), None),
         lambda g, w, rows: (overwritten(g, rows, 3), None), seed=numbers(15, 4, 2)),
    Pair("matmul-last-row", "the last row of a weight's gradient is not written",
         {"x": numbers(16, 4, 6), "w": numbers(17, 6, 3)}, ["y = matmul(x, w)"], torch.matmul,
         lambda g, x, w: (g @ w.t(), x.t() @ g), lambda g, x, w: (g @ w.t(), scaled(x.t() @ g, -1, 0)), seed=numbers(18, 4, 3)),
    Pair("upstream", "upstream gradient forgotten", {"x": [0.5, -1.25, 2]}, ["y = tanh(x)"],
         torch.tanh, lambda g, x: g / torch.cosh(x) ** 2, lambda g, x: 1 / torch.cosh(x) ** 2, seed=[1, -0.5, 2]),
    # ---- small errors, small gradients
    Pair("one-digit", "one element of a product off by 1e-12", {"a": numbers(19, 3, 4), "b": numbers(20, 4, 2)},
         ["y = matmul(a, b)"], torch.matmul, lambda g, a, b: (g @ b.t(), a.t() @ g),
         lambda g, a, b: (g @ b.t(), scaled(a.t() @ g, (2, 1), 1 + 1e-12)), seed=numbers(21, 3, 2)),
    Pair("one-of-3000", "one element of 3000 off by a tenth", {"w": numbers(22, 3000)}, ["f = sum(sin(w))"],
         lambda w: torch.sin(w).sum(), lambda g, w: g * torch.cos(w), lambda g, w: g * scaled(torch.cos(w), 1234, 1.1)),
    Pair("swapped", "neighbours swapped, which a sum over them hides", {"w": numbers(23, 300, low=1, high=1.1)},
         ["f = sum(square(w))"], lambda w: (w * w).sum(), lambda g, w: 2 * g * w,
         lambda g, w: 2 * g * w.reshape(-1, 2).flip(1).reshape(-1)),
    Pair("transpose-small", "a transpose forgotten in a loss of size 1e-6",
         {"a": numbers(24, 3, 3), "b": numbers(25, 3, 3)}, ["f = 1e-6 * sum(square(matmul(a, b)))"],
         lambda a, b: 1e-6 * ((a @ b) ** 2).sum(),
         lambda g, a, b: (2e-6 * g * a @ b @ b.t(), 2e-6 * g * a.t() @ a @ b),
         lambda g, a, b: (2e-6 * g * a @ b @ b, 2e-6 * g * a @ a @ b)),
    Pair("long-sum", "the smallest terms of a long sum doubled", {"x": numbers(26, 300, low=-8, high=15)},
         ["f = sum(exp(x))"], lambda x: torch.exp(x).sum(), lambda g, x: g * torch.exp(x),
         lambda g, x: g * torch.exp(x) * torch.where(x < -6, 2.0, 1.0)),
    # ---- hard points
    Pair("sqrt-1e-12", "the 1/2 forgotten", {"x": [1e-12]}, ["y = sqrt(x)"], torch.sqrt,
         lambda g, x: g / (2 * torch.sqrt(x)), lambda g, x: g / torch.sqrt(x), seed=[1]),
    Pair("log-1e-7", "1/(x + 1e-12) for 1/x", {"x": [1e-7]}, ["y = log(x)"], torch.log,
         lambda g, x: g / x, lambda g, x: g / (x + 1e-12), seed=[1]),
    Pair("sin-1e4", "the inner derivative 1e4 forgotten", {"x": [0.3, 1.1]}, ["y = sin(1e4 * x)"],
         lambda x: torch.sin(1e4 * x), lambda g, x: 1e4 * g * torch.cos(1e4 * x), lambda g, x: g * torch.cos(1e4 * x),
         seed=[1, -0.5]),
    Pair("sin-1e5", "a factor of 1.0005", {"x": [0.3, 1.1]}, ["y = sin(1e5 * x)"],
         lambda x: torch.sin(1e5 * x), lambda g, x: 1e5 * g * torch.cos(1e5 * x),
         lambda g, x: 1.00005e5 * g * torch.cos(1e5 * x), seed=[1, -0.5]),
    Pair("sigmoid-40", "y (1 - y), which is 0", {"x": [40, -3]}, ["y = sigmoid(x)"], torch.sigmoid,
         lambda g, x: g * torch.sigmoid(x) * torch.sigmoid(-x),
         lambda g, x: g * torch.sigmoid(x) * (1 - torch.sigmoid(x)), seed=[1, -2]),
    Pair("logits-1000", "softmax that overflows", {"x": [[1000, 0, -1000], [3, 1, 2]], "t": LABELS},
         ["f = softmax_cross_entropy(x, t)"], lambda x, t: F.cross_entropy(x, t),
         lambda g, x, t: (g * (torch.softmax(x, -1) - F.one_hot(t, 3)) / 2, None),
         lambda g, x, t: (g * (x.exp() / x.exp().sum(-1, keepdim=True) - F.one_hot(t, 3)) / 2, None), verdict="nonfinite"),
    Pair("relu-near-0", "x > 1e-6 for x > 0", {"x": [1e-7, -0.5, 2]}, ["y = relu(x)"], torch.relu,
         lambda g, x: g * (x > 0), lambda g, x: g * (x > 1e-6), seed=[1, -0.5, 2]),
    Pair("relu-at-0", "the mask forgotten", {"x": [0, -0.5, 2]}, ["y = relu(x)"], torch.relu,
         lambda g, x: g * (x > 0), lambda g, x: g, seed=[1, -0.5, 2]),
    Pair("amax-tie", "every one of equal elements gets 1", {"x": [2, 2, 1]}, ["y = amax(x, ties=first)"],
         lambda x: x.max(), lambda g, x: g * first(x), lambda g, x: g * (x == x.max())),
    Pair("cube-1e8", "input kept in float32", {"x": [1e8 + 0.5]}, ["y = (x - 1e8) ** 3"], lambda x: (x - 1e8) ** 3,
         lambda g, x: 3 * g * (x - 1e8) ** 2, lambda g, x: 3 * g * (x.to(SINGLE).double() - 1e8) ** 2, seed=[1],
         verdict="inaccurate"),
    Pair("offset-1e10", "the 2 of a sum of squares beside a large constant", {"x": numbers(27, 4)},
         ["f = sum(square(x)) + 1e10"], lambda x: (x * x).sum() + 1e10, lambda g, x: 2 * g * x, lambda g, x: g * x),
    Pair("var-1e8", "n - 1 for n", {"x": [1e8 + 1, 1e8 - 2, 1e8 + 0.5, 1e8 + 3]}, ["y = var(x, correction=0)"],
         lambda x: x.var(unbiased=False), lambda g, x: 2 * g * (x - x.mean()) / 4, lambda g, x: 2 * g * (x - x.mean()) / 3),
    Pair("norm-at-0", "x / |x| at 0", {"x": [0, 0]}, ["y = norm(x)"], torch.linalg.vector_norm,
         lambda g, x: torch.zeros_like(x), lambda g, x: g * x / torch.linalg.vector_norm(x), verdict="nonfinite"),
    Pair("prod-zero", "y / x with x = 0", {"x": [2, 0, -1.5]}, ["y = prod(x)"], torch.prod,
         lambda g, x: g * torch.stack([x[1] * x[2], x[0] * x[2], x[0] * x[1]]), lambda g, x: g * torch.prod(x) / x,
         verdict="nonfinite"),
    Pair("where-dead", "a mask multiplied with the infinity of a branch not taken",
         {"x": [4, 0, 2], "m": KEEP}, ["y = where(m, sqrt(x), x)"], lambda x, m: torch.where(m, torch.sqrt(x), x),
         lambda g, x, m: (g * torch.where(m, 0.5 / torch.sqrt(x), 1.0), None),
         lambda g, x, m: (g * m * 0.5 / torch.sqrt(x) + g * ~m, None), seed=[1, -0.5, 2], verdict="nonfinite"),
    Pair("atan2-origin", "x^2 + y^2 that underflows", {"a": [3e-170], "b": [-2e-170]}, ["y = atan2(a, b)"], torch.atan2,
         lambda g, a, b: (g * (b / torch.hypot(a, b)) / torch.hypot(a, b), -g * (a / torch.hypot(a, b)) / torch.hypot(a, b)),
         lambda g, a, b: (g * b / (a * a + b * b), -g * a / (a * a + b * b)), seed=[1], verdict="nonfinite"),
    Pair("softplus-710", "exp(x) / (1 + exp(x)) that overflows", {"x": [-1, 715]}, ["y = softplus(x)"],
         lambda x: torch.logaddexp(x, torch.zeros_like(x)), lambda g, x: g * torch.sigmoid(x),
         lambda g, x: g * x.exp() / (1 + x.exp()), seed=[1, -2], verdict="nonfinite"),
    # ---- float32
    Pair("tanh-float32", "the value saved in half precision", {"x": numbers(28, 4)}, ["y = tanh(x)"], torch.tanh,
         lambda g, x: g * (1 - torch.tanh(x) ** 2), lambda g, x: g * (1 - torch.tanh(x).half().float() ** 2),
         seed=[1, -0.5, 2, 3], dtype="float32", verdict="inaccurate"),
    Pair("squares-float32", "the 2 forgotten", {"x": numbers(29, 20)}, ["f = sum(square(x))"],
         lambda x: (x * x).sum(), lambda g, x: 2 * g * x, lambda g, x: g * x, dtype="float32"),
    Pair("matmul-float32", "the last column off by 1e-3", {"x": numbers(30, 4, 6), "w": numbers(31, 6, 3)},
         ["y = matmul(x, w)"], torch.matmul, lambda g, x, w: (g @ w.t(), x.t() @ g),
         lambda g, x, w: (g @ w.t(), scaled(x.t() @ g, (slice(None), -1), 1.001)), seed=numbers(32, 4, 3), dtype="float32"),
    Pair("softmax-float32", "an eps of 1e-5 in the denominator", {"x": numbers(33, 2, 3)}, ["y = softmax(x, axis=-1)"],
         lambda x: torch.softmax(x, -1), softmax_grad, lambda g, x: softmax_grad(g, x) / (1 + 1e-5),
         seed=[[1, -2, 0.5], [0.25, 3, -1]], dtype="float32"),
    # ---- what one backward pass does not show
    Pair("upstream-ones", "upstream gradient forgotten, and a seed of ones", {"x": [0.5, -1.25, 2]}, ["y = tanh(x)"],
         torch.tanh, lambda g, x: g / torch.cosh(x) ** 2, lambda g, x: 1 / torch.cosh(x) ** 2, seed=[1, 1, 1],
         hidden="one seed, all ones"),
    Pair("state", "a buffer kept between two backward passes", {"x": [0.5, -1.25, 2]}, ["y = tanh(x)"],
         torch.tanh, lambda g, x: g / torch.cosh(x) ** 2, lambda g, x: KEPT.add(g / torch.cosh(x) ** 2), seed=[1, -0.5, 2],
         hidden="the first backward pass is right"),
]

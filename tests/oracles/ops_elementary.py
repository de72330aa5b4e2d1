"""The elementary functions, activations and choosing gates for oracle.py, over mpmath numbers. Straight from the
definitions: at 1400 digits nothing needs a stable form."""
import numpy as np
from mpmath import mp, mpf


def each(function):
    """The function applied to every element of broadcast arrays."""
    ufunc = np.frompyfunc(function, function.__code__.co_argcount, 1)

    def applied(*arguments):
        y = ufunc(*arguments)
        return y if isinstance(y, np.ndarray) else np.array(y, dtype=object)
    return applied


def number(attributes, name, initial=None):
    return mpf(attributes.get(name, initial))


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def normal_cdf(x):
    return (1 + mp.erf(x / mp.sqrt(2))) / 2


def clip(x, low, high):
    return min(max(x, low), high)


def elu(x, alpha, width):
    return x if x > 0 else alpha * mp.expm1(x / width)


def softplus(x, beta, threshold):
    return x if beta * x > threshold else mp.log(1 + mp.exp(beta * x)) / beta


def gelu_tanh(x):
    return x / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x ** 3)))


def shrink(x, lambd, bias):
    return x - bias if x > lambd else x + bias if x < -lambd else mpf(0)


def clamp(x, a):
    low = number(a, "min", "-inf")
    return each(lambda v: clip(v, low, number(a, "max", "inf")))(x)


def prelu(x, w, a):
    weights = w.reshape([1] * x.ndim) if w.size == 1 else w.reshape([-1] + [1] * (x.ndim - 2))
    return each(lambda v, slope: v if v > 0 else slope * v)(x, weights)


def glu(x, a):
    left, right = np.split(x, 2, axis=int(a.get("axis", "-1")))
    return left * each(logistic)(right)


FUNCTIONS = {
    "rsqrt": lambda x: 1 / mp.sqrt(x), "sign": lambda x: mp.sign(x), "expm1": lambda x: mp.expm1(x),
    "log1p": lambda x: mp.log(1 + x), "log2": lambda x: mp.log(x) / mp.log(2), "tan": lambda x: mp.tan(x),
    "asin": lambda x: mp.asin(x), "acos": lambda x: mp.acos(x), "atan": lambda x: mp.atan(x),
    "sinh": lambda x: mp.sinh(x), "cosh": lambda x: mp.cosh(x), "asinh": lambda x: mp.asinh(x),
    "acosh": lambda x: mp.acosh(x), "atanh": lambda x: mp.atanh(x), "erf": lambda x: mp.erf(x),
    "erfc": lambda x: mp.erfc(x), "lgamma": lambda x: mp.log(abs(mp.gamma(x))),
    "log_sigmoid": lambda x: mp.log(logistic(x)), "relu6": lambda x: clip(x, mpf(0), mpf(6)),
    "selu": lambda x: mpf("1.0507009873554804934193349852946") * elu(x, mpf("1.6732632423543772848170429916717"), 1),
    "silu": lambda x: x * logistic(x), "mish": lambda x: x * mp.tanh(mp.log(1 + mp.exp(x))),
    "softsign": lambda x: x / (1 + abs(x)), "hardsigmoid": lambda x: clip(x + 3, mpf(0), mpf(6)) / 6,
    "hardswish": lambda x: x * clip(x + 3, mpf(0), mpf(6)) / 6, "tanhshrink": lambda x: x - mp.tanh(x),
}
OPS = {name: (lambda x, a, f=each(function): f(x)) for name, function in FUNCTIONS.items()}
OPS |= {
    "fma": lambda x, y, z, a: x * y + z,
    "where": lambda condition, x, y, a: each(lambda c, v, w: v if c else w)(condition, x, y),
    "clamp": clamp,
    "atan2": lambda x, y, a: each(lambda v, w: mp.atan2(v, w))(x, y),
    "hypot": lambda x, y, a: each(lambda v, w: mp.sqrt(v * v + w * w))(x, y),
    "logaddexp": lambda x, y, a: each(lambda v, w: mp.log(mp.exp(v) + mp.exp(w)))(x, y),
    "xlogy": lambda x, y, a: each(lambda v, w: v * mp.log(w) if v else mpf(0))(x, y),
    "prelu": prelu,
    "elu": lambda x, a: each(lambda v: elu(v, number(a, "alpha", "1"), 1))(x),
    "celu": lambda x, a: each(lambda v: elu(v, number(a, "alpha", "1"), number(a, "alpha", "1")))(x),
    "gelu": lambda x, a: each(gelu_tanh if a.get("approximate") == "tanh" else lambda v: v * normal_cdf(v))(x),
    "softplus": lambda x, a: each(lambda v: softplus(v, number(a, "beta", "1"), number(a, "threshold", "20")))(x),
    "hardtanh": lambda x, a: each(lambda v: clip(v, number(a, "min_val", "-1"), number(a, "max_val", "1")))(x),
    "softshrink": lambda x, a: each(lambda v: shrink(v, number(a, "lambd", "0.5"), number(a, "lambd", "0.5")))(x),
    "hardshrink": lambda x, a: each(lambda v: shrink(v, number(a, "lambd", "0.5"), 0))(x),
    "threshold": lambda x, a: each(lambda v: v if v > number(a, "threshold") else number(a, "value"))(x),
    "glu": glu,
}

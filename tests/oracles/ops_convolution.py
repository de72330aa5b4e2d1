"""Convolution, pooling and linear forms for oracle.py, straight from their definitions: arguments as arrays
of exact numbers, then the attributes as texts."""
import itertools
from fractions import Fraction

import numpy as np
from mpmath import mpf


def pair(a, name, initial, axes=2):
    """One number an axis."""
    given = [int(n) for n in np.atleast_1d(a.get(name, initial))]
    return given * axes if len(given) == 1 else given


def grid(*sizes):
    return itertools.product(*(range(size) for size in sizes))


def zeros(*shape):
    y = np.empty(shape, dtype=object)
    y.fill(mpf(0))
    return y


def with_bias(y, b):
    return y + b[0].reshape((-1,) + (1,) * (y.ndim - 2)) if b else y


def conv(x, w, *rest):
    *b, a = rest
    axes = x.ndim - 2
    stride, padding, dilation = (pair(a, *given, axes) for given in (("stride", 1), ("padding", 0), ("dilation", 1)))
    groups = int(a.get("groups", 1))
    sizes = [(x.shape[i + 2] + 2 * padding[i] - dilation[i] * (w.shape[i + 2] - 1) - 1) // stride[i] + 1
             for i in range(axes)]
    y = zeros(x.shape[0], w.shape[0], *sizes)
    for n, o, c in grid(x.shape[0], w.shape[0], w.shape[1]):
        channel = o // (w.shape[0] // groups) * w.shape[1] + c
        for at in grid(*sizes):
            for tap in grid(*w.shape[2:]):
                i = tuple(at[d] * stride[d] - padding[d] + tap[d] * dilation[d] for d in range(axes))
                if all(0 <= i[d] < x.shape[d + 2] for d in range(axes)):
                    y[(n, o) + at] += w[(o, c) + tap] * x[(n, channel) + i]
    return with_bias(y, b)


def conv_transpose2d(x, w, *rest):
    *b, a = rest
    stride, padding, dilation, more = (pair(a, *given) for given in (
        ("stride", 1), ("padding", 0), ("dilation", 1), ("output_padding", 0)))
    groups = int(a.get("groups", 1))
    sizes = [(x.shape[d + 2] - 1) * stride[d] - 2 * padding[d] + dilation[d] * (w.shape[d + 2] - 1) + more[d] + 1
             for d in range(2)]
    y = zeros(x.shape[0], w.shape[1] * groups, *sizes)
    for n, c, o in grid(*x.shape[:2], w.shape[1]):
        channel = c // (x.shape[1] // groups) * w.shape[1] + o
        for at in grid(*x.shape[2:]):
            for tap in grid(*w.shape[2:]):
                i = tuple(at[d] * stride[d] - padding[d] + tap[d] * dilation[d] for d in range(2))
                if all(0 <= i[d] < sizes[d] for d in range(2)):
                    y[(n, channel) + i] += x[(n, c) + at] * w[(c, o) + tap]
    return with_bias(y, b)


def windows(x, a):
    """(index in y, elements of x in the window, its size with padding) for every window; and y's spatial shape"""
    axes = x.ndim - 2
    kernel = pair(a, "kernel", None, axes)
    stride, padding, dilation = (pair(a, *given, axes) for given in (
        ("stride", a["kernel"]), ("padding", 0), ("dilation", 1)))
    taps = []
    for d in range(axes):
        size, extent = x.shape[d + 2], dilation[d] * (kernel[d] - 1) + 1
        starts = range(-padding[d], size + 2 * padding[d] - extent - padding[d] + 1, stride[d])
        if a.get("ceil_mode", "false") == "true":  # one more window where elements are left
            starts = list(starts)
            if (size + 2 * padding[d] - extent) % stride[d] and starts[-1] + stride[d] < size + padding[d]:
                starts.append(starts[-1] + stride[d])
            starts = [s for s in starts if s < size]
        taps.append([[s + t * dilation[d] for t in range(kernel[d])] for s in starts])
    for n, c in grid(*x.shape[:2]):
        for at in grid(*(len(t) for t in taps)):
            inside = [[i for i in taps[d][at[d]] if 0 <= i < x.shape[d + 2]] for d in range(axes)]
            padded = [sum(i < x.shape[d + 2] + padding[d] for i in taps[d][at[d]]) for d in range(axes)]
            yield (n, c) + at, [x[(n, c) + i] for i in itertools.product(*inside)], int(np.prod(padded))


def pooled(x, found):
    found = list(found)
    y = zeros(*(1 + max(at[d] for at, _ in found) for d in range(x.ndim)))
    for at, value in found:
        y[at] = value
    return y


def max_pool(x, a):
    return pooled(x, ((at, max(inside)) for at, inside, _ in windows(x, a)))


def avg_pool(x, a):
    padded = a.get("count_include_pad", "true") == "true"
    return pooled(x, ((at, sum(inside, mpf(0)) / (size if padded else len(inside)))
                      for at, inside, size in windows(x, a)))


def global_average_pool(x, a):
    axes = tuple(range(2, x.ndim))
    return np.sum(x, axis=axes, keepdims=True) / int(np.prod(x.shape[2:]))


def adaptive(function):
    """Window i of m along n elements: from floor(i n / m) up to ceil((i + 1) n / m)"""
    def pool(x, a):
        sizes, from_ = pair(a, "size", None, x.ndim - 2), x.shape[2:]
        y = zeros(*x.shape[:2], *sizes)
        for at in grid(*sizes):
            window = tuple(slice(i * n // m, -(-(i + 1) * n // m)) for i, n, m in zip(at, from_, sizes))
            for plane in grid(*x.shape[:2]):
                y[plane + at] = function(list(np.ravel(x[plane + window])))
        return y
    return pool


def upsample(x, a):
    """The place of element o in x, and the two elements around it"""
    if "size" in a:
        sizes = pair(a, "size", None)
    else:
        sizes = [n * k for n, k in zip(x.shape[2:], pair(a, "scale", None))]
    y = zeros(*x.shape[:2], *sizes)
    for at in grid(*sizes):
        taps = []
        for o, n, m in zip(at, x.shape[2:], sizes):
            if a.get("mode", "nearest") == "nearest":
                taps.append([(o * n // m, mpf(1))])
                continue
            if a.get("align_corners", "false") == "true":
                place = Fraction(o * (n - 1), max(m - 1, 1))
            else:
                place = Fraction(2 * o + 1, 2) * Fraction(n, m) - Fraction(1, 2)
            place = min(max(place, Fraction(0)), Fraction(n - 1))
            i, r = int(place), place - int(place)
            taps.append([(i, 1 - mpf(r.numerator) / r.denominator), (min(i + 1, n - 1), mpf(r.numerator) / r.denominator)])
        for (i, wi), (j, wj) in itertools.product(*taps):
            for plane in grid(*x.shape[:2]):
                y[plane + at] += wi * wj * x[plane + (i, j)]
    return y


def linear(x, w, *b):
    return np.matmul(x, np.swapaxes(w, 0, 1)) + (b[0] if len(b) == 2 else 0)


def bilinear(x, y, w, *b):
    forms = [np.sum(np.matmul(x, matrix) * y, axis=-1) for matrix in w]
    return np.stack(forms, axis=-1) + (b[0] if len(b) == 2 else 0)


OPS = {
    "conv1d": conv,
    "conv2d": conv,
    "conv_transpose2d": conv_transpose2d,
    "max_pool1d": max_pool,
    "max_pool2d": max_pool,
    "avg_pool1d": avg_pool,
    "avg_pool2d": avg_pool,
    "global_average_pool": global_average_pool,
    "adaptive_max_pool1d": adaptive(max),
    "adaptive_max_pool2d": adaptive(max),
    "adaptive_avg_pool1d": adaptive(lambda x: sum(x, mpf(0)) / len(x)),
    "adaptive_avg_pool2d": adaptive(lambda x: sum(x, mpf(0)) / len(x)),
    "upsample": upsample,
    "linear": linear,
    "outer": lambda x, y, a: np.multiply.outer(x, y),
    "dot": lambda x, y, a: np.dot(x, y),
    "bilinear": bilinear,
}

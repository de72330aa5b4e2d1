"""Reductions, the ops that move elements and those that index, for oracle.py: NumPy's own functions over arrays of
exact numbers, or the definition in a loop; attributes are texts."""
import numpy as np
from mpmath import mp, mpf


def listed(a, name, initial=None):
    return [int(n) for n in np.atleast_1d(a[name])] if name in a else initial


def axes_of(a):
    return tuple(listed(a, "axes")) if "axes" in a else None


def kept(a):
    return a.get("keepdims", "false") == "true"


def true(a, name, initial):
    return a.get(name, initial) == "true"


def axis_of(a, initial):
    return int(a.get("axis", initial))


def array(value):
    return value if isinstance(value, np.ndarray) else np.array(value, dtype=object)


def each(function):
    ufunc = np.frompyfunc(function, function.__code__.co_argcount, 1)
    return lambda *arguments: array(ufunc(*arguments))


def total(x, axes, keepdims):
    return array(np.sum(x, axis=axes, keepdims=keepdims))


def var(x, a):
    axes = axes_of(a)
    y = total(x, axes, True)
    n = x.size // y.size
    d = x - y / mpf(n)
    return total(d * d, axes, kept(a)) / mpf(n - int(a.get("correction", "1")))


def norm(x, a):
    axes, ord, size = axes_of(a), a.get("ord", "2"), each(lambda v: abs(v))(x)
    if ord == "inf":
        return np.max(size, axis=axes, keepdims=kept(a))
    p = mpf(a["p"]) if ord == "p" else mpf(ord)
    power = each(lambda v: mp.power(v, p) if v else mpf(0))(size)
    return each(lambda v: mp.power(v, 1 / p) if v else mpf(0))(total(power, axes, kept(a)))


def ordered(x, axis, descending):
    y = np.sort(x, axis=axis)
    return np.flip(y, axis=axis) if descending else y


def topk(x, a):
    axis = axis_of(a, "-1")
    return np.take(ordered(x, axis, true(a, "largest", "true")), range(int(a["k"])), axis=axis)


def median(x, a):
    axis = axis_of(a, "0")
    y = np.sort(x if "axis" in a else x.reshape(-1), axis=axis)
    n = y.shape[axis]
    low, high = (n - 1) // 2, n // 2 if a.get("interpolation") == "midpoint" else (n - 1) // 2
    middle = array((np.take(y, low, axis=axis) + np.take(y, high, axis=axis)) / 2)
    if not kept(a):
        return middle
    return np.expand_dims(middle, axis) if "axis" in a else middle.reshape((1,) * x.ndim)


def flatten(x, a):
    shape = x.shape or (1,)
    start, end = (int(a.get(*given)) % len(shape) for given in (("start_axis", "0"), ("end_axis", "-1")))
    return x.reshape(shape[:start] + (-1,) + shape[end + 1:])


def split(x, a):
    sizes, index = listed(a, "sizes"), int(a["index"])
    start = sum(sizes[:index])
    return np.take(x, range(start, start + sizes[index]), axis=axis_of(a, "0"))


def pad(x, a):
    if x.ndim == 0:
        return x
    none = [0] * x.ndim
    width = list(zip(listed(a, "before", none), listed(a, "after", none)))
    mode = a.get("mode", "constant")
    if mode == "constant":
        return np.pad(x, width, constant_values=mpf(a.get("value", "0")))
    return np.pad(x, width, mode={"reflect": "reflect", "replicate": "edge"}[mode])


def whole(index):
    return np.vectorize(int, otypes=[int])(index)


def gather(x, index, a):
    axis, y = axis_of(a, "0"), np.empty(index.shape, dtype=object)
    for at in np.ndindex(index.shape):
        source = list(at)
        source[axis] = int(index[at])
        y[at] = x[tuple(source)]
    return y


def scatter_add(x, index, src, a):
    axis, y = axis_of(a, "0"), x.copy()
    for at in np.ndindex(index.shape):
        to = list(at)
        to[axis] = int(index[at])
        y[tuple(to)] += src[at]
    return y


def embedding(w, index, a):
    if "padding_idx" in a:
        w = w.copy()
        w[int(a["padding_idx"])] = mpf(0)
    return np.take(w, whole(index), axis=0)


def index_put(x, index, src, a):
    y = x.copy()
    for at in np.ndindex(index.shape):
        row = int(index[at])
        y[row] = y[row] + src[at] if true(a, "accumulate", "false") else src[at]
    return y


OPS = {
    "amin": lambda x, a: np.min(x, axis=axes_of(a), keepdims=kept(a)),
    "prod": lambda x, a: np.prod(x, axis=axes_of(a), keepdims=kept(a)),
    "var": var,
    "std": lambda x, a: each(lambda v: mp.sqrt(v))(var(x, a)),
    "norm": norm,
    "cumsum": lambda x, a: np.cumsum(x, axis=axis_of(a, "-1")),
    "cumprod": lambda x, a: np.cumprod(x, axis=axis_of(a, "-1")),
    "sort": lambda x, a: ordered(x, axis_of(a, "-1"), true(a, "descending", "false")),
    "topk": topk,
    "median": median,
    "flatten": flatten,
    "squeeze": lambda x, a: np.squeeze(x, axis=axes_of(a)),
    "unsqueeze": lambda x, a: np.expand_dims(x, axes_of(a)),
    "stack": lambda *x: np.stack(x[:-1], axis=axis_of(x[-1], "0")),
    "split": split,
    "flip": lambda x, a: np.flip(x, axis=axes_of(a)),
    "roll": lambda x, a: np.roll(x, listed(a, "shifts"), axis=axes_of(a)) if "axes" in a
    else np.roll(x, int(listed(a, "shifts")[0])),
    "tile": lambda x, a: np.tile(x, listed(a, "reps")),
    "pad": pad,
    "diagonal": lambda x, a: np.diagonal(x, *(int(a.get(*given)) for given in
                                             (("offset", "0"), ("axis1", "0"), ("axis2", "1")))),
    "tril": lambda x, a: np.where(np.tri(*x.shape[-2:], int(a.get("k", "0")), dtype=bool), x, mpf(0)),
    "triu": lambda x, a: np.where(np.tri(*x.shape[-2:], int(a.get("k", "0")) - 1, dtype=bool), mpf(0), x),
    "gather": gather,
    "take": lambda x, index, a: np.take(x, whole(index), axis=axis_of(a, "0")),
    "embedding": embedding,
    "scatter_add": scatter_add,
    "index_put": index_put,
}

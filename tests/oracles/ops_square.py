"""Square matrices for oracle.py by determinants alone, and these by Leibniz's sum over permutations: nothing is
factored or eliminated here."""
import itertools

import numpy as np
from mpmath import mp, mpf


def leibniz(a):
    n, total = len(a), mpf(0)
    for columns in itertools.permutations(range(n)):
        inversions = sum(columns[i] > columns[j] for i in range(n) for j in range(i + 1, n))
        product = mpf(-1 if inversions % 2 else 1)
        for i, j in enumerate(columns):
            product *= a[i, j]
        total += product
    return total


def without(a, i, j):
    return np.delete(np.delete(a, i, axis=0), j, axis=1)


def matrix(n, element):
    y = np.empty((n, n), dtype=object)
    for i, j in itertools.product(range(n), repeat=2):
        y[i, j] = element(i, j)
    return y


def inverse(a):
    """Cramer's rule"""
    det = leibniz(a)
    return matrix(len(a), lambda i, j: (-1) ** (i + j) * leibniz(without(a, j, i)) / det)


def cholesky(a):
    """Each element is a minor over the root of two leading ones"""
    s = (a + np.swapaxes(a, 0, 1)) / 2
    leading = [leibniz(s[:k, :k]) for k in range(len(s) + 1)]

    def element(i, j):
        if j > i:
            return mpf(0)
        rows = list(range(j)) + [i]
        return leibniz(s[rows, :j + 1]) / mp.sqrt(leading[j] * leading[j + 1])
    return matrix(len(s), element)


def each_matrix(function):
    def batched(a, _):
        flat = a.reshape((-1,) + a.shape[-2:])
        results = [np.array(function(one), dtype=object) for one in flat]
        return np.stack(results).reshape(a.shape[:-2] + results[0].shape)
    return batched


def solve(a, b, _):
    inverses = each_matrix(inverse)(a, _)
    if b.ndim == a.ndim:
        return np.matmul(inverses, b)
    return np.sum(inverses * b[..., None, :], axis=-1)


OPS = {
    "inverse": each_matrix(inverse),
    "solve": solve,
    "det": each_matrix(leibniz),
    "logdet": each_matrix(lambda a: mp.log(leibniz(a))),
    "cholesky": each_matrix(cholesky),
}

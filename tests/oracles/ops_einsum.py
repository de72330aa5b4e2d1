"""einsum for oracle.py: one loop over every value of every label, with the axes of an ellipsis as digits."""
import itertools

import numpy as np
from mpmath import mpf


def spelled(term, rank, longest):
    """The term with a digit for each axis of its ellipsis; the last one is the same for all terms."""
    if "..." not in term:
        return term
    axes = rank - len(term.replace("...", ""))
    return term.replace("...", "".join(str(longest - axes + i) for i in range(axes)))


def einsum(*rest):
    *arrays, a = rest
    terms, arrow, out = a["equation"].strip('"').replace(" ", "").partition("->")
    terms = terms.split(",")
    axes = [x.ndim - len(term.replace("...", "")) for term, x in zip(terms, arrays, strict=True) if "..." in term]
    longest = max(axes, default=0)
    ellipsis = "".join(str(i) for i in range(longest))
    letters = "".join(terms).replace(".", "")
    out = out.replace("...", ellipsis) if arrow else ellipsis + "".join(
        sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    terms = [spelled(term, x.ndim, longest) for term, x in zip(terms, arrays)]
    sizes = {}
    for term, x in zip(terms, arrays):
        for label, size in zip(term, x.shape, strict=True):
            sizes[label] = max(size, sizes.get(label, 1))
    y = np.empty([sizes[label] for label in out], dtype=object)
    y.fill(mpf(0))
    for values in itertools.product(*(range(size) for size in sizes.values())):
        at = dict(zip(sizes, values))
        product = mpf(1)
        for term, x in zip(terms, arrays):
            product *= x[tuple(at[label] if size > 1 else 0 for label, size in zip(term, x.shape))]
        y[tuple(at[label] for label in out)] += product
    return y


OPS = {"einsum": einsum}

#!/usr/bin/python3
"""Compares the `expect` blocks of case files with PyTorch's autograd in double: a second opinion on what each op
means (reductions, axes, labels) and on every gradient, to a relative 1e-11. Cases tagged kink or hard are left out:
there the two may differ for good reasons.

  torch_check.py cases/*/*.yaml

Needs python3-torch beside what oracle.py needs.
"""
import ast
import sys

import numpy as np
import torch
import torch.nn.functional as F

import ops_elementary
import oracle

TOLERANCE = 1e-11
integers, axes_of, kept = oracle.integers, oracle.axes_of, oracle.kept


def reduced(losses, a):
    reduction = a.get("reduction", "mean")
    return losses if reduction == "none" else losses.sum() if reduction == "sum" else losses.mean()


def axes(x, a):
    return axes_of(a) if "axes" in a else tuple(range(x.dim()))


def over(function):
    return lambda x, a: function(x, axes(x, a), keepdim=kept(a)) if axes(x, a) else x + 0


def cross_entropy(x, t, a):
    batch = x if x.dim() > 1 else x.unsqueeze(0)
    labels = t if x.dim() > 1 else t.unsqueeze(0)
    losses = F.cross_entropy(batch, labels, reduction="none")
    return reduced(losses if x.dim() > 1 else losses.squeeze(0), a)


def cross_entropy_error(p, t, a):
    if t.dtype == torch.int64:
        return reduced(-p.gather(-1, t.unsqueeze(-1)).squeeze(-1).log(), a)
    return reduced(-torch.sum(t * p.log(), -1), a)


def hinge(s, t, a):
    margin = float(a.get("margin", "1"))
    label = s.gather(-1, t.unsqueeze(-1))
    return reduced(torch.clamp(s - label + margin, min=0).sum(-1) - margin, a)  # the label's own term is the margin


def repeat(x, a):
    repeats = integers(a["repeats"])
    return x.repeat_interleave(torch.tensor(repeats) if len(repeats) > 1 else repeats[0], int(a.get("axis", "0")))


def slice_of(x, a):
    """By index_select, since PyTorch has no negative steps."""
    lists = [integers(a[name]) if name in a else None for name in ("starts", "stops", "steps")]
    count = max(len(given) for given in lists if given)
    starts, stops, steps = (given or [None] * count for given in lists)
    for k, axis in enumerate(integers(a["axes"]) if "axes" in a else range(count)):
        where = range(x.shape[axis])[starts[k]:stops[k]:steps[k]]
        x = x.index_select(axis, torch.tensor(list(where)))
    return x


def unary(function):
    return lambda x, a: function(x)


OPS = {
    "add": lambda x, y, a: x + y, "sub": lambda x, y, a: x - y, "mul": lambda x, y, a: x * y,
    "div": lambda x, y, a: x / y, "pow": lambda x, y, a: torch.pow(x, y), "neg": unary(torch.neg),
    "reciprocal": unary(torch.reciprocal), "square": unary(torch.square), "sqrt": unary(torch.sqrt),
    "abs": unary(torch.abs), "exp": unary(torch.exp), "log": unary(torch.log), "sin": unary(torch.sin),
    "cos": unary(torch.cos), "tanh": unary(torch.tanh), "sigmoid": unary(torch.sigmoid), "relu": unary(torch.relu),
    "max": lambda x, y, a: torch.maximum(x, y), "min": lambda x, y, a: torch.minimum(x, y),
    "add_n": lambda *x: torch.stack(x[:-1]).sum(0),
    "leaky_relu": lambda x, a: F.leaky_relu(x, float(a.get("slope", "0.01"))),
    "sum": over(torch.sum), "mean": over(torch.mean), "amax": over(torch.amax),
    "repeat": repeat,
    "expand": lambda x, a: x.expand(integers(a["shape"])),
    "reshape": lambda x, a: x.reshape(integers(a["shape"])),
    "transpose": lambda x, a: x.permute(integers(a["axes"]) if "axes" in a else list(range(x.dim()))[::-1]),
    "concat": lambda *x: torch.cat(x[:-1], int(x[-1].get("axis", "0"))),
    "slice": slice_of,
    "matmul": lambda x, y, a: torch.matmul(x, y),
    "affine": lambda x, w, *b: F.linear(x, w.t(), b[0] if len(b) == 2 else None),
    "softmax": lambda x, a: F.softmax(x, int(a.get("axis", "-1"))),
    "log_softmax": lambda x, a: F.log_softmax(x, int(a.get("axis", "-1"))),
    "logsumexp": lambda x, a: torch.logsumexp(x, int(a.get("axis", "-1")), keepdim=kept(a)),
    "cross_entropy_error": cross_entropy_error,
    "softmax_cross_entropy": cross_entropy,
    "nll_loss": lambda x, t, a: reduced(-x.gather(-1, t.unsqueeze(-1)).squeeze(-1), a),
    "mse_loss": lambda x, t, a: F.mse_loss(x, t, reduction=a.get("reduction", "mean")),
    "hinge_loss": hinge,
    "bce_loss": lambda p, t, a: reduced(-t * p.log() - (1 - t) * (1 - p).log(), a),
    "bce_with_logits": lambda x, t, a: F.binary_cross_entropy_with_logits(x, t, reduction=a.get("reduction", "mean")),
    "l1_regularization": lambda w, a: float(a["strength"]) * w.abs().sum(),
    "l2_regularization": lambda w, a: float(a["strength"]) / 2 * w.square().sum(),
}
OPS |= ops_elementary.torch_ops()


def tensor(values, integer):
    numbers = np.array(values, dtype=np.float64)
    return torch.tensor(numbers).long() if integer else torch.tensor(numbers, requires_grad=True)


def term(tree, text, nodes):
    if isinstance(tree, ast.Name):
        return nodes[tree.id]
    if isinstance(tree, ast.Constant):
        return torch.tensor(float(tree.value), dtype=torch.float64)
    if isinstance(tree, ast.UnaryOp):
        return -term(tree.operand, text, nodes)
    if isinstance(tree, ast.BinOp):
        return OPS[oracle.INFIX[type(tree.op)]](term(tree.left, text, nodes), term(tree.right, text, nodes), {})
    return OPS[tree.func.id](*[term(x, text, nodes) for x in tree.args], oracle.attributes_of(tree, text))


def differs(texts, given):
    wanted = np.array([float(oracle.fraction(text)) for text in np.ravel(texts)])
    scale = np.max(np.abs(wanted)) or 1e-3  # a gradient of zero comes out as rounding noise
    return np.max(np.abs(wanted - given.detach().numpy().reshape(-1))) > TOLERANCE * scale


def check(path):
    """Number of numbers compared, and of those that differ."""
    case, graph = oracle.load(path)
    expect = case.get("expect", {})
    if {"kink", "hard"} & set(case["tags"]) or expect.get("by") != "closed-form":
        return 0, 0
    nodes = {name: tensor(value, isinstance(case["inputs"][name], dict) and "dtype" in case["inputs"][name])
             for name, value in graph.inputs.items()}
    for name, tree, text, _ in graph.rows:
        nodes[name] = term(tree, text, nodes)
    for node in nodes.values():
        if node.requires_grad:
            node.retain_grad()
    output = nodes[graph.output]
    output.backward(torch.ones_like(output) if graph.seed is None else tensor(graph.seed, False).detach())
    pairs = [("value", name, texts, nodes[name]) for name, texts in expect.get("value", {}).items()]
    pairs += [("gradient", name, texts, nodes[name].grad) for name, texts in expect.get("grad", {}).items()]
    bad = [f"{kind} {name}" for kind, name, texts, given in pairs if differs(texts, given)]
    for what in bad:
        print(f"{path}: {what} differs from PyTorch's")
    return len(pairs), len(bad)


def main(paths):
    counts = np.array([check(path) for path in paths]).sum(axis=0)
    print(f"{counts[0]} tensors compared, {counts[1]} differ")
    return 1 if counts[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

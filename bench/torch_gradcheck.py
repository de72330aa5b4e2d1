#!/usr/bin/python3
"""What PyTorch's gradcheck says, with its defaults, to the seven examples that README.md compares.

  bench/torch_gradcheck.py        needs python3-torch
"""
import warnings

import torch


def scaled(function, derivative):
    """`function` with `derivative` as its backward."""

    class Claimed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return function(x)

        @staticmethod
        def backward(ctx, upstream):
            (x,) = ctx.saved_tensors
            return upstream * derivative(x)

    return Claimed.apply


EXAMPLES = [
    ("sin, derivative too large by 0.05 %", scaled(torch.sin, lambda x: 1.0005 * torch.cos(x)), [0.3, 1, 2], False),
    ("1e-6 sum(w^2), derivative without the 2", scaled(lambda w: 1e-6 * (w**2).sum(), lambda w: 1e-6 * w),
     [0.5, -1.25, 2], False),
    ("sqrt at 1e-12", torch.sqrt, [1e-12], True),
    ("log at 1e-7", torch.log, [1e-7], True),
    ("(x - 1e8)^3 at 1e8 + 1/2", lambda x: (x - 1e8) ** 3, [1e8 + 0.5], True),
    ("relu at 0", torch.relu, [0.0], True),
    ("tanh in float32", torch.tanh, [0.3, 0.5], True),
]


def main():
    warnings.simplefilter("ignore")
    print("PyTorch", torch.__version__)
    for name, function, x, right in EXAMPLES:
        dtype = torch.float32 if "float32" in name else torch.float64
        x = torch.tensor(x, dtype=dtype, requires_grad=True)
        passes = torch.autograd.gradcheck(function, (x,), raise_exception=False)
        print(f"{name:45}{'right' if right else 'wrong':8}{'passes' if passes else 'fails'}")


main()

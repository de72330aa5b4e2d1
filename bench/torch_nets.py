#!/usr/bin/python3
"""Times torch.autograd.gradcheck on the nets of nets.c, for comparison. Needs Debian's python3-torch.

    /usr/bin/python3 bench/torch_nets.py [--whole]

Slow mode takes two evaluations an element. Where that is minutes, the elements of W1 are left out and their
share is extrapolated; --whole measures them too.
"""
import resource
import sys
import time

import torch


def net(batch, n_in, hidden, classes, strength=0.001):
    generator = torch.Generator().manual_seed(1)

    def uniform(*shape, high):
        return (2 * torch.rand(*shape, dtype=torch.float64, generator=generator) - 1) * high

    inputs = {
        "x": uniform(batch, n_in, high=1),
        "W1": uniform(n_in, hidden, high=0.03),
        "b1": uniform(hidden, high=0.1),
        "W2": uniform(hidden, classes, high=0.2),
        "b2": uniform(classes, high=0.1),
    }
    labels = torch.tensor([3 * i % classes for i in range(batch)])

    def loss(x, W1, b1, W2, b2):
        scores = torch.relu(x @ W1 + b1) @ W2 + b2
        data = torch.nn.functional.cross_entropy(scores, labels)
        if strength == 0:
            return data
        return data + strength / 2 * ((W1 * W1).sum() + (W2 * W2).sum())

    return loss, inputs


def timed(loss, inputs, wanted, fast):
    """Seconds of wall and CPU time, and the number of elements checked."""
    leaves = [t.clone().requires_grad_(name in wanted) for name, t in inputs.items()]
    wall, cpu = time.perf_counter(), time.process_time()
    passed = torch.autograd.gradcheck(loss, leaves, fast_mode=fast, raise_exception=False)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return wall, cpu, sum(t.numel() for t in leaves if t.requires_grad), passed


def report(what, wall, cpu, count, note):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:42} {count:7} parameters  {wall:8.2f} s wall  {cpu:8.2f} s CPU  {peak:4} MB  {note}", flush=True)


def main():
    whole = "--whole" in sys.argv[1:]
    torch.set_num_threads(1)  # more make nets of this size slower
    print("torch", torch.__version__)
    for batch in 1, 5:
        name = f"3072-100-10, batch {batch}"
        loss, inputs = net(batch, 3072, 100, 10)
        everything = set(inputs)
        timed(loss, inputs, everything, True)  # warm up
        wall, cpu, count, passed = timed(loss, inputs, everything, True)
        report(name + ", fast mode", wall, cpu, count, "passed" if passed else "failed")
        wanted = everything if whole else everything - {"W1"}
        wall, cpu, measured, passed = timed(loss, inputs, wanted, False)
        scale = count / measured
        note = "measured" if scale == 1 else f"extrapolated from {measured} parameters in {wall:.2f} s"
        report(name + ", slow mode", wall * scale, cpu * scale, count, note)
    for strength, name in (0, "without L2"), (0.001, "with L2"):
        loss, inputs = net(1, 784, 100, 10, strength)
        wall, cpu, count, passed = timed(loss, inputs, set(inputs) - {"x"}, False)
        report(f"784-100-10 {name}, slow mode", wall, cpu, count, "measured")


main()

#!/usr/bin/python3
"""Times the full check of layers in float64 beside torch.autograd.gradcheck in slow mode on layers of the same sizes.
Needs Debian's python3-torch.

    /usr/bin/python3 bench/layers.py build/gradcheck
"""
import os
import resource
import subprocess
import sys
import time

import torch
import torch.nn.functional as F

RUNS = 3


def command(program, case):
    """Wall and CPU seconds of one check, every element, from start to exit."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    jobs = str(len(os.sched_getaffinity(0)))
    subprocess.run([program, "run", f"cases/{case}.yaml", "--dtype", "float64", "--jobs", jobs],
                   stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def normal(*shape, std=1.0):
    return torch.randn(*shape, dtype=torch.float64) * std


def encoder():
    """16 tokens of 32 numbers, 4 heads, layer norms in front."""
    tensors = [normal(16, 32), normal(32), normal(32), normal(96, 32, std=0.18), normal(96), normal(32, 32, std=0.18),
               normal(32), normal(32), normal(32), normal(128, 32, std=0.18), normal(128), normal(32, 128, std=0.09),
               normal(32)]

    def block(x, g1, b1, w_in, b_in, w_out, b_out, g2, b2, w1, e1, w2, e2):
        n = F.layer_norm(x, (32,), g1, b1).unsqueeze(1)
        a, _ = F.multi_head_attention_forward(n, n, n, 32, 4, w_in, b_in, None, None, False, 0.0, w_out, b_out,
                                              training=False, need_weights=False)
        h = x + a.squeeze(1)
        return h + F.linear(F.gelu(F.linear(F.layer_norm(h, (32,), g2, b2), w1, e1)), w2, e2)
    return block, tensors


def convolution():
    return lambda x, w, b: F.conv2d(x, w, b, padding=1), [normal(1, 8, 16, 16), normal(16, 8, 3, 3, std=0.1), normal(16)]


def lstm():
    """Two layers of 16 over eight steps, four sequences of 8 numbers."""
    tensors = [normal(8, 4, 8)]
    for width in 8, 16:
        tensors += [normal(64, width, std=0.3), normal(64, 16, std=0.25), normal(64, std=0.1), normal(64, std=0.1)]
    zero = torch.zeros(2, 4, 16, dtype=torch.float64)
    return lambda x, *w: torch.lstm(x, (zero, zero), w, True, 2, 0.0, False, False, False)[0][-1], tensors


def slow_mode(make):
    """Wall and CPU seconds of one random projection of the layer, checked element by element, and their number."""
    torch.manual_seed(1)
    function, tensors = make()
    leaves = [t.requires_grad_() for t in tensors]
    seed = torch.randn_like(function(*leaves))
    wall, cpu = time.perf_counter(), time.process_time()
    torch.autograd.gradcheck(lambda *x: (function(*x) * seed).sum(), leaves, fast_mode=False)
    return time.perf_counter() - wall, time.process_time() - cpu, sum(t.numel() for t in leaves)


def main():
    torch.set_num_threads(1)
    for name, case, make in (("encoder block", "networks/encoder-block", encoder),
                             ("conv2d 3x3, 8 to 16 channels", "convolution/conv2d-layer", convolution),
                             ("LSTM, two layers", "networks/lstm-two-layers", lstm)):
        wall, cpu = min(command(sys.argv[1], case) for _ in range(RUNS))
        torch_wall, torch_cpu, count = min(slow_mode(make) for _ in range(RUNS))
        print(f"{name:30} {count:6} elements   ours {wall:6.2f} s wall {cpu:6.2f} s CPU   "
              f"PyTorch slow mode {torch_wall:6.2f} s wall {torch_cpu:6.2f} s CPU   ratio {torch_cpu / cpu:5.2f}")


main()

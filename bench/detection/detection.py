#!/usr/bin/python3
"""Bugs caught and false alarms: gradcheck, PyTorch's gradcheck and the recipe of the lectures on the same functions.

  bench/detection/detection.py build/gradcheck [--gradcheck-only] [--markdown]        needs python3-torch

Each pair of pairs.py is a function with a wrong and a right backward. A judge separates it when it rejects the one and
accepts the other. Exits with 1 when gradcheck judges otherwise than pairs.py says.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings

import torch

from pairs import KEPT, PAIRS

HERE = os.path.dirname(os.path.abspath(__file__))
PASSING = ("ok", "kink")
SIDES = ("wrong", "right")


# ---- the judges: for a pair and a side, whether the backward passes

def case_file(pair):
    """The pair as a case, in JSON, which the reader of cases takes too."""
    def written(value):
        if not isinstance(value, torch.Tensor):
            return value
        return {"dtype": "bool" if value.dtype == torch.bool else "int64", "data": value.tolist()}
    case = {"gradcheck": 1, "id": f"detection/{pair.name}", "title": pair.bug,
            "inputs": {name: written(value) for name, value in pair.inputs.items()}, "graph": pair.graph,
            "output": pair.graph[-1].split(" = ")[0], "dtypes": [pair.dtype]}
    return case if pair.seed is None else {**case, "seed": pair.seed}


def by_gradcheck(gradcheck, side, *options):
    """gradcheck's verdict of every pair, by name."""
    with tempfile.TemporaryDirectory() as folder:
        cases = os.path.join(folder, "cases")
        os.mkdir(cases)
        for pair in PAIRS:
            with open(os.path.join(cases, f"{pair.name}.json"), "w") as file:
                json.dump(case_file(pair), file)
        report = os.path.join(folder, "report")
        engine = f"{sys.executable} {os.path.join(HERE, 'engine.py')} {side}"
        run = subprocess.run([gradcheck, "run", "-q", "-j1", "--engine", engine, *options, "--format", f"json={report}",
                              cases], stdout=subprocess.DEVNULL)
        if run.returncode not in (0, 1):
            sys.exit(f"gradcheck: exit status {run.returncode}")
        found = json.load(open(report))["cases"]
    return {case["id"].removeprefix("detection/"): case["verdict"] for case in found}


def tensors(pair):
    """The inputs, those of floats with a gradient; and the function with a backward of `side`."""
    return [value if isinstance(value, torch.Tensor) else
            torch.tensor(value, dtype=getattr(torch, pair.dtype)).requires_grad_() for value in pair.inputs.values()]


def function(pair, side):
    KEPT.total = 0

    class Claimed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            return pair.forward(*inputs)

        @staticmethod
        def backward(ctx, upstream):
            return getattr(pair, side)(upstream, *ctx.saved_tensors)
    return Claimed.apply


def by_torch(pair, side, fast):
    """With PyTorch's defaults. An exception is a rejection."""
    try:
        return torch.autograd.gradcheck(function(pair, side), tensors(pair), fast_mode=fast, raise_exception=False)
    except RuntimeError:
        return False


def by_recipe(pair, side, step=1e-5, limit=1e-7):
    """Every element by a centered difference, |a - n| / max(|a|, |n|) at most 1e-7, as a course teaches it."""
    inputs = tensors(pair)
    seed = torch.tensor(1.0 if pair.seed is None else pair.seed, dtype=torch.float64)
    value = lambda: (pair.forward(*inputs).double() * seed).sum().item()
    output = function(pair, side)(*inputs)
    parameters = [x for x in inputs if x.requires_grad]
    for x, analytic in zip(parameters, torch.autograd.grad(output, parameters, seed.to(output.dtype))):
        flat = x.detach().reshape(-1)  # the same memory
        for i, a in enumerate(analytic.reshape(-1).tolist()):
            with torch.no_grad():
                old = flat[i].item()
                flat[i] = old + step
                above = value()
                flat[i] = old - step
                below = value()
                flat[i] = old
            n = (above - below) / (2 * step)
            if not (a == n or abs(a - n) <= limit * max(abs(a), abs(n))):
                return False
    return True


def judged(gradcheck, alone):
    """For each judge: which wrong backward passes it accepts, and which right ones."""
    judges = {"gradcheck": {side: by_gradcheck(gradcheck, side) for side in SIDES},
              "gradcheck --laws": {side: by_gradcheck(gradcheck, side, "--laws") for side in SIDES}}
    if not alone:
        others = {"PyTorch, slow": lambda *a: by_torch(*a, False), "PyTorch, fast": lambda *a: by_torch(*a, True),
                  "recipe": by_recipe}
        for name, judge in others.items():
            judges[name] = {side: {pair.name: judge(pair, side) for pair in PAIRS} for side in SIDES}
    return judges


def accepted(verdict):
    return verdict in PASSING if isinstance(verdict, str) else verdict


# ---- the table

def tables(judges):
    """What each judge said about each pair, and the sums."""
    def said(judge, pair):
        bug, twin = (accepted(judge[side][pair.name]) for side in SIDES)
        return ("missed" if bug else "caught") + (", false alarm" if not twin else "")
    rows = [[pair.name + (" *" if pair.hidden else ""), pair.bug] + [said(judge, pair) for judge in judges.values()]
            for pair in PAIRS]
    double = [pair for pair in PAIRS if pair.dtype == "float64"]
    sums = [[name, *counted(judge, PAIRS), *counted(judge, double)] for name, judge in judges.items()]
    head = ["judge", "bugs caught", "false alarms", "both right", "float64: caught", "false alarms", "both right"]
    return ["pair", "bug", *judges], rows, head, sums


def counted(judge, pairs):
    """Bugs caught, false alarms, and pairs of which both are judged rightly."""
    bugs, twins = ([accepted(judge[side][pair.name]) for pair in pairs] for side in SIDES)
    return bugs.count(False), twins.count(False), sum(t and not b for b, t in zip(bugs, twins))


def show(head, rows, markdown):
    rows = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    for number, row in enumerate(rows):
        cells = row if markdown else [cell.ljust(width) for cell, width in zip(row, widths)]
        print("| " + " | ".join(cells) + " |" if markdown else "  ".join(cells).rstrip())
        if markdown and not number:
            print("|---" * len(head) + "|")
    print()


def surprises(verdicts, laws):
    """Where gradcheck does not say what pairs.py expects."""
    for pair in PAIRS:
        due = {"wrong": "ok" if pair.hidden and not laws else pair.verdict, "right": "ok or kink"}
        for side in SIDES:
            verdict = verdicts[side][pair.name]
            if verdict != due[side] and not (side == "right" and verdict in PASSING):
                yield f"{pair.name}{', --laws' if laws else ''}: the {side} one is {verdict}, expected {due[side]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gradcheck")
    parser.add_argument("--gradcheck-only", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    judges = judged(os.path.abspath(options.gradcheck), options.gradcheck_only)
    head, rows, sum_head, sums = tables(judges)
    show(head, rows, options.markdown)
    print(f"PyTorch {torch.__version__}; {len(PAIRS)} pairs, {sum(pair.dtype == 'float64' for pair in PAIRS)} in float64; "
          "*: no single backward pass shows it\n")
    show(sum_head, sums, options.markdown)
    problems = [*surprises(judges["gradcheck"], False), *surprises(judges["gradcheck --laws"], True)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())

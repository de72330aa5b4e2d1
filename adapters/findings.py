"""Findings: what an engine is known not to pass, as adapters/*/findings*.txt have it.

The first line is "# " with the engine's name and version. Then comes a line for every check and what is wrong there:
"id@dtype verdict  # why", or, of a law that is broken (docs/verdicts.md), "#law id@dtype name  # why": to a baseline, which
these files are too, that is a comment. There must be a why.
"""
import re
import subprocess

PASSING = ("ok", "kink", "unsupported")
BY_SEVERITY = ("ok", "kink", "unsupported", "inconclusive", "inaccurate", "nonfinite", "wrong", "missing", "error")


def read(path):
    """The engine's name with its version, and {(id@dtype, what): why}."""
    lines = open(path).read().splitlines()
    known = {}
    for line in lines[1:]:
        words, _, why = line.removeprefix("#law ").partition("  # ")
        known[tuple(words.split())] = why.strip()
    return lines[0][2:], known


def write(path, engine, known):
    with open(path, "w") as file:
        file.write(f"# {engine}\n")
        for (id, what), why in sorted(known.items()):
            file.write(f"{'' if what in BY_SEVERITY else '#law '}{id} {what}  # {why}\n")


def broken_laws(run):
    """The laws that a run of a JSON report breaks."""
    return [law["law"] for law in run["laws"] or [] if law["broken"]]


def verdict(run):
    """Its verdict without the laws: the worst of its parts, where a broken law is in it, too."""
    if not broken_laws(run):
        return run["verdict"]
    parts = [run["certificate"], *run["parameters"]] + [run["value"]] * bool(run["value"])
    return max((part["verdict"] for part in parts), key=BY_SEVERITY.index)


def found(run):
    """What is wrong in a run: its verdict unless that passes, and the laws that it breaks."""
    own = verdict(run)
    return [own] * (own not in PASSING) + broken_laws(run)


def families(gradcheck):
    """gradcheck's ops by family, in the order of its list."""
    ops, family = {}, None
    for line in subprocess.run([gradcheck, "ops"], capture_output=True, text=True, check=True).stdout.splitlines():
        op = re.match(r"  (\w+)\(", line)
        if op:
            ops[family].append(op[1])
        elif line and not line.startswith(" "):
            family = line
            ops[family] = []
    return {family: members for family, members in ops.items() if members and family != "user"}  # formulas come as their gates

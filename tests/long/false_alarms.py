"""Correct code raises no alarm: the built-in engines over the case library.

usage: false_alarms.py GRADCHECK FOLDER [--engines ENGINE...] [--dtypes DTYPE...] [--seeds FROM TO]

In the number formats that a case asks for itself every check passes. In others it may be that the format cannot
decide (inconclusive) or does not hold the numbers (nonfinite, unsupported), but no right gradient is `wrong` or
`inaccurate`. ENGINE is `builtin` or `builtin:reordered`.
"""
import argparse
import json
import subprocess
import sys

ALARMS = {"wrong", "inaccurate", "missing", "error"}
PASSES = {"ok", "kink", "unsupported"}


def runs(gradcheck, folder, engine, seed, dtypes):
    """{(case, dtype): (verdict, whether the case is as it should be)}; in the cases' own dtypes where none are given."""
    command = [gradcheck, "run", folder, "--quiet", "--seed", str(seed), "--format", "json"]
    command += ["--engine", engine] if engine != "builtin" else []
    command += ["--dtype", ",".join(dtypes)] if dtypes else []
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return {(case["id"], run["dtype"]): (run["verdict"], case["passed"])
            for case in json.loads(done.stdout)["cases"] for run in case["runs"]}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("gradcheck")
    parser.add_argument("folder")
    parser.add_argument("--engines", nargs="+", default=["builtin", "builtin:reordered"])
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32", "float16", "bfloat16"])
    parser.add_argument("--seeds", nargs=2, type=int, default=[1, 1])
    arguments = parser.parse_args()
    first, last = arguments.seeds
    checks = undecided = alarms = 0
    own = {engine: runs(arguments.gradcheck, arguments.folder, engine, first, []) for engine in arguments.engines}
    for seed in range(first, last + 1):
        for engine in arguments.engines:
            found = runs(arguments.gradcheck, arguments.folder, engine, seed, arguments.dtypes)
            if seed == first:
                found |= own[engine]
            for check, (verdict, passed) in found.items():
                # what fails in its own dtypes, as its case says that it must, is no alarm
                meant = check in own[engine] and own[engine][check] == (verdict, True)
                alarm = verdict in ALARMS if check not in own[engine] else verdict not in PASSES and not meant
                if alarm:
                    print(f"false alarm: engine {engine}, seed {seed}: {check[0]} in {check[1]}: {verdict}", flush=True)
                alarms += alarm
                undecided += check not in own[engine] and verdict not in PASSES | ALARMS
            checks += len(found)
        print(f"seed {seed}: {checks} checks so far", flush=True)
    print(f"{checks} checks ({len(arguments.engines)} engines, seeds {first} to {last}): {alarms} false alarms; "
          f"{undecided} in formats that the case does not ask for and that cannot decide it")
    return 1 if alarms or not checks else 0


if __name__ == "__main__":
    sys.exit(main())

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
    """(case, dtype, verdict) of every check; in the cases' own dtypes where none are given. What a case expects is "ok"."""
    command = [gradcheck, "run", folder, "--quiet", "--seed", str(seed), "--format", "json"]
    command += ["--engine", engine] if engine != "builtin" else []
    command += ["--dtype", ",".join(dtypes)] if dtypes else []
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return [(case["id"], run["dtype"], "ok" if case["passed"] else run["verdict"])
            for case in json.loads(done.stdout)["cases"] for run in case["runs"]]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("gradcheck")
    parser.add_argument("folder")
    parser.add_argument("--engines", nargs="+", default=["builtin", "builtin:reordered"])
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32", "float16", "bfloat16"])
    parser.add_argument("--seeds", nargs=2, type=int, default=[1, 1])
    arguments = parser.parse_args()
    checks = undecided = alarms = 0
    for seed in range(arguments.seeds[0], arguments.seeds[1] + 1):
        for engine in arguments.engines:
            own = runs(arguments.gradcheck, arguments.folder, engine, seed, [])
            asked = {(case, dtype) for case, dtype, _ in own}
            forced = [run for run in runs(arguments.gradcheck, arguments.folder, engine, seed, arguments.dtypes)
                      if run[:2] not in asked]
            checks += len(own) + len(forced)
            undecided += sum(verdict not in PASSES | ALARMS for _, _, verdict in forced)
            found = [run for run in own if run[2] not in PASSES] + [run for run in forced if run[2] in ALARMS]
            for run in found:
                print("false alarm: engine {}, seed {}: {} in {}: {}".format(engine, seed, *run), flush=True)
            alarms += len(found)
        print(f"seed {seed}: {checks} checks so far", flush=True)
    print(f"{checks} checks ({len(arguments.engines)} engines, seeds {arguments.seeds[0]} to "
          f"{arguments.seeds[1]}): {alarms} false alarms; "
          f"{undecided} in formats that the case does not ask for and that cannot decide it")
    return 1 if alarms or not checks else 0


if __name__ == "__main__":
    sys.exit(main())

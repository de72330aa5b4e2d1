"""Whatever numbers a case holds, every command comes to its end: no crash, no endless work, no doubt about the reference.

usage: damaged_cases.py GRADCHECK FOLDER COUNT [--seed SEED]

COUNT times a small case of FOLDER gets up to three other numbers, anywhere: elements, sizes, axes, attributes, bits, and
a command reads it. An exit status above 4, a signal, a sanitizer's message, or a reference that disagrees with its own
differences fails; the case is printed.
"""
import argparse
import pathlib
import random
import re
import subprocess
import sys
import tempfile

NUMBERS = ("0 1 -1 2 3 -2 7 8 -8 100 4096 4097 8192 1000000 2097152 4294967296 9223372036854775807 -9223372036854775808 "
           "1e-300 1e300 -0 0.5 1e38 65504 1e-45 inf -inf true [] [0]").split() + ["[1, 2]"]
COMMANDS = [["check", "-j1"], ["check", "-j1", "-v", "--format", "json"], ["check", "-j1", "--laws"],
            ["check", "-j1", "--exhaustive", "all"], ["check", "-j1", "--bits", "64", "--max-bits", "128"],
            ["check", "-j1", "--engine", "builtin:reordered"], ["run", "-j1", "--format", "junit"], ["explain"],
            ["sweep", "--format", "csv"], ["draw", "-j1", "--format", "dot"], ["mutants", "-j1"]]
MOST_BYTES = 1500
SECONDS = 300
NUMBER = re.compile(r"(?<![\w.#])-?\d+(\.\d+)?(e-?\d+)?")


def damaged(text, dice):
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        places = [m for m in NUMBER.finditer(text) if not text[:m.start()].endswith("gradcheck: ")]
        if places:
            place = dice.choice(places)
            text = text[:place.start()] + dice.choice(NUMBERS) + text[place.end():]
    return text


def what_is_wrong(done):
    if done.returncode < 0 or done.returncode > 4:
        return f"exit status {done.returncode}"
    if b"Sanitizer" in done.stderr or b"runtime error" in done.stderr:
        return done.stderr.decode(errors="replace")
    return "the reference disagrees with its differences" if b"please report" in done.stdout else None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("gradcheck")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    cases = [path.read_text() for path in sorted(arguments.folder.rglob("*.yaml")) if path.stat().st_size < MOST_BYTES]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "case.yaml")
        for _ in range(arguments.count):
            path.write_text(re.sub(r"(?m)^id: .*$", "id: damaged", damaged(dice.choice(cases), dice)))
            command = [arguments.gradcheck, *dice.choice(COMMANDS), str(path)]
            try:
                wrong = what_is_wrong(subprocess.run(command, capture_output=True, timeout=SECONDS))
            except subprocess.TimeoutExpired:
                wrong = f"not done within {SECONDS} s"
            if wrong:
                failures += 1
                print(f"FAILED: {' '.join(command[1:-1])}: {wrong}\n{path.read_text()}", flush=True)
    print(f"{arguments.count} damaged cases: {failures} failures")
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(main())

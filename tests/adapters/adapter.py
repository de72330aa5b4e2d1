#!/usr/bin/python3
"""Asks an adapter what lint-engine asks, runs it over the case library and compares what fails with what is known to.

  adapter.py GRADCHECK FINDINGS ENGINE [--write]

FINDINGS begins with "# " and the engine's name and version. Then a line for every case that does not pass in some dtype:
"id@dtype verdict  # why"; there must be a why. For another version of the framework only this counts: no case ends in
an error that is not among them, and something was checked. --write makes the lines new; a new line has no reason yet.
"""
import json
import subprocess
import sys
import tempfile

PASSING = ("ok", "kink", "unsupported")


def run(gradcheck, engine):
    """The engine's name, and the verdict of every case and dtype."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [gradcheck, "run", "-q", "--engine", engine, "--format", f"json={file.name}", "cases/"]
        status = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        if status not in (0, 1):
            sys.exit(f"gradcheck: exit status {status}")
        cases = json.load(open(file.name))["cases"]
    runs = [(f"{case['id']}@{run['dtype']}", run) for case in cases for run in case["runs"]]
    return runs[0][1]["engine"], {id: (run["verdict"], run["message"]) for id, run in runs}


def read(path):
    lines = open(path).read().splitlines()
    known = {}
    for line in lines[1:]:
        words, _, why = line.partition("  # ")
        id, verdict = words.split()
        known[id] = (verdict, why)
    return lines[0][2:], known


def write(path, engine, failing, known):
    with open(path, "w") as file:
        file.write(f"# {engine}\n")
        for id, verdict in sorted(failing.items()):
            why = known[id][1] if id in known else ""
            file.write(f"{id} {verdict}  # {why}\n")


def main():
    gradcheck, path, engine = sys.argv[1:4]
    name, verdicts = run(gradcheck, engine)
    version, known = read(path)
    failing = {id: verdict for id, (verdict, _) in verdicts.items() if verdict not in PASSING}
    if "--write" in sys.argv:
        return write(path, name, failing, known)
    lint = subprocess.run([gradcheck, "lint-engine", engine], capture_output=True, text=True)
    problems = lint.stdout.splitlines() if lint.returncode else []
    problems += [f"{id}: no reason in {path}" for id, (_, why) in known.items() if not why.strip()]
    problems += [f"{id}: error: {message}" for id, (verdict, message) in verdicts.items()
                 if verdict == "error" and known.get(id, ("",))[0] != "error"]
    if version == name:
        for id in sorted(failing.keys() | known.keys()):
            now, then = verdicts[id][0] if id in verdicts else "not there", known.get(id, ("no finding",))[0]
            if now != then:
                problems.append(f"{id}: {now}, and {then} in {path}")
    if not any(verdict == "ok" for verdict, _ in verdicts.values()):
        problems.append("nothing was checked")
    print(*problems, sep="\n")
    print(f"{name}: {len(verdicts)} checks, {len(failing)} findings, {len(problems)} of them not as in {path}")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())

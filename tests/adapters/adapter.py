#!/usr/bin/python3
"""Asks an adapter what lint-engine asks, runs it with all laws over the case library (the cases with the tag `large`, which
ask for ten times 400,000 numbers, without) and compares what fails with what is known to.

  adapter.py GRADCHECK FINDINGS ENGINE [--cases FOLDER] [--write]

FINDINGS: adapters/findings.py tells how it is written. What is not in it, and what is and no longer happens, fails. For
another version of the framework only this counts: no case ends in an error that is not among them, and something was
checked. Under "## Ops that NAME lacks", a README beside FINDINGS must name what the engine's hello does not.
--write makes the lines new; a new line has no reason yet.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "adapters"))
import findings


def run(gradcheck, engine, cases):
    """The engine's name, and {id@dtype: run} as the report has them."""
    runs = {}
    for part in (["--laws", "--tag", "!large"], ["--tag", "large"]):
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            command = [gradcheck, "run", "-q", *part, "--engine", engine, "--format", f"json={file.name}", cases]
            status = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
            if status not in (0, 1, 4):  # 4: none of the cases has or lacks the tag
                sys.exit(f"gradcheck: exit status {status}")
            done = json.load(open(file.name))["cases"]
        runs |= {f"{case['id']}@{run['dtype']}": run for case in done for run in case["runs"]}
    if not runs:
        sys.exit("nothing was checked")
    return next(iter(runs.values()))["engine"], runs


def lint(gradcheck, engine):
    """What lint-engine complains of; an engine that tells no inner gradients has its reports name no gate of its backward."""
    done = subprocess.run([gradcheck, "lint-engine", engine], capture_output=True, text=True)
    inner = [line for line in done.stdout.splitlines() if "gradients of inner gates: it gives none" in line]
    return done.stdout.splitlines() if done.returncode else inner


def lacks(gradcheck, engine, readme):
    """Where the list of ops that the engine lacks is not right, if there is one."""
    asked = '{"type":"hello","protocol":1,"gradcheck":"0"}\n{"type":"bye"}\n'
    answer = subprocess.run(shlex.split(engine), input=asked, capture_output=True, text=True,
                            env={**os.environ, "GRADCHECK_PROTOCOL": "1"}).stdout
    hello = json.loads(answer.splitlines()[0])
    name = hello["engine"]["name"]
    listed = re.search(rf"^## Ops that {re.escape(name)} lacks$(.*?)(^## |\Z)", readme.read_text(), re.M | re.S) \
        if readme.exists() else None
    if not listed:
        return []
    ops = {op for members in findings.families(gradcheck).values() for op in members}
    absent, named = ops - set(hello["ops"]), set(re.findall(r"`(\w+)`", listed[1])) & ops
    return [f"{readme}: {name} has no {op}, and it is not listed" for op in sorted(absent - named)] + \
        [f"{readme}: {name} has {op}, and it is listed as lacking" for op in sorted(named - absent)]


def compare(runs, known, path, same_version):
    """Where what happens is not what is known."""
    now, then = collections.defaultdict(list), collections.defaultdict(list)
    for id, result in runs.items():
        now[id] += findings.found(result)
    for id, what in known:
        then[id].append(what)
    problems = [f"{id}: {what}: no reason in {path}" for (id, what), why in known.items() if not why]
    for id in sorted(now.keys() | then.keys()):
        if same_version and sorted(now[id]) != sorted(then[id]):
            here = " and ".join(now[id]) or ("passes" if id in runs else "not there")
            problems.append(f"{id}: {here}; in {path}: {' and '.join(then[id]) or 'no finding'}")
        if "error" in now[id] and "error" not in then[id]:
            problems.append(f"{id}: error: {runs[id]['message']}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gradcheck")
    parser.add_argument("findings")
    parser.add_argument("engine")
    parser.add_argument("--cases", default="cases/")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    name, runs = run(given.gradcheck, given.engine, given.cases)
    version, known = findings.read(given.findings)
    if given.write:
        now = {(id, what): known.get((id, what), "") for id, result in runs.items() for what in findings.found(result)}
        return findings.write(given.findings, name, now)
    problems = lint(given.gradcheck, given.engine)
    problems += lacks(given.gradcheck, given.engine, pathlib.Path(given.findings).parent / "README.md")
    problems += compare(runs, known, given.findings, version == name)
    if not any(findings.verdict(result) == "ok" for result in runs.values()):
        problems.append("nothing was checked")
    print(*problems, sep="\n")
    print(f"{name}: {len(runs)} checks, {sum(len(findings.found(result)) for result in runs.values())} findings; "
          f"{len(problems)} problems")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())

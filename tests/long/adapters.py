#!/usr/bin/python3
"""Runs an engine over variations of the case library: no alarm that nobody has explained.

  adapters.py GRADCHECK [FINDINGS VARIED ENGINE]

A case may fail in variation 1 .. 5 if it is in FINDINGS, where it fails as it stands, or in VARIED: "id  # why",
under a first line with the engine's name and version. A line of VARIED that no variation needs is stale. For another version
of the framework only errors count. Without ENGINE: the built-in one, for which nothing is known.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "adapters"))
import findings


def run(gradcheck, engine, variation):
    """The engine's name, and {id@dtype: (verdict, message)} of what was checked."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [gradcheck, "run", "-q", "--vary", variation, "--seed", variation, "--format", f"json={file.name}", "cases/"]
        command += ["--engine", engine] if engine else []
        status = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        if status not in (0, 1):
            sys.exit(f"gradcheck: exit status {status}")
        cases = json.load(open(file.name))["cases"]
    runs = {f"{case['id']}@{run['dtype']}": (run["verdict"], run["message"]) for case in cases for run in case["runs"]}
    return cases[0]["runs"][0]["engine"], runs


def main():
    gradcheck, path, varied, engine = sys.argv[1:] if len(sys.argv) > 2 else (sys.argv[1], "", "", "")
    version, known = findings.read(path) if path else ("", {})
    failing = {id.partition("@")[0] for id, what in known if what in findings.BY_SEVERITY}  # no law is asked for here
    explained = {case: why for (case,), why in findings.read(varied)[1].items()} if varied else {}
    checks, alarms, problems, needed = 0, 0, [], set()
    for variation in range(1, 6):
        name, runs = run(gradcheck, engine, str(variation))
        checks += sum(verdict in ("ok", "kink") for verdict, _ in runs.values())
        for check, (verdict, message) in runs.items():
            case = check.split("@")[0]
            alarms += verdict not in findings.PASSING
            if verdict in findings.PASSING or (case in failing and case not in explained):
                continue
            needed.add(case)
            if case not in explained and (verdict == "error" or name == version or not engine):
                problems.append(f"--vary {variation}: {check}: {verdict} {message or ''}")
    problems += [f"{case}: no reason in {varied}" for case, why in explained.items() if not why]
    if name == version:
        problems += [f"{case}: passes in all variations, and is in {varied}" for case in explained.keys() - needed]
    print(*problems, sep="\n")
    print(f"{name}: {checks + alarms} checks, {alarms} alarms, {len(problems)} not explained")
    return bool(problems) or not checks


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Writes docs/conformance.md: every engine in this folder over the case library, and who is right where one does not pass.

  adapters/conformance.py BUILD            runs BUILD/gradcheck with each engine; minutes; all frameworks must be there
  adapters/conformance.py --findings       writes only its findings anew, from adapters/*/findings*.txt; needs nothing
  adapters/conformance.py --check          exits with 1 where these are not in it
  adapters/conformance.py --refuse         an engine that refuses everything: its recording has the graph of every case
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap

import findings

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/conformance.md"
HERE = "python3 adapters/conformance.py"
# Name: its findings and its command.
ENGINES = {
    "PyTorch": ("pytorch/findings.txt", "/usr/bin/python3 adapters/pytorch/engine.py"),
    "TensorFlow.js": ("tensorflowjs/findings.txt", "env NODE_PATH={build}/adapters/tensorflowjs/node_modules "
                      "node adapters/tensorflowjs/engine.js"),
    "ADOL-C": ("cpp/findings-adolc.txt", "{build}/adapters/adolc"),
    "Ceres Jets": ("cpp/findings-ceres.txt", "{build}/adapters/ceres"),
    "layers from scratch": ("numpy-from-scratch/findings.txt", "/usr/bin/python3 adapters/numpy-from-scratch/engine.py"),
    "tape in C": ("c/findings.txt", "{build}/adapters/c"),
}
START, END = "until it is mended.\n\n", "\n## Passed, by op"  # around the findings in the document
MOST_NUMBERS = 4  # of a case in the table of conventions


def refuse():
    """Without a list of ops in the hello every case is asked for."""
    for line in sys.stdin:
        request = json.loads(line)
        if request["type"] == "bye":
            break
        hello = {"type": "hello", "protocol": 1, "engine": {"name": "refuses"}, "dtypes": ["float64", "float32"]}
        answer = {"type": "unsupported", "id": request.get("id"), "what": "dtype", "name": "none"}
        print(json.dumps(hello if request["type"] == "hello" else answer), flush=True)


def read_findings(name):
    """The engine's name with its version, and (check, what, why) for each finding."""
    version, known = findings.read(ROOT / "adapters" / ENGINES[name][0])
    return version, [(*key, why) for key, why in known.items()]


def read_varied(name):
    """(case, why) for each case that fails in some variation of it only."""
    path = ROOT / "adapters" / ENGINES[name][0].replace("findings", "varied")
    return [line.split("  # ") for line in path.read_text().splitlines()[1:]]


def run(gradcheck, command):
    """The report, and the recorded exchanges: (request, answer)."""
    with tempfile.TemporaryDirectory() as folder:
        report, recording = f"{folder}/report.json", f"{folder}/recording"
        status = subprocess.run([gradcheck, "run", "-q", "--laws", "--engine", command, "--format", f"json={report}", "--record",
                                 recording, "cases/"], cwd=ROOT, stdout=subprocess.DEVNULL).returncode
        if status not in (0, 1, 4):
            sys.exit(f"{command}: exit status {status}")
        cases = json.loads(pathlib.Path(report).read_text())["cases"]
        exchanges, request = [], None
        with open(recording) as lines:
            for line in lines:
                if line.startswith("> "):
                    request = json.loads(line[2:])
                elif line.startswith("< ") and request and request["type"] == "grad" and len(line) < 10**6:
                    exchanges.append((request, json.loads(line[2:])))
        return cases, exchanges


def tally(cases, ops_of):
    """For each op the verdicts of the checks that it occurs in; one that fails counts at the op that is guilty."""
    counts = collections.defaultdict(collections.Counter)
    for case in cases:
        for check in case["runs"]:
            ops = ops_of.get(case["id"], [])
            verdict = findings.verdict(check)
            verdict = "passed" if verdict in ("ok", "kink") else verdict
            if verdict not in ("passed", "unsupported") and check["guilty_op"] in ops:
                ops = [check["guilty_op"]]
            for op in ops:
                counts[op][verdict] += 1
    return counts


def cell(counts):
    failed = ", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items())
                       if verdict not in ("passed", "unsupported") and n)
    if not counts["passed"] and not failed:
        return "-"
    return f"{counts['passed']}" + (f", **{failed}**" if failed else "")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def overview(results):
    rows = []
    for name, (version, cases, _) in results.items():
        counts = collections.Counter(findings.verdict(check) for case in cases for check in case["runs"])
        breaking = sum(bool(findings.broken_laws(check)) for case in cases for check in case["runs"])
        rows.append([name, version, *(str(counts[verdict]) for verdict in (
            "ok", "kink", "inaccurate", "wrong", "nonfinite", "error", "unsupported")), str(breaking)])
    return table(["engine", "version", "ok", "kink", "inaccurate", "wrong", "not finite", "error", "unsupported",
                  "breaking a law"], rows)


def by_op(results, ops, ops_of):
    counts = {name: tally(cases, ops_of) for name, (_, cases, _) in results.items()}
    summary = [[family, *(cell(sum((counts[name][op] for op in members), collections.Counter())) for name in results)]
               for family, members in ops.items()]
    each = [[f"`{op}`", *(cell(counts[name][op]) for name in results)] for members in ops.values() for op in members]
    return table(["family", *results], summary), table(["op", *results], each)


def compact(tensor):
    if tensor is None:
        return "0"
    numbers = [x if isinstance(x, str) else f"{x:.4g}" for x in tensor["data"]]
    return numbers[0] if not tensor["shape"] else "[" + ", ".join(numbers) + "]"


def graph_of(request):
    """The graph as text, with the inputs' values, and the seed where it is not 1."""
    inputs = {name: compact(x) for name, x in request["inputs"].items()}
    nodes = []
    for node in request["graph"]:
        options = [f"{key}={f'{value:.4g}' if isinstance(value, float) else value}"
                   for key, value in node["attributes"].items() if value is not False]
        nodes.append(f"{node['name']} = {node['op']}({', '.join(node['inputs'] + options)})")
    given = ", ".join(f"{name} = {value}" for name, value in inputs.items())
    seed = compact(request["seed"])
    return f"`{'; '.join(nodes)}` at {given}" + ("" if seed == "1" else f", seed {seed}")


def conventions(results):
    """What each engine answered to the small cases in cases/kinks: the gradients of the parameters, in order."""
    rows, answers = {}, collections.defaultdict(dict)
    for name, (_, _, exchanges) in results.items():
        for request, answer in exchanges:
            case = request["id"].partition("@")[0]
            numbers = sum(len(x.get("data", [0] * 9)) for x in request["inputs"].values())
            if not case.startswith("kinks/") or "#" in request["id"] or numbers > MOST_NUMBERS:
                continue
            if answer["type"] == "result" and name not in answers[case]:
                rows.setdefault(case, graph_of(request))
                answers[case][name] = "; ".join(compact(answer["grads"].get(x)) for x in request["wrt"])
            elif answer["type"] == "error":
                answers[case].setdefault(name, "error")
    return table(["case", *results], [[rows[case], *(answers[case].get(name, "-") for name in results)]
                                      for case in sorted(rows)])


def listed(items):
    return textwrap.fill(", ".join(items), 118, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False,
                         break_long_words=False) + "\n"


def laws(results):
    """How often each law was checked, and broken."""
    names, rows = [], collections.defaultdict(dict)
    for name, (_, cases, _) in results.items():
        for law in (law for case in cases for check in case["runs"] for law in check["laws"] or []):
            if law["law"] not in names:
                names.append(law["law"])
            checked, broken = rows[law["law"]].get(name, (0, []))
            rows[law["law"]][name] = (checked + law["checked"], broken + [law] * law["broken"])

    def text(checked, broken):
        ops = ", ".join(sorted({law["op"] or "a graph" for law in broken}))
        noise = sum(law["noise"] for law in broken)
        lost = f" ({noise} by noise)" if noise else ""
        return f"{checked}" + (f", **{len(broken)} broken**{lost}: {ops}" if broken else "")
    return table(["law", *results], [[law, *(text(*rows[law].get(name, (0, []))) for name in results)] for law in names])


def findings_text():
    """A paragraph for every reason of every engine."""
    parts = []
    for name in ENGINES:
        version, known = read_findings(name)
        reasons = collections.defaultdict(list)
        for check, what, why in known:
            reasons[why].append(f"{check} ({what})")
        parts.append(f"### {name} ({version})\n")
        if not known:
            parts.append("Nothing: every case that it supports passes.\n")
        for why, checks in sorted(reasons.items(), key=lambda item: (item[0].startswith("a false alarm"), item[1])):
            who = "gradcheck is wrong" if why.startswith("a false alarm") else "The engine is off"
            parts.append(f"* {who}: {why}.")
            parts.append(listed(checks))
        reasons = collections.defaultdict(list)
        for case, why in read_varied(name):
            reasons[why].append(case)
        if reasons:
            parts.append("Passing as they stand, and failing in one or more of the variations `--vary 1` to `--vary 5`:\n")
        for why, cases in sorted(reasons.items()):
            parts.append(f"* {why}.")
            parts.append(listed(cases))
    return "\n".join(parts)


def oracle_text():
    """What the oracle says about every case of a finding: its differences know no derivative."""
    cases = sorted({check.partition("@")[0] for name in ENGINES for check, _, _ in read_findings(name)[1]})

    def check(case):
        return subprocess.run(["/usr/bin/python3", "tests/oracles/oracle.py", "--check", f"cases/{case}.yaml"], cwd=ROOT,
                              text=True, capture_output=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as several:
        doubts = [(done.stderr or done.stdout).strip().splitlines()[-1] for done in several.map(check, cases)
                  if done.returncode]
    text = f"Of the {len(cases)} cases below it confirms {len(cases) - len(doubts)}."
    return text + "".join(f"\n* {doubt}" for doubt in doubts) + "\n"


HEAD = """# Conformance

What gradcheck finds when other engines compute the case library: `{here} build` writes this page. Each check is a
case in one number format. A case counts at every op that occurs in it; one that fails, at the op where the first wrong
gradient arises. *kink*: right, at a corner where several answers are (below). *unsupported*: the engine or its adapter
has no such op, attribute, rank or gradient.

{overview}
The verdicts are explained in [verdicts.md](verdicts.md); the adapters are in [adapters/](../adapters).

## Passed, by family

A number counts checks that pass; bold, those that do not; `-`: none that the engine supports.

{families}
## Laws

What holds for every engine ([verdicts.md](verdicts.md#laws)): how often each was checked over the library, and where it
is broken.

{laws}
Which checks these are, and the cause of each, is below with the other findings. Two causes are behind all of them:

* `linear`: lost digits. The exact gradient is linear in the seed, so g(a) + g(b) - g(a + b) is nothing but the
  engine's own errors at three seeds. No formula here is not linear: what is found is another number, often of another sign, at
  points a few units of the last place away, and where it is found in float32 and in float64, it is smaller in float64 by
  about 2^29, the ratio of their units (large attention scores apart). For instance softsign at x = -10^6 in float64, which PyTorch differentiates as
  dy / (1 + |x|) - dy (|x| / (1 + |x|)) / (1 + |x|): for the seeds -1.5, 0.5 and -1 it is off from the gradient at 256 bits
  by -1.64e-22, 0.90e-22 and -1.80e-22, and (-1.64 + 0.90 + 1.80) 1e-22 is the 1.06e-22 that is found, of a gradient of 1e-12.
  This alone makes no check worse than `inaccurate`. hard/attention-large-scores in float64 is `wrong`, by its gradients
  and by this law, in PyTorch and in ADOL-C: one weight rounds to 1, and the products of the others' with dy are lost beside its dy, whatever point
  is asked for, but not for the one seed of the three for which that dy is exactly 0.
* `unused-parameter`: forward mode by dual numbers. The derivative by a parameter that the output does not depend on is
  0 at any point. A Jet has it as the number 0 and multiplies it by each slope on the way; where a slope is infinite or
  NaN (sqrt, hypot, atan2 and pow at 0), the product is NaN. In reverse mode nothing ever comes to such a parameter. This is
  wrong, also where the gradient of x itself is right, as of sqrt at 0.

## Differences of convention

At a corner there is no derivative, and engines choose. The smaller cases of [cases/kinks](../cases/kinks) with the
gradients that each engine answered, in float64 where it has that (parameters separated by `;`). `-`: unsupported.
gradcheck's own choices are under "convention" in [ops.md](ops.md).

{conventions}
## Who is right

For every check that does not pass. gradcheck's side is the reference at 256 bits, certified by differences at that
precision; and, independently, `tests/oracles/oracle.py`: NumPy's semantics over numbers of 1400 digits of mpmath, gradients
by differences of the value alone. {oracle}
The engines' side is said by whoever looked at the numbers and the engine's source: the reasons are in
`adapters/*/findings*.txt`. "Cancels" means: the formula is right, and in the number format it loses the digits that another
formula keeps. A false alarm is gradcheck's mistake, and listed as one until it is mended.

{findings}
## Passed, by op

{ops}"""


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        return __doc__
    if sys.argv[1:] == ["--refuse"]:
        return refuse()
    if sys.argv[1] in ("--check", "--findings"):
        before, start, rest = DOCUMENT.read_text().partition(START)
        found, end, after = rest.partition(END)
        if sys.argv[1] == "--findings":
            DOCUMENT.write_text(before + start + findings_text() + end + after)
        elif found != findings_text():
            return f"docs/{DOCUMENT.name} has not the findings of adapters/*/findings*.txt: {HERE} --findings"
        return 0
    build = pathlib.Path(sys.argv[1]).resolve()
    gradcheck = str(build / "gradcheck")
    ops_of = {request["id"].partition("@")[0]: sorted({node["op"] for node in request["graph"]})
              for request, _ in run(gradcheck, f"{HERE} --refuse")[1]}
    results = {}
    for name, (_, command) in ENGINES.items():
        cases, exchanges = run(gradcheck, command.format(build=build))
        version = next(check["engine"] for case in cases for check in case["runs"])
        if version != read_findings(name)[0]:
            return f"{name} is {version} here, and {read_findings(name)[0]} in its findings"
        results[name] = (version, cases, exchanges)
        here = {(f"{case['id']}@{check['dtype']}", what) for case in cases for check in case["runs"]
                for what in findings.found(check)}
        for check, what in sorted(here ^ {known[:2] for known in read_findings(name)[1]}):
            stands = "is in no findings" if (check, what) in here else "is a finding no longer"
            print(f"{name}: {check} {what} {stands}", file=sys.stderr)
    by_family, each_op = by_op(results, findings.families(gradcheck), ops_of)
    DOCUMENT.write_text(HEAD.format(here=HERE, overview=overview(results), families=by_family, ops=each_op,
                                    conventions=conventions(results), laws=laws(results), oracle=oracle_text(),
                                    findings=findings_text()))


if __name__ == "__main__":
    sys.exit(main())

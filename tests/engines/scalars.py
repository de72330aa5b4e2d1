#!/usr/bin/python3
"""An engine of scalars in plain Python, for tests; with an argument it does one thing wrong.

  scalars.py [FAULT [FILE [NAME]]]

FILE remembers, across restarts, that the fault was shown: it is then shown once only. NAME is for finding the process.
"""
import json
import math
import os
import signal
import struct
import subprocess
import sys
import time

OPS = {
    "add": (lambda a, b: a + b, lambda a, b: (1, 1)),
    "sub": (lambda a, b: a - b, lambda a, b: (1, -1)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "pow": (lambda a, b: a**b, lambda a, b: (b * a ** (b - 1), a**b * math.log(a) if a > 0 else 0)),
    "exp": (lambda a: math.exp(a), lambda a: (math.exp(a),)),
    # its own: right, wrong, with noise as of float32, with a corner, nowhere defined
    "engine:cube": (lambda a: a**3, lambda a: (3 * a**2,)),
    "engine:cube_wrong": (lambda a: a**3, lambda a: (2 * a**2,)),
    "engine:rough_sin": (lambda a: single(math.sin(single(a))), lambda a: (math.cos(a),)),
    "engine:rough_sin_wrong": (lambda a: single(math.sin(single(a))), lambda a: (math.cos(a) * 1.01,)),
    "engine:ramp": (lambda a: max(a, 0.0), lambda a: (float(a > 0),)),
    "engine:nothing": (lambda a: math.nan, lambda a: (1.0,)),
}
HELLO = {"type": "hello", "protocol": 1, "engine": {"name": "scalars", "version": "1"}, "dtypes": ["float64"],
         "ops": list(OPS), "numbers": ["decimal"]}


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def say(message):
    text = message if isinstance(message, str) else json.dumps(message)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def gradients(request):
    """Values and gradients of all nodes."""
    value = {name: tensor["data"][0] if tensor["data"] else 0.0 for name, tensor in request["inputs"].items()}
    for name in value:
        value[name] = float(value[name])
    for node in request["graph"]:
        value[node["name"]] = OPS[node["op"]][0](*(value[x] for x in node["inputs"]))
    grad = dict.fromkeys(value, 0.0)
    if request["type"] == "value":
        return value, grad
    grad[request["output"]] = float((request["seed"]["data"] or [0])[0])
    for node in reversed(request["graph"]):
        partials = OPS[node["op"]][1](*(value[x] for x in node["inputs"]))
        for x, partial in zip(node["inputs"], partials):
            grad[x] += grad[node["name"]] * partial
    return value, grad


def tensor(x, shape=()):
    return {"shape": list(shape), "data": [x]}


def answer(request):
    if request.get("type") not in ("grad", "value"):
        return {"type": "unsupported", "id": request.get("id"), "what": "type", "name": request.get("type")}
    for node in request["graph"]:
        if node["op"] not in OPS:
            return {"type": "unsupported", "id": request["id"], "what": "op", "name": node["op"]}
    for x in request["inputs"].values():
        if x["shape"]:
            return {"type": "unsupported", "id": request["id"], "what": "rank", "name": str(len(x["shape"]))}
    value, grad = gradients(request)
    return {"type": "result", "id": request["id"], "value": tensor(value[request["output"]]),
            "grads": {x: tensor(grad[x]) for x in request.get("wrt", []) + request.get("want", [])}}


def grandchild():
    return subprocess.Popen(["sleep", os.environ.get("SLEEP", "600")])


def large(start):
    """A gigabyte without an end of line."""
    block = start * (1 << 20)
    for _ in range(1 << 10):
        sys.stdout.write(block)
    say("")


def show(fault, request, right):
    """Answers wrongly."""
    first = request["wrt"][0]
    if fault == "gone":
        os._exit(5)
    elif fault == "garbage":
        say("\x1b[31mSegmentation fault\x07")
    elif fault == "half-line":
        sys.stdout.write(json.dumps(right)[:20])
        sys.stdout.flush()
        os._exit(0)
    elif fault == "huge-line":
        large("x")
    elif fault == "deep":
        say("[" * 200000)
    elif fault == "deep-field":
        say('{"type":"result","x":' + "[" * 100000 + "]" * 100000 + "}")
    elif fault == "wrong-id":
        say({**right, "id": "other"})
    elif fault == "no-id":
        del right["id"]
        say(right)
    elif fault == "twice":
        sys.stdout.write((json.dumps(right) + "\n") * 2)
        sys.stdout.flush()
    elif fault == "late":
        time.sleep(3)
        say(right)
    elif fault == "nan-token":
        right["grads"][first]["data"] = [math.nan]
        right["grads"]["unasked"] = tensor(math.inf)
        say(right)
    elif fault == "infinity-string":
        right["grads"][first]["data"] = ["-inf"]
        say(right)
    elif fault == "wrong-shape":
        right["grads"][first] = {"shape": [2, 2], "data": [1, 2, 3, 4]}
        say(right)
    elif fault == "wrong-count":
        right["grads"][first] = {"shape": [2, 2], "data": [1, 2, 3]}
        say(right)
    elif fault == "strange-shape":
        right["grads"][first] = {"shape": [-1, 1e300], "data": []}
        say(right)
    elif fault == "rank-20":
        right["grads"][first]["shape"] = [1] * 20
        say(right)
    elif fault == "words":
        right["grads"][first]["data"] = ["six"]
        say(right)
    elif fault == "missing":
        del right["grads"][first]
        say(right)
    elif fault == "renamed":
        right["grads"] = {x.upper(): right["grads"][x] for x in right["grads"]}
        say(right)
    elif fault == "raises":
        sys.stderr.buffer.write("RuntimeError: 크기가 다르다\n".encode())
        sys.stderr.flush()
        os._exit(1)
    elif fault == "nan-first":
        right["grads"][min(right["grads"])]["data"] = [math.nan]
        say(right)
    elif fault == "null":
        right["grads"][first] = None
        say(right)
    elif fault == "extra":
        right["grads"]["nobody"] = tensor(7, [1, 1])
        right["thoughts"] = {"a": [1, None]}
        say(right)
    elif fault == "no-grads":
        del right["grads"]
        say(right)
    elif fault == "no-value":
        del right["value"]
        say(right)
    elif fault == "factor":
        right["grads"][first]["data"][0] *= 1 + 1e-9
        say(right)
    elif fault == "inner":
        for x in right["grads"]:
            right["grads"][x]["data"][0] *= 2
        say(right)
    elif fault == "claimed-op":
        say({"type": "unsupported", "id": request["id"], "what": "op", "name": request["graph"][0]["op"]})
    elif fault == "attribute":
        say({"type": "unsupported", "id": request["id"], "what": "attribute", "name": "axes"})
    elif fault == "error":
        say({"type": "error", "id": request["id"], "message": "out of \x1b[31mpaper"})
    elif fault == "sleep":
        time.sleep(600)
    elif fault == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    elif fault == "grandchildren":
        grandchild()
        grandchild()
        os._exit(7)
    elif fault == "grandchildren-hang":
        grandchild()
        time.sleep(600)
    elif fault == "flood":
        for _ in range(1 << 12):
            sys.stderr.write("warning: " + "y" * 1000 + "\n")
        say(right)
    elif fault == "deaf":
        os.close(0)
        say(right)
        time.sleep(600)
    elif fault == "killed":
        sys.stdout.write(json.dumps(right)[:20])
        sys.stdout.flush()
        sys.stderr.write("about to go\n")
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault == "mute":
        os.close(1)
        time.sleep(600)
    else:
        sys.exit(f"unknown fault {fault}")


def break_law(law, request, asked):
    """A right answer, but for one law of engines. `asked`: how many requests came before."""
    right = answer(request)
    if right["type"] != "result":
        return right
    grads, seed = right["grads"], request.get("seed", tensor(1))["data"][0]
    used = {x for node in request["graph"] for x in node["inputs"]}
    factor, offset, of = 1, 0, list(grads)
    if law == "deterministic":
        factor = 1 + (asked % 2) * 2.0**-52
    elif law == "zero-seed":
        offset = seed == 0
    elif law == "linear":
        factor = seed
    elif law == "digits":
        offset = 1.5 * 2.0**51  # a sum that keeps halves; what it is about is whole numbers at a seed of 1
    elif law == "fewer":
        factor = 1 + (len(request["wrt"]) == 1)
    elif law == "unused":
        offset, of = 0.5, [x for x in grads if x not in used and x != request["output"]]
    elif law == "unused-missing":
        right["grads"] = {x: grads[x] for x in grads if x in used or x == request["output"]}
        of = []
    elif law == "unused-fails" and "unused" in request["wrt"]:
        return {"type": "error", "id": request["id"], "message": "one of the tensors was not used"}
    for x in of:
        grads[x]["data"][0] = grads[x]["data"][0] * factor + offset - (offset if law == "digits" else 0)
    return right


def main():
    fault = sys.argv[1] if len(sys.argv) > 1 else "none"
    once = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] else None
    hello = dict(HELLO)
    if fault == "exits":
        sys.exit("no license")
    if fault == "gone" and os.path.exists(once):
        sys.exit("gone for good")
    if fault == "banner":
        say("Welcome to scalars 1.0")
    if fault == "hello-sleeps":
        time.sleep(600)
    if fault == "hello-protocol":
        hello["protocol"] = 2
    if fault == "hello-name":
        del hello["engine"]
    if fault == "float32":
        hello["dtypes"] = ["float32"]
    if fault == "misspelt":
        hello["ops"] = [*OPS, "maxpool2d"]
    if fault == "no-mul":
        hello["ops"] = ["add"]
    if fault == "flushes":
        hello["flushes_to_zero"] = True
    if fault == "bye":
        grandchild()
    law = fault[4:] if fault.startswith("law-") else None
    for asked, line in enumerate(sys.stdin):
        request = json.loads(line)
        if request.get("type") == "hello":
            assert os.environ.get("GRADCHECK_PROTOCOL") == "1"
            say({"type": "error", "message": "no license"} if fault == "hello-error" else hello)
        elif request.get("type") == "bye":
            if fault == "bye":
                time.sleep(600)
            break
        elif law:
            say(break_law(law, request, asked))
        elif fault in ("none", "banner", "float32", "no-mul", "bye", "flushes", "misspelt") or (once and os.path.exists(once)):
            say(answer(request))
        else:
            if once:
                open(once, "w").close()
            show(fault, request, answer(request))


if __name__ == "__main__":
    main()

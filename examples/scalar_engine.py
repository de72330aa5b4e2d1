#!/usr/bin/python3
"""A tape of scalars as an engine: gradcheck run --engine examples/scalar_engine.py cases/lectures/"""
import json
import math
import sys

# op: its value, and its derivative in each input
OPS = {
    "add": (lambda a, b: a + b, lambda a, b: (1, 1)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "neg": (lambda a: -a, lambda a: (-1,)),
    "exp": (lambda a: math.exp(a), lambda a: (math.exp(a),)),
    "reciprocal": (lambda a: 1 / a, lambda a: (-1 / a**2,)),
}


def grad(request):
    for x in request["inputs"].values():
        if x["shape"]:
            return {"type": "unsupported", "what": "rank", "name": str(len(x["shape"]))}
    value = {name: float(x["data"][0]) for name, x in request["inputs"].items()}
    for node in request["graph"]:
        if node["op"] not in OPS:
            return {"type": "unsupported", "what": "op", "name": node["op"]}
        value[node["name"]] = OPS[node["op"]][0](*(value[x] for x in node["inputs"]))
    grads = {name: 0.0 for name in value}
    grads[request["output"]] = request["seed"]["data"][0]
    for node in reversed(request["graph"]):
        partials = OPS[node["op"]][1](*(value[x] for x in node["inputs"]))
        for x, partial in zip(node["inputs"], partials):
            grads[x] += grads[node["name"]] * partial
    tensor = lambda number: {"shape": [], "data": [number]}
    return {"type": "result", "value": tensor(value[request["output"]]),
            "grads": {name: tensor(grads[name]) for name in request["wrt"] + request["want"]}}


for line in sys.stdin:
    request = json.loads(line)
    if request["type"] == "bye":
        break
    answer = {"type": "unsupported", "what": "type", "name": request["type"]}
    if request["type"] == "hello":
        answer = {"type": "hello", "protocol": 1, "engine": {"name": "scalars"}, "dtypes": ["float64"], "ops": list(OPS)}
    elif request["type"] == "grad":
        answer = grad(request)
    print(json.dumps({**answer, "id": request.get("id")}), flush=True)

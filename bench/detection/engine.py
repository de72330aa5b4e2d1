#!/usr/bin/python3
"""The pairs as an engine: answers with the right or the wrong backward of the pair that a case is named after.

  gradcheck run --engine 'bench/detection/engine.py wrong' FOLDER        FOLDER: as detection.py writes it
"""
import json
import sys

import torch

from pairs import PAIRS

DTYPES = {"float64": torch.float64, "float32": torch.float32, "int64": torch.int64, "bool": torch.bool}


def tensor(given, dtype):
    data = given["data"]
    numbers = [float(x) for x in data] if dtype.startswith("float") else data
    return torch.tensor(numbers, dtype=DTYPES[dtype]).reshape(given["shape"])


def message(x):
    return {"shape": list(x.shape), "data": x.reshape(-1).tolist()}


def grad(request, which):
    dtype = request["dtype"]
    pair = next(pair for pair in PAIRS if request["id"].startswith(f"detection/{pair.name}@"))
    # To name the guilty gate, parts of the graph are asked for. These functions have no parts.
    if not set(pair.inputs) <= set(request["inputs"]) or request["output"] != pair.graph[-1].split(" = ")[0]:
        return {"type": "unsupported", "what": "op", "name": request["graph"][0]["op"]}
    inputs = [tensor(request["inputs"][name], request["inputs"][name].get("dtype", dtype)) for name in pair.inputs]
    grads = getattr(pair, which)(tensor(request["seed"], dtype), *inputs)
    grads = dict(zip(pair.inputs, grads if isinstance(grads, tuple) else (grads,)))
    return {"type": "result", "value": message(pair.forward(*inputs)),
            "grads": {name: message(grads[name]) if name in grads else None for name in request["wrt"]}}


def main():
    torch.set_num_threads(1)
    for line in sys.stdin:
        request = json.loads(line)
        if request["type"] == "bye":
            break
        if request["type"] == "hello":
            answer = {"type": "hello", "protocol": 1, "engine": {"name": f"the {sys.argv[1]} backward passes"},
                      "dtypes": ["float64", "float32"]}
        elif request["type"] == "grad":
            answer = grad(request, sys.argv[1])
        else:
            answer = {"type": "unsupported", "what": "type", "name": request["type"]}
        print(json.dumps({**answer, "id": request.get("id")}), flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Layers from scratch as an engine.

  gradcheck run --engine adapters/numpy-from-scratch/engine.py cases/
"""
import json
import sys

import numpy as np

import layers

LAYERS = {
    "add": layers.Add, "sub": layers.Sub, "mul": layers.Mul, "div": layers.Div, "neg": layers.Neg,
    "reciprocal": layers.Reciprocal, "square": layers.Square, "exp": layers.Exp, "log": layers.Log,
    "sigmoid": layers.Sigmoid, "tanh": layers.Tanh, "relu": layers.ReLU, "matmul": layers.MatMul,
    "affine": layers.Affine, "sum": layers.Sum, "mean": layers.Mean, "repeat": layers.Repeat,
    "softmax": layers.Softmax, "softmax_cross_entropy": layers.SoftmaxWithLoss, "l2_regularization": layers.L2,
}
HELLO = {"type": "hello", "protocol": 1, "engine": {"name": "numpy-from-scratch", "version": np.__version__},
         "dtypes": ["float64", "float32"], "ops": list(LAYERS)}


class Unsupported(Exception):
    pass


def supported(node, inputs):
    """Layers for batches of vectors, with the attributes that the lectures have."""
    op, attributes, ranks = node["op"], node["attributes"], [x.ndim for x in inputs]
    if op in ("matmul", "affine"):
        return ranks[:2] == [2, 2] and len(inputs) == (3 if op == "affine" else 2)
    if op == "softmax":
        return ranks[0] > 0 and attributes["axis"] in (-1, ranks[0] - 1)
    if op == "softmax_cross_entropy":
        labels = inputs[1].dtype == np.int64 and ranks == [2, 1]
        return labels and attributes == {"reduction": "mean", "label_smoothing": 0}
    return op != "repeat" or len(attributes["repeats"]) == 1


def read(tensor, dtype):
    return np.array([float(x) for x in tensor["data"]] if dtype[0] == "f" else tensor["data"], dtype).reshape(
        tensor["shape"])


def write(array):
    return {"shape": list(array.shape), "data": array.reshape(-1).tolist()}


def grad(request):
    dtype = request["dtype"]
    values = {name: read(tensor, tensor["dtype"]) for name, tensor in request["inputs"].items()}
    tape = []
    for node in request["graph"]:
        inputs = [values[name] for name in node["inputs"]]
        if not supported(node, inputs):
            raise Unsupported(f"{node['op']}{node['attributes']}")
        layer = LAYERS[node["op"]](**node["attributes"])
        values[node["name"]] = np.asarray(layer.forward(*inputs))
        tape.append((layer, node))
    grads = {name: np.zeros_like(value) for name, value in values.items()}
    grads[request["output"]] = read(request["seed"], dtype)
    for layer, node in reversed(tape):
        for name, dx in zip(node["inputs"], layer.backward(grads[node["name"]])):
            if dx is not None:
                grads[name] = grads[name] + dx  # branches add up
    return {"type": "result", "id": request["id"], "value": write(values[request["output"]]),
            "grads": {name: write(grads[name]) for name in request["wrt"] + request["want"]}}


def answer(request):
    if request["type"] == "hello":
        return HELLO
    if request["type"] != "grad":
        return {"type": "unsupported", "id": request.get("id"), "what": "type", "name": request["type"]}
    for node in request["graph"]:
        if node["op"] not in LAYERS:
            return {"type": "unsupported", "id": request["id"], "what": "op", "name": node["op"]}
    try:
        return grad(request)
    except Unsupported as what:
        return {"type": "unsupported", "id": request["id"], "what": "attribute", "name": str(what)}


np.seterr(all="ignore")
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "bye":
        break
    print(json.dumps(answer(message)), flush=True)

#!/usr/bin/python3
"""PyTorch as an engine: reads requests from standard input, answers each with PyTorch's value and gradients.

  gradcheck run --engine adapters/pytorch/engine.py cases/
"""
import base64
import json
import sys

import numpy as np
import torch

from ops import OPS, Unsupported

DTYPES = {"float64": torch.float64, "float32": torch.float32, "int64": torch.int64, "bool": torch.bool}
NUMPY = {"float64": "<f8", "float32": "<f4", "int64": "<i8", "bool": "?"}
BASE64_FROM = 4097  # elements from which decimals are slow


def own_ops():
    """What PyTorch has beside gradcheck's ops, as black boxes: "engine:NAME" is NAME of torch.nn.functional or torch.special,
    called with the arguments alone."""
    own = {}
    for module in (torch.special, torch.nn.functional):
        for name, f in vars(module).items():
            if callable(f) and not name.startswith("_") and not isinstance(f, type):
                own[f"engine:{name}"] = lambda *x, shape, f=f: f(*x)
    return own


OPS.update(own_ops())


def hello():
    return {"type": "hello", "protocol": 1, "engine": {"name": "pytorch", "version": torch.__version__},
            "dtypes": ["float64", "float32"], "ops": sorted(OPS), "numbers": ["decimal", "base64"]}


def read_tensor(given, dtype):
    """A tensor of the message as one of PyTorch. Strings such as "nan" are what float() takes, too."""
    dtype = given.get("dtype", dtype)
    if "base64" in given:
        numbers = np.frombuffer(base64.b64decode(given["base64"]), NUMPY[dtype]).copy()
    elif dtype.startswith("float"):
        numbers = np.array([float(x) for x in given["data"]], NUMPY[dtype])
    else:
        numbers = np.array(given["data"], NUMPY[dtype])
    return torch.from_numpy(numbers).reshape(given["shape"])


def write_tensor(tensor, dtype):
    shape = list(tensor.shape)
    if tensor.numel() >= BASE64_FROM:
        raw = tensor.detach().contiguous().numpy().astype(NUMPY[dtype]).tobytes()
        return {"shape": shape, "base64": base64.b64encode(raw).decode()}
    return {"shape": shape, "data": tensor.detach().reshape(-1).tolist()}


def forward(request):
    """Every node's tensor by its name."""
    nodes = {name: read_tensor(given, request["dtype"]) for name, given in request["inputs"].items()}
    for name in request["wrt"]:
        nodes[name].requires_grad_()
    for node in request["graph"]:
        if node["op"] not in OPS:
            raise Unsupported("op", node["op"])
        arguments = [nodes[name] for name in node["inputs"]]
        y = OPS[node["op"]](*arguments, **node["attributes"])
        # An op that has nothing to do may give back its argument; as a node it has a gradient of its own.
        nodes[node["name"]] = y.view_as(y) if any(y is x for x in arguments) else y
    return nodes


def gradients(nodes, request):
    """The gradients asked for, by name; None where the output does not depend on the node."""
    output, seed = nodes[request["output"]], read_tensor(request["seed"], request["dtype"])
    asked = [name for name in request["wrt"] + request.get("want", []) if nodes[name].requires_grad]
    if not output.requires_grad or not asked:
        return dict.fromkeys(request["wrt"])
    found = torch.autograd.grad(output, [nodes[name] for name in asked], seed, allow_unused=True)
    return dict(zip(asked, found))


def grad(request):
    dtype = request["dtype"]
    nodes = forward(request)
    found = gradients(nodes, request)
    return {"type": "result", "id": request["id"], "value": write_tensor(nodes[request["output"]], dtype),
            "grads": {name: None if g is None else write_tensor(g, dtype) for name, g in found.items()}}


def value(request):
    """Without gradients, as differences of an op of our own need it."""
    y = forward({**request, "wrt": []})[request["output"]]
    return {"type": "result", "id": request["id"], "value": write_tensor(y, request["dtype"])}


def answer(request):
    if request["type"] == "hello":
        return hello()
    if request["type"] not in ("grad", "value"):
        return {"type": "unsupported", "id": request.get("id"), "what": "type", "name": request["type"]}
    try:
        return grad(request) if request["type"] == "grad" else value(request)
    except Unsupported as refusal:
        return {"type": "unsupported", "id": request["id"], "what": refusal.what, "name": refusal.name}
    except Exception as error:  # it says so, and goes on
        if "not differentiable with respect to" in str(error):  # PyTorch's word for a gradient that it does not have
            return {"type": "unsupported", "id": request["id"], "what": "attribute", "name": str(error).split(". ")[0]}
        return {"type": "error", "id": request["id"], "message": f"{type(error).__name__}: {error}"}


def main():
    torch.set_num_threads(1)
    for line in sys.stdin:
        request = json.loads(line)
        if request["type"] == "bye":
            break
        print(json.dumps(answer(request)), flush=True)


if __name__ == "__main__":
    main()

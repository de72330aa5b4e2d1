"""What NumPy writes is read, to the last bit: numpy_files.py GRADCHECK.

Arrays of every type, order and shape are saved with numpy.save, savez and savez_compressed. A case takes each as
an input, and expects its numbers as exact decimals, which are compared at 256 bits. Then the gradients of a small
net, by NumPy, saved in each way and judged.
"""
import decimal
import itertools
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

gradcheck = os.path.abspath(sys.argv[1])
failures = 0


def run(status, *arguments):
    global failures
    done = subprocess.run([gradcheck, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != status:
        failures += 1
        print(f"FAILED: {arguments}: exit status {done.returncode}, not {status}\n{done.stdout}")


def exact(x):
    """Nested lists of the numbers, every digit written out."""
    return [exact(row) for row in x] if x.ndim else format(decimal.Decimal(float(x)), "f") if x.dtype.kind == "f" else str(x)


def write_case(path, inputs, graph, output, value, more={}):
    case = {"gradcheck": 1, "id": "numpy/x", "dtypes": ["float64"], "inputs": inputs, "graph": graph, "output": output,
            "expect": {"value": value, "by": "closed-form"}, **more}
    with open(path, "w") as file:
        json.dump(case, file)


def floats(type, shape, generator):
    x = generator.standard_normal(shape)
    special = np.array([0.0, -0.0, np.finfo(type).max, np.finfo(type).tiny / 4, -1 / 3])
    return np.where(generator.random(shape) < 0.3, generator.choice(special, shape), x).astype(type)


def reads_floats(folder, generator):
    arrays = {}
    shapes = [(), (1,), (7,), (2, 3), (3, 1, 2), (2, 3, 2, 2), (1, 2, 1, 2, 1, 2, 1, 2)]
    for code, order, shape in itertools.product(("f2", "f4", "f8"), "<>", shapes):
        for fortran in (False, True):
            x = floats(order + code, shape, generator)
            arrays[f"x{len(arrays)}"] = np.asfortranarray(x) if fortran else x
    arrays["strided"] = generator.standard_normal((6, 8))[::2, ::-3]
    np.savez(folder + "/stored.npz", **arrays)
    np.savez_compressed(folder + "/deflated.npz", **arrays)
    for name, x in arrays.items():
        np.save(f"{folder}/{name}.npy", x)
    value = {name: exact(x) for name, x in arrays.items()}
    graph = [f"s{name} = mean({name})" for name in arrays] + [f"f = add_n({', '.join('s' + name for name in arrays)})"]
    for pattern in ("{}.npy", "stored.npz#{}", "deflated.npz#{}"):
        inputs = {name: {"file": pattern.format(name), "shape": list(x.shape)} for name, x in arrays.items()}
        write_case(folder + "/case.json", inputs, graph, "f", value)
        run(0, "check", folder + "/case.json", "--exhaustive", "0")


def reads_integers(folder, generator):
    table = generator.standard_normal(100)
    arrays = {f"i{code}": generator.integers(0, 100, (3, 5)).astype(code)
              for code in ("<i8", ">i8", "<i4", ">i2", "i1", "<u8", ">u4", "<u2", "u1")}
    names = {name: name.replace("<", "l").replace(">", "b") for name in arrays}
    np.savez_compressed(folder + "/integers.npz", **{names[name]: x for name, x in arrays.items()},
                        mask=generator.random((3, 5)) < 0.5)
    inputs = {"t": {"data": [repr(float(x)) for x in table]}}
    inputs.update({names[name]: {"file": "integers.npz#" + names[name]} for name in arrays})
    inputs["mask"] = {"file": "integers.npz#mask"}
    graph = [f"y{names[name]} = take(t, {names[name]})" for name in arrays]
    graph += [f"m = where(mask, {', '.join('y' + n for n in list(names.values())[:2])})"]
    graph += [f"s{n} = sum(y{n})" for n in names.values()]
    graph += [f"f = add_n(sm, {', '.join('s' + n for n in names.values())})"]
    graph.insert(-1, "sm = sum(m)")
    value = {"y" + names[name]: [[repr(float(table[i])) for i in row] for row in x] for name, x in arrays.items()}
    write_case(folder + "/case.json", inputs, graph, "f", value)
    run(0, "check", folder + "/case.json", "--exhaustive", "0")


def judges_gradients(folder, generator):
    x, W, b = generator.standard_normal((4, 3)), generator.standard_normal((3, 5)), generator.standard_normal(5)
    np.savez(folder + "/net.npz", x=x, W=W, b=b)
    write_case(folder + "/case.json", {name: {"file": "net.npz#" + name} for name in ("x", "W", "b")},
               ["h = tanh(matmul(x, W) + b)", "f = sum(h * h)"], "f", {"b": exact(b)}, {"dtypes": ["float64", "float32"]})
    for type in (np.float64, np.float32):
        X, V, c = x.astype(type), W.astype(type), b.astype(type)
        h = np.tanh(X @ V + c)
        upstream = 2 * h * (1 - h) * (1 + h)
        gradients = {"x": upstream @ V.T, "W": np.asfortranarray(X.T @ upstream), "b": upstream.sum(0)}
        np.savez(folder + "/right.npz", **gradients)
        np.savez_compressed(folder + "/wrong.npz", **{**gradients, "b": 1.001 * gradients["b"].astype(">f8").astype(type)})
        np.savez_compressed(folder + "/turned.npz", X=gradients["x"].T, V=gradients["W"], c=gradients["b"], f=(h * h).sum())
        run(0, "check", folder + "/case.json", "--grads", folder + "/right.npz")
        run(1, "check", folder + "/case.json", "--grads", folder + "/wrong.npz")
        run(0, "check", folder + "/case.json", "--grads", folder + "/turned.npz", "--map", "X=x:T", "--map", "V=W", "--map", "c=b")


with tempfile.TemporaryDirectory() as folder:
    generator = np.random.default_rng(1)
    reads_floats(folder, generator)
    reads_integers(folder, generator)
    judges_gradients(folder, generator)
sys.exit(failures > 0)

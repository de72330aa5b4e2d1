"""Writes files of tensors with nothing but Python: tensors.py FILE NAME=TYPE:LIST... ("<f8", "F32" or "" for JSON).

    tensors.py w.npz 'W=<f8:[[1, 2], [3, 4]]' 'b=<f4:[1, 2]'
"""
import itertools
import json
import struct
import sys
import zipfile

CODES = {"f8": "d", "f4": "f", "f2": "e", "i8": "q", "i4": "i", "i2": "h", "i1": "b", "u8": "Q", "u1": "B", "b1": "?",
         "F64": "d", "F32": "f", "F16": "e", "I64": "q", "I32": "i", "U8": "B", "BOOL": "?"}


def shape_of(x):
    return (len(x), *shape_of(x[0])) if isinstance(x, list) and x else (0,) if isinstance(x, list) else ()


def flat(x):
    return list(itertools.chain.from_iterable(map(flat, x))) if isinstance(x, list) else [x]


def packed(order, code, x):
    numbers = flat(x)
    if code == "BF16":
        return b"".join(struct.pack("<f", n)[2:] for n in numbers)
    return struct.pack(order + str(len(numbers)) + CODES[code], *numbers)


def npy(descr, x):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape_of(x)}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    order = ">" if descr[0] == ">" else "<"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + packed(order, descr[1:], x)


def safetensors(tensors):
    header, numbers = {}, b""
    for name, code, x in tensors:
        more = packed("<", code, x)
        header[name] = {"dtype": code, "shape": shape_of(x), "data_offsets": [len(numbers), len(numbers) + len(more)]}
        numbers += more
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def main():
    path, arguments = sys.argv[1], sys.argv[2:]
    tensors = []
    for argument in arguments:
        name, rest = argument.split("=", 1)
        code, numbers = rest.split(":", 1)
        tensors.append((name, code, json.loads(numbers)))
    if path.endswith(".npz"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, code, x in tensors:
                archive.writestr(name + ".npy", npy(code, x))
    elif path.endswith(".json"):
        with open(path, "w") as file:
            json.dump({name: x for name, _, x in tensors}, file)
    else:
        with open(path, "wb") as file:
            file.write(npy(*tensors[0][1:]) if path.endswith(".npy") else safetensors(tensors))


main()

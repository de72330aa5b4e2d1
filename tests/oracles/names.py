#!/usr/bin/python3
"""The names of PyTorch, NumPy and SciPy in docs/ops.md exist, where these are installed.

  names.py docs/ops.md

A name that is younger than the PyTorch here is listed below with the version that brought it.
"""
import importlib
import re
import sys

NEWER = {"torch.nn.functional.scaled_dot_product_attention": (2, 0), "torch.nn.functional.rms_norm": (2, 4)}


def exists(name):
    """Whether `name` is a module or lies in one. Nothing is said about what is not installed."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ImportError as error:
            if error.name == parts[0]:
                return None
            continue
        for part in parts[cut:]:
            thing = getattr(thing, part, None)
        return thing is not None
    return False


def version(module):
    return tuple(int(number) for number in re.findall(r"\d+", importlib.import_module(module).__version__)[:2])


def main():
    lines = [line for line in open(sys.argv[1]) if line.startswith("- PyTorch ")]
    names = sorted({name for line in lines for name in re.findall(r"\b(?:torch|numpy|scipy)(?:\.\w+)+", line)})
    found = {name: exists(name) for name in names}
    missing = [name for name, there in found.items()
               if there is False and not (name in NEWER and version("torch") < NEWER[name])]
    for name in missing:
        print(f"{name}: there is no such function")
    checked = sum(there is not None for there in found.values())
    print(f"{len(lines)} ops, {len(names)} names, {checked} of them of installed modules, {len(missing)} missing")
    return bool(missing) or checked < 200


if __name__ == "__main__":
    sys.exit(main())

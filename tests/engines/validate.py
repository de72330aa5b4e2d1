#!/usr/bin/python3
"""Validates the messages of recordings against docs/protocol.schema.json, and damaged ones, which must not be valid.

  validate.py SCHEMA RECORDING...

It knows the keywords that the schema uses, and fails on any other.
"""
import copy
import json
import re
import sys

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(name, value):
    if name in ("number", "integer"):
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
        return right and (name == "number" or value == int(value))
    return isinstance(value, TYPES[name])


def valid(root, schema, value):
    return all(keyword(root, schema, word, given, value) for word, given in schema.items())


def keyword(root, schema, word, given, value):
    is_object, is_list, is_text = (isinstance(value, kind) for kind in (dict, list, str))
    if word in ("$schema", "$defs", "title", "description"):
        return True
    if word == "$ref":
        return valid(root, root["$defs"][given.removeprefix("#/$defs/")], value)
    if word in ("anyOf", "oneOf"):
        count = sum(valid(root, one, value) for one in given)
        return count == 1 if word == "oneOf" else count > 0
    if word == "type":
        return any(is_type(name, value) for name in ([given] if isinstance(given, str) else given))
    if word == "const":
        return value == given and type(value) is type(given)
    if word == "enum":
        return value in given
    if word == "required":
        return not is_object or all(name in value for name in given)
    if word == "properties":
        return not is_object or all(valid(root, one, value[name]) for name, one in given.items() if name in value)
    if word == "additionalProperties":
        others = [] if not is_object else [x for name, x in value.items() if name not in schema.get("properties", {})]
        return not others if given is False else all(valid(root, given, x) for x in others)
    if word == "items":
        return not is_list or all(valid(root, given, x) for x in value)
    if word == "contains":
        return not is_list or any(valid(root, given, x) for x in value)
    if word == "uniqueItems":
        return not is_list or len({json.dumps(x) for x in value}) == len(value)
    if word in ("minItems", "maxItems"):
        return not is_list or (len(value) >= given if word == "minItems" else len(value) <= given)
    if word == "minLength":
        return not is_text or len(value) >= given
    if word == "minimum":
        return not is_type("number", value) or value >= given
    if word == "pattern":
        return not is_text or re.search(given, value) is not None
    sys.exit(f"the schema has the keyword {word}, which this validator does not know")


def damaged(message):
    """The message with one thing wrong, in every way that a schema can see."""
    for name in message:
        yield f"without {name}", {key: x for key, x in message.items() if key != name}
        yield f"{name} of another type", {**message, name: [{}] if not isinstance(message[name], list) else 7}
    for name in ("inputs", "grads"):
        for key, tensor in (message.get(name) or {}).items():
            if tensor is None:
                continue
            for field in [x for x in ("shape", "data", "base64") if x in tensor]:
                other = copy.deepcopy(message)
                del other[name][key][field]
                yield f"{name}.{key} without {field}", other
            other = copy.deepcopy(message)
            other[name][key]["shape"] = [-1]
            yield f"{name}.{key} of shape [-1]", other
            return


def main():
    root = json.load(open(sys.argv[1]))
    counts, problems = {"request": 0, "answer": 0, "damaged": 0}, 0
    for path in sys.argv[2:]:
        for line in open(path):
            kind = {">": "request", "<": "answer"}.get(line[0])
            if not kind:
                continue
            message = json.loads(line[2:])
            counts[kind] += 1
            if not valid(root, root["$defs"][kind], message) or not valid(root, root, message):
                problems += 1
                print(f"not valid: {line[:300]}")
            if counts[kind] % 50 == 1:
                for what, other in damaged(message):
                    optional = what in ("without ops", "without numbers", "without what", "without name")
                    counts["damaged"] += 1
                    if not optional and valid(root, root["$defs"][kind], other):
                        problems += 1
                        print(f"valid, although {what}: {json.dumps(other)[:300]}")
    print(counts)
    return problems or not all(counts.values())


if __name__ == "__main__":
    sys.exit(bool(main()))

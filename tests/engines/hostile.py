#!/usr/bin/python3
"""An engine whose every text wants out of where it is shown: hostile.py error | refuse | garbage | dies | name.

`name` is a right engine, for x * y, with such a name.
"""
import json
import sys

EVIL = ("\n::set-output name=x::y\n::stop-commands::z\r\x1b[31mred\x1b]0;title\x07\x08\x9b31m\u009b2J\u202eback\u2028next\ufeff"
        "]]></failure></testcase><script>alert(1)</script><!-- & \"quoted\" 'single' %0A%0D, : | `code` **bold** # TODO\n"
        "not ok 99 - injected\nBail out! now\n1..9\n  ...\n\x01\x7f\U000e0041 \\ $(touch hit) {{x}} %s%n")


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


fault = sys.argv[1]
for line in sys.stdin:
    request = json.loads(line)
    if request["type"] == "hello":
        say({"type": "hello", "protocol": 1, "engine": {"name": "evil" + EVIL, "version": EVIL},
             "dtypes": ["float64", "float32"]})
    elif request["type"] != "grad":
        break
    elif fault == "error":
        say({"type": "error", "id": request["id"], "message": EVIL})
    elif fault == "refuse":
        say({"type": "unsupported", "id": request["id"], "what": "op" + EVIL, "name": EVIL})
    elif fault == "garbage":
        sys.stdout.buffer.write(EVIL.replace("\n", "\v").encode() + b"\0\xff\xc3\xed\xa0\x80\n")
        sys.stdout.flush()
    elif fault == "dies":
        sys.stderr.buffer.write(EVIL.encode() + b"\xff\xc3\n")
        sys.stderr.flush()
        sys.exit(1)
    else:
        x, y = (request["inputs"][name]["data"][0] for name in ("x", "y"))
        say({"type": "result", "id": request["id"], "value": {"shape": [], "data": [x * y]},
             "grads": {"x": {"shape": [], "data": [y]}, "y": {"shape": [], "data": [x]},
                       EVIL: {"shape": [], "data": [1]}}})

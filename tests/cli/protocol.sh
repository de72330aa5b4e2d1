#!/bin/sh
# Every message is what docs/protocol.schema.json says: those about the library in all dtypes, but for its large nets,
# with an engine that takes anything, and those with a right one. The engine that docs/protocol.md shows is
# examples/scalar_engine.py.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
anything="$python tests/engines/anything.py"
run 1 run -q --exhaustive 0 --dtype float64 --engine "$anything" --record "$scratch/wide" \
    --filter '[!nl]*' --filter 'losses/*' cases/
run 1 run -q --exhaustive 0 --dtype float16,bfloat16 --engine "$anything" --record "$scratch/half" cases/linear
run 0 run --engine "$python tests/engines/scalars.py" --record "$scratch/scalars" cases/lectures
run 0 run --engine "$python examples/scalar_engine.py" --record "$scratch/example" cases/lectures
out ' ok '
command=validate.py
"$python" tests/engines/validate.py docs/protocol.schema.json "$scratch/wide" "$scratch/half" \
    "$scratch/scalars" "$scratch/example" >"$scratch/out" || {
    problem 'a message is not what the schema says'
    head -20 "$scratch/out"
}
grep -q '"base64":' "$scratch/wide" || problem 'no request has base64'
run 0 lint-engine "$python examples/scalar_engine.py"

# The program in the document is the example from its first comment on.
sed -n '/^# op:/,$p' examples/scalar_engine.py >"$scratch/example.py"
sed -n '/^```python$/,/^```$/p' docs/protocol.md | sed '1d;$d' >"$scratch/shown.py"
diff "$scratch/example.py" "$scratch/shown.py" || problem 'docs/protocol.md shows another program (above)'
finish

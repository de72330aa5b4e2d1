#!/bin/sh
# Parts of a run: shards, which together are the whole, and what failed in an earlier run.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python

# Shards: merged they are the whole run, whatever their number; no case is in two.
run 0 run cases/lectures --dtype float64 --format json="$scratch/whole.json"
for shards in 1 5; do
    i=1
    while [ $i -le $shards ]; do
        run 0 run cases/lectures --dtype float64 --shard $i/$shards --format json="$scratch/shard-$shards-$i.json"
        out "shard $i of $shards, "
        i=$((i + 1))
    done
    "$python" - "$scratch/whole.json" "$scratch"/shard-$shards-*.json <<'END' || problem "merged, the $shards shards are not the whole"
import json, sys

def cases(path):
    def timeless(x):
        if isinstance(x, dict):
            return {key: timeless(value) for key, value in x.items() if not key.endswith("ms")}
        return [timeless(item) for item in x] if isinstance(x, list) else x
    return timeless(json.load(open(path))["cases"])

whole, parts = cases(sys.argv[1]), [cases(path) for path in sys.argv[2:]]
sizes = [len(part) for part in parts]
merged = sorted((case for part in parts for case in part), key=lambda case: case["id"])
sys.exit(merged != sorted(whole, key=lambda case: case["id"]) or max(sizes) - min(sizes) > 1)
END
done

# The same cases however they are named, and in whatever order.
run 0 run --list cases/kinks cases/lectures --shard 2/3
sort "$scratch/out" | sed 's/  .*//' >"$scratch/one"
run 0 run --list cases/lectures/*.yaml cases/kinks/ --shard 2/3
sort "$scratch/out" | sed 's/  .*//' | diff "$scratch/one" - || problem "another shard (above)"

# After filters; a shard without cases checks nothing.
right_case few/a t/a
right_case few/b t/b
wrong_case few/c t/c
few=$scratch/few
run 0 run "$few" --filter 't/[ab]' --shard 2/2
out "t/b "
no_out "t/a "
run 4 run "$few" --shard 4/4
err "none of 3 cases is in shard 4 of 4"
run 4 run "$few" --filter nothing --shard 1/2
err "none of 3 cases matches --filter and --tag"
run 0 run "$few/a.yaml" --shard 1/1 --format json
out '"shard": "1/1"'

# What failed in an earlier run.
wrong_case few/d t/d
run 1 run "$few" --format json="$scratch/first.json"
run 1 run "$few" --rerun-failed "$scratch/first.json" --format json="$scratch/second.json"
out "2 cases: 2 wrong;"
no_out "t/a "
right_case few/c t/c
run 1 run "$few" --rerun-failed "$scratch/second.json" --format json="$scratch/third.json"
out "2 cases: 1 ok, 1 wrong;"
run 1 run "$few" --rerun-failed "$scratch/third.json"
out "1 case: 1 wrong;"
run 0 run --list "$few" --rerun-failed "$scratch/first.json" --shard 2/2
out "t/d "
no_out "t/c "
right_case few/d t/d
run 0 run "$few" --rerun-failed "$scratch/third.json" --format json="$scratch/fourth.json"
run 4 run "$few" --rerun-failed "$scratch/fourth.json"
err "nothing failed in $scratch/fourth.json"

# Known failures did not fail; known ones that are mended did.
echo 't/d wrong' >"$scratch/known.txt"
run 1 run "$few" --baseline "$scratch/known.txt" --format json="$scratch/mended.json"
run 1 run "$few" --baseline "$scratch/known.txt" --rerun-failed "$scratch/mended.json"
out "t/d "
no_out "t/a "
wrong_case few/d t/d
run 0 run "$few" --baseline "$scratch/known.txt" --format json="$scratch/known.json"
run 4 run "$few" --rerun-failed "$scratch/known.json"

# A case that is not there any longer is not taken for mended.
run 1 run "$few" --format json="$scratch/first.json"
run 2 run "$few/a.yaml" --rerun-failed "$scratch/first.json"
err "first.json: error: t/d failed then, and no case below these paths has that id"
# Neither is what an earlier run did not reach.
wrong_case more/a more/a
wrong_case more/b more/b
run 1 run "$scratch/more" --fail-fast --format json="$scratch/fast.json"
run 1 run "$scratch/more" --rerun-failed "$scratch/fast.json"
err "the run in $scratch/fast.json ended before 1 of its cases; they are not run here"
out "1 case: 1 wrong;"

# What is no report.
echo '{"format": 1,, }' >"$scratch/broken.json"
run 2 run "$few" --rerun-failed "$scratch/broken.json"
err "broken.json:1:"
err "this is no JSON"
silent out
run 2 run "$few" --rerun-failed "$few/a.yaml"
err "a.yaml:1:"
run 2 run "$few" --rerun-failed "$scratch/nowhere.json"
err "nowhere.json: error: it cannot be read: No such file or directory"
echo '[1, 2]' >"$scratch/other.json"
run 2 run "$few" --rerun-failed "$scratch/other.json"
err "other.json: error: this is no report that gradcheck run --format json wrote"
write_case more/bad more/bad 'inputs: {x: 1}' 'graph: [f = addd(x, x)]' 'output: f'
run 2 run "$scratch/more" --format json="$scratch/bad.json"
rm "$scratch/more/bad.yaml"
run 2 run "$scratch/more" --rerun-failed "$scratch/bad.json"
err "this run could not be carried out (exit status 2); please run all of it again"
finish

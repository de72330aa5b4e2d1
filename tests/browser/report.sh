#!/bin/sh
# report.sh: makes reports and a sweep, and has a browser open them. Needs GRADCHECK, CHROMIUM, and NODE_PATH with
# playwright-core.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# checked NAME STATUS ARGUMENT...: a report as $scratch/NAME.html.
checked() {
    page=$scratch/$1.html
    wanted=$2
    shift 2
    status=0
    "$GRADCHECK" "$@" --quiet --format html="$page" >"$scratch/log" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || {
        cat "$scratch/log"
        exit 1
    }
}
# Some cases right, some not supported, some wrong by one part in 10^9.
checked many 1 run cases/lectures --filter 'lectures/[a-m]*' --engine "python3 tests/engines/scalars.py factor"
checked chosen 1 run cases/lectures/two-layer-net-small.yaml cases/kinks/relu-at-zero.yaml examples/wrong-claim.yaml
sed 's|^title: .*|title: "<script>document.title = 1</script><img src=x onerror=alert(1)> \\u202e"|' \
    examples/wrong-claim.yaml >"$scratch/<i>&'\".yaml"
checked hostile 1 run "$scratch/<i>&'\".yaml"
"$GRADCHECK" sweep cases/lectures/sigmoid-neuron.yaml --format svg="$scratch/sweep.svg"
node tests/browser/report.js "$scratch" "${SCREENSHOTS:-}"

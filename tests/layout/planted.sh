#!/bin/sh
# planted.sh ROOT: each rule of check_layout.sh is broken once in a copy of the tree, and must be reported there;
# what only looks like a violation must not be.
set -eu
root=$1
check=$root/tests/layout/check_layout.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/tree"
cp -R "$root/src" "$root/include" "$scratch/tree/"
cd "$scratch/tree"
planted=0
failures=0

report() {
    sh "$check" "$scratch/tree" >"$scratch/report" 2>&1 && echo 0 >"$scratch/status" || echo $? >"$scratch/status"
}

# planted EXPECTED FILE TEXT: after FILE is made of TEXT, EXPECTED is in the report and the check fails.
planted() {
    mkdir -p "$(dirname "$2")"
    printf '%b' "$3" >"$2"
    report
    if [ "$(cat "$scratch/status")" != 1 ] || ! grep -qF "$1" "$scratch/report"; then
        echo "not caught: $2: expected \"$1\", got:"
        cat "$scratch/report"
        failures=$((failures + 1))
    fi
    planted=$((planted + 1))
    rm "$2"
}

# innocent FILE TEXT: nothing about FILE is in the report.
innocent() {
    mkdir -p "$(dirname "$1")"
    printf '%b' "$2" >"$1"
    report
    if grep -F "$1" "$scratch/report"; then
        echo "a false alarm (above)"
        failures=$((failures + 1))
    fi
    planted=$((planted + 1))
    rm "$1"
}

c='/* A planted file. */\n'
planted 'src/base/z.c:2: include: src/base includes the higher layer' src/base/z.c "$c#include \"real/real.h\"\n"
planted 'src/ops/families/z.c:2: include: src/ops' src/ops/families/z.c "$c#include \"graph/graph.h\"\n"
planted 'src/check/z.h:2: include: src/check' src/check/z.h "$c#  include \"case/case.h\"\n"
planted 'src/files/z.c:2: include: src/files' src/files/z.c "$c#include \"case/case.h\"\n"
planted 'src/case/z.c:2: include: src/case' src/case/z.c "$c#include \"engine/engine.h\"\n"
planted 'src/report/z.c:2: include: src/report' src/report/z.c "$c#include \"cli/options.h\"\n"
planted 'src/real/z.c:2: include: "dtype.h"' src/real/z.c "$c#include \"dtype.h\"\n"
planted 'src/real/z.c:2: include: "../cli/main.h"' src/real/z.c "$c#include \"../cli/main.h\"\n"
planted 'src/real/z.c:2: include: "real/../cli/main.h"' src/real/z.c "$c#include \"real/../cli/main.h\"\n"
planted 'src/graph/z.c:2: include: <ops/ops.h> is written' src/graph/z.c "$c#include <ops/ops.h>\n"
planted 'src/extra is no layer' src/extra/z.c "$c"
planted 'src/graph/z.c:2: mpfr: src/graph names' src/graph/z.c "$c/* x */ void f(mpfr_t x) { mpfr_neg(x, x, 0); }\n"
planted 'src/check/z.c:2: mpfr: src/check includes <mpfr.h>' src/check/z.c "$c#include <mpfr.h>\n"
planted 'include/gradcheck/z.h:2: mpfr: a public' include/gradcheck/z.h "$c#include <mpfr.h>\n"
planted 'include/gradcheck/z.h:2: mpfr: a public' include/gradcheck/z.h "${c}extern mpfr_t x;\n"
planted 'src/check/z.c:3: process' src/check/z.c "$c\nint f(void) { return fork(); }\n"
planted 'src/cli/z.c:2: process' src/cli/z.c "${c}int f(char **a) { return execvp(a[0], a); }\n"
planted 'src/case/z.c:2: process' src/case/z.c "${c}int f(void) { return posix_spawnp (0, 0, 0, 0, 0, 0); }\n"
planted 'src/case/z.c:2: file' src/case/z.c "${c}void *f(void) { return fopen(\"x\", \"r\"); }\n"
planted 'src/check/z.c:2: file' src/check/z.c "${c}void *f(void) { return fopen(\"x\", \"r\"); }\n"
planted 'src/cli/z.c:4: file' src/cli/z.c "$c/* a\n   b */ char c = '\"';\nint f(void) { return open(\"x\", 0); }\n"
planted 'src/base/z.c:1: comment' src/base/z.c 'int x;\n'
planted 'src/base/z.c:601: length: 601 lines' src/base/z.c "$c$(awk 'BEGIN { while (++i <= 600) printf "int x%d;\\n", i }')"

innocent src/base/z.c "$c/* calls fopen( and fork( and mpfr_add( nowhere\n#include \"cli/main.h\" */\nint reopen(void);\n"
innocent src/base/z.c "${c}// open(\nconst char *s = \"system(\\\\\"mpfr_set(\";\nint s_open(int x), execute(int);\n"
innocent src/cli/z.c "$c#include <gradcheck.h>\n#include <math.h>\n#include \"check/verdict.h\"\n#include \"gck_build.h\"\n"
innocent src/real/z.c "$c#include <mpfr.h>\n#include \"real/real_mpfr.h\"\nvoid f(mpfr_t x) { mpfr_neg(x, x, 0); }\n"
innocent src/engine/z.c "$c#include \"case/tensor_file.h\"\nint f(void) { return fork(); }\n"
innocent src/base/z.c "$c$(awk 'BEGIN { while (++i <= 599) printf "int x%d;\\n", i }')"

# An empty tree is not a clean one.
mkdir "$scratch/empty"
if sh "$check" "$scratch/empty" >/dev/null; then
    echo "an empty tree passed"
    failures=$((failures + 1))
fi
echo "$planted planted, $failures failed"
test "$failures" -eq 0

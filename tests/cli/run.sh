# gradcheck run: selecting cases, what is printed, exit statuses 0, 1 and 4, and that threads change nothing.
. "$SOURCE_DIR/tests/cli/lib.sh"

run 0 run cases/lectures/add-mul.yaml cases/lectures/max-gate.yaml cases/kinks/abs-at-zero.yaml
golden run
run 0 run cases/lectures/add-mul.yaml cases/lectures/max-gate.yaml -q
out "2 cases: 2 ok;"
no_out "lectures/add-mul"
run 0 run cases/lectures/add-mul.yaml -v
out "    float64   ok; rel. error "
out "    float32   ok; rel. error "

# A path that is named twice is checked once.
run 0 run cases/lectures/add-mul.yaml ./cases/lectures/add-mul.yaml
out "1 case: 1 ok;"

# Failures: the block, and the exit status.
run 1 run examples/forgotten-factor.yaml cases/lectures/add-mul.yaml
out "examples/forgotten-factor: wrong"
out "]  gradient "
out " times the rounding budget)"
out "6 of 6 elements wrong"
out "hint: "
out "going backward, the first wrong gate is r (expr)"
out "more: gradcheck check examples/forgotten-factor.yaml"
out "2 cases: 1 ok, 1 wrong;"
run 1 run --dtype float32,bfloat16 --allow-outside examples/forgotten-factor.yaml
out "more: gradcheck check --allow-outside --dtype float32 --dtype bfloat16 examples/forgotten-factor.yaml"
run 1 run -q examples/forgotten-factor.yaml cases/lectures/add-mul.yaml
no_out "lectures/add-mul"
out "examples/forgotten-factor "

# An expectation that is not met.
write_case expect t/expect 'inputs: {x: 3, y: 2}' 'graph: [f = x * y]' 'output: f' 'expect: {grad: {x: 5}, by: closed-form}'
run 1 run "$scratch/expect.yaml"
out "wrong (expect)"
out "expected grad x = 5, found 2"

right_case few/a t/a
wrong_case few/b t/b
wrong_case few/c t/c
right_case few/d t/d
run 1 run --fail-fast "$scratch/few"
out "t/b "
no_out "t/c "
out "stopped at the first failure: 2 of 4 cases were checked"
cp "$scratch/out" "$scratch/first"
for jobs in 1 2 4; do
    run 1 run --fail-fast --jobs $jobs "$scratch/few"
    [ "$(masked "$scratch/out")" = "$(masked "$scratch/first")" ] || problem "differs from other --jobs"
done

# --list, --filter, --tag
run 0 run --list "$scratch/few" --filter 't/[ab]' --filter 't/d'
printf 't/a  a test\nt/b  a test\nt/d  a test\n' | cmp -s - "$scratch/out" || { problem "lists:"; cat "$scratch/out"; }
run 4 run --list "$scratch/few" --filter nothing
err "none of 4 cases matches --filter and --tag"
write_case tags/a t/ta 'tags: [gate, slow]' 'inputs: {x: 3}' 'graph: [f = x * x]' 'output: f'
write_case tags/b t/tb 'tags: [gate]' 'inputs: {x: 3}' 'graph: [f = x * x]' 'output: f'
write_case tags/c t/tc 'tags: [slow]' 'inputs: {x: 3}' 'graph: [f = x * x]' 'output: f'
run 0 run "$scratch/tags" --tag 'gate,!slow'
out "t/tb "
no_out "t/ta "
no_out "t/tc "
run 0 run "$scratch/tags" --tag gate --tag slow
out "1 case: 1 ok;"
out "t/ta "
run 4 run "$scratch/tags" --tag nothing
err "none of 3 cases matches"
mkdir "$scratch/empty"
run 4 run "$scratch/empty"
err "no case files found"

# --allow. Noise of 1e-9 that changes with the last bits of x: digits lost, the formula right.
write_case noisy t/noisy 'inputs: {x: 0.7}' 'graph:' '  - expr: f = x ** 3' \
    '    claim: 3 * x * x + sin(x * 1000000000000000000) / 1000000000' 'output: f'
run 1 run "$scratch/noisy.yaml" --dtype float64
out "inaccurate"
run 0 run "$scratch/noisy.yaml" --dtype float64 --allow inaccurate
out "1 inaccurate (allowed);"
run 1 run "$scratch/noisy.yaml" --dtype float64 --allow inconclusive
run 1 run "$scratch/few/b.yaml" --allow inaccurate,inconclusive

# Numbers that options change: bits, seed, method, dtype, elements one by one.
run 0 run cases/lectures/add-mul.yaml --bits 128
out "rel. error (128 bits)"
run 0 run cases/lectures/add-mul.yaml --seed 18446744073709551615
out "seed 18446744073709551615;"
run 0 run cases/lectures/add-mul.yaml -v --dtype float16 --dtype bfloat16,float64
out "    float16 "
out "    bfloat16 "
no_out "float32"

# Two cases never share an id.
right_case twins/a t/same
right_case twins/b t/same
run 2 run "$scratch/twins"
err "twins/b.yaml: error: the id 't/same' is already that of $scratch/twins/a.yaml"
silent out
finish

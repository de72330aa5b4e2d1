# Help, version, and wrong usage: what is said, and exit status 2.
. "$SOURCE_DIR/tests/cli/lib.sh"

run 0 --help
out "Usage: gradcheck COMMAND"
out "gradcheck run cases/"
silent err
run 0 --version
for word in "gradcheck $(sed -n 's/^#define GCK_VERSION "\(.*\)"/\1/p' include/gradcheck.h)" MPFR GMP libyaml jansson libzip \
    Graphviz compiler "build type" sanitizers; do
    out "$word"
done
run 2
err "Usage: gradcheck COMMAND"
silent out

for name in run check sweep draw ops freeze exercise; do
    run 0 $name --help
    out "Usage: gradcheck $name"
    out "Example"
    cp "$scratch/out" "$scratch/own"
    run 0 help $name
    cmp -s "$scratch/own" "$scratch/out" || problem "differs from $name --help"
done

run 2 chek
err "there is no command 'chek'; did you mean 'check'?"
run 2 help chek
err "did you mean 'check'?"
run 2 frobnicate
err "there is no command 'frobnicate'"
no_err "did you mean"
run 2 hlep
err "did you mean 'help'?"
run 2 version
err "did you mean --version?"
run 2 cases/lectures
err "there is no command 'cases/lectures', but it is there to check: gradcheck run cases/lectures"
run 2 cases/lectures/add-mul.yaml
err "gradcheck check cases/lectures/add-mul.yaml"
run 2 --verison
err "did you mean --version?"

# Every message names the command and where help is.
refused() {
    text=$1
    shift
    run 2 "$@"
    err "gradcheck $1: $text"
    err "Try 'gradcheck $1 --help'."
    silent out
}
refused "name case files or folders" run
refused "name case files or folders" check
refused "name case files" freeze
refused "there is no option --filer; did you mean --filter?" run --filer x cases
refused "there is no option --filter" check --filter x cases
refused "there is no option --param" run --param x cases
refused "there is no option --family" run --family losses cases
refused "there is no option --example" check --example cases
refused "there is no option --markdown" judge --markdown cases
refused "there is no option -z" run -z cases
refused "there is no option -!" run '-!' cases
refused "there is no option -+" run -q+ cases
refused "--bits needs a value" run --bits
refused "--list takes no value" run --list=3 cases
refused "--bits takes a whole number from 64 to 4096, not '63'" run --bits 63 cases
refused "--bits takes a whole number from 64 to 4096, not '64x'" run --bits 64x cases
refused "--max-bits takes a whole number from 64 to 4096, not '9999'" run --max-bits 9999 cases
refused "--bits 512 is above --max-bits 256" run --bits 512 --max-bits 256 cases
refused "--jobs takes a whole number from 1 to 1024, not '0'" run -j 0 cases
refused "--seed takes a whole number from 0 to 18446744073709551615, not '-1'" run --seed -1 cases
refused "--exhaustive takes all, auto or a number of elements, not 'some'" run --exhaustive some cases
refused "--method takes one of centered, forward, richardson, not 'forwards'; did you mean 'forward'?" \
    run --method forwards cases
refused "--dtype takes one of float64, float32, float16, bfloat16, not 'flaot32'; did you mean 'float32'?" \
    run --dtype float64,flaot32 cases
refused "--allow takes one of inaccurate, inconclusive, not 'wrong'" run --allow wrong cases
refused "--color takes one of auto, always, never, not 'yes'" run --color yes cases
refused "--tag has an empty tag" run --tag a,! cases
refused "--format takes one of pretty, json, junit, tap, github, markdown, html, not 'jsn'; did you mean 'json'?" run --format jsn cases
refused "--format json= needs the name of a file" run --format json= cases
for option in grads record baseline rerun-failed; do
    refused "--$option needs the name of a file" run --$option '' cases
done
refused "--output needs the name of a file" draw -o '' cases/lectures/add-mul.yaml
refused "two formats cannot share standard output" run --format json --format junit cases
refused "two formats cannot share standard output" run --format tap --format github --format json cases
refused "two outputs cannot share the file r.out" run --format json=r.out --format junit=r.out cases
refused "two outputs cannot share the file r.out" run --engine x --record r.out --format json=r.out cases
refused "two outputs cannot share the file r.out" sweep --format csv=r.out --format json=r.out cases/lectures/add-mul.yaml
refused "--shard takes I/N, 1 <= I <= N <= 10000, not '0/3'" run --shard 0/3 cases
refused "--shard takes I/N, 1 <= I <= N <= 10000, not '4/3'" run --shard 4/3 cases
refused "--shard takes I/N, 1 <= I <= N <= 10000, not '1/2/3'" run --shard 1/2/3 cases
refused "--shard takes I/N, 1 <= I <= N <= 10000, not '+1/3'" run --shard +1/3 cases
refused "--shard takes I/N, 1 <= I <= N <= 10000, not '1'" run --shard 1 cases
refused "--shard takes I/N, 1 <= I <= N <= 10000, not ''" run --shard '' cases
refused "there is no option --shard" check --shard 1/2 cases
refused "-q and -v contradict each other" run -q -v cases
refused "--param: 'W[' does not name elements" check --param 'W[' cases

# A control character in an argument does not reach the terminal.
run 2 "$(printf 'ch\033[2Jek')"
err "ch?[2Jek"
finish

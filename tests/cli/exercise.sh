# gradcheck exercise: every exercise begins with its bug and can be solved; near misses are told how near they are;
# what is not the exercise is told apart; both languages say everything.
. "$SOURCE_DIR/tests/cli/lib.sh"
unset LC_ALL LC_MESSAGES LANG
folder=docs/course/exercises

# start N: writes the case of exercise N to $scratch/N.yaml.
start() {
    rm -f "$scratch/$1.yaml"
    run 0 exercise show "$1" -o "$scratch/$1.yaml"
}

# edited N STATUS SED-SCRIPT: checks exercise N after the edit, which must change something.
edited() {
    start "$1"
    sed "$3" "$scratch/$1.yaml" >"$scratch/mine.yaml"
    ! cmp -s "$scratch/$1.yaml" "$scratch/mine.yaml" || problem "the edit changes nothing: $3"
    run "$2" exercise check "$1" "$scratch/mine.yaml" --color never
    silent err
}

# --- each begins as it says: what the symptom quotes is what `check` prints
number=0
for file in "$folder"/*.yaml; do
    number=$((number + 1))
    name=${file%.yaml}
    start $number
    cmp -s "$scratch/$number.yaml" "$file" || problem "writes another file than $file"
    run 1 check "$scratch/$number.yaml" --dtype float64 --color never
    cp "$scratch/out" "$scratch/symptom"
    for language in en ko; do
        sed -n '/^```/,/^```/p' "$name.$language.md" | grep -v '^```' >"$scratch/quoted"
        [ -s "$scratch/quoted" ] || problem "$name.$language.md quotes no symptom"
        while IFS= read -r line; do
            grep -qxF -- "$line" "$scratch/symptom" || problem "$name.$language.md: \"$line\" is not printed"
        done <"$scratch/quoted"
        [ "$(grep -c '^# ' "$name.$language.md")" -eq 1 ] || problem "$name.$language.md: one title"
        [ "$(grep -c '^## ' "$name.$language.md")" -eq 2 ] || problem "$name.$language.md: symptom and hint"
        run 1 exercise check $number "$scratch/$number.yaml" --lang $language
        silent err
        cp "$scratch/out" "$scratch/plain"
        run 1 exercise check $number "$scratch/$number.yaml" --lang $language --hint
        tail -n 1 "$name.$language.md" >"$scratch/hint"
        out "$(cat "$scratch/hint")"
        ! grep -qF -- "$(cat "$scratch/hint")" "$scratch/plain" || problem "gives the hint without being asked"
        run 0 exercise show $number --lang $language
        out "$(head -n 1 "$name.$language.md" | cut -c 3-)"
        no_out "$(cat "$scratch/hint")"
        no_out '```'
    done
    LC_ALL=C grep -q "$(printf '[\352-\355][\200-\277]')" "$name.ko.md" || problem "$name.ko.md is not Korean"
done
[ $number -eq 10 ] || problem "there are $number exercises, not 10"

# --- each can be solved, by number and by name
solved() {
    edited "$1" 0 "$2"
    out "Exercise $1, "
    out ": solved"
    run 0 exercise check "$1" "$scratch/mine.yaml" --lang ko
    out "풀었습니다"
    run 0 check -q "$scratch/mine.yaml"
}
solved 1 's|claim: .*|claim: -1 / x ** 2|'
solved 2 's|claim: .*|claim: 2 * x * cos(x ** 2)|'
solved 3 's|claim: .*|claim: y * (1 - y)|'
solved 4 's|x: cos(x)|x: y + cos(x)|'
solved 5 's|b: -1 / b \*\* 2}|b: -a / b ** 2}|'
solved 6 's|claim: 1 - h|claim: 1 - h ** 2|'
solved 7 's|: 2 \* (\([pqr] - [124]\))$|: 2 * (\1) / 3|'
solved 8 's|{s: (1 + sign(s - t)) / 2, t: -(1 + sign(s - t))|{s: sign(m), t: -(1 + sign(s - t + 1))|'
solved 9 's|claim: .*|claim: {a: b * c, b: a * c, c: a * b}|'
solved 10 's|a: exp(a) / Z|a: exp(a) / Z - 1|'
no_out "Next"
edited sigmoid 0 's|claim: .*|claim: exp(-s) / (1 + exp(-s)) ** 2|'
out "Next: gradcheck exercise show 4"

# Rows of one's own are welcome where only claims use them.
edited 9 0 's|  - expr: y.*|  - bc = b * c\n&|; s|claim: .*|claim: {a: bc, b: a * c, c: a * b}|'
# A right formula that loses digits is right, and the loss is told.
edited 6 0 's|claim: 1 - h|claim: (1 - h ** 2 + 10000) - 10000|'
out 'gradcheck check` says inaccurate'

# --- near misses
edited 1 1 's|claim: .*|claim: 1 / x ** 2 + 0 * y|'
out "The size is right at all 48 places tried; the sign is wrong."
edited 2 1 's|claim: .*|claim: x * cos(x ** 2)|'
out "It is 0.5 times the derivative at all 48 places tried: a constant factor is wrong."
edited 3 1 's|claim: .*|claim: y * (1 - y) + 0.25|'
out "Claimed minus true is 0.25 at all 16 places tried"
edited 3 1 's|claim: .*|claim: 0.19661193324148185|' # s is 1
out "It is right at the inputs of the file and wrong at others"
out "elsewhere: s ="
edited 3 1 's|claim: .*|claim: 0.1966|'
out "It is right at the inputs of the file and wrong at others"
edited 7 1 's|: 2 \* (\([pqr] - [124]\))$|: 0.66666667 * (\1)|'
out "write a formula, not a rounded number"
edited 4 1 's|x: cos(x)|x: cos(x) - 2|' # y is -2: right at this point, and only there
out "It is right at the inputs of the file and wrong at others"
out "elsewhere: x ="
edited 6 1 's|claim: 1 - h|claim: 0 * h|'
out "It is 0 at all 16 places tried."
edited 6 1 's|claim: 1 - h|claim: (1 - h ** 2) * (2 + h)|'
out "The sign is right at all 16 places tried, the size is not"
edited 8 1 's|{s: (1 + sign(s - t)) / 2|{s: sign(m)|'
out "Right so far: 1 of 2"
out "dm/dt"
no_out "dm/ds"
edited 9 1 's|a: y / a|a: b * c|'
out "Right so far: 1 of 3"
out "NaN or infinite"
edited 2 1 's|claim: .*|claim: -x|'
out "What it is off by changes with the inputs"

# --- something else was changed
edited 1 1 's|0.5, 4|0.5, 5|'
out "line 4: the input x has other numbers; put them back:"
out "      inputs: {x: [-2, 0.5, 4]}"
edited 1 1 's|1 / x$|-1 / x|'
out "line 6: the row of y computes something else; put it back:"
out "        - expr: y = 1 / x"
edited 1 1 's|sum(y)|mean(y)|'
out "the row of L computes something else"
edited 1 1 's|expr: y|y|; /claim/d; s|- y = 1 / x|"y = 1 / x"|; s|- *"y|- "y|; s|^  "y|  - "y|'
out "the row of y claims no derivative any more"
edited 1 1 's|L = sum(y)|M = sum(y)|; s|output: L|output: M|'
out "the row of L is gone"
edited 1 1 's|{x: |{k: 1, x: |; s|claim: .*|claim: -k / x ** 2|'
out "the exercise has no input k"
edited 4 1 's|{x: 3, y|{z: 3, y|; s|x \* y + sin(x)|z * y + sin(z)|; s|x: cos(x), y: x|z: cos(z), y: z|'
out "the input x is gone"
edited 1 1 's|^output: L|output: L\nseed: 2|'
out 'no `seed`'
edited 5 1 's|^output: L|output: L\nwrt: [a]|'
out 'take `wrt` out'
edited 1 1 's|L = sum(y)|L = sum(y)\n  - M = 2 * L|; s|output: L|output: M|'
out '`output` is not L any more'
run 1 exercise check 3 "$scratch/4.yaml"
out "This is the file of exercise 4."
run 1 exercise check 3 "$scratch/4.yaml" --lang ko
out "연습 문제 4의 파일"
run 1 exercise check 3 cases/lectures/add-mul.yaml
out "is gone"

# --- bad files: the place, and a caret below it
start 1
sed 's|claim: .*|claim: -1 / x ^ 2|' "$scratch/1.yaml" >"$scratch/mine.yaml"
run 2 exercise check 1 "$scratch/mine.yaml"
silent out
grep -A 2 'mine.yaml:7:19: ' "$scratch/err" | tail -n 2 >"$scratch/two"
printf '        claim: -1 / x ^ 2\n                      ^\n' | cmp -s - "$scratch/two" || {
    problem "the caret is not below the character:"
    cat "$scratch/err"
}
head -c 3000 /dev/urandom >"$scratch/mine.yaml"
run 2 exercise check 1 "$scratch/mine.yaml"
silent out
: >"$scratch/mine.yaml"
run 2 exercise check 1 "$scratch/mine.yaml"
head -c 20000000 /dev/zero | tr '\0' '#' >"$scratch/mine.yaml"
run 2 exercise check 1 "$scratch/mine.yaml"
err "at most 16777216"
run 2 exercise check 1 "$scratch/none.yaml"
err "none.yaml"
run 2 exercise check 1 "$scratch"
{
    cat "$scratch/1.yaml"
    seq 300 | sed 's/.*/x&: 1/'
} >"$scratch/mine.yaml"
run 2 exercise check 1 "$scratch/mine.yaml"
err "... and "

# --- usage
run 0 exercise list
[ "$(wc -l <"$scratch/out")" -eq 10 ] || problem "does not list ten"
out " 3  sigmoid "
for variable in LC_ALL LC_MESSAGES LANG; do
    (export $variable=ko_KR.UTF-8 && "$GRADCHECK" exercise list) >"$scratch/out"
    out "제곱의 사인"
done
(export LC_ALL=C LANG=ko_KR.UTF-8 && "$GRADCHECK" exercise list) >"$scratch/out"
out "The sine of a square"
(export LANG=ko_KR.UTF-8 && "$GRADCHECK" exercise list --lang en) >"$scratch/out"
out "The sine of a square"

refused() {
    text=$1
    shift
    run 2 exercise "$@"
    err "gradcheck exercise: $text"
    silent out
}
refused "say list, show or check"
refused "there is no 'lst'; did you mean 'list'?" lst
refused "there is list, show and check, not 'solve'" solve
refused "there is no exercise '11'; there are 1 to 10" show 11
refused "there is no exercise '0'; there are 1 to 10" show 0
refused "there is no exercise 'sigmiod'; did you mean 'sigmoid'?" check sigmiod "$scratch/1.yaml"
refused "there is no exercise '-'" show -
refused "show takes one exercise" show
refused "show takes one exercise" show 1 2
refused "check takes an exercise and a file" check 1
refused "list takes no more" list 1
refused "--lang takes one of en, ko, not 'de'" list --lang de
refused "--hint belongs to check" show 1 --hint
refused "--output belongs to show" list -o x
run 2 exercise show 1 -o "$scratch/1.yaml"
err "is there already and may hold your work"
run 2 exercise show 1 -o "$scratch/none/1.yaml"
err "none/1.yaml"
finish

#!/bin/sh
# The course: what its lessons show is true (lib-docs.sh says what is held), and both languages are complete: the same
# lessons, the same commands in the same order with the same files and output (but for what `exercise` says in Korean),
# as many headings, questions and exercises.
. "$SOURCE_DIR/tests/cli/lib-docs.sh"
unset LC_ALL LC_MESSAGES LANG
read_documents docs/course/README.md docs/course/*/[0-9]*.md
command="docs/course"
[ "$commands" -ge 40 ] || problem "only $commands commands were found and run"

# How many lines of a file have Hangul.
hangul() {
    LC_ALL=C grep -c "$(printf '[\352-\355][\200-\277]')" "$1"
}

# What must be equal: blocks of code, and how lines begin that are headings or numbered.
frame() {
    awk '
        /^```/ { code = !code; spoken = 0; print; next }
        code && /^\$ / { spoken = /gradcheck exercise/; sub(/ --lang ko/, "") }
        code { if (!spoken || /^\$ /) print; next }
        /^#/ { print $1 }
        /^[0-9]+\. / { print $1 }' "$1"
}

lessons=0
for english in docs/course/en/*.md; do
    korean=docs/course/ko/$(basename "$english")
    lessons=$((lessons + 1))
    command=$korean
    [ -f "$korean" ] || {
        problem "is missing"
        continue
    }
    frame "$english" >"$scratch/en"
    frame "$korean" >"$scratch/ko"
    if ! diff -u "$scratch/en" "$scratch/ko" >"$scratch/apart"; then
        problem "is built differently from $english (- English, + Korean):"
        sed 1,2d "$scratch/apart"
    fi
    for file in "$english" "$korean"; do
        grep -qF "($(basename "$(dirname "$file")")/$(basename "$file"))" docs/course/README.md ||
            problem "docs/course/README.md does not link to $file"
    done
    [ "$(hangul "$korean")" -ge 20 ] || problem "is not Korean"
    [ "$(hangul "$english")" -eq 0 ] || problem "$english is not English"
done
[ $lessons -eq 5 ] || problem "there are $lessons lessons, not 5"
[ "$(ls docs/course/ko | wc -l)" -eq $lessons ] || problem "docs/course/ko has other lessons"
for file in docs/course/exercises/*.md; do
    command=$file
    read_paths "$file" >"$scratch/dead"
    [ ! -s "$scratch/dead" ] || problem "dead links or paths: $(cat "$scratch/dead")"
done
finish

# The man page names every command, option and exit status that --help does, and is well-formed.
. "$SOURCE_DIR/tests/cli/lib.sh"
page=man/gradcheck.1
command="man/gradcheck.1"

sed 's/\\-/-/g' "$page" >"$scratch/page"
for name in run check explain sweep draw ops freeze judge lint-engine mutants exercise fuzz; do
    grep -q "^\.BI* \"*$name\b\|^\.BR $name\b" "$scratch/page" || problem "does not name the command $name"
done
for name in run check explain sweep draw ops freeze judge lint-engine mutants exercise fuzz; do
    run 0 $name --help
    for option in $(grep -oE '^ +(-[a-z], )?--[a-z-]+' "$scratch/out" | grep -oE '\--[a-z-]+'); do
        command="man/gradcheck.1"
        grep -q -- "$option" "$scratch/page" || problem "does not name $option of $name"
    done
done
command="man/gradcheck.1"
for status in 0 1 2 3 4 130; do
    grep -q "^\.B $status$" "$scratch/page" || problem "does not name exit status $status"
done
version=$(sed -n 's/^#define GCK_VERSION "\(.*\)"/\1/p' include/gradcheck.h)
grep -q "^\.TH GRADCHECK 1 .*gradcheck $version" "$page" || problem "is of another version"
if command -v groff >/dev/null; then
    groff -man -Tutf8 -ww "$page" 2>&1 >/dev/null | grep . && problem "groff complains (above)"
fi
finish

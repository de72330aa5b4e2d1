# Sourced by the tests of documents: what they show is true.
#
#   ```console   every line after "$ " is run; what stands below it is what it prints (times masked; a line
#                "..." stands for any number of lines). "$ echo $?" shows the exit status of the one before.
#   ```sh        every line that runs gradcheck must exit with 0, or with N at "# exit status N"
#   ```yaml      with a first line "# NAME.yaml": a file for the commands that follow
#   ```c, ```cpp stands word for word in an example or in the installed-package consumer
#
# Links lead somewhere, and the paths in backticks exist. Commands run in a copy, so they may write files.
. "$SOURCE_DIR/tests/cli/lib.sh"
work=$scratch/work
mkdir -p "$work/build"
cp -R cases examples "$work"
ln -s "$GRADCHECK" "$work/build/gradcheck"
ln -s "$EXAMPLES" "$work/build/examples"
PATH=$work/build:$PATH
last=0

# say LINE MESSAGE: a problem in the document at hand.
say() {
    command=$document:$1
    problem "$2"
}

# perform COMMAND: runs it in the copy; its output and errors in $scratch/actual, its status in $last.
perform() {
    if [ "$1" = 'echo $?' ]; then
        echo "$last" >"$scratch/actual"
        return
    fi
    case $1 in
    "gradcheck "* | "build/gradcheck "* | "build/examples/"* | "tail "* | "cat "*) ;;
    *) say "$line_number" "the documents do not run such a command: $1" ;;
    esac
    (cd "$work" && sh -c "$1") >"$scratch/actual" 2>&1 </dev/null
    last=$?
}

# same: $scratch/expected is $scratch/actual, where a line "..." matches any lines.
same() {
    masked "$scratch/expected" >"$scratch/a"
    masked "$scratch/actual" >"$scratch/b"
    awk '
        function matches(i, j) {
            for (; i <= n; i++) {
                if (want[i] == "...") {
                    for (; j <= m + 1; j++)
                        if (matches(i + 1, j))
                            return 1
                    return 0
                }
                if (j > m || want[i] != got[j++])
                    return 0
            }
            return j > m
        }
        NR == FNR { want[++n] = $0; next }
        { got[++m] = $0 }
        END { exit !matches(1, 1) }' "$scratch/a" "$scratch/b"
}

# Runs the pending command of a console block and compares what it printed.
shown=
flush() {
    [ -n "$shown" ] || return 0
    perform "$shown"
    if ! same; then
        say "$shown_at" "$shown prints something else (- document, + program):"
        diff -u "$scratch/a" "$scratch/b" | sed 1,2d
    fi
    shown=
}

console_line() {
    case $1 in
    "$ "*)
        flush
        shown=${1#"$ "}
        shown_at=$line_number
        : >"$scratch/expected"
        ;;
    *) printf '%s\n' "$1" >>"$scratch/expected" ;;
    esac
}

sh_line() {
    case $1 in
    "gradcheck "* | "build/gradcheck "*) ;;
    *) return 0 ;;
    esac
    commands=$((commands + 1))
    wanted=0
    case $1 in
    *"# exit status "*) wanted=${1##*"# exit status "} ;;
    esac
    perform "$1"
    [ "$last" -eq "$wanted" ] || {
        say "$line_number" "$1: exit status $last, not $wanted"
        tail -n 5 "$scratch/actual"
    }
}

# end_block: what is done when a block ends. $scratch/block holds its lines.
end_block() {
    case $block in
    console) flush ;;
    yaml)
        name=$(sed -n '1s/^# \([a-z0-9-]*\.yaml\)$/\1/p' "$scratch/block")
        [ -z "$name" ] || cp "$scratch/block" "$work/$name"
        ;;
    c | cpp)
        awk '
            function contents(name,    text, row) {
                while ((getline row < name) > 0)
                    text = text row "\n"
                return text
            }
            BEGIN {
                block = contents(ARGV[1])
                for (i = 2; i < ARGC; i++)
                    if (index("\n" contents(ARGV[i]), "\n" block))
                        exit 0
                exit 1
            }' "$scratch/block" examples/*.c tests/consumer/*.cpp ||
            say "$line_number" "the program that ends here is in no example"
        ;;
    esac
}

read_document() {
    document=$1
    rm -f "$work"/*.yaml
    block=
    line_number=0
    while IFS= read -r line; do
        line_number=$((line_number + 1))
        case $block$line in
        '```'?*)
            block=${line#'```'}
            : >"$scratch/block"
            ;;
        '```') block=plain ;;
        *'```')
            end_block
            block=
            ;;
        *)
            printf '%s\n' "$line" >>"$scratch/block"
            case $block in
            console) console_line "$line" && commands=$((commands + 1)) ;;
            sh) sh_line "$line" ;;
            esac
            ;;
        esac
    done <"$document"
    [ -z "$block" ] || say "$line_number" "a block is not closed"
}

# Links relative to the document; paths in backticks relative to the root. Capitals stand for a name of yours.
read_paths() {
    document=$1
    sed '/^```/,/^```/d' "$1" | grep -o '](\([^)]*\))' | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^https\?:' |
        while read -r target; do
            [ -e "$(dirname "$document")/$target" ] || echo "$document: the link to $target leads nowhere"
        done
    sed '/^```/,/^```/d' "$1" | grep -oE '`(src|docs|cases|tests|examples|include|bench|cmake)/[^ `]*' | tr -d '`' |
        grep -v '[A-Z*]' | while read -r path; do
        [ -e "$path" ] || echo "$document: there is no $path"
    done
}

# read_documents FILE...
commands=0
read_documents() {
    for document in "$@"; do
        read_document "$document"
        command=$document
        read_paths "$document" >"$scratch/dead"
        [ ! -s "$scratch/dead" ] || {
            problem "dead links or paths:"
            cat "$scratch/dead"
        }
    done
}

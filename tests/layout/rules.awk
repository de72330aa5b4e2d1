# The rules of check_layout.sh. Input: names of files, one a line, relative to the root. Output: violations,
# as file:line: rule: what. Exit status 1 if there is one, or if there was nothing to check.

BEGIN {
    # From low to high. case and engine stand on the same layers; engines may read what a case holds.
    count = split("base real tensor files ops graph check case engine api report cli", order, " ")
    for (i = 1; i <= count; i++)
        rank[order[i]] = i
    most_lines = 600
    # A name at the start of a word: what stands before it, as a character that is no part of one.
    start = "(^|[^A-Za-z0-9_])"
    processes = start "(v?fork|exec[lv]p?e?|execvpe|fexecve|posix_spawnp?|system|popen)[ \t]*\\("
    files = start "(fopen|freopen|open|openat|creat)[ \t]*\\("
}

{ check($0); checked++ }

END {
    if (!checked)
        print "no file to check"
    exit violations > 0 || !checked
}

function violation(rule, what)
{
    printf "%s:%d: %s: %s\n", file, line, rule, what
    violations++
}

function check(name,    text, layer, parts)
{
    file = name
    line = 0
    in_comment = 0
    split(name, parts, "/")
    layer = parts[1] == "src" ? parts[2] : ""
    if (parts[1] == "src" && !(layer in rank))
        violation("include", "src/" layer " is no layer")
    while ((getline text < name) > 0) {
        line++
        if (name ~ /\.([ch]|cpp|def)$/)
            check_line(text, parts[1], layer)
    }
    close(name)
    if (line > most_lines)
        violation("length", line " lines; at most " most_lines)
}

function check_line(text, folder, layer,    code)
{
    if (line == 1 && name_is_c() && text !~ /^(\/\*|\/\/)/)
        violation("comment", "the first line is not the comment that says what the file is")
    if (folder == "src" && !in_comment && text ~ /^[ \t]*#[ \t]*include/)
        check_include(text, layer)
    code = strip(text)
    if (folder == "include" && tolower(text) ~ /^[ \t]*#[ \t]*include.*(mpfr|gmp)/)
        violation("mpfr", "a public header includes it")
    if (folder == "include" && tolower(code) ~ (start "(mpfr|mp[zqfn]_)"))
        violation("mpfr", "a public header names it")
    if (folder != "src" || !(layer in rank))
        return
    if (layer != "real" && layer != "tensor" && code ~ (start "mpfr_[a-z]"))
        violation("mpfr", "src/" layer " names mpfr_ functions; src/real and src/tensor do that")
    if (layer != "engine" && code ~ processes)
        violation("process", "only src/engine starts processes")
    if (layer != "files" && layer != "engine" && layer != "report" && code ~ files)
        violation("file", "only src/files, src/engine and src/report open files")
}

function name_is_c()
{
    return file ~ /\.([ch]|cpp)$/
}

function check_include(text, layer,    quoted, path, parts, depth)
{
    if (!match(text, /["<][^">]*[">]/))
        return # a macro names the file; the macro's own value is checked where it is written
    quoted = substr(text, RSTART, 1) == "\""
    path = substr(text, RSTART + 1, RLENGTH - 2)
    depth = split(path, parts, "/")
    if (path == "gck_build.h") # generated
        return
    if (depth > 1 && parts[1] in rank && path !~ /\.\./) {
        if (!quoted)
            violation("include", "<" path "> is written with quotes")
        if (!(layer in rank) || rank[parts[1]] > rank[layer])
            violation("include", "src/" layer " includes the higher layer's " path)
    } else if (quoted)
        violation("include", "\"" path "\" is not of the form \"layer/file.h\"")
    else if ((path == "mpfr.h" || path == "gmp.h") && layer != "real" && layer != "tensor")
        violation("mpfr", "src/" layer " includes <" path ">")
}

# The line without comments and without what stands in quotes. Keeps in_comment from line to line.
function strip(text,    code, i, c, two, quote)
{
    code = ""
    quote = ""
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        two = substr(text, i, 2)
        if (in_comment) {
            if (two == "*/") {
                in_comment = 0
                i++
            }
        } else if (quote != "") {
            if (c == "\\")
                i++
            else if (c == quote)
                quote = ""
        } else if (two == "/*") {
            in_comment = 1
            code = code " "
            i++
        } else if (two == "//")
            break
        else if (c == "\"" || c == "'")
            quote = c
        else
            code = code c
    }
    return code
}

# Which values of attributes the cases use. Two inputs: what `gradcheck ops NAME...` prints, then the rows of graphs.
# Prints a line for every class of values, "op attribute class calls": every choice, true and false, a value that is
# not the default; for an axis or a shift positive and negative ones; for "one number, or one an axis" both; and for
# optional arguments none of them and all.

FNR == NR {
    if (match($0, /^[a-z][a-z0-9_]*\(/))
        op = substr($0, 1, RLENGTH - 1)
    else if (/^  arguments .*\([0-9]+ to [0-9]+\)/) {
        split(substr($0, index($0, "(") + 1), range, / to |\)/)
        least[op] = range[1]
        most[op] = range[2]
    } else if (inside && match($0, /^    [a-z][a-z0-9_]*: /))
        attribute_starts(substr($0, 5, RLENGTH - 6), substr($0, RLENGTH + 1))
    else if (inside && /^      /)
        attribute_goes_on()
    inside = /^  attributes$/ || (inside && /^    /)
    next
}

function attribute_starts(name, kind)
{
    key = op " " name
    names[op] = names[op] " " name
    initial[key] = match(kind, /; default /) ? substr(kind, RSTART + 10) : ""
    sub(/;.*/, "", kind)
    sub(/^one of /, "", kind)
    sub(/^true or false$/, "true, false", kind)
    classes[key] = kind ~ /, / ? kind : "set"
}

function attribute_goes_on()
{
    if (/negative(:| ones| from| backwards| below| towards)/)
        classes[key] = classes[key] ", positive, negative"
    if (/one number, or one/ && op !~ /1d$/)
        classes[key] = classes[key] ", single, several"
}

# A row: calls may stand in calls, and lists in both. An argument ends at a comma that is in no list and no text.
{
    depth = lists = quoted = 0
    word = ""
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        if (c == "(") {
            called[++depth] = word
            text[depth] = ""
        } else if (c == ")" && depth) {
            call_ends(called[depth], text[depth])
            text[--depth] = text[depth] "()"
        } else if (depth) {
            lists += (c == "[") - (c == "]")
            quoted = c == "\"" ? !quoted : quoted
            text[depth] = text[depth] (c == "," && !lists && !quoted ? "\n" : c)
        }
        word = c ~ /[a-z0-9_]/ ? word c : ""
    }
}

function call_ends(op, text,    parts, n, i, arguments, given, list, name)
{
    n = arguments = split(text, parts, "\n")
    split("", given)
    for (i = 1; i <= n; i++)
        if (match(parts[i], /^ *[a-z][a-z0-9_]* *= */)) {
            name = substr(parts[i], 1, RLENGTH)
            gsub(/[ =]/, "", name)
            given[name] = substr(parts[i], RLENGTH + 1)
            sub(/ *$/, "", given[name])
            arguments--
        }
    calls[op " arguments " arguments]++
    n = split(names[op], list, " ")
    for (i = 1; i <= n; i++)
        value_counts(op " " list[i], list[i] in given, given[list[i]])
}

function value_counts(key, given, value)
{
    if (!given)
        value = initial[key]
    calls[key " " value]++
    if (given && value != initial[key])
        calls[key " set"]++
    calls[key " " (value ~ /-/ ? "negative" : "positive")]++
    if (given)
        calls[key " " (value ~ /,/ ? "several" : "single")]++
}

END {
    for (op in least) {
        print op, "arguments", least[op], calls[op " arguments " least[op]] + 0
        print op, "arguments", most[op], calls[op " arguments " most[op]] + 0
    }
    for (key in classes) {
        n = split(classes[key], list, ", ")
        for (i = 1; i <= n; i++)
            print key, list[i], calls[key " " list[i]] + 0
    }
}

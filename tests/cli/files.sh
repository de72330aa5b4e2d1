#!/bin/sh
# Files of tensors: inputs of cases that lie in them, and gradients that a program wrote.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
cases=$scratch/cases
mkdir -p "$cases/deeper" "$scratch/outside"

# tensors FILE NAME=TYPE:LIST...: writes the file below $scratch.
tensors() {
    file=$scratch/$1
    shift
    "$python" "$SOURCE_DIR/tests/files/tensors.py" "$file" "$@" || problem "tensors.py failed"
}

# input FILE TEXT...: a case whose W is in the file is refused, with these texts.
refused() {
    write_case cases/bad test/bad "inputs: {W: {file: '$1'}}" 'graph: [f = sum(W)]' 'output: f'
    run 2 check "$cases/bad.yaml"
    shift
    err 'bad.yaml:4:20: error:'
    for text; do err "$text"; done
    rm "$cases/bad.yaml"
}

# ---- inputs of cases ----------------------------------------------------------------------------------
tensors cases/w.npz 'W=<f8:[[1, 2.5], [3, 4]]' 'b=<f4:[0.1, 2]' 'l=>i2:[1, 0]' 'm=|b1:[true, false]'
tensors cases/deeper/W.npy 'W=>f8:[[1, 2.5], [3, 4]]'
tensors cases/w.safetensors 'W=F64:[[1, 2.5], [3, 4]]' 'b=F32:[0.1, 2]' 'l=I32:[1, 0]' 'm=BOOL:[true, false]' \
    'h=BF16:[1, -2]'
tensors cases/w.json 'W=:[[1, 2.5], [3, 4]]' 'b=:[0.10000000149011612, 2]' 'l=:[1, 0]' 'm=:[true, false]'
for file in w.npz w.safetensors w.json; do
    write_case cases/net test/net "inputs:" "  W: {file: $file#W, shape: [2, 2]}" "  b: {file: $file#b}" \
        "  l: {file: $file#l, dtype: int64}" "  m: {file: $file#m}" '  x: {file: deeper/W.npy}' \
        'graph:' '  - h = matmul(x, W) + b' '  - k = where(m, h, W)' '  - f = softmax_cross_entropy(k, l)' 'output: f' \
        'expect:' '  value: {b: [0.100000001490116119384765625, 2], h: [[8.600000001490116119384765625, 14.5],' \
        '    [15.100000001490116119384765625, 25.5]]}' '  by: closed-form'
    run 0 check "$cases/net.yaml"
    out '6 of 6 numbers met'
    out '10 of 10 elements'
done
(cd "$cases" && "$GRADCHECK" check net.yaml >/dev/null) || problem "relative to the folder that the case is in"
write_case cases/seed test/seed 'inputs: {x: [1, 2]}' 'graph: [f = square(x)]' 'output: f' "seed: {file: 'w.json#b'}"
run 0 check "$cases/seed.yaml"
write_case cases/half test/half "inputs: {x: {file: 'w.safetensors#h'}}" 'graph: [f = sum(x)]' 'output: f'
run 0 check "$cases/half.yaml"

tensors cases/long.npz 'weight=<f8:[1]'
refused nothing.npy 'the file nothing.npy cannot be read: No such file or directory'
refused deeper 'the file deeper: it cannot be read: Is a directory'
refused seed.yaml 'the file seed.yaml: it is none of .npz, .npy, .safetensors and JSON'
refused w.npz 'w.npz#NAME says which tensor of the file is meant; it holds W, b, l, m'
refused w.npz#w 'the file holds no tensor w; it holds W, b, l, m'
refused long.npz#wieght 'the file holds no tensor wieght: did you mean weight?'
refused 'w.npz#' 'w.npz#NAME says which'
refused '#W' 'a file is named as w.npy, w.npz#W1 or w.safetensors#W1'
refused deeper/W.npy#W 'an .npy holds one tensor without a name: leave out #W'
write_case cases/bad test/bad 'inputs:' "  W: {file: 'w.npz#W', dtype: int64}" "  b: {file: 'w.npz#b', shape: [3]}" \
    "  l: {file: 'w.npz#l', dtype: bool}" "  c: {file: 'w.npz#b', data: [1]}" "  d: {file: 'w.npz#b', seed: 1}" \
    'graph: [f = sum(W)]' 'output: f'
run 2 check "$cases/bad.yaml"
err 'the file holds float64, where dtype says integers'
err 'b: the tensor in the file has shape [2], not [3]'
err 'c needs one of data, fill and file, not several'
err 'd: seed goes with fill, not with file'
no_err ' l:'
tensors cases/odd.npz 'n=<f8:[1, NaN]' 'i=<f8:[Infinity]' 'big=<f8:[1e39]' 'two=<i8:[2]'
refused odd.npz#n 'its element [1], nan, is NaN'
refused odd.npz#big 'its element [0], 9.9999999999999994e+38, overflows one of the dtypes of this case'
refused odd.npz#i 'an infinity in W, which is differentiated'
rm "$cases"/*.yaml

# What lies outside of the folder of the case, also behind a link, is not read unless that is wanted.
cp "$cases/deeper/W.npy" "$scratch/outside/W.npy"
mkdir "$scratch/cases-beside" # a name that begins with the folder's
cp "$cases/deeper/W.npy" "$scratch/cases-beside/W.npy"
ln -s ../outside/W.npy "$cases/link.npy"
ln -s ../outside "$cases/folder"
ln -s deeper/W.npy "$cases/inner.npy"
for path in ../outside/W.npy link.npy folder/W.npy "$scratch/outside/W.npy" "$cases/deeper/W.npy" \
    deeper/../../outside/W.npy ../cases-beside/W.npy; do
    write_case cases/case test/case "inputs: {W: {file: $path}}" 'graph: [f = sum(W)]' 'output: f'
    run 0 check --allow-outside "$cases/case.yaml"
    run 0 explain --allow-outside "$cases/case.yaml"
    run 2 explain "$cases/case.yaml"
    run 2 check "$cases/case.yaml"
    err 'is not below the folder of the case; it is read when --allow-outside is given'
done
run 2 freeze "$cases/case.yaml"
run 0 freeze --allow-outside "$cases/case.yaml"
run 0 check --allow-outside "$cases/case.yaml"
out '5 of 5 numbers met'
for path in inner.npy deeper/../inner.npy "./deeper/W.npy"; do
    write_case cases/case test/case "inputs: {W: {file: $path}}" 'graph: [f = sum(W)]' 'output: f'
    run 0 check "$cases/case.yaml"
done
rm "$cases"/*.yaml "$cases/w.json"

# ---- gradients in files -------------------------------------------------------------------------------
write_case cases/net test/net 'inputs: {W: [[1, 2, 3], [4, 5, 6]], b: [1, 2]}' 'graph:' '  - q = square(W)' \
    '  - p = b * b' '  - f = sum(q) + sum(p)' 'output: f'
net=$cases/net.yaml
right='[[2, 4, 6], [8, 10, 12]]'
tensors g.npz "W=<f8:$right" 'b=<f8:[2, 4]'
tensors g.safetensors "W=F64:$right" 'b=F64:[2, 4]'
tensors g.json "W=:$right" 'b=:[2, 4]' 'f=:96'
for file in g.npz g.safetensors g.json; do
    run 0 check "$net" --grads "$scratch/$file"
    out 'ok: every gradient is right'
    out "($scratch/$file)"
    no_out float32
done
out 'value        f = 96, ok'
tensors g32.npz "W=<f4:$right" 'b=<f4:[2, 4]'
run 0 run "$cases" --grads "$scratch/g32.npz" --format json
out '"dtype": "float32"'
no_out '"dtype": "float64"'
tensors g16.safetensors "W=BF16:$right" 'b=BF16:[2, 4]'
run 4 check "$net" --grads "$scratch/g16.safetensors"
out 'unsupported: W holds bfloat16; the case is for float64 (--dtype bfloat16 checks it)'
run 0 check "$net" --grads "$scratch/g16.safetensors" --dtype bfloat16
tensors mixed.npz "W=<f4:$right" 'b=<f8:[2, 4]'
run 1 check "$net" --grads "$scratch/mixed.npz"
out 'b holds float64, W holds float32; which one was computed in? say it with --dtype'
run 0 check "$net" --grads "$scratch/mixed.npz" --dtype float32

# Wrong ones, each with its verdict.
tensors wrong.npz "W=<f8:$right" 'b=<f8:[1, 2]' 'f=<f8:95'
run 1 check "$net" --grads "$scratch/wrong.npz"
out 'every element is 0.5 times the reference'
out 'f  value 95, reference 96'
tensors wrong.npz "W=<f8:$right" 'b=<f8:[2.0000000000001, 4]'
run 1 check "$net" --grads "$scratch/wrong.npz"
out 'inaccurate: '
out 'unconfirmed: there is no asking beside this point whether the error is noise'
run 0 check "$net" --grads "$scratch/wrong.npz" --allow inaccurate
tensors wrong.npz "W=<f8:$right" 'b=<f8:[[2, 4]]' 'f=<f8:[1, 2]'
run 1 check "$net" --grads "$scratch/wrong.npz"
out 'the gradient has shape [1, 2], the parameter [2]'
out 'the value has 2 elements, the output 1'
tensors wrong.npz "W=<f8:$right" 'bias=<f8:[2, 4]' 'q=<f8:[[1, 1, 1], [1, 1, 1]]'
run 1 check "$net" --grads "$scratch/wrong.npz"
out 'missing: no node is called bias (--map NAME=PARAMETER renames)'
tensors wrong.npz "W=<f8:$right" 'b=<f8:[2, NaN]'
run 1 check "$net" --grads "$scratch/wrong.npz"
out nonfinite
tensors wrong.npz "W=<f8:[[2, 4, 6], [8, 10, 13]]" 'b=<f8:[2, 4]' 'q=<f8:[[1, 1, 1], [1, 1, 1]]'
run 1 check "$net" --grads "$scratch/wrong.npz"
out 'going backward, the first wrong gate is q (square)'
printf 'x' | dd of="$scratch/g.npz" bs=1 seek=120 conv=notrunc 2>/dev/null
run 1 check "$net" --grads "$scratch/g.npz"
out "error: $scratch/g.npz: the tensor W: it cannot be unpacked: CRC error"
head -c 300 "$scratch/g.npz" >"$scratch/half.npz"
run 3 check "$net" --grads "$scratch/half.npz"
err "$scratch/half.npz: it is no sound zip archive"
run 3 check "$net" --grads "$scratch/none.npz"
err "$scratch/none.npz: it cannot be read: No such file or directory"

# Renamed, transposed, reordered.
tensors named.npz 'fc.weight=<f8:[[2, 8], [4, 10], [6, 12]]' 'fc.bias=<f8:[2, 4]' 'loss=<f8:96' 'lr=<f8:0.1'
run 0 check "$net" --grads "$scratch/named.npz" --map fc.weight=W:T --map fc.bias=b --map loss=f
out 'value        f = 96, ok'
out 'no node is called lr'
run 0 check "$net" --grads "$scratch/named.npz" --map fc.weight=W:1,0 --map fc.bias=b
run 1 check "$net" --grads "$scratch/named.npz" --map fc.weight=W --map fc.bias=b
out 'the gradient has shape [3, 2], the parameter [2, 3]'
out 'fc.weight would have the shape of W transposed: --map fc.weight=W:T'
run 1 check "$net" --grads "$scratch/named.npz" --map fc.weight=W:0,2,1
out '--map has 3 axes for it, it has 2'
run 1 check "$net" --grads "$scratch/named.npz" --map fc.wieght=W
out 'the file holds no fc.wieght, which --map renames'
for map in W W= =W:X W:T x=W:2 x=W:0,0 x=W:0,1, x=:T; do
    run 2 check "$net" --grads "$scratch/named.npz" --map "$map"
    err 'a renaming is TENSOR=PARAMETER'
done
write_case one test/one 'inputs: {W: [[1, 2, 3], [4, 5, 6]]}' 'graph: [f = sum(square(W))]' 'output: f'
tensors one.npy "W=<f8:$right"
run 0 check "$scratch/one.yaml" --grads "$scratch/one.npy"
run 1 check "$net" --grads "$scratch/one.npy"
out 'the tensor of an .npy has no name: --map =PARAMETER says whose gradient it is'
tensors one.npy 'W=<f8:[[2, 8], [4, 10], [6, 12]]'
run 0 check "$scratch/one.yaml" --grads "$scratch/one.npy" --map =W:T

# Several cases: a folder, or a pattern.
right_case cases/a test/a
tensors g.npz "W=<f8:$right" 'b=<f8:[2, 4]'
run 2 run "$cases" --grads "$scratch/g.npz"
err 'one file for 2 cases; write {id} where it has the id of the case, or name a folder'
mkdir -p "$scratch/all/test"
tensors all/test/a.json 'x=:2' 'y=:3'
tensors all/test/net.npz "W=<f8:$right" 'b=<f8:[2, 4]'
run 0 run "$cases" --grads "$scratch/all"
out '2 cases: 2 ok'
run 1 run "$cases" --grads "$scratch/all/{id}.npz"
out "2 cases: 1 ok, 1 error"
out "more: gradcheck check --grads '$scratch/all/{id}.npz' $cases/a.yaml"
out "$scratch/all/test/a.npz: it cannot be read: No such file or directory"
tensors all/test/a@float64.json 'x=:2' 'y=:3'
tensors all/test/a@float32.json 'x=:2' 'y=:3'
run 0 run "$cases/a.yaml" --grads "$scratch/all/{id}@{dtype}.json"
rm "$scratch/all/test/a@float32.json"
run 1 run "$cases/a.yaml" --grads "$scratch/all/{id}@{dtype}.json"
run 0 run "$cases/a.yaml" --grads "$scratch/all/{id}@{dtype}.json" --dtype float64
rm "$scratch/all/test/a.json"
run 1 run "$cases" --grads "$scratch/all"
out "there is no $scratch/all/test/a.npz, .safetensors, .json or .npy"
right_case cases/climb ../test/a
run 1 run "$cases/climb.yaml" --grads "$scratch/all/{id}.json"
out 'the id ../test/a names no file'
run 2 check "$net" --grads x --engine y
err 'contradict'
run 2 check "$net" --map a=b
err '--map needs --grads'
finish

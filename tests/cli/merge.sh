#!/bin/sh
# mltest merge with parts that somebody changed and sealed again: their digests are right, what they
# say is not. Whatever contradicts itself, or the other parts, decides nothing.
. "${srcdir:-.}/tests/cli/tap.sh"
cd "$scratch" || exit 99

awk 'BEGIN { srand(9); print "id,y,base,cand,w,n,country,price"
    split("de fr us jp", c, " ")
    for (i = 1; i <= 40000; i++) { t = rand(); y = rand() < t ? 1 : 0
        printf "%d,%d,%.6f,%.6f,%.3f,%d,%s,%.2f\n", i, y, 0.6 * t + 0.4 * rand(), 0.62 * t + 0.38 * rand(), 0.1 + rand(), \
            1 + int(3 * rand()), c[1 + int(4 * rand() * rand())], 9 * rand() }
}' >preds.csv

# split_part FILE: its magic number, header, body and nothing else as files.
split_part() {
    length=$(od -An -tu8 -j8 -N8 "$1" | tr -d ' ')
    head -c 8 "$1" >magic
    tail -c +17 "$1" | head -c "$length" >header
    tail -c "+$((17 + length))" "$1" | head -c -64 >body
}

# seal FILE: puts them together again, with the length and the digest that belong to them.
seal() {
    length=$(wc -c <header)
    {
        cat magic
        for byte in 0 1 2 3 4 5 6 7; do
            # shellcheck disable=SC2059 # the byte is the format
            printf "\\$(printf '%03o' $((length >> (8 * byte) & 255)))"
        done
        cat header body
    } >sealed
    { cat sealed && sha256sum sealed | head -c 64; } >"$1"
}

# forge FROM TO EXPRESSION: a part with another header.
forge() {
    split_part "$1"
    sed "$3" header >changed && mv changed header
    seal "$2"
}

# poke FROM TO OFFSET BYTES...: a part whose body has other bytes (octal) from there on.
poke() {
    split_part "$1"
    to=$2 at=$3
    shift 3
    {
        head -c "$at" body
        for byte in "$@"; do
            # shellcheck disable=SC2059 # the byte is the format
            printf "\\$byte"
        done
        tail -c "+$((at + $# + 1))" body
    } >changed && mv changed body
    seal "$to"
}

ask() {
    "$MLTEST" eval preds.csv -q -l y -s cand -b base -r "auc within 2% of baseline" "$@"
}
sums() {
    ask --metrics brier,accuracy -r "brier within 2% of baseline" --slices country "$@"
}
for i in 1 2 3; do
    ask --metrics auc,brier --slices country --id id --shard $i/3 --partial $i.mlp
    "$MLTEST" eval preds.csv -q -l y -s cand -b base --metrics brier,accuracy -r "brier within 2% of baseline" \
        --slices country --define 'cost:lower = abs(label - score) * price' --shard $i/3 --partial s$i.mlp
done
expect 0 'PASS' "the parts as they were written pass" "$MLTEST" merge 1.mlp 2.mlp 3.mlp
expect 0 'PASS' "those of sums alone, too" "$MLTEST" merge s1.mlp s2.mlp s3.mlp
forge 1.mlp same.mlp 's/x/x/'
ok_if "sealing again what nobody changed gives the same file" cmp 1.mlp same.mlp

# Headers.
forge 1.mlp f.mlp 's/"shards":3,"has":\[1\]/"shards":1,"has":[1]/'
expect 4 'rows together, of data that has 40000' "one part alone cannot say that it is the whole" "$MLTEST" merge f.mlp
forge 1.mlp f.mlp 's/"has":\[1\]/"has":[1,2]/'
expect 4 'rows together, of data that has' "nor that it has a shard that it has not" "$MLTEST" merge f.mlp 3.mlp
expect 4 'there twice' "beside the real one neither" "$MLTEST" merge f.mlp 2.mlp 3.mlp
forge 1.mlp f.mlp 's/"has":\[1\]/"has":[2]/'
expect 4 'have the same rows, as different shards' "a part under another's name is found" "$MLTEST" merge 1.mlp f.mlp 3.mlp
forge 3.mlp f.mlp 's/"rows":40000/"rows":30000/'
expect 4 'data with 40000 rows, .* with 30000' "all parts are of as many rows" "$MLTEST" merge 1.mlp 2.mlp f.mlp
for i in 1 2 3; do forge $i.mlp f$i.mlp 's/"rows":40000/"rows":50000/'; done
expect 4 'have 40000 rows together, of data that has 50000' "and have them together" "$MLTEST" merge f1.mlp f2.mlp f3.mlp
for i in 1 2 3; do forge $i.mlp f$i.mlp 's/"rows":40000/"rows":100/'; done
expect 4 'cannot have' "not more of them, either" "$MLTEST" merge f1.mlp f2.mlp f3.mlp
expect 4 'cannot have' "nor to write what is merged so far" "$MLTEST" merge f1.mlp f2.mlp -o left.mlp
ok_if "which is not written" test ! -e left.mlp
forge 2.mlp f.mlp 's/within 2%/within 90%/'
expect 4 'different requests' "every part has the same request" "$MLTEST" merge 1.mlp f.mlp 3.mlp
forge 2.mlp f.mlp 's/"threshold":null/"threshold":0.1/'
expect 4 'different requests' "and threshold" "$MLTEST" merge 1.mlp f.mlp 3.mlp
for i in 1 2 3; do forge s$i.mlp f$i.mlp 's/"brier","accuracy"/"brier"/'; done
expect 4 'damaged|contradicts' "sums of other metrics are not taken for these" "$MLTEST" merge f1.mlp f2.mlp f3.mlp
for i in 1 2 3; do forge $i.mlp f$i.mlp 's/"id":"id"/"id":null/'; done
expect 4 'damaged|contradicts' "nor rows of another shape" "$MLTEST" merge f1.mlp f2.mlp f3.mlp
for header in 's/"shards":3/"shards":0/' 's/"has":\[1\]/"has":[]/' 's/"has":\[1\]/"has":[1,1]/' 's/"has":\[1\]/"has":[4]/' \
    's/"rows":40000/"rows":-1/' 's/"rows":40000/"rows":1e99/' 's/"shards":3/"shards":2.5/' 's/"task":"binary"/"task":"none"/' \
    's/"request":{/"request":[{/' 's/.*//'; do
    forge 1.mlp f.mlp "$header"
    expect 4 '.' "a header after $header is refused" "$MLTEST" merge f.mlp
done

# Bodies. The first evaluation begins after its length (8 bytes): the first ordinal, then rows by state: paired, left
# out, without the candidate's, without the baseline's answer; then the sums: rows, counted, whole numbers.
poke s1.mlp f.mlp 16 001 000 000 000
expect 4 'contradicts itself' "fewer rows than the slices have" "$MLTEST" merge f.mlp s2.mlp s3.mlp
poke s1.mlp f.mlp 24 001
expect 4 'contradicts itself' "rows left out that no slice knows" "$MLTEST" merge f.mlp s2.mlp s3.mlp
poke s1.mlp f.mlp 32 377
expect 4 'contradicts itself' "rows that only the candidate dropped, likewise" "$MLTEST" merge f.mlp s2.mlp s3.mlp
poke s1.mlp f.mlp 8 005
expect 4 'contradicts itself' "a first row that is in no slice" "$MLTEST" merge f.mlp s2.mlp s3.mlp
poke s1.mlp f.mlp 48 001 000 000
expect 4 'contradicts itself' "sums of fewer rows" "$MLTEST" merge f.mlp s2.mlp s3.mlp
poke s1.mlp f.mlp 64 377 377 377 377 377 377 377 177
expect 4 'contradicts itself' "more positive rows than rows" "$MLTEST" merge f.mlp s2.mlp s3.mlp
size=$(split_part 1.mlp && wc -c <body)
poke 1.mlp f.mlp $((size - 1)) 001
expect 4 'contradicts itself' "a row of a slice that there is not" "$MLTEST" merge f.mlp 2.mlp 3.mlp
poke 1.mlp f.mlp $((size - 4)) 377 377 377 377
expect 4 'contradicts itself' "nor of one beyond all" "$MLTEST" merge f.mlp 2.mlp 3.mlp

# Every byte of the sums, one after the other: never a crash, and no other figure than the true one goes unnoticed
# among the counts.
missed=0
at=8
while [ $at -lt 80 ]; do
    poke s1.mlp f.mlp $at 125
    code=0
    "$MLTEST" merge f.mlp s2.mlp s3.mlp >poked 2>&1 || code=$?
    cmp -s f.mlp s1.mlp || [ $code = 4 ] || { missed=$((missed + 1)) && echo "# byte $at: exit code $code"; }
    at=$((at + 1))
done
ok_if "no count can be changed alone ($missed were missed)" test $missed = 0

done_testing

#!/bin/sh
# mltest eval --find-slices: weak slices that nobody named, found in a file, told, and never judged by.
# shellcheck disable=SC2016 # awk programs
. "${srcdir:-.}/tests/cli/tap.sh"
cd "$scratch" || exit 99

# Candidate and baseline alike but for shop s3 on the web, where the candidate is off; `spend` is a
# number, `note` a value with commas, quotes and escapes, `vip` often missing.
awk 'BEGIN {
    srand(5); print "id,y,base,cand,shop,channel,spend,note,vip,same"
    for (i = 1; i <= 20000; i++) {
        t = rand(); y = rand() < t ? 1 : 0
        base = 0.1 + 0.7 * t + 0.1 * rand(); cand = 0.1 + 0.7 * t + 0.1 * rand()
        s = int(6 * rand()); c = rand() < 0.4 ? "web" : rand() < 0.5 ? "app" : "store"
        if (s == 3 && c == "web") cand = 0.95 - 0.8 * cand
        printf "u%d,%d,%.6f,%.6f,s%d,%s,%.2f,\"a, \"\"%d\"\" \033[31m|*\",%s,k\n", i, y, base, cand, s, c,
            exp(4 * rand()), int(3 * rand()), rand() < 0.3 ? "" : rand() < 0.5 ? "NaN" : "yes"
    }
}' >p.csv
common() { "$MLTEST" eval p.csv --label y --score cand --baseline base "$@"; }
eval_here() { common --metrics auc,logloss "$@"; }

expect 0 'shop == s3 and channel == web +1,' "a planted slice is found by its two columns" eval_here --find-slices 5
expect 0 'searched by logloss: 5 columns and 10 pairs' "what was searched is said" eval_here --find-slices 5
expect 0 'id: more than 50 different values' "an id is not searched, and that is said" eval_here --find-slices 5
expect 0 'same: every row has the same value' "nor is what never differs" eval_here --find-slices 5
eval_here --find-slices 5 --format json >found.json
ok_if "it stands first, alone, and with its q-value" sh -c \
    '[ "$(jq -c "[.weak_slices.slices[] | [.column, .value, (.q < 1e-9)]]" found.json)" = "[[\"shop,channel\",\"s3,web\",true]]" ]'
# The same rows by awk: mean log loss of both versions in the slice.
awk -F, 'function loss(p, y) { return y ? -log(p) : -log(1 - p) }
    NR > 1 && $5 == "s3" && $6 == "web" { n++; c += loss($4, $2); b += loss($3, $2) }
    END { printf "%d %.6f %.6f\n", n, c / n, b / n }' p.csv >want
jq -r '.weak_slices.slices[0] | "\(.rows) \(.candidate) \(.baseline)"' found.json |
    awk '{ printf "%d %.6f %.6f\n", $1, $2, $3 }' >got
ok_if "its figures equal awk's" cmp want got

# Alone, a slice is weak where the candidate is worse than elsewhere.
expect 0 'shop == s3 and channel == web' "without a baseline it is the worst by itself" \
    "$MLTEST" eval p.csv --label y --score cand --metrics brier --find-slices 3

# Never a verdict.
for sentence in "logloss within 50% of baseline" "logloss <= 0.1" "logloss by shop within 1% of baseline"; do
    eval_here --require "$sentence" -f json >plain.json
    want=$?
    eval_here --require "$sentence" --find-slices 5 -f json >searched.json
    got=$?
    jq 'del(.weak_slices, .request)' plain.json >plain.txt
    jq 'del(.weak_slices, .request)' searched.json >searched.txt
    ok_if "a search changes neither verdict nor figures nor exit code ($want): $sentence" \
        sh -c '[ "$1" = "$2" ] && cmp plain.txt searched.txt' sh "$want" "$got"
done

# Order, threads, shards, merges.
common --find-slices 5 -j 1 -f json | jq .weak_slices >one.txt
common --find-slices 5 -j 5 -f json | jq .weak_slices >five.txt
ok_if "threads change nothing" cmp one.txt five.txt
for i in 1 2 3; do common --find-slices 5 --shard "$i/3" --partial "$i.mlp" -q; done
common --find-slices 5 -f json >whole.json
"$MLTEST" merge 3.mlp 1.mlp 2.mlp -f json >merged.json
ok_if "merged shards find the same slices, to the byte" cmp whole.json merged.json
{ head -n 1 p.csv; tail -n +2 p.csv | sort -t, -k3,3; } >sorted.csv
"$MLTEST" eval sorted.csv -l y -s cand -b base --find-slices 5 -f json | jq -c '[.weak_slices.slices[] | [.where, .rows, .excess]]' >sorted.txt
jq -c '[.weak_slices.slices[] | [.where, .rows, .excess]]' whole.json >order.txt
ok_if "nor does the order of rows" cmp sorted.txt order.txt
common --find-slices 5 --partial bad.mlp -q
printf 'X' | dd of=bad.mlp bs=1 seek=20000 conv=notrunc 2>/dev/null
expect 4 'damaged|not what was written' "a damaged part is refused" "$MLTEST" merge bad.mlp

# The baseline in a file of its own, JSON lines, ranges, missing values.
cut -d, -f1,3 p.csv >base.csv
cut -d, -f1,2,4- p.csv >cand.csv
"$MLTEST" eval cand.csv -l y -s cand --baseline-file base.csv -b base --id id --metrics auc,logloss --find-slices 5 -f json |
    jq -c '[.weak_slices.slices[] | [.where, .rows, .p]]' >joined.txt
jq -c '[.weak_slices.slices[] | [.where, .rows, .p]]' found.json >same.txt
ok_if "a baseline in a file of its own gives the same" cmp joined.txt same.txt
awk 'BEGIN { srand(9); for (i = 0; i < 6000; i++) { s = 1000 * rand(); v = i % 5 == 0 ? "null" : i % 2
    printf "{\"y\":%.4f,\"cand\":%.4f,\"spend\":%.3f,\"ok\":%s,\"part\":%s}\n", rand(), rand() + (s > 900) + 2 * (i % 5 == 0), s,
        i % 3 ? "true" : "false", v } }' >p.jsonl
expect 0 'spend > 9[0-9]{2}' "a number is searched by ranges of equally many rows" \
    "$MLTEST" eval p.jsonl -l y -s cand --task regression --find-slices 9
expect 0 'part == \(missing\)' "a missing value is a value" "$MLTEST" eval p.jsonl -l y -s cand --task regression --find-slices 9

# Hostile columns.
eval_here --find-slices 50 >out 2>err
if grep -q "$(printf '\033')" out err; then not_ok "escapes in values never reach the terminal" out err; else pass "escapes in values never reach the terminal"; fi
awk 'BEGIN { print "y,cand,name,cents,inf"; for (i = 0; i < 1000000; i++)
    printf "%d,%s,n%d,%d,%s\n", i % 2, i % 10 < 5 ? "0.4" : "0.6", i, i, i == 7 ? "1e999" : i }' >million.csv
expect 0 'name: more than 50 different values' "a column of a million different texts is skipped, and that is said" \
    "$MLTEST" eval million.csv -l y -s cand --task binary --metrics logloss --find-slices 3 -q
expect 0 'inf: more than 50 different values' "so is one that is not all numbers" \
    "$MLTEST" eval million.csv -l y -s cand --task binary --metrics logloss --find-slices 3 -q
awk 'BEGIN { printf "y,cand"; for (c = 0; c < 300; c++) printf ",c%d", c; print ""
    for (i = 0; i < 400; i++) { printf "%d,%.3f", i % 2, (i % 7) / 7; for (c = 0; c < 300; c++) printf ",%d", (i * (c + 3)) % 4; print "" } }' >wide.csv
expect 0 '200 more columns: beyond the first 100' "of very many columns the first are searched" \
    "$MLTEST" eval wide.csv -l y -s cand --task binary --find-slices 3
expect 0 '\(of 435' "and of their pairs those with the most rows" \
    "$MLTEST" eval wide.csv -l y -s cand --task binary --find-slices 3
printf 'y,cand\n1,0.5\n0,0.2\n' >bare.csv
expect 0 '0 columns' "a file without other columns has nothing to search" "$MLTEST" eval bare.csv -l y -s cand --task binary --find-slices 3
awk 'BEGIN { print "y,s,g"; for (i = 0; i < 400; i++) print i % 2 "," (i % 9) / 2 "," i % 3 }' >scores.csv
expect 0 'nothing: logloss is not defined for [0-9]+ of the rows' "a loss that is not defined is said, and is no error" \
    "$MLTEST" eval scores.csv -l y -s s --task binary --metrics auc,logloss --find-slices 3
printf '{"y":1,"c":0.5,"x":"a"}\n{"y":0,"c":0.4}\n{"y":0,"c":0.2,"x":{"z":[1]}}\n' >odd.jsonl
expect 0 '1 column' "a value that is an object is a value" "$MLTEST" eval odd.jsonl -l y -s c --task binary -m brier --find-slices 2
printf 'y,cand,g\n1,0.5,a\n0,high,b\n' >bad.csv
expect 4 'bad.csv:3:' "a fault of the scores is told as without a search" \
    "$MLTEST" eval bad.csv -l y -s cand --task binary --metrics brier --find-slices 2

# What cannot be asked.
expect 2 'reads the file twice' "standard input cannot be searched" sh -c '"$0" eval - -l y -s cand -m logloss --find-slices 3 <p.csv' "$MLTEST"
expect 2 'does not go with --cluster' "nor rows that are not independent" eval_here --find-slices 3 --cluster shop
expect 2 'does not go with --weights' "nor weighted ones" eval_here --find-slices 3 --weights spend
expect 2 'mean of one loss per row' "nor a ranking" "$MLTEST" eval p.csv -l y -s cand --query shop --task ranking --find-slices 3
expect 2 '--find-slices wants a whole number' "nor a word" eval_here --find-slices many
done_testing

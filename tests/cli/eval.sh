#!/bin/sh
# mltest eval and mltest merge as people use them: files in, table, JSON, verdict and exit code out.
# shellcheck disable=SC2086,SC2046,SC2016 # words
. "${srcdir:-.}/tests/cli/tap.sh"
cd "$scratch" || exit 99

# Made by awk's own generator, seeded: a label, a good model, one like it, one that is worse, one that
# flips on one platform.
awk 'BEGIN {
    srand(7); print "id,y,base,cand,worse,broken,country,platform,w,n,account"
    split("de fr us jp br", c, " "); split("ios android web", p, " ")
    for (i = 1; i <= 60000; i++) {
        t = rand(); y = rand() < t ? 1 : 0
        base = 0.6 * t + 0.4 * rand(); cand = 0.62 * t + 0.38 * rand(); worse = 0.2 * t + 0.8 * rand()
        pf = p[1 + int(3 * rand() * rand())]
        broken = pf == "web" ? 1 - cand : cand
        printf "%d,%d,%.6f,%.6f,%.6f,%.6f,%s,%s,%d,%d,a%d\n", i, y, base, cand, worse, broken, \
            c[1 + int(5 * rand() * rand())], pf, 1 + int(3 * rand()), 1 + int(3 * rand()), int(i / 20)
    }
}' >preds.csv

common="preds.csv --label y --score cand --baseline base"

expect 0 'Nothing was decided' "without a sentence the numbers are shown and nothing is decided" \
    "$MLTEST" eval $common
expect 0 '60,000 rows scored, binary task, cand against base' "the task is told by the labels" \
    "$MLTEST" eval $common
expect 0 'PASS: 1 of 1' "an equal model is shown not worse" \
    "$MLTEST" eval $common --slices country,platform --metrics auc,logloss \
    --require "auc within 2% of baseline"
expect 1 'shown not to hold' "a worse model fails" \
    "$MLTEST" eval preds.csv -l y -s worse -b base -r "auc within 2% of baseline"
expect 1 'platform == web|platform.*web' "a model that fails one slice fails by that slice" \
    "$MLTEST" eval preds.csv -l y -s broken -b base -r "auc by platform within 5% of baseline"
head -n 60 preds.csv >few.csv
expect 3 'rows instead of' "too few rows are inconclusive and say how many would do" \
    "$MLTEST" eval few.csv -l y -s base -b cand -r "auc within 2% of baseline"
expect 1 'wanted >= 0.95' "an absolute sentence is judged on the candidate alone" \
    "$MLTEST" eval preds.csv -l y -s cand -r "auc >= 0.95"
expect 4 'no slice platform == desktop' "a slice that the data lacks is invalid" \
    "$MLTEST" eval preds.csv -l y -s cand -r "auc for platform == desktop >= 0.5"

# The same numbers by somebody else's arithmetic.
"$MLTEST" eval $common --metrics brier,accuracy --slices country --format json >out.json
awk -F, 'NR > 1 { e = $4 - $2; s += e * e; h += (($4 >= 0.5) == $2); n++;
    if ($7 == "de") { d += e * e; m++ } } END { printf "%.12f %.12f %.12f\n", s / n, h / n, d / m }' preds.csv >want
jq -r '[(.figures[] | select(.measurement.slice_column == null) | .measurement.candidate),
        (.figures[] | select(.measurement.slice_value == "de" and .measurement.metric == "brier") | .measurement.candidate)] | @tsv' out.json |
    awk '{printf "%.12f %.12f %.12f\n", $1, $2, $3}' >got
ok_if "brier, accuracy and a slice equal awk's" cmp want got

# Formats and ways in.
gzip -k preds.csv
if command -v zstd >/dev/null 2>&1; then zstd -q preds.csv; else skip "zstd" "no zstd program here"; fi
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) h[i] = $i; next }
    { s = "{"; for (i = 1; i <= NF; i++) s = s (i > 1 ? "," : "") "\"" h[i] "\":" ($i ~ /^[0-9.]+$/ ? $i : "\"" $i "\""); print s "}" }' \
    preds.csv >preds.jsonl
tr , '\t' <preds.csv >preds.tsv
figures() { jq -c '[.figures[].measurement]' "$1"; }
"$MLTEST" eval preds.csv -l y -s cand -b base --metrics auc,brier --slices country -f json >one.json
for file in preds.csv.gz preds.csv.zst preds.jsonl preds.tsv; do
    [ -e "$file" ] || continue
    "$MLTEST" eval $file -l y -s cand -b base --metrics auc,brier --slices country -f json >other.json
    figures one.json >a; figures other.json >b
    ok_if "$file gives the same numbers" cmp a b
done
"$MLTEST" eval - -l y -s cand -b base --metrics auc,brier --slices country -f json <preds.csv >other.json
figures other.json >b
ok_if "so does standard input" cmp a b

# Shards: every way of dividing and merging gives the whole's bytes.
ask() { "$MLTEST" eval preds.csv -q -l y -s cand -b base --slices country,country*platform \
    --metrics auc,logloss,accuracy,pr_auc --replicates 50 --id id -r "auc within 2% of baseline" "$@"; }
ask -f json >whole.json
for threads in 1 2 5; do
    ask -f json -j $threads >threads.json
    ok_if "$threads threads give the same bytes" cmp whole.json threads.json
done
MLTEST_SIMD=portable ask -f json >portable.json
ok_if "so does the portable path" cmp whole.json portable.json
expect 2 'MLTEST_SIMD' "another path is refused" env MLTEST_SIMD=sse "$MLTEST" version
for n in 1 3 7; do
    for i in $(seq 1 $n); do ask --shard "$i/$n" --partial "$i.mlp"; done
    "$MLTEST" merge $(seq $n -1 1 | sed 's/$/.mlp/') -f json >merged.json
    ok_if "$n shards merged backwards give the same bytes" cmp whole.json merged.json
done
"$MLTEST" merge 7.mlp 2.mlp 4.mlp -o left.mlp
"$MLTEST" merge 1.mlp 3.mlp -o right.mlp
"$MLTEST" merge right.mlp 5.mlp left.mlp 6.mlp -f json >merged.json
ok_if "a tree of merges gives the same bytes" cmp whole.json merged.json
expect 0 'PASS' "and the verdict's exit code" "$MLTEST" merge left.mlp right.mlp 5.mlp 6.mlp
expect 4 '1 of 7 shards are missing, the first is shard 5' "a missing shard decides nothing" \
    "$MLTEST" merge left.mlp right.mlp 6.mlp
expect 4 'shard 3 of 7 is there twice' "nor does one that is there twice" "$MLTEST" merge right.mlp 3.mlp left.mlp 5.mlp 6.mlp
head -c 900 5.mlp >cut.mlp
expect 4 'damaged' "a cut part is refused" "$MLTEST" merge cut.mlp
expect 2 'not a partial result' "so is another file" "$MLTEST" merge preds.csv
"$MLTEST" eval preds.csv -q -l y -s worse -b base --shard 5/7 --partial other.mlp
expect 4 'different requests' "parts of two requests do not mix" "$MLTEST" merge left.mlp right.mlp other.mlp 6.mlp
expect 2 'partial FILE' "a shard alone is no result" "$MLTEST" eval preds.csv -l y -s cand --shard 1/2

# The baseline's predictions in a file of their own, in another order.
cut -d, -f1,2,4,7 preds.csv >ours.csv
{ echo id,cand; cut -d, -f1,3 preds.csv | sed 1d | sort -t, -k1,1r; } >theirs.csv
"$MLTEST" eval ours.csv -l y -s cand --baseline-file theirs.csv --id id --metrics auc,brier --slices country -f json >other.json
figures one.json >a; figures other.json >b
ok_if "predictions in two files are matched by id" cmp a b
sed '$d' theirs.csv >short.csv
expect 4 'without|no partner|match' "a row without a partner is an error" \
    "$MLTEST" eval ours.csv -l y -s cand --baseline-file short.csv --id id
sed '3p' theirs.csv >double.csv
expect 4 'that was there before: .*line 4' "an id that is there twice is an error" \
    "$MLTEST" eval ours.csv -l y -s cand --baseline-file double.csv --id id
expect 2 'wants --id' "two files without an id cannot be matched" "$MLTEST" eval ours.csv -l y -s cand --baseline-file theirs.csv

# Weights, clusters, missing values.
expect 0 't .clusters.' "clusters widen the interval and say so" \
    "$MLTEST" eval preds.csv -l y -s cand -b base --metrics brier --cluster account
expect 0 'auc' "weights are taken" "$MLTEST" eval preds.csv -l y -s cand -b base --weights w --metrics auc,brier
sed '3s/,[^,]*,/,,/' preds.csv >no-label.csv
expect 4 'no-label.csv:3:' "a missing label is an error with its line" "$MLTEST" eval no-label.csv -l y -s cand -b base
expect 0 '1 row left out' "or dropped and counted" "$MLTEST" eval no-label.csv -l y -s cand -b base --missing drop
awk -F, -v OFS=, 'NR == 5 { $4 = "NaN" } { print }' preds.csv >no-score.csv
expect 0 '1 row could not be scored because only the candidate' "a NaN score is counted on the first screen" \
    "$MLTEST" eval no-score.csv -l y -s cand -b base
expect 1 'must$|not drop the hard rows' "and fails what is judged" \
    "$MLTEST" eval no-score.csv -l y -s cand -b base -r "auc within 2% of baseline"
expect 0 'PASS' "unless so many are allowed" \
    "$MLTEST" eval no-score.csv -l y -s cand -b base -r "auc within 2% of baseline" --max-candidate-missing 1%

# Hostile and careless input: one sentence, the right code, never a pass.
expect 2 "did you mean .auc." "a misspelt metric is told" "$MLTEST" eval preds.csv -l y -s cand --metrics acu --task binary
expect 4 'did you mean "cand"' "a misspelt column is told" "$MLTEST" eval preds.csv -l y -s cadn
expect 2 'same column' "the baseline must not be the candidate" "$MLTEST" eval preds.csv -l y -s cand -b cand
expect 2 'name its column with --baseline' "a comparison needs a baseline" \
    "$MLTEST" eval preds.csv -l y -s cand -r "auc within 2% of baseline"
expect 2 'NaN|nan' "a NaN threshold is refused" "$MLTEST" eval preds.csv -l y -s cand -r "auc >= nan"
expect 2 'absent.csv' "an absent file is told" "$MLTEST" eval absent.csv -l y -s cand
printf 'y,cand\n' >empty.csv
expect 4 'no rows' "a header without rows is no evidence" "$MLTEST" eval empty.csv -l y -s cand --task binary
printf 'y,cand\n1,0.5\n1,0.7,9\n' >ragged.csv
expect 4 'ragged.csv:3:' "a ragged row is told with its line" "$MLTEST" eval ragged.csv -l y -s cand --task binary
printf 'y,cand\n1,0.5\n2,0.7\n' >two.csv
expect 4 'two.csv:3:.*neither 0 nor 1' "a label of another kind is told with its line" \
    "$MLTEST" eval two.csv -l y -s cand --task binary
printf 'y,cand\n1,0.5\n0,1e999\n' >huge.csv
expect 4 'huge.csv:3:' "a number that no double holds is told with its line" "$MLTEST" eval huge.csv -l y -s cand --task binary
awk 'BEGIN { print "y,cand"; for (i = 0; i < 500; i++) print 1 "," i / 500 }' >one-class.csv
expect 3 'one class only' "one class only is inconclusive, not 0.5" \
    "$MLTEST" eval one-class.csv -l y -s cand -r "auc >= 0.1" --task binary
printf '\033[31m,y,cand\nx,1,0.5\nx,0,0.2\n' >escape.csv
"$MLTEST" eval escape.csv -l y -s cand --task binary --slices "$(printf '\033[31m')" >out 2>err
if grep -q "$(printf '\033')" out err; then not_ok "escapes in names never reach the terminal" out err; else pass "escapes in names never reach the terminal"; fi
expect 5 'full|No space|standard output' "a report that cannot be written is no success" \
    sh -c '"$0" eval preds.csv -l y -s cand -q >/dev/full' "$MLTEST"
done_testing

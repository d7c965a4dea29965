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
{ head -n 1 preds.csv; sed 1d preds.csv | sort -t, -k3,3; } >shuffled.csv
figures_of() { jq -S '[.figures[]] | sort_by(.measurement.metric, .measurement.slice_column, .measurement.slice_value)' "$1"; }
"$MLTEST" eval shuffled.csv -q -l y -s cand -b base --slices country --metrics auc,pr_auc,ks --replicates 50 --id id \
    -f json >other.json
"$MLTEST" eval preds.csv -q -l y -s cand -b base --slices country --metrics auc,pr_auc,ks --replicates 50 --id id \
    -f json >one.json
figures_of one.json >a; figures_of other.json >b
ok_if "with ids another order of rows gives the same figures, bootstrapped ones too" cmp a b
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
"$MLTEST" eval preds.csv -l y -s cand -b base --id id --metrics auc,brier --slices country -f json >one.json
"$MLTEST" eval ours.csv -l y -s cand --baseline-file theirs.csv --id id --metrics auc,brier --slices country -f json >other.json
figures one.json >a; figures other.json >b
ok_if "predictions in two files are matched by id" cmp a b
sed '$d' theirs.csv >short.csv
expect 4 'without|no partner|match' "a row without a partner is an error" \
    "$MLTEST" eval ours.csv -l y -s cand --baseline-file short.csv --id id
sed '3p' theirs.csv >double.csv
expect 4 'that was there before: .*line 4' "an id that is there twice is an error" \
    "$MLTEST" eval ours.csv -l y -s cand --baseline-file double.csv --id id
cp ours.csv copy.csv
expect 2 'must not be the candidate' "a copy of the file is no baseline" \
    "$MLTEST" eval ours.csv -l y -s cand --baseline-file copy.csv --id id
expect 2 'wants --id' "two files without an id cannot be matched" "$MLTEST" eval ours.csv -l y -s cand --baseline-file theirs.csv

# Metrics of one's own.
cost='cost:lower = if(label > 0.5 and score < 0.5, 5, 0) + if(label < 0.5 and score >= 0.5, w, 0)'
"$MLTEST" eval preds.csv -l y -s cand -b base --metrics auc --slices country --define "$cost" -f json >own.json
awk -F, 'NR > 1 { if ($2 == 1 && $4 < 0.5) c += 5; if ($2 == 0 && $4 >= 0.5) c += $9; n++ } END { printf "%.12f\n", c / n }' preds.csv >want
jq -r '.figures[] | select(.measurement.metric == "cost" and .measurement.slice_column == null) | .measurement.candidate' own.json |
    awk '{ printf "%.12f\n", $1 }' >got
ok_if "an expression's mean equals awk's" cmp want got
expect 0 'PASS: 6 of 6' "and is judged like any metric, by slice too" \
    "$MLTEST" eval preds.csv -l y -s cand -b base --define "$cost" -r "cost within 2% of baseline" -r "cost by country within 5% of baseline"
own() { "$MLTEST" eval preds.csv -q -l y -s cand -b base --metrics auc --slices country --cluster account --define "$cost" "$@"; }
for i in 1 2 3; do own --shard $i/3 --partial $i.mlp; done
own -f json >whole.json
"$MLTEST" merge 2.mlp 3.mlp 1.mlp -f json >merged.json
ok_if "shards with metrics of one's own merge to the same bytes" cmp whole.json merged.json
expect 2 "no such column, found 'prise'" "a column that an expression misspells is told" "$MLTEST" eval preds.csv -l y -s cand --define 'cost = prise * 2'
expect 2 'does not look at score' "a metric that no model can change is refused" \
    "$MLTEST" eval preds.csv -l y -s cand -b base --define 'cost:lower = label * w' -r "cost within 1% of baseline"
expect 2 'a metric of that name already' "a metric's name cannot be taken" "$MLTEST" eval preds.csv -l y -s cand --define 'auc = score'
expect 4 'preds.csv:[0-9]+: .*no finite number' "an expression that is no number is told with file and line" \
    "$MLTEST" eval preds.csv -l y -s cand --define 'cost = score * log(w - 1)'
expect 4 'no worse direction' "without a direction it cannot be compared" \
    "$MLTEST" eval preds.csv -l y -s cand -b base --define 'gap = abs(score - label)' -r "gap within 2% of baseline"

# A threshold chosen on the baseline: nothing near it has a better F1.
"$MLTEST" eval preds.csv -l y -s cand -b base --metrics f1 --threshold best-f1 -f json >chosen.json
chosen=$(jq -r .threshold chosen.json)
best=$(jq -r '.figures[0].measurement.baseline' chosen.json)
worse=0
for t in 0.1 0.3 0.35 0.4 0.42 0.44 0.45 0.46 0.48 0.5 0.6; do
    f1=$("$MLTEST" eval preds.csv -l y -s cand -b base --metrics f1 --threshold $t -f json | jq -r '.figures[0].measurement.baseline')
    awk -v a="$f1" -v b="$best" 'BEGIN { exit a > b }' || worse=1
done
ok_if "best-f1 finds no threshold that another one beats" test "$worse" = 0
expect 0 "predicted 1 from $chosen on, chosen as best-f1" "and says which it is" \
    "$MLTEST" eval preds.csv -l y -s cand -b base --metrics f1 --threshold best-f1
expect 2 'wants --baseline' "without a baseline nothing can be chosen on it" "$MLTEST" eval preds.csv -l y -s cand --threshold best-f1
expect 2 'best-f1 or best-j' "a rule that there is not is told" "$MLTEST" eval preds.csv -l y -s cand -b base --threshold best-mcc

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
awk -F, -v OFS=, 'NR > 1 && $8 == "ios" { $4 = "" } { print }' preds.csv >no-ios.csv
expect 1 'must not drop the hard rows' "a sentence about one slice does not hide that another was dropped" \
    "$MLTEST" eval no-ios.csv -l y -s cand -b base -r "auc for platform == web within 5% of baseline"
expect 4 'measured on no rows|lacks|no rows' "a slice whose every row was dropped is no pass at any limit" \
    "$MLTEST" eval no-ios.csv -l y -s cand -b base -r "auc by platform within 5% of baseline" --max-candidate-missing 100%
expect 0 'PASS: 1 of 1' "a crossed slice is one, whichever column comes first" \
    "$MLTEST" eval preds.csv -l y -s cand -b base --slices country*platform \
    -r "auc for platform == ios and country == de within 5% of baseline"

# Classes.
printf '{"y":"a","p":[0.7,0.3]}\n{"y":"b","p":[0.2,0.3,0.5]}\n' >vector.jsonl
expect 4 'vector.jsonl:2:14:.*list of 2 prob' "a list of the wrong length is told with its place" \
    "$MLTEST" eval vector.jsonl -l y -s p --classes a,b
printf 'y,p\na,a\nb,c\n' >classes.csv
expect 4 'classes.csv:3:3:.*"c" is not among --classes' "so is a prediction that is no class" \
    "$MLTEST" eval classes.csv -l y -s p --classes a,b

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
sed 's/^1,/yes,/; s/^0,/no,/' one-class.csv >words.csv
expect 4 'has the label "Yes".*did you mean "yes"' "a misspelt --positive makes no perfect model" \
    "$MLTEST" eval words.csv -l y -s cand --positive Yes -m accuracy -r "accuracy >= 0.4" --task binary
awk 'BEGIN { srand(3); print "y,base,cand"; for (i = 0; i < 400; i++) { y = rand() < 0.5
    b = rand(); c = rand(); h = rand() < 0.8 ? y : 1 - y
    print y "," y / 2 + 0.49 * b "," y / 2 + 0.49 * c "," h / 2 + 0.49 * b "," h / 2 + 0.49 * c } }' |
    sed '1s/$/,base2,cand2/' >other.csv
expect 3 'zero variance' "two perfect scores of different predictions are not identical predictions" \
    "$MLTEST" eval other.csv -l y -s cand -b base -m auc -r "auc within 0.0001 of baseline"
expect 3 '400 predictions differ' "nor are the same decisions: 400 rows show no margin of 0.0001" \
    "$MLTEST" eval other.csv -l y -s cand2 -b base2 -m f1 -r "f1 within 0.0001 of baseline"
expect 3 'no interval can be given' "nor is the same of the user's own metric" "$MLTEST" eval other.csv -l y -s cand2 -b base2 \
    --task binary --define 'hit:higher = (score >= 0.5) == (label > 0.5)' -r "hit within 0.0001 of baseline"
expect 0 'PASS' "but of 0.05" "$MLTEST" eval other.csv -l y -s cand2 -b base2 -m f1 -r "f1 within 0.05 of baseline"
printf '\033[31m,y,cand\nx,1,0.5\nx,0,0.2\n' >escape.csv
"$MLTEST" eval escape.csv -l y -s cand --task binary --slices "$(printf '\033[31m')" >out 2>err
if grep -q "$(printf '\033')" out err; then not_ok "escapes in names never reach the terminal" out err; else pass "escapes in names never reach the terminal"; fi
expect 2 'named twice' "a slice by one column twice is refused" \
    "$MLTEST" eval preds.csv -l y -s cand --slices country*country
expect 2 'would replace the data' "a report never replaces the data" "$MLTEST" eval ./preds.csv -l y -s cand -o preds.csv
expect 2 'would replace the data' "nor does a partial result" "$MLTEST" eval preds.csv -l y -s cand --partial preds.csv
expect 2 'a partial result is no report' "a partial result beside a report is refused" \
    "$MLTEST" eval preds.csv -l y -s cand --partial part.mlp -o report.txt
expect 2 'a partial result is no report' "so is a format for it" \
    "$MLTEST" eval preds.csv -l y -s cand --partial part.mlp -f json
ok_if "and neither is written" test ! -e part.mlp -a ! -e report.txt
expect 2 'instead of a report' "and beside a merged one" "$MLTEST" merge left.mlp right.mlp -o all.mlp -f json
echo old >kept.txt
"$MLTEST" eval preds.csv -q -l y -s cand -b base --metrics ks,pr_auc --slices country,platform --replicates 100000 \
    -o kept.txt 2>err &
program=$!
sleep 1
kill -INT $program 2>/dev/null || kill -TERM $program
wait $program
status=$?
ok_if "an interrupt ends a long bootstrap with its signal and leaves the report alone ($status)" \
    sh -c '[ "$1" -ge 129 ] && [ "$(cat kept.txt)" = old ]' sh "$status"
expect 5 'full|No space|standard output' "a report that cannot be written is no success" \
    sh -c '"$0" eval preds.csv -l y -s cand -q >/dev/full' "$MLTEST"
done_testing

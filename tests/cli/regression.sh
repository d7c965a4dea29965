#!/bin/sh
# The regression suite of mltest.yaml measures what mltest eval measures: the same rows give the same
# bits, whatever is asked. Models are files of predictions, so nothing else is needed.
. "${srcdir:-.}/tests/cli/tap.sh"
work=$scratch/work
mkdir -p "$work/docs" "$work/tests"
cd "$work" || exit 99
export MLTEST_REGISTRY="$scratch/registry"

# A version's whole folder, of which only the contract matters: version NUMBER TYPE-OF-OUTPUT.
version() {
    mkdir -p "$1/docs" "$1/tests"
    printf '{"made": "%s"}\n' "$1" >"$1/model.json"
    echo '{"rmse": 0.1}' >"$1/metrics.json"
    echo '# m' | tee "$1/docs/model_card.md" >"$1/tests/README.md"
    cat >"$1/config.json" <<JSON
{"model": "m", "version": "$1", "inputs": [{"name": "x", "type": "number", "required": false}],
 "output": {"name": "y", "type": "$2"}}
JSON
    cat >"$1/metadata.json" <<JSON
{"model_name": "m", "version": "$1", "created_at": "2026-01-01T00:00:00Z",
 "created_by": "tester@example.org", "framework": "none", "framework_version": "1",
 "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
JSON
    "$MLTEST" registry register "m@$1" "$1"
}
"$MLTEST" registry init "$MLTEST_REGISTRY" >/dev/null
for pair in "1.0.0 number" "1.1.0 number" "2.0.0 probability" "2.1.0 probability" "3.0.0 text" "3.1.0 text"; do
    version "${pair% *}" "${pair#* }" >"$scratch/out" 2>&1 || not_ok "$pair is registered" "$scratch/out"
done

# predictions FILE SCORE: those of one version, from the file of all.
predictions() {
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; print "id,score"; next }
        { print $1 "," $at }' "$1"
}

# data FILE: everything that eval reads becomes a data set and two files of predictions.
data() {
    predictions "$1" cand >cand.csv
    predictions "$1" base >base.csv
}

# config TYPE DATASET ITEM: a mltest.yaml with one data set and one item, for the versions of that type.
config() {
    case $1 in
    number) major=1 ;;
    probability) major=2 ;;
    *) major=3 ;;
    esac
    cat >mltest.yaml <<YAML
model: m
baseline: $major.0.0
adapter: {type: predictions, candidate: cand.csv, baseline: base.csv}
datasets:
  holdout: {path: rows.csv, label: y, id: id$2}
suites:
  regression:
    - $3
YAML
}

measured() {
    sqlite3 run.mlt "SELECT document FROM measurement ORDER BY ordinal" | jq -cS 'del(.case)'
}

# same NAME OPTION...: the run of mltest.yaml has the measurements of eval with these options.
same() {
    name=$1
    shift
    if ! "$MLTEST" run -q "m@$major.1.0" --suite regression --no-store -o run.mlt >run.out 2>&1 && [ ! -e run.mlt ]; then
        not_ok "$name" run.out
        return
    fi
    measured >suite.json
    "$MLTEST" eval rows.csv -q -l y -s cand -b base --id id -f json "$@" >eval.out 2>eval.err ||
        { not_ok "$name" eval.out eval.err; return; }
    jq -cS '.figures[].measurement | del(.case)' eval.out >eval.json
    if [ -s suite.json ] && cmp -s suite.json eval.json; then
        pass "$name"
    else
        diff suite.json eval.json >differs
        not_ok "$name" differs run.out
    fi
}

if ! command -v sqlite3 >/dev/null 2>&1 || ! command -v jq >/dev/null 2>&1; then
    echo "1..0 # SKIP it compares with sqlite3 and jq, which are not here"
    exit 0
fi

# A label, two scores, weights, counts, accounts, two columns of slices, a price.
awk 'BEGIN {
    srand(11); print "id,y,base,cand,w,n,account,country,platform,price"
    split("de fr us jp br", c, " "); split("ios android web", p, " ")
    for (i = 1; i <= 3000; i++) {
        t = rand(); y = rand() < t ? 1 : 0
        printf "r%d,%d,%.6f,%.6f,%.3f,%d,a%d,%s,%s,%.2f\n", i, y, 0.6 * t + 0.4 * rand(), 0.62 * t + 0.38 * rand(), \
            3 * rand(), int(4 * rand()), int(i / 30), c[1 + int(5 * rand() * rand())], p[1 + int(3 * rand() * rand())], 9 * rand()
    }
}' >rows.csv
data rows.csv

config probability "" "{metrics: [auc, logloss, pr_auc, f1], slices: [country, platform, country*platform]}"
same "binary metrics, slices and a crossed one" -m auc,logloss,pr_auc,f1 --slices 'country,platform,country*platform'
config probability ", weights: w" "{metrics: [auc, brier, ks, accuracy], slices: [country]}"
same "importance weights" -m auc,brier,ks,accuracy --slices country --weights w
config probability ", frequencies: n" "{metrics: [auc, brier, pr_auc], slices: [country]}"
same "frequencies" -m auc,brier,pr_auc --slices country --frequencies n
config probability ", cluster: account, weights: w" "{metrics: [auc, brier, ks], slices: [country], replicates: 200}"
same "clusters with weights" -m auc,brier,ks --slices country --cluster account --weights w --replicates 200
config probability "" "{metrics: [f1, recall, accuracy], threshold: best-f1}"
same "a threshold chosen on the baseline" -m f1,recall,accuracy --threshold best-f1
chosen=$(jq -r .threshold eval.out)
ok_if "which the run says" sh -c 'sqlite3 run.mlt "SELECT data FROM attachment" | grep -q "^$1, chosen as best-f1"' - "$chosen"
config probability "" "{metrics: [f1], threshold: 0.3, min_rows: 400, slices: [country]}"
same "a threshold and a minimum of the item" -m f1 --threshold 0.3 --min-rows 400 --slices country
cost='cost:lower = if(label > 0.5 and score < 0.5, price, 0) + if(label < 0.5 and score >= 0.5, 1, 0)'
config probability ", cluster: account" "{metrics: [auc], slices: [country], define: [\"$cost\", 'gap = abs(label - score)']}"
same "metrics of one's own" -m auc --slices country --cluster account --define "$cost" --define 'gap = abs(label - score)'
ok_if "the columns they name are kept with the rows" sh -c \
    'test "$(sqlite3 run.mlt "SELECT json_extract(numbers, '\''$.price'\'') FROM paired_row WHERE row_id = '\''r7'\''")" = \
        "$(awk -F, "\$1 == \"r7\" { print \$10 + 0 }" rows.csv)"'
config probability ", cluster: account" "{define: [\"$cost\"], require: [cost within 10% of production, cost by country within 30% of production]}"
expect 0 'PASS|pass' "and judged, with the task's usual ones beside them" "$MLTEST" run -q "m@$major.1.0" --no-store -o run.mlt

config number ", weights: w, cluster: account" \
    "{metrics: [rmse, r2, median_ae, spearman], slices: [platform, 'platform*country']}"
same "regression with weights and clusters" --task regression -m rmse,r2,median_ae,spearman \
    --slices 'platform,platform*country' --weights w --cluster account

# Rankings: a grade, a query.
awk 'BEGIN { srand(5); print "id,y,base,cand,q,w,country"
    for (i = 1; i <= 2400; i++) { g = int(4 * rand() * rand())
        printf "r%d,%d,%.4f,%.4f,q%d,%.2f,%s\n", i, g, g / 4 + rand(), g / 4 + rand(), int(i / 12), 2 * rand(), i % 3 ? "de" : "fr" }
}' >rows.csv
data rows.csv
config number ", query: q" "{metrics: [ndcg@10, map, mrr, recall_at@3], slices: [country]}"
same "rankings by query" --query q -m ndcg@10,map,mrr,recall_at@3 --slices country
ok_if "whose queries are kept" sh -c 'test "$(sqlite3 run.mlt "SELECT count(DISTINCT query) FROM paired_row")" = 201'
config number ", query: q" "{require: [ndcg@10 within 20% of production]}"
expect 0 'PASS|pass' "and are judged" "$MLTEST" run -q "m@$major.1.0" --no-store -o run.mlt
config number ", query: q" "{metrics: [rmse]}"
expect 2 'mltest.yaml:[0-9]+:[0-9]+: .*rmse' "a metric of another task is told at its place" "$MLTEST" run -q "m@$major.1.0"

# Texts.
awk 'BEGIN { srand(6); print "id,y,base,cand,lang"
    split("the quick brown fox jumps over a lazy dog today", w, " ")
    for (i = 1; i <= 400; i++) { t = ""; for (k = 1; k <= 5; k++) t = t (k > 1 ? " " : "") w[1 + int(10 * rand())]
        b = t; c = t; if (rand() < 0.3) sub(/ [a-z]+$/, " Cat!", b); if (rand() < 0.25) sub(/^[a-z]+/, "An", c); if (i == 9) c = "NA"
        printf "r%d,%s,%s,%s,%s\n", i, t, b, c, i % 2 ? "en" : "de" }
}' >rows.csv
data rows.csv
config text ", max_candidate_missing: 1%" "{metrics: [exact_match, token_f1], slices: [lang]}"
same "answers in words" --task text -m exact_match,token_f1 --slices lang --max-candidate-missing 1%
ok_if "which are kept as they are" sh -c \
    'test "$(sqlite3 run.mlt "SELECT count(*) FROM paired_row WHERE candidate_text LIKE '\''\"An %'\''")" -gt 50'

# Rows that are not scored.
awk 'BEGIN { srand(8); print "id,y,base,cand,w,account"
    for (i = 1; i <= 500; i++) printf "r%d,%s,%.3f,%s,%s,%s\n", i, i == 3 ? "" : i % 2, rand(), i == 7 ? "" : rand(), \
        i == 5 ? "NA" : 1, i == 6 ? "" : "a" int(i / 10) }' >rows.csv
data rows.csv
config probability ", missing: drop, weights: w, cluster: account, max_candidate_missing: 5%" "{metrics: [auc, brier]}"
same "rows without label, weight, cluster or answer are left out alike" -m auc,brier --weights w --cluster account \
    --missing drop --max-candidate-missing 5%

# What does not fit is told with its place, and never passes.
check() {
    expect "$1" "$2" "$3" "$MLTEST" run -q "m@$major.1.0" --no-store
}
config probability ", weights: w" "{metrics: [auc]}"
check 4 'rows.csv:4: label' "a missing label is an error with its line"
config probability ", missing: drop, weights: wieght" "{metrics: [auc]}"
check 4 'weights. of data set .holdout.' "a misspelt column of weights is told"
config probability ", missing: drop, weights: account" "{metrics: [auc]}"
check 4 "rows.csv:[0-9]+: column 'account' holds 'a0', expected a number" "so is one that holds no numbers"
sed '9s/,1,/,-1,/' rows.csv >other.csv && mv other.csv rows.csv
config probability ", missing: drop, weights: w" "{metrics: [auc]}"
check 4 "rows.csv:9: column 'w': a weight must be 0 or more, found -1" "so is a weight below 0"
config probability ", weights: w, frequencies: w" "{metrics: [auc]}"
check 2 'mltest.yaml:[0-9]+:[0-9]+: .*give one' "weights and frequencies are two things"
config probability ", wieghts: w" "{metrics: [auc]}"
check 2 "did you mean 'weights'" "a misspelt key is told"
config probability "" "{metrics: [auc], threshold: best-f2}"
check 2 "mltest.yaml:8:[0-9]+: .*threshold must be a number or one of best-f1, best-j, found .*did you mean 'best-f1'" \
    "so is a misspelt rule for the threshold"
config probability "" "{metrics: [auc], define: ['cost:lower = prise * score']}"
check 2 'mltest.yaml:8:[0-9]+: .*no such column' "so is a column that an expression misspells"
config probability "" "{metrics: [auc], define: ['auc:lower = score']}"
check 2 'mltest.yaml:8:[0-9]+: .*a metric of that name already' "a metric's name cannot be taken"
config probability ", missing: drop" "{metrics: [auc], define: ['cost:lower = log(score - 2)']}"
check 4 'rows.csv:2: "cost" .*no finite number' "an expression that is no number is told with file and line"
config text "" "{metrics: [exact_match], define: ['cost:lower = score']}"
check 2 'mltest.yaml:8:[0-9]+: .*regression and binary' "nor do answers in words have one"
config probability "" "{metrics: [auc], slices: ['account*account']}"
check 2 'mltest.yaml:8:[0-9]+: .*named twice' "a crossing by one column twice is refused"
config text ", query: account" "{metrics: [exact_match]}"
check 2 'mltest.yaml:8:[0-9]+: .query: account' "a query needs scores that order rows"
config probability ", missing: drop, max_candidate_missing: 5%, positive: 'Yes'" "{metrics: [accuracy]}"
check 4 "none of the [0-9]+ scored rows has the label 'Yes'" "a misspelt positive label makes no perfect model"
sed -i 's/baseline: 2.0.0/baseline: none/; s/, positive: .Yes.//; s/metrics: .*}/metrics: [f1], threshold: best-j}/' mltest.yaml
check 2 'mltest.yaml:8:[0-9]+: .*there is no baseline' "without a baseline nothing can be chosen on it"
expect 0 'threshold' "the schema knows the keys" "$MLTEST" schema config
ok_if "of the data set and of the item" jq -e '.properties.datasets.additionalProperties.properties
    | .weights and .frequencies and .query' "$scratch/out"
ok_if "with the words of the threshold" jq -e '.properties.suites.properties.regression.items.properties
    | .define and (.threshold.anyOf[1].enum == ["best-f1", "best-j"])' "$scratch/out"

# A newcomer's data in every format that a run reads.
awk 'BEGIN { print "id,y,x"; for (i = 1; i <= 50; i++) print i "," i % 7 "," i % 5 }' >held.csv
tr , '\t' <held.csv >held.tsv
awk -F, 'NR > 1 { printf "{\"id\":%d,\"y\":%d,\"x\":%d}\n", $1, $2, $3 }' held.csv >held.jsonl
gzip -k held.csv held.jsonl
files="held.csv held.tsv held.jsonl held.csv.gz held.jsonl.gz"
if command -v zstd >/dev/null 2>&1; then
    zstd -q held.tsv
    files="$files held.tsv.zst"
else
    skip "zstd" "no zstd program here"
fi
for file in $files; do
    expect 0 'wrote made.yaml' "init reads $file" "$MLTEST" init m@1.1.0 --data "$file" --label y -o made.yaml
    ok_if "and names it" grep -q "path: \"$work/$file\"" made.yaml
    expect 2 'has no column "why"' "and its columns" "$MLTEST" init m@1.1.0 --data "$file" --label why -o never.yaml
    rm -f made.yaml
done
printf 'not,json\n' >broken.jsonl
expect 4 'broken.jsonl:1:' "what cannot be read is told with its place" "$MLTEST" init m@1.1.0 --data broken.jsonl --label y -o never.yaml
: >empty.csv
expect 4 'empty' "so is an empty file" "$MLTEST" init m@1.1.0 --data empty.csv --label y -o never.yaml
ok_if "and nothing is written then" test ! -e never.yaml

done_testing

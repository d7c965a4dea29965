#!/bin/sh
# Models, files and settings that would like a wrong pass. A small model in shell answers y = x.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

work=$scratch/work
mkdir -p "$work/data"
cat >"$work/serve.sh" <<'EOF'
# serve.sh ARTIFACT: what the artifact's text says is how it misbehaves.
mode=$(cat "$1")
if [ "$mode" = "swap the data" ]; then
    head -n 350 "${0%/*}/data/holdout.csv" >"${0%/*}/data/new" && mv "${0%/*}/data/new" "${0%/*}/data/holdout.csv"
fi
echo '{"mltest":1,"max_batch":1000}'
while read -r line; do
    id=$(expr "$line" : '{"id":"\([0-9]*\)"')
    answers=$(printf '%s\n' "$line" | grep -o '"x":[-0-9.]*' | cut -d: -f2 | paste -sd,)
    [ "$mode" = "honest also" ] && [ -e "${0%/*}/bad-day" ] && mode=worse
    [ "$mode" = worse ] && answers=$(printf '%s' "$answers" | sed 's/,/9,/g')
    [ "$mode" = slow ] && sleep 60
    printf '{"id":"%s","predictions":[%s]}\n' "$id" "$answers"
done
EOF
awk 'BEGIN { print "id,x,y,half,empty"
    for (i = 1; i <= 400; i++) printf "%d,%d.5,%d.%d,%s,\n", i, i % 20, i % 20, 3 + i % 5, i % 2 ? "odd" : "even" }' \
    >"$work/data/holdout.csv"
cp "$work/data/holdout.csv" "$scratch/holdout.csv"
cat >"$work/mltest.yaml" <<EOF
model: m
baseline: production
adapter: {type: process, command: [sh, $work/serve.sh, "{artifact}"]}
datasets:
  holdout: {path: data/holdout.csv, label: y, id: id}
suites:
  unit: [loads]
  regression:
    - {dataset: holdout, require: [rmse <= 1, rmse within 5% of production]}
EOF
cat >"$work/gates.yaml" <<'EOF'
policy: 1
defaults: {max_age: 1h}
deployment:
  environments:
    - {name: staging, requirements: [unit_tests_passed, regression_tests_passed]}
EOF

# version NUMBER MODE: a whole version's folder.
version() {
    folder=$work/$1
    mkdir -p "$folder/docs" "$folder/tests"
    echo "$2" >"$folder/m-$1.bin"
    echo '# m' >"$folder/docs/model_card.md"
    echo '{}' >"$folder/tests/golden.jsonl"
    cat >"$folder/config.json" <<EOF
{"model": "m", "version": "$1", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}
EOF
    for file in metadata.json metrics.json; do
        sed -e "s/\"ad-score-predictor\"/\"m\"/; s/\"1\.1\.0\"/\"$1\"/" \
            "$EXAMPLES/ad-score-predictor/1.1.0/$file" >"$folder/$file"
    done
    "$MLTEST" registry register "m@$1" "$folder"
}
export MLTEST_REGISTRY="$scratch/registry"
cd "$work" || exit 1
"$MLTEST" registry init "$MLTEST_REGISTRY" --policy gates.yaml >/dev/null
for pair in "1.0.0 honest" "1.1.0 honest also" "1.2.0 worse" "1.3.0 swap the data" "1.4.0 slow" "1.5.0 honest too"; do
    version "${pair%% *}" "${pair#* }" >"$scratch/out" 2>&1 || not_ok "$pair is registered" "$scratch/out"
done
"$MLTEST" registry adopt m@1.0.0 --as production --reason "a test" >/dev/null
run() {
    "$MLTEST" run -q -o "$scratch/run.mlt" "$@"
}
gate() {
    "$MLTEST" gate "$@" --env staging
}

# The clock.
expect 0 PASS "the honest version passes its run" env MLTEST_NOW=2020-01-01T00:00:00Z "$MLTEST" run -q -o "$scratch/old.mlt" m@1.1.0
expect 4 'max_age' "an old run is stale" gate m@1.1.0
expect 4 'max_age' "whatever MLTEST_NOW says" env MLTEST_NOW=2020-01-01T00:10:00Z "$MLTEST" gate m@1.1.0 --env staging
expect 0 PASS "a fresh run" run m@1.1.0
expect 0 PASS "opens the gate" gate m@1.1.0

# Files given by hand.
expect 1 FAIL "a version that is worse fails its run" run m@1.2.0
expect 1 FAIL "and the gate" gate m@1.2.0
expect 0 PASS "a run that is not stored" run m@1.5.0 --no-store
expect 4 'no run' "is nothing the gate knows of" gate m@1.5.0
expect 0 'PASS \(advisory\)' "a file given by hand makes an advisory decision" gate m@1.5.0 --evidence "$scratch/run.mlt"
expect 0 '"advisory": true' "in the document, too" gate m@1.5.0 --evidence "$scratch/run.mlt" --format json
expect 4 'nothing was deployed' "which deploys nothing" "$MLTEST" deploy m@1.5.0 --env staging

# What the registry keeps.
expect 0 'recorded' "the honest version is deployed" "$MLTEST" deploy m@1.1.0 --env staging
expect 0 ' 0 faults' "a registry that nobody touched" "$MLTEST" registry verify
mv "$MLTEST_REGISTRY/m/.evidence/1.1.0/decisions" "$scratch/decisions"
expect 4 'deployed to staging by it' "a decision that is gone is missed" "$MLTEST" registry verify
mv "$scratch/decisions" "$MLTEST_REGISTRY/m/.evidence/1.1.0/decisions"
records=$MLTEST_REGISTRY/.mltest/records.db
cp "$records" "$scratch/records.db"
sqlite3 "$records" "update record set value = replace(value, ', regression_tests_passed', '') where value like '%regression_tests_passed%'"
expect 4 'not what was pinned' "a policy made weaker is found" "$MLTEST" registry verify
expect 4 'not what was pinned' "and decides nothing" gate m@1.2.0
cp "$scratch/records.db" "$records"
sqlite3 "$records" "delete from record where value like '%regression_tests_passed%'"
expect 2 'no policy is pinned' "without a policy nothing is deployed" "$MLTEST" deploy m@1.1.0 --env staging
cp "$scratch/records.db" "$records"
touch "$work/bad-day"
expect 1 FAIL "a model that answers worse today" run m@1.1.0
rm "$work/bad-day"
expect 1 FAIL "closes the gate again: the newest run counts, never the best" gate m@1.1.0

# Data that changes under the run.
expect 4 'changed since the run began' "rows that are not the recorded ones are not judged" run m@1.3.0 --jobs 1
cp "$scratch/holdout.csv" data/holdout.csv
sed -i 's/id: id}/id: id, slices: [empty]}/' mltest.yaml
expect 4 'no row has a value' "a slice column without any value slices nothing" run m@1.1.0 --no-store
sed -i 's/, slices: \[empty\]//' mltest.yaml

# Standard streams and odd places.
mkfifo "$scratch/fifo"
expect 2 'not a regular file' "a results file never replaces a device" "$MLTEST" run -q m@1.1.0 --no-store -o "$scratch/fifo"
ok_if "which stays" test -p "$scratch/fifo"
code=0
run m@1.1.0 --no-store >&- 2>&- <&- || code=$?
ok_if "closed standard streams are an error of the output (exit $code)" test "$code" = 5
ok_if "and never written into the results" "$MLTEST" report "$scratch/run.mlt"
ok_if "which are whole" test "$(sqlite3 "$scratch/run.mlt" 'pragma integrity_check; select complete from run' | tr '\n' ' ')" = "ok 1 "

# Interrupted.
"$MLTEST" run -q -o "$scratch/cut.mlt" m@1.4.0 >"$scratch/out" 2>&1 &
pid=$!
sleep 2
kill -INT $pid
code=0
wait $pid || code=$?
ok_if "an interrupted run ends by the signal (exit $code)" test "$code" = 130
expect 0 "did not reach its end" "what it left is readable, and no evidence" "$MLTEST" report "$scratch/cut.mlt"
expect 4 'did not reach its end' "to no gate either" gate m@1.4.0 --evidence "$scratch/cut.mlt"

done_testing

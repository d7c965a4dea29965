#!/bin/sh
# Compatibility by running: configurations of the old version go to the new one's program, and a
# converter gives back the old form of its answers.
. "${srcdir:-.}/tests/cli/tap.sh"
work=$scratch/work
mkdir -p "$work"
cd "$work" || exit 99
export MLTEST_REGISTRY="$scratch/registry"

depth='{"name": "depth", "type": "integer", "min": 1, "max": 9, "default": 3}'
mode='{"name": "mode", "type": "category", "enum": ["fast", "exact"], "default": "fast"}'

# version NUMBER SETTINGS PROGRAM-LINE: a version whose model file is a shell script.
version() {
    mkdir -p "$1/docs" "$1/tests"
    echo '{"rmse": 0.2}' >"$1/metrics.json"
    echo '# m' >"$1/docs/model_card.md"
    echo '{"instance": {"x": 1}, "prediction": 5}' >"$1/tests/golden.jsonl"
    cat >"$1/m-$1.sh" <<SH
case "\$1 \$MLTEST_SETTINGS" in
$3
esac
echo '{"mltest": 1, "max_batch": 1, "window": 1}'
while read -r line; do
    id=\${line#*\"id\":\"}
    echo "{\"id\": \"\${id%%\"*}\", \"predictions\": [5]}"
done
SH
    cat >"$1/config.json" <<JSON
{"model": "m", "version": "$1", "inputs": [{"name": "x", "type": "number"}],
 "output": {"name": "y", "type": "number", "min": 0, "max": 10}, "settings": [$2]}
JSON
    cat >"$1/metadata.json" <<JSON
{"model_name": "m", "version": "$1", "created_at": "2026-01-01T00:00:00Z",
 "created_by": "tester@example.org", "framework": "none", "framework_version": "1",
 "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "depth, mode"}
JSON
}
cat >mltest.yaml <<'YAML'
model: m
baseline: 1.0.0
adapter: {type: process, command: [sh, "{artifact}", "{settings}"]}
suites:
  compatibility: [schema, configuration]
YAML
version 1.0.0 "$depth, $mode" '"{\"depth\":3,\"mode\":\"fast\"} {\"depth\":3,\"mode\":\"fast\"}") ;;
*) echo "not the defaults, twice" >&2; exit 1 ;;'
"$MLTEST" registry init "$MLTEST_REGISTRY" >/dev/null
"$MLTEST" registry register m@1.0.0 1.0.0 >/dev/null 2>"$scratch/err" || not_ok "1.0.0 is registered" "$scratch/err"

version 1.1.0 "$depth, $mode, "'{"name": "seed", "type": "integer", "default": 7}' '*\"seed\":7*\"seed\":7*) ;;
*) echo "no seed" >&2; exit 1 ;;'
expect 0 'PASS' "a version that starts with every old configuration passes" \
    "$MLTEST" run ./1.1.0 -o ok.mlt
expect 0 '1\.1\.0 starts with 4 configurations of 1\.0\.0, and answers' "and says with how many" \
    sqlite3 ok.mlt "select message from outcome"
version 1.1.1 "$depth, $mode" '*exact*) echo "mode exact: not in this version" >&2; exit 3 ;;'
expect 1 'failed +compatibility/configuration' "one that does not is stopped though its schema promises it" \
    "$MLTEST" run ./1.1.1 -o bad.mlt
expect 0 '1 of 4 configurations of 1\.0\.0 no longer load: `mode` = "exact": .*ended before its hello, with exit status 3.*mode exact: not in this version' \
    "with the setting and the program's own words" sqlite3 bad.mlt "select message from outcome"
expect 0 'schema\|passed' "while the schema alone would have passed" \
    sqlite3 bad.mlt "select case_id, state from outcome"
version 1.1.2 "$depth" '*) ;;'
expect 1 '1\.1\.2 no longer declares the setting `mode`' "a setting that went" "$MLTEST" run ./1.1.2 -o gone.mlt
version 2.0.0 "$depth" '*) ;;'
expect 0 'PASS' "may go in a MAJOR version" "$MLTEST" run ./2.0.0 -o major.mlt
version 2.0.1 "$depth, $mode" '*exact*) kill -SEGV $$ ;;'
expect 1 '`mode` = "exact": .*with signal 11' "but not crash on what it was given before" \
    "$MLTEST" run ./2.0.1 --baseline 1.0.0 -o crash.mlt

# The example model with another form of its answers.
if [ "${XGBOOST:-yes}" = no ]; then
    skip "a converter brings back the old form" "this build was configured --without-xgboost"
    done_testing
    exit 0
fi
example=$EXAMPLES/ad-score-predictor
new=$scratch/ad-score-predictor/2.0.0
mkdir -p "$scratch/ad-score-predictor"
cp -r "$example/1.1.0" "$new"
chmod -R u+w "$new"
rm -f "$new/MANIFEST.json"
mv "$new/ad-score-predictor-1.1.0.ubj" "$new/ad-score-predictor-2.0.0.ubj"
sed -i 's/1\.1\.0/2.0.0/g' "$new/config.json" "$new/metadata.json" "$new/metrics.json"
# From here on an answer is {"units": …}, ounces sold instead of their logarithm.
sed -i -e 's/"output": {[^}]*}/"output": {"name": "units", "type": "number", "unit": "oz", "min": 0},\n  "converter": {"command": [".\/to-1.1.0"]}/' "$new/config.json"
sed -i -e 's/"changelog": "/&Answers are units now, no longer score. /' "$new/metadata.json"
awk '{ match($0, /"prediction":[^,}]*/)
       p = substr($0, RSTART + 13, RLENGTH - 13)
       print substr($0, 1, RSTART - 1) "\"prediction\":{\"units\":" sprintf("%.17g", exp(p)) "}" substr($0, RSTART + RLENGTH) }' \
    "$example/1.1.0/tests/golden.jsonl" >"$new/tests/golden.jsonl"
# converter BODY: the program that the new version ships; awk's u is the new answer.
converter() {
    cat >"$new/to-1.1.0" <<SH
#!/bin/sh
exec awk '{ match(\$0, /"units":[^,}]*/); u = substr(\$0, RSTART + 8, RLENGTH - 8); $1 }'
SH
    chmod +x "$new/to-1.1.0"
}
cat >"$scratch/ad-score-predictor/mltest.yaml" <<'YAML'
model: ad-score-predictor
baseline: 1.1.0
adapter: {type: xgboost}
suites:
  compatibility: [schema, golden, converter, configuration]
YAML
"$MLTEST" registry register ad-score-predictor@1.1.0 "$example/1.1.0" >/dev/null 2>"$scratch/err" ||
    not_ok "the example is registered" "$scratch/err"
run_new() {
    rm -f c.mlt
    "$MLTEST" run "$new" -C "$scratch/ad-score-predictor" -o c.mlt
}
says() {
    sqlite3 c.mlt "select message from outcome where case_id = 'compatibility/$1'"
}
converter 'printf "{\"prediction\": %.17g}\n", log(u)'
expect 0 'PASS' "2.0.0 with a converter is accepted" run_new
rows=$(wc -l <"$new/tests/golden.jsonl")
expect 0 "^$rows outputs come out in the form of 1\\.1\\.0" "all its golden outputs come out in the old form" \
    says converter
expect 0 'the declared converter gives them the old form' "check-compat says so" \
    "$MLTEST" registry check-compat "$example/1.1.0" "$new"
converter 'printf "{\"prediction\": %.17g}\n", u'
expect 1 'failed +compatibility/converter' "a converter that forgets the logarithm is stopped" run_new
expect 0 'does not give the form of 1\.1\.0: tests/golden.jsonl:1: expected at most 20, found [0-9]{3,}' \
    "with the row and its value" says converter
converter 'if (NR != 7) printf "{\"prediction\": %.17g}\n", log(u)'
expect 1 'FAIL' "so is one that drops a row" run_new
expect 0 "gives $((rows - 1)) lines for the $rows it was given" "and it is told" says converter
converter 'printf "{\"score\": %.17g}\n", log(u)'
expect 1 'its answer has no `prediction`' "and one that answers in a form of its own" run_new
rm -f "$new/to-1.1.0"
expect 4 'cannot start ./to-1\.1\.0' "a converter that is not there" run_new
converter 'printf "{\"prediction\": %.17g}\n", log(u)'
expect 0 'registered' "and it is registered" "$MLTEST" registry register ad-score-predictor@2.0.0 "$new"

done_testing

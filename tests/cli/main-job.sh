#!/bin/sh
# The main job end to end, as its users run it: register, run, deploy, gate, report, replay.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

registry=$scratch/registry
export MLTEST_REGISTRY="$registry"

run() {
    model=${1%@*}
    "$MLTEST" run -q "$1" -C "$EXAMPLES/$model" -o "$scratch/$1.mlt" --seed 7
}
gate() {
    model=${1%@*}
    shift
    "$MLTEST" gate "$model@$version" -C "$EXAMPLES/$model" "$@"
}

ok_if "a registry is made with a policy per model" "$MLTEST" registry init "$registry" \
    --policy "ad-score-predictor=$EXAMPLES/ad-score-predictor/gates.yaml" \
    --policy "account-health-predictor=$EXAMPLES/account-health-predictor/gates.yaml" \
    --policy "ad-sentiment-analyzer=$EXAMPLES/ad-sentiment-analyzer/gates.yaml"
for model in ad-sentiment-analyzer ad-score-predictor account-health-predictor; do
    for folder in "$EXAMPLES/$model"/[0-9]*; do
        expect 0 'registered' "$model@$(basename "$folder") is registered" \
            "$MLTEST" registry register "$model@$(basename "$folder")" "$folder"
    done
    expect 0 'serves production' "$model 1.0.0 is adopted" \
        "$MLTEST" registry adopt "$model@1.0.0" --as production --reason "served before the registry"
done
expect 0 '^1\.0\.0$' "latest is what reached production, not an experiment" "$MLTEST" registry latest ad-score-predictor
expect 0 ' 0 faults' "the whole registry verifies" "$MLTEST" registry verify

version=1.1.0
expect 4 'invalid' "a version without runs is invalid evidence" gate ad-score-predictor@1.1.0 --env development
expect 0 'pass' "ad-score-predictor 1.1.0 passes its own run" run ad-score-predictor@1.1.0
expect 4 'was not deployed to development, which comes before staging' "staging wants the deployment to development first" \
    gate ad-score-predictor@1.1.0 --env staging
expect 0 'development' "1.1.0 is deployed to development" "$MLTEST" deploy ad-score-predictor@1.1.0 --env development
expect 0 'pass' "ad-score-predictor 1.1.0 passes the staging gate" gate ad-score-predictor@1.1.0 --env staging
expect 4 'production takes it in state Production only' "production wants the state first" \
    gate ad-score-predictor@1.1.0 --env production

version=1.1.1
expect 1 'rmse' "ad-score-predictor 1.1.1 fails its own run" run ad-score-predictor@1.1.1
expect 0 'development' "1.1.1 may be deployed to development" "$MLTEST" deploy ad-score-predictor@1.1.1 --env development
expect 1 'rmse' "ad-score-predictor 1.1.1 fails the staging gate, which names RMSE" gate ad-score-predictor@1.1.1 --env staging
expect 1 'brand' "and names the slices" gate ad-score-predictor@1.1.1 --env staging
expect 1 'fail' "a blocked version is not deployed" "$MLTEST" deploy ad-score-predictor@1.1.1 --env staging

version=1.1.0
code=0
"$MLTEST" run -q account-health-predictor@1.1.0 -C "$EXAMPLES/account-health-predictor" --seed 7 \
    -o "$scratch/account-health-predictor@1.1.0.mlt" >"$scratch/out" 2>&1 || code=$?
ok_if "account-health-predictor 1.1.0 is inconclusive by itself" test "$code" = 3
"$MLTEST" deploy account-health-predictor@1.1.0 --env development >/dev/null 2>&1 || :
expect 3 '[0-9,]+ rows' "its gate is inconclusive and names the rows that would settle it" \
    gate account-health-predictor@1.1.0 --env staging

version=2.0.0-beta
expect 0 'pass' "ad-sentiment-analyzer 2.0.0-beta passes through the process adapter" run ad-sentiment-analyzer@2.0.0-beta

# Every format says the same.
for name in ad-score-predictor@1.1.0 ad-score-predictor@1.1.1 account-health-predictor@1.1.0; do
    file=$scratch/$name.mlt
    verdict=$("$MLTEST" report "$file" --format json | sed -n 's/^  "verdict": "\(.*\)",*$/\1/p')
    case $name in
    *1.1.1) want=fail ;;
    account*) want=inconclusive ;;
    *) want=pass ;;
    esac
    ok_if "$name: JSON says $want" test "$verdict" = "$want"
    "$MLTEST" report "$file" >"$scratch/console"
    ok_if "$name: the console says so too" grep -qi "$want" "$scratch/console"
    ok_if "$name: Markdown is written" "$MLTEST" report "$file" --format markdown -o "$scratch/comment.md"
    ok_if "$name: and says so too" grep -qi "$want" "$scratch/comment.md"
    ok_if "$name: with the plot beside it" xmllint --noout "$scratch/comment.svg"
    ok_if "$name: JUnit is written" "$MLTEST" report "$file" --format junit -o "$scratch/junit.xml"
    ok_if "$name: and is well-formed" xmllint --noout "$scratch/junit.xml"
    red=$(grep -c -E '<(failure|error)[ >]' "$scratch/junit.xml" || :)
    if [ "$want" = pass ]; then
        ok_if "$name: JUnit is green" test "$red" = 0
    else
        ok_if "$name: JUnit is red" test "$red" -gt 0
    fi
done

# The decision document.
version=1.1.1
code=0
gate ad-score-predictor@1.1.1 --env staging --format json -o "$scratch/decision.json" >/dev/null 2>&1 || code=$?
ok_if "a decision is written as JSON, with the same exit code" test "$code" = 1
ok_if "which jq reads" jq -e '.decided.verdict == "fail"' "$scratch/decision.json"
expect 1 'same bytes' "a decision replays to the same bytes" "$MLTEST" gate --replay "$scratch/decision.json"
sed 's/"verdict": "fail"/"verdict": "pass"/' "$scratch/decision.json" >"$scratch/forged.json"
expect 4 'differ' "a forged decision does not" "$MLTEST" gate --replay "$scratch/forged.json"

# The results file is a plain database.
ok_if "sqlite3 reads the results" sh -c 'test "$(sqlite3 "$1" "select count(*) from paired_row")" -gt 25000' - "$scratch/ad-score-predictor@1.1.0.mlt"

# A newcomer's first configuration.
mkdir "$scratch/new"
cd "$scratch/new" || exit 1
expect 0 'wrote mltest.yaml' "mltest init makes a configuration" "$MLTEST" init ad-score-predictor@1.1.0
expect 0 'pass' "that runs" "$MLTEST" run -q ad-score-predictor@1.1.0 --no-store
expect 2 'is there already' "and is not overwritten" "$MLTEST" init ad-score-predictor@1.1.0
expect 0 'json-schema.org' "mltest schema config prints a JSON Schema" "$MLTEST" schema config
ok_if "which is JSON" jq -e '.properties.suites' "$scratch/out"
expect 0 'json-schema.org' "mltest schema gates too" "$MLTEST" schema gates
ok_if "which is JSON" jq -e . "$scratch/out"
expect 0 'worker program' "mltest doctor looks at this machine" "$MLTEST" doctor

done_testing

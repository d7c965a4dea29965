#!/bin/sh
# A decision explained: the words against the figures of the decision's own document.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

model=account-health-predictor
export MLTEST_REGISTRY="$scratch/registry"
work=$scratch/work
steady_example "$model" "$work"
"$MLTEST" registry init "$MLTEST_REGISTRY" --policy "$model=$work/gates.yaml" >/dev/null
for version in 1.0.0 1.1.0; do
    "$MLTEST" registry register "$model@$version" "$work/$version" >/dev/null
done
"$MLTEST" registry adopt "$model@1.0.0" --as production --reason "served before the registry" >/dev/null
"$MLTEST" run -q "$model@1.1.0" -C "$work" --seed 7 -o "$scratch/run.mlt" >/dev/null
cd "$scratch" || exit 1
"$MLTEST" gate "$model@1.1.0" --env staging -C "$work" -o decision.json >/dev/null
ok_if "the decision to explain is there" test -s decision.json

expect 0 '^INVALID: 1 of 5 criteria has no valid evidence' "a decision is explained; the exit code speaks of the explanation" \
    "$MLTEST" explain decision.json
ok_if "the worst criterion comes first" sh -c 'grep -E "^[!?✗✓]" out | head -1 | grep -q "^! invalid"'
expect 0 'Next: mltest deploy account-health-predictor@1\.1\.0 --env development' "with the command that brings what is missing" \
    "$MLTEST" explain decision.json development_deployment_successful

# The figures of the one inconclusive finding, from the document.
filter='[.decided.criteria[].findings[] | select(.verdict == "inconclusive")][0]'
criterion=$(jq -r "$filter.criterion" decision.json)
rows=$(jq -r "$filter.rows" decision.json)
share=$(jq -r "$filter | (((.flip / .baseline) | fabs) * 100000 | round) / 1000" decision.json)
"$MLTEST" explain decision.json "$criterion" >one
tr -s ' \n' '  ' <one >line
ok_if "a criterion is explained by its name" grep -q 'away: better by more than that' line
ok_if "with the rows that would decide it, and those that were used" grep -Eq "About [0-9,]+ rows would decide it, four times in five; $rows were used" line
ok_if "with the distance as a share of the baseline ($share %)" grep -q "($share % of the baseline)" line
ok_if "with what the interval's method means" grep -q 'how each row ranks against the others' line
ok_if "with p, adjusted p and alpha" grep -Eq 'after the correction over all findings\); alpha is 0\.05' line
ok_if "and without the others" sh -c '! grep -q development_deployment one'

expect 2 'did you mean "regression_tests_passed"' "a misspelt criterion gets the nearest one" \
    "$MLTEST" explain decision.json regresion_tests_passed
"$MLTEST" explain decision.json --format json >explained.json
ok_if "as JSON, which jq reads" jq -e '.mltest_explanation == 1 and .verdict == "invalid" and .advisory == false' explained.json
ok_if "with the findings of the decision, unchanged" sh -c '
    jq -S "[.criteria[].findings[].finding] | sort_by(tojson)" explained.json >a
    jq -S "[.decided.criteria[].findings[]] | sort_by(tojson)" decision.json >b
    cmp a b'
expect 0 '^## .*INVALID' "as Markdown" "$MLTEST" explain decision.json --format markdown
expect 2 'there is no format "html"' "another format is refused" "$MLTEST" explain decision.json --format html

"$MLTEST" gate "$model@1.1.0" --env staging -C "$work" -o advisory.json \
    --policy "$work/gates.yaml" >/dev/null
expect 0 'advisory: not by the pinned policy' "an advisory decision is called so" "$MLTEST" explain advisory.json
rm -rf "$MLTEST_REGISTRY" run.mlt
expect 0 'INVALID' "nothing but the document is read" "$MLTEST" explain decision.json

jq '.decided.verdict = "pass"' decision.json >forged.json
expect 4 'own criteria say invalid' "a document that contradicts itself is not explained" "$MLTEST" explain forged.json
echo '{"mltest_decision": 2}' >other.json
expect 4 'no decision document' "nor is another document" "$MLTEST" explain other.json
expect 4 'cut\.json' "nor one that was cut off" sh -c 'head -c 2000 decision.json >cut.json; "$MLTEST" explain cut.json'
expect 2 'no-such' "nor one that is not there" "$MLTEST" explain no-such.json

done_testing

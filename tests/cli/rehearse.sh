#!/bin/sh
# How often a gate decides wrongly, on the rows of the example models.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

registry=$scratch/registry
export MLTEST_REGISTRY="$registry"
model=ad-sentiment-analyzer
ok_if "a registry is made" "$MLTEST" registry init "$registry" --policy "$model=$EXAMPLES/$model/gates.yaml"
for folder in "$EXAMPLES/$model"/[0-9]*; do
    ok_if "$(basename "$folder") is registered" "$MLTEST" registry register "$model@$(basename "$folder")" "$folder"
done
ok_if "1.0.0 is adopted" "$MLTEST" registry adopt "$model@1.0.0" --as production --reason "served before"
rehearse() { "$MLTEST" policy rehearse "$@"; }

expect 2 'mltest run' "without a run it says what to do" \
    rehearse "$model@2.0.0-beta" -C "$EXAMPLES/$model" --env staging
run=$scratch/run.mlt
"$MLTEST" run -q "$model@2.0.0-beta" -C "$EXAMPLES/$model" -o "$run" --seed 7 >/dev/null 2>&1 || :

expect 0 '^An equal candidate passes this gate [0-9.]+ % of the time' "the first line is the answer" \
    rehearse "$model@2.0.0-beta" -C "$EXAMPLES/$model" --env staging --replicates 400
cp "$scratch/out" "$scratch/stored"
ok_if "sentences of the suites are rehearsed" grep -q 'auc within 3% of production' "$scratch/stored"
ok_if "and by slice" grep -q 'accuracy by source within 10% of production (3 slices)' "$scratch/stored"
ok_if "what no rows are kept of is named" grep -q 'because its case measures no rows' "$scratch/stored"
ok_if "what no figure decides is named" grep -q 'development_deployment_successful' "$scratch/stored"
ok_if "the cost of not-shown-worse is told" grep -q 'What not-shown-worse costs' "$scratch/stored"
ok_if "every rule goes red for every fault" sh -c '! grep -q "✗" "$1" && grep -q "✓ a prediction is NaN" "$1"' - "$scratch/stored"

expect 0 'An equal candidate' "a results file and a policy need no registry" env -u MLTEST_REGISTRY \
    "$MLTEST" policy rehearse --results "$run" --policy "$EXAMPLES/$model/gates.yaml" --env staging --replicates 400 -j1
sed '1,/brackets/d' "$scratch/stored" >"$scratch/a"
sed '1,/brackets/d' "$scratch/out" >"$scratch/b"
ok_if "and give the same bytes with one thread" cmp "$scratch/a" "$scratch/b"
expect 0 'An equal candidate' "a state is rehearsed as well" \
    rehearse --results "$run" --policy "$EXAMPLES/$model/gates.yaml" --to beta --replicates 200

code=0
rehearse "$model@2.0.0-beta" -C "$EXAMPLES/$model" --env staging --replicates 1000 -f json >"$scratch/json" 2>&1 || code=$?
ok_if "as JSON too" test "$code" = 0
ok_if "which jq reads" jq -e '.whole.equal_passes.of == 1000' "$scratch/json"
ok_if "at the margin DeLong's interval passes about alpha" jq -e \
    '[.sentences[] | select(.sentence == "auc within 3% of production")][0].margin_passes | .lo < 0.06 and .hi > 0.03' "$scratch/json"
ok_if "and so does a share of rows" jq -e \
    '[.sentences[] | select(.sentence == "accuracy within 5% of production")][0].margin_passes | .lo < 0.06 and .hi > 0.02' "$scratch/json"
ok_if "accuracy is rehearsed on its rows" jq -e \
    '[.sentences[] | select(.sentence == "accuracy >= 0.75")][0].figures[0].basis == "counts"' "$scratch/json"
ok_if "auc on influence sums" jq -e '[.sentences[] | select(.sentence == "auc >= 0.84")][0].figures[0].basis == "influence sums"' "$scratch/json"

# A rule that no candidate can turn red: not-shown-worse, where a tenth of the range cannot be shown.
cat >"$scratch/blind.yaml" <<'YAML'
policy: 1
transitions:
  beta:
    require:
      - accuracy within 0.0000001 of production, rule not-shown-worse
YAML
expect 1 'CANNOT GO RED' "a rule that cannot go red is an error" \
    rehearse --results "$run" --policy "$scratch/blind.yaml" --to beta --replicates 200
expect 1 'not-shown-worse, when the sign is swapped' "and is named with the fault" \
    rehearse --results "$run" --policy "$scratch/blind.yaml" --to beta --replicates 200

# What cannot be rehearsed on.
expect 2 'which gate' "no gate is a usage error" rehearse --results "$run" --policy "$scratch/blind.yaml"
expect 2 'it has alpha, beta' "an unknown gate is told" rehearse --results "$run" --policy "$scratch/blind.yaml" --to nowhere
expect 2 '100 to' "too few replicates are refused" \
    rehearse --results "$run" --policy "$scratch/blind.yaml" --to beta --replicates 5
expect 2 'no format' "an unknown format is told" \
    rehearse --results "$run" --policy "$scratch/blind.yaml" --to beta -f xml
head -c 20000 "$run" >"$scratch/cut.mlt"
expect 4 'cut.mlt' "a results file that is cut off is refused" \
    rehearse --results "$scratch/cut.mlt" --policy "$scratch/blind.yaml" --to beta
cp "$run" "$scratch/open.mlt"
sqlite3 "$scratch/open.mlt" "UPDATE run SET complete = 0, finished_at = NULL, interrupted = 'SIGINT'"
expect 4 'did not reach its end' "a run that did not reach its end is refused" \
    rehearse --results "$scratch/open.mlt" --policy "$scratch/blind.yaml" --to beta
cp "$run" "$scratch/altered.mlt"
sqlite3 "$scratch/altered.mlt" "UPDATE paired_row SET candidate = 0.5 WHERE ordinal % 3 = 0"
expect 0 'do not give the figure that is stored' "rows that do not give the stored figure are not believed" \
    rehearse --results "$scratch/altered.mlt" --policy "$EXAMPLES/$model/gates.yaml" --env staging --replicates 200

done_testing

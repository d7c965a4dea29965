#!/bin/sh
# The criterion documentation_complete: a document that lies blocks, its correction passes, and every
# decision can be replayed whatever was corrected since.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

registry=$scratch/registry
export MLTEST_REGISTRY="$registry"
examples=$EXAMPLES/ad-score-predictor
cat >"$scratch/gates.yaml" <<'YAML'
policy: 1
transitions:
  alpha: {require: [documentation_complete]}
deployment:
  environments:
    - {name: staging, requirements: [documentation_complete]}
    - {name: shadow, requirements: [unit_tests_passed]}
YAML
"$MLTEST" registry init "$registry" --policy "$scratch/gates.yaml" >"$scratch/out" 2>&1
"$MLTEST" registry register ad-score-predictor@1.0.0 "$examples/1.0.0" >"$scratch/out" 2>&1
gate() {
    "$MLTEST" gate "$@"
}
replay() {
    "$MLTEST" gate --replay "$1"
}

expect 0 'PASS: 1 of 1' "complete documents pass" \
    gate ad-score-predictor@1.0.0 --env staging -o "$scratch/pass.json"
ok_if "and the decision says so" \
    grep -q "the six documents in the version's folder are complete and agree" "$scratch/pass.json"
expect 0 'replayed: pass, the same bytes' "and their decision is replayed" replay "$scratch/pass.json"
expect 0 'PASS: 1 of 1' "for a change of state too" gate ad-score-predictor@1.0.0 --to alpha

# A figure of the performance report that nobody measured.
cp -r "$examples/1.1.0" "$scratch/1.1.0"
chmod -R u+w "$scratch/1.1.0"
rm -f "$scratch/1.1.0/MANIFEST.json"
sed -i 's/^\(| `validation_rmse` | 0\.\)\(....\)/\11111/' "$scratch/1.1.0/docs/performance-report.md"
expect 0 registered "a version whose report lies is registered" \
    "$MLTEST" registry register ad-score-predictor@1.1.0 "$scratch/1.1.0"
expect 1 'docs/performance-report.md:[0-9]+: validation_rmse is' \
    "and blocked, with the place and the figure" gate ad-score-predictor@1.1.0 --env staging -o "$scratch/fail.json"
expect 1 'replayed: fail, the same bytes' "the decision is replayed" replay "$scratch/fail.json"

expect 0 'revision 1' "the report is corrected" \
    "$MLTEST" docs put ad-score-predictor@1.1.0 "$examples/1.1.0/docs" --reason "the RMSE was mistyped"
expect 0 'PASS: 1 of 1' "and passes" \
    gate ad-score-predictor@1.1.0 --env staging -o "$scratch/corrected.json"
expect 0 'replayed: pass, the same bytes' "which is replayed" replay "$scratch/corrected.json"
expect 1 'replayed: fail, the same bytes' "and so is the decision before" replay "$scratch/fail.json"
ok_if "which names the revision that it looked at" grep -q 'documents of revision 1 are complete' "$scratch/corrected.json"
sed 's/"revision": 1,/"revision": 7,/' "$scratch/corrected.json" >"$scratch/forged.json"
expect 4 'the bytes differ' "one that was altered is found" replay "$scratch/forged.json"
sed 's/"faults": \[/"faults": [7/' "$scratch/corrected.json" >"$scratch/forged.json"
expect 4 'a list of names holds something else' "and so is one that is none" replay "$scratch/forged.json"

"$MLTEST" deploy ad-score-predictor@1.1.0 --env staging >"$scratch/out" 2>&1
gate ad-score-predictor@1.1.0 --env shadow -o "$scratch/other.json" >"$scratch/out" 2>&1
if grep -q '"documents"' "$scratch/other.json"; then
    not_ok "a gate that does not ask for documents does not look at them" "$scratch/other.json"
else
    pass "a gate that does not ask for documents does not look at them"
fi
expect 1 'docs/performance-report.md:' "a version that only is a folder is judged by what lies in it" \
    gate "$scratch/1.1.0" --env staging --policy "$scratch/gates.yaml"
expect 0 'the documents of .*documents complete|documents complete' "the site tells as much" \
    sh -c "'$MLTEST' docs publish '$scratch/site' && cat '$scratch/site/ad-score-predictor/index.html'"

done_testing

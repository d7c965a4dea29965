#!/bin/sh
# The six artifacts of a version, as its maker meets them: one message says all that is wrong and what to do, and
# what is registered is shown file by file.
. "${srcdir:-.}/tests/cli/tap.sh"

cd "$scratch" || exit 99
export MLTEST_REGISTRY="$scratch/registry"
"$MLTEST" registry init "$MLTEST_REGISTRY" >/dev/null
mkdir -p whole/docs whole/tests
echo '{"model": "m", "version": "1.0.0-beta", "dataset": "holdout", "metrics": {"rmse": 5.8234}}' >whole/metrics.json
echo weights >whole/m-1.0.0-beta.pt
echo '# m' >whole/docs/model-card.md
echo '{}' >whole/tests/golden.jsonl
echo '{"model": "m", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}' >whole/config.json
cat >whole/metadata.json <<'JSON'
{"model_name": "m", "version": "1.0.0-beta", "created_at": "2026-01-01T00:00:00Z", "created_by": "tester@example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {"validation_rmse": 5.82}, "dependencies": [], "tags": [],
 "changelog": "first \u001b[31mred"}
JSON
# fresh: a copy to be spoilt, which `register` registers.
fresh() { rm -rf copy && cp -r whole copy; }
register() { "$MLTEST" registry register m@1.0.0-beta copy; }

fresh
mv copy/m-1.0.0-beta.pt copy/m-1.0.0.pt && rm copy/metrics.json && : >copy/docs/model-card.md
sed -i 's/"changelog"/"changes"/' copy/metadata.json
expect 2 'copy has 4 faults' "everything that is wrong is told at once" register
# shellcheck disable=SC2016 # the message has the backquotes
for phrase in 'metadata.json: changelog: this field is missing' 'the model file, is missing: if it is m-1.0.0.pt, `mv m-1.0.0.pt m-1.0.0-beta.pt`' \
    'metrics.json is missing: what its maker measured, such as {"metrics": {"rmse": 5.8}}' 'docs/model-card.md, the model card, is empty'; do
    ok_if "with what to do: $phrase" grep -qF "$phrase" err
done
mkdir nothing
expect 2 'nothing has 6 faults' "an empty folder lacks six things" "$MLTEST" registry register m@1.0.0-beta nothing
fresh
mv copy/m-1.0.0-beta.pt copy/weights.pt
expect 2 'mv weights.pt m-1.0.0-beta.pt' "the right name is proposed" register
# shellcheck disable=SC2016
(cd copy && eval "$(sed -n 's/.*`\(mv [^`]*\)`.*/\1/p' ../err)")
expect 0 'registered m@1.0.0-beta: 6 files' "and does it" register
fresh
sed -i 's/5\.8234/5.9/' copy/metrics.json
expect 2 'metrics.json: rmse is 5.9, and performance_metrics of metadata.json say validation_rmse is 5.82' "figures that contradict each other are refused" \
    "$MLTEST" registry register m@1.0.0-beta copy
expect 0 '^    [0-9a-f]{12} +8  m-1.0.0-beta.pt$' "each file is shown with its size and digest" "$MLTEST" registry show m@1.0.0-beta
ok_if "as sha256sum says" grep -q "^    $(sha256sum <whole/metrics.json | cut -c1-12) *$(wc -c <whole/metrics.json)  metrics.json" out
ok_if "and what it is in all" grep -q "^ *$(cat whole/*.* whole/docs/* whole/tests/* | wc -c)  in 6 files" out
ok_if "without what a terminal would obey" grep -qF 'first \x1b[31mred' out
expect 0 "\"sha256\": \"$(sha256sum <whole/m-1.0.0-beta.pt | cut -c1-64)\"" "as JSON, too" "$MLTEST" registry show m@1.0.0-beta --format json
ok_if "all of them" test "$(jq '.files | length' out) $(jq '[.files[].bytes] | add' out)" = "6 $(cat whole/*.* whole/docs/* whole/tests/* | wc -c)"
ok_if "the folder can be written down again as it was" "$MLTEST" registry register m@1.0.0-beta whole

done_testing

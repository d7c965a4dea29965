#!/bin/sh
# What a version changes for its callers, and the number it needs: on folders and in a registry.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

registry=$scratch/registry
export MLTEST_REGISTRY="$registry"
examples=$EXAMPLES/ad-score-predictor

# make VERSION SED: a copy of 1.1.0 under another number, with config.json and metadata.json edited.
make() {
    cp -r "$examples/1.1.0" "$scratch/$1"
    chmod -R u+w "$scratch/$1"
    rm -f "$scratch/$1/MANIFEST.json"
    mv "$scratch/$1/ad-score-predictor-1.1.0.ubj" "$scratch/$1/ad-score-predictor-$1.ubj"
    sed -i -e "s/1\.1\.0/$1/g" -e "$2" "$scratch/$1/config.json" "$scratch/$1/metadata.json"
    sed -i "s/1\.1\.0/$1/g" "$scratch/$1/metrics.json"
}
check() {
    "$MLTEST" registry check-compat "$@"
}

expect 0 'MINOR +hyperparameter `max_depth`: 4 became 6' "tuning is a minor change" \
    check "$examples/1.0.0" "$examples/1.1.0"
expect 0 'needs a MINOR version and is a MINOR one' "and 1.1.0 is a minor version" \
    check "$examples/1.0.0" "$examples/1.1.0"
make 1.1.9 's/"max_depth": 6/"max_depth": 7/'
expect 1 'release it as 1\.2\.0' "a patch must not tune" check "$examples/1.1.0" "$scratch/1.1.9"

make 1.1.2 's/"name": "price1"/"name": "price_1"/'
expect 1 '! MAJOR +input `price1`: price1 became price_1: callers still send the old name' \
    "a patch that renames an input is refused, and told which" check "$examples/1.1.0" "$scratch/1.1.2"
expect 1 'release it as 2\.0\.0' "and told the number it needs" check "$examples/1.1.0" "$scratch/1.1.2"
make 2.0.0 's/"name": "price1"/"name": "price_1"/'
expect 0 'compatible' "as 2.0.0 it is accepted" check "$examples/1.1.0" "$scratch/2.0.0"

make 1.2.0 's/"output": {"name": "score", "type": "number", "min": 0, "max": 20}/"output": {"name": "score", "type": "number", "min": 0, "max": 1}, "converter": {"command": [".\/times20"]}/'
expect 1 'the changelog is silent: output `score`' "another output needs a converter and a word" \
    check "$examples/1.1.0" "$scratch/1.2.0"
sed -i 's/"changelog": "/&score lies between 0 and 1 now. /' "$scratch/1.2.0/metadata.json"
expect 0 'the declared converter gives them the old form' "with both it is a minor version" \
    check "$examples/1.1.0" "$scratch/1.2.0"

make 1.1.3 's/"training_dataset_hash": "sha256:./&0/; s/\(sha256:[0-9a-f]\{64\}\)[0-9a-f]/\1/'
expect 1 'MAJOR +training data: .*does not say how much' "other data are substantially other unless it is said" \
    check "$examples/1.1.0" "$scratch/1.1.3"

expect 0 '"next": "2\.0\.0"' "the same as JSON" sh -c "'$MLTEST' registry check-compat '$examples/1.1.0' '$scratch/1.1.2' --format json; test \$? = 1"
if command -v jq >/dev/null; then
    ok_if "that jq reads" jq -e '.accepted == false and .changes[0].kind == "renamed"' "$scratch/out"
fi

expect 2 'MLTEST_REGISTRY|registry' "without a registry there is nothing to compare with" \
    env -u MLTEST_REGISTRY "$MLTEST" registry check-compat "$examples/1.1.0" --registry "$scratch/none"
"$MLTEST" registry init "$registry" >"$scratch/out" 2>&1
for version in 1.0.0 1.1.0; do
    "$MLTEST" registry register "ad-score-predictor@$version" "$examples/$version" >"$scratch/out" 2>&1
done
expect 0 '1\.0\.0 -> 1\.1\.0: compatible' "the release before is found" check ad-score-predictor@1.1.0
expect 2 'no release of ad-score-predictor is registered below 1\.0\.0' "the first has none before it" \
    check ad-score-predictor@1.0.0
expect 1 '1\.1\.0 -> 1\.1\.2: REFUSED' "a folder against what is registered" check "$scratch/1.1.2"
expect 2 'does not keep what 1\.1\.0 promised: input `price1`.*release it as 2\.0\.0' \
    "and it is not registered" "$MLTEST" registry register ad-score-predictor@1.1.2 "$scratch/1.1.2"
expect 2 'name the older one first' "the order matters" check ad-score-predictor@1.1.0 ad-score-predictor@1.0.0
expect 2 'two models' "two models promise each other nothing" \
    check "$EXAMPLES/account-health-predictor/1.0.0" "$examples/1.1.0"
expect 2 'text or json' "an unknown format" check ad-score-predictor@1.1.0 --format yaml

expect 0 '^2\.0\.0$' "the number that a folder needs" "$MLTEST" registry bump ad-score-predictor "$scratch/1.1.2"
expect 0 'a MAJOR version after 1\.1\.0, because it changes' "and why" \
    "$MLTEST" registry bump ad-score-predictor "$scratch/1.1.2" --explain
expect 0 '^1\.1\.1$' "nothing changed: a patch" "$MLTEST" registry bump ad-score-predictor "$examples/1.1.0"
expect 2 'holds ad-score-predictor, not' "of another model" \
    "$MLTEST" registry bump account-health-predictor "$examples/1.1.0"

# Hostile schemas.
make 1.1.4 's/"name": "price2"/"name": "price1"/'
expect 2 'config.json: inputs: the name "price1" stands there twice' "a name that stands there twice" \
    check "$examples/1.1.0" "$scratch/1.1.4"
make 1.1.5 's/"name": "price1"/"name": "pri\\u001b[31mce\\n1"/'
expect 2 'the name "pri<U[+]001B>.31mce<U[+]000A>1" holds U[+]001B' "control characters are refused and shown harmless" check "$examples/1.1.0" "$scratch/1.1.5"
if grep -q "$(printf '\033')" "$scratch/out"; then not_ok "nothing raw reaches the terminal" "$scratch/out"; else pass "nothing raw reaches the terminal"; fi
make 1.1.8 's/"name": "price2"/"name": "pric\\u04351"/'
expect 2 'the names "price1" and "pric<U[+]0435>1" look the same' "a Cyrillic letter in a Latin name" \
    check "$examples/1.1.0" "$scratch/1.1.8"
make 1.2.1 's/"name": "price1"/"name": "\\uff50rice1"/'
expect 1 'input .*: .*two names that only look the same: price1 and <U[+]FF50>rice1' "a name that only looks like the old one" \
    check "$examples/1.1.0" "$scratch/1.2.1"
make 1.1.6 's/"converter"/&/; s/"output": {/"converter": {"comand": ["x"]}, &/'
expect 2 'unknown field "comand"; did you mean "command"' "a misspelt converter" check "$examples/1.1.0" "$scratch/1.1.6"
make 1.1.7 's/"name": "deal", "type": "integer", "min": 0, "max": 1/&, "default": 2/'
expect 2 'default: expected at most 1, found 2' "a default that the input does not admit" \
    check "$examples/1.1.0" "$scratch/1.1.7"

expect 0 'registered' "but as 2.0.0" "$MLTEST" registry register ad-score-predictor@2.0.0 "$scratch/2.0.0"

done_testing

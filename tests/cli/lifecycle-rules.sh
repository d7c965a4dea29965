#!/bin/sh
# The rules of the lifecycle: steps that there are not, environments out of order, going back, deprecation,
# archives, versions that stop where their number says, and what changes while somebody decides.
. "${srcdir:-.}/tests/cli/tap.sh"

work=$scratch/work
mkdir -p "$work"
cd "$work" || exit 99
cat >serve.sh <<'EOF'
echo '{"mltest":1}'
while read -r line; do
    id=${line#*'"id":"'}
    echo "{\"id\":\"${id%%'"'*}\",\"predictions\":[1]}"
done
EOF
cat >mltest.yaml <<EOF
model: m
baseline: production
adapter: {type: process, command: [sh, $work/serve.sh]}
suites: {unit: [loads]}
EOF
# Every gate asks for the same run, so that only the lifecycle tells them apart.
cat >gates.yaml <<'EOF'
policy: 1
transitions:
  alpha: {require: [unit_tests_passed]}
  beta: {require: [unit_tests_passed]}
  rc: {require: [unit_tests_passed]}
  production: {require: [unit_tests_passed]}
  deprecated: {require: [unit_tests_passed]}
  archived: {require: [unit_tests_passed]}
deployment:
  environments:
    - {name: development, requirements: [unit_tests_passed]}
    - {name: staging, requirements: [unit_tests_passed]}
    - {name: shadow, requirements: [unit_tests_passed]}
    - {name: production, requirements: [unit_tests_passed]}
EOF
# version NUMBER: a whole version's folder, registered.
version() {
    folder=$work/$1
    mkdir -p "$folder/docs" "$folder/tests"
    echo "weights of $1" >"$folder/m-$1.bin"
    echo '# m' >"$folder/docs/model_card.md"
    echo '{}' >"$folder/tests/golden.jsonl"
    echo '{"rmse": 0.1}' >"$folder/metrics.json"
    cat >"$folder/config.json" <<EOF
{"model": "m", "version": "$1", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}
EOF
    cat >"$folder/metadata.json" <<EOF
{"model_name": "m", "version": "$1", "created_at": "2026-01-01T00:00:00Z", "created_by": "tester@example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
EOF
    "$MLTEST" registry register "m@$1" "$folder"
}
export MLTEST_REGISTRY="$scratch/registry"
"$MLTEST" registry init "$MLTEST_REGISTRY" --policy gates.yaml >/dev/null
for number in 1.0.0 1.1.0 1.1.1 1.2.0-alpha 1.2.0-beta 1.2.0-rc.1 1.2.0-experiment-x 1.3.0; do
    version "$number" >"$scratch/out" 2>&1 || not_ok "$number is registered" "$scratch/out"
done
run() {
    "$MLTEST" run -q -o "$scratch/run.mlt" "$@"
}
# promote VERSION STATE OPTION...
promote() {
    promoted=m@$1 state=$2
    shift 2
    "$MLTEST" promote "$promoted" --to "$state" --reason "a test" "$@"
}
# deploy VERSION ENVIRONMENT OPTION...
deploy() {
    deployed=m@$1 environment=$2
    shift 2
    "$MLTEST" deploy "$deployed" --env "$environment" "$@"
}
state_of() {
    "$MLTEST" registry show "m@$1" --format json 2>/dev/null | jq -r .state
}
"$MLTEST" registry adopt m@1.0.0 --as production --reason "served before" >/dev/null

# What is said wrongly.
expect 2 'promote to what\?' "a step needs a state" "$MLTEST" promote m@1.1.0 --reason x
expect 2 'no such state: expected alpha, beta' "one that there is" promote 1.1.0 betta
expect 2 'needs --reason TEXT' "and a reason" "$MLTEST" promote m@1.1.0 --to alpha
expect 2 'needs --reason TEXT' "that says something" "$MLTEST" promote m@1.1.0 --to alpha --reason ' '
expect 2 'which version of m' "and a version" "$MLTEST" promote m --to alpha --reason x
expect 2 'only registered versions are promoted' "that is registered" \
    "$MLTEST" promote ./1.1.0 --to alpha --reason x
expect 2 'did you mean|the nearest is' "and known" promote 1.1.9 alpha

# One step at a time, by a gate.
expect 2 'takes one step at a time: its next step is to Alpha' "no state is skipped" promote 1.1.0 beta
expect 4 'm: 1\.1\.0 is in Development and takes one step at a time: its next step is to Alpha' \
    "the gate says the same" "$MLTEST" gate m@1.1.0 --to beta
expect 2 'is in Development already' "nothing goes where it is" promote 1.1.0 development
expect 4 'nothing was moved: m@1\.1\.0 stays in Development' "a gate without evidence blocks" promote 1.1.0 alpha
ok_if "and nothing moves" test "$(state_of 1.1.0)" = Development
run m@1.1.0 >"$scratch/out" 2>&1
expect 0 'moved: m@1\.1\.0 is in Alpha \(before: Development\)' "with evidence it opens" \
    promote 1.1.0 alpha --ticket ML-1 --ticket ML-2
ok_if "the decision is kept" test -f "$(sed -n 's/^decision: //p' "$scratch/out")"
ok_if "what comes next is said" sh -c 'grep -A1 "^next: Beta, which asks for" "$1" | grep -q "^  unit_tests_passed"' - "$scratch/out"
expect 2 'is in Alpha already: its next step is to Beta, or back to Development' "once" promote 1.1.0 alpha
expect 2 'takes one step at a time: its next step is to Beta' "no state is skipped later either" promote 1.1.0 Production

# Environments in the order of the policy, whatever their requirements.
expect 2 'was not deployed to staging, which comes before shadow: deploy it to development first' \
    "environments are not skipped" deploy 1.1.0 shadow
expect 2 'mltest deploy m@1\.1\.0 --env development' "the gate says the same" "$MLTEST" gate m@1.1.0 --env staging
expect 0 'is deployed to development' "the first is open" deploy 1.1.0 development --ticket ML-3
expect 2 'deploy it to staging first' "the next but one is not" deploy 1.1.0 shadow
expect 0 'is deployed to staging' "the second is" deploy 1.1.0 staging
expect 0 'is deployed to shadow' "the third is" deploy 1.1.0 shadow
expect 2 'is in Alpha, and production takes it in state Production only' "production wants the state" deploy 1.1.0 production
expect 2 'is in Alpha, and production takes it in state Production only' "the gate says the same" \
    "$MLTEST" gate m@1.1.0 --env production

# Going back.
expect 0 'is in Development \(before: Alpha\)' "a version goes back without a gate" promote 1.1.0 development
expect 2 'needs no gate|already' "which has none" "$MLTEST" gate m@1.1.0 --to development
for state in alpha beta rc; do
    expect 0 'moved' "to $state" promote 1.1.0 $state
done
expect 2 'is in RC and goes back only to Development' "not by one step" promote 1.1.0 beta

# Versions stop where their number says.
for number in 1.2.0-alpha 1.2.0-beta 1.2.0-rc.1 1.2.0-experiment-x; do
    run m@$number >"$scratch/out" 2>&1
    expect 0 'moved' "$number goes to Alpha" promote $number alpha
done
expect 2 'as far as an -alpha version goes: register 1\.2\.0' "-alpha goes no further" promote 1.2.0-alpha beta
for number in 1.2.0-beta 1.2.0-rc.1 1.2.0-experiment-x; do
    expect 0 'moved' "$number goes to Beta" promote $number beta
done
ok_if "what comes next is nothing" grep -q 'next: nothing' "$scratch/out"
expect 2 'as far as a -beta version goes' "-beta goes no further" promote 1.2.0-beta rc
expect 2 'as far as an -experiment version goes' "-experiment goes no further" promote 1.2.0-experiment-x rc
expect 0 'moved' "-rc goes to RC" promote 1.2.0-rc.1 rc
expect 2 'as far as a -rc version goes' "and no further" promote 1.2.0-rc.1 production
for environment in development staging shadow; do
    expect 0 recorded "-beta is deployed to $environment" deploy 1.2.0-beta $environment
done
expect 2 'name them with --cohort NAME' "a -beta version in production is for a cohort" deploy 1.2.0-beta production
expect 2 'no name of a cohort' "which has a name" deploy 1.2.0-beta production --cohort '../x'
expect 0 'PASS' "the gate knows cohorts" "$MLTEST" gate m@1.2.0-beta --env production --cohort first-clients
expect 0 'deployed to production for the cohort first-clients' "then it goes" \
    deploy 1.2.0-beta production --cohort first-clients
ok_if "and the pointer stays" sh -c '"$1" registry get m@production | grep -q "/1.0.0$"' - "$MLTEST"
expect 2 '--cohort is for a -beta version' "nothing else has a cohort" deploy 1.1.0 production --cohort x
expect 2 'never deployed to production: it is an -experiment version' "experiments never go there" \
    deploy 1.2.0-experiment-x production
expect 2 'never deployed to production: it is an -alpha version' "nor -alpha" deploy 1.2.0-alpha production

# State and serving are two things.
expect 0 'is in Production' "1.1.0 is promoted to Production" promote 1.1.0 production
ok_if "1.0.0 still serves" sh -c '"$1" registry get m@production | grep -q "/1.0.0$"' - "$MLTEST"
ok_if "latest is 1.1.0" test "$("$MLTEST" registry latest m)" = 1.1.0
run m@1.1.0 >"$scratch/out" 2>&1
expect 0 'deployed to production' "then it is deployed there" deploy 1.1.0 production --reason release
ok_if "and serves" sh -c '"$1" registry get m@production | grep -q "/1.1.0$"' - "$MLTEST"
expect 0 'state +Production, serves production' "show says so" "$MLTEST" registry show m@1.1.0
for line in 'since +2' 'deployed +development at' 'deployed +production at'; do
    ok_if "show has: $line" grep -Eq "$line" "$scratch/out"
done
expect 0 'serving +1\.1\.0' "and of another what serves instead" "$MLTEST" registry show m@1.2.0-beta

# Deprecation.
run m@1.0.0 --baseline none >"$scratch/out" 2>&1
run m@1.0.0 >"$scratch/out" 2>&1
tomorrow=$(date -u -d tomorrow +%F)
expect 2 'Production and cannot go back any more' "what was in Production does not go back" promote 1.0.0 development
expect 2 'said with it: --removal YYYY-MM-DD' "deprecation has a date" promote 1.0.0 deprecated
expect 2 'is not a day' "that is one" promote 1.0.0 deprecated --removal 31.12.2099
expect 2 'does not' "and in the future" promote 1.0.0 deprecated --removal "$(date -u +%F)"
expect 2 'does not' "at the edge of a day" env MLTEST_NOW=2098-12-31T00:00:00Z "$MLTEST" promote m@1.0.0 --to deprecated \
    --reason x --removal 2098-12-31
expect 2 'only a version that is deprecated' "nothing else has one" promote 1.3.0 alpha --removal "$tomorrow"
expect 0 'is in Deprecated' "1.0.0 is deprecated" promote 1.0.0 deprecated --removal "$tomorrow"
warning="^mltest: warning: m@1\.0\.0 is deprecated and will be removed on $tomorrow: use m@1\.1\.0"
for words in "registry get m@1.0.0" "registry show m@1.0.0" "run -q m@1.0.0 -o $scratch/run.mlt" "deploy m@1.0.0 --env development"; do
    # shellcheck disable=SC2086
    "$MLTEST" $words >"$scratch/out" 2>"$scratch/err" || :
    ok_if "warns: mltest $words" grep -Eq "$warning" "$scratch/err"
    ok_if "on stderr alone" sh -c '! grep -q warning "$1"' - "$scratch/out"
done
"$MLTEST" run -q m@1.1.1 --baseline 1.0.0 -o "$scratch/run.mlt" >"$scratch/out" 2>"$scratch/err"
ok_if "a baseline is used, too" grep -Eq "$warning" "$scratch/err"
expect 0 "until $tomorrow" "list shows the date" "$MLTEST" registry list m

# Archives.
expect 0 'is in Archived' "1.0.0 is archived" promote 1.0.0 archived
expect 2 'Archived, and that is final' "for good" promote 1.0.0 development
expect 2 'barred from every deployment' "nothing archived is deployed" deploy 1.0.0 development
expect 2 'barred from every deployment' "nor asked about" "$MLTEST" gate m@1.0.0 --env development
expect 2 'barred from serving again' "nor adopted" "$MLTEST" registry adopt m@1.0.0 --as production --reason x
expect 0 'moved' "what serves may be deprecated" promote 1.1.0 deprecated --removal "$tomorrow"
expect 2 'still serves production: deploy its successor' "but not archived" promote 1.1.0 archived
expect 0 ' 0 faults' "the registry is whole" "$MLTEST" registry verify

# Twenty at once.
run m@1.3.0 >"$scratch/out" 2>&1
i=0
while [ $i -lt 20 ]; do
    i=$((i + 1))
    (
        code=0
        promote 1.3.0 alpha >"$scratch/at-once.$i" 2>&1 || code=$?
        echo $code >"$scratch/code.$i"
    ) &
done
wait
ok_if "of twenty at once one moves it" test "$(cat "$scratch"/code.* | grep -c '^0$')" = 1
ok_if "the others are told" test "$(cat "$scratch"/code.* | grep -c '^2$')" = 19
ok_if "in so many words" test "$(grep -l 'is in Alpha already' "$scratch"/at-once.* | wc -l)" = 19

# Runs and deployments of the same model go on meanwhile: none is lost, and the promotion gets through.
promote 1.3.0 development >"$scratch/out" 2>&1
: >"$scratch/codes"
for i in 1 2 3 4 5 6; do
    (
        code=0
        case $i in
        1) promote 1.3.0 alpha ;;
        2) deploy 1.1.1 development ;;
        3) deploy 1.3.0 development ;;
        4) "$MLTEST" registry adopt m@1.1.0 --as production --reason again ;;
        *) "$MLTEST" run -q -o "$scratch/run.$i.mlt" m@1.3.0 ;;
        esac >"$scratch/race.$i" 2>&1 || code=$?
        echo "$i $code" >>"$scratch/codes"
    ) &
done
wait
grep -v ' 0$' "$scratch/codes" >"$scratch/lost" || :
if [ -s "$scratch/lost" ]; then not_ok "all at once" "$scratch/lost" "$scratch"/race.*; else pass "all at once"; fi
ok_if "everything happened" sh -c 'test "$1" = Alpha && "$2" registry show m@1.3.0 | grep -q "deployed *development"' - \
    "$(state_of 1.3.0)" "$MLTEST"
expect 0 ' 0 faults' "and the registry is whole" "$MLTEST" registry verify

done_testing

#!/bin/sh
# A promotion that is killed at any system call that changes something has moved the version with its entry, or not at
# all, and can be made again. strace chooses the call.
# Thousands of syncs are waited for: in memory, where that can be, since no test here takes the power away.
if [ -d /dev/shm ] && [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi
. "${srcdir:-.}/tests/cli/tap.sh"
. "${srcdir:-.}/tests/cli/killed.sh"

mkdir -p m/docs m/tests
echo '{"rmse": 0.1}' >m/metrics.json
echo weights >m/m-1.0.0.bin
echo '# m' >m/docs/model_card.md
echo '{}' >m/tests/golden.jsonl
echo '{"model": "m", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}' >m/config.json
cat >m/metadata.json <<'JSON'
{"model_name": "m", "version": "1.0.0", "created_at": "2026-01-01T00:00:00Z", "created_by": "tester@example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
JSON
cat >serve.sh <<'EOF'
echo '{"mltest":1}'
while read -r line; do
    id=${line#*'"id":"'}
    echo "{\"id\":\"${id%%'"'*}\",\"predictions\":[1]}"
done
EOF
cat >mltest.yaml <<EOF
model: m
baseline: none
adapter: {type: process, command: [sh, $scratch/serve.sh]}
suites: {unit: [loads]}
EOF
# Production, since that moves "latest" too.
cat >gates.yaml <<'EOF'
policy: 1
transitions:
  alpha: {require: [unit_tests_passed]}
  beta: {require: [unit_tests_passed]}
  rc: {require: [unit_tests_passed]}
  production: {require: [unit_tests_passed]}
EOF
"$MLTEST" registry init base --policy gates.yaml >/dev/null
export MLTEST_REGISTRY="$scratch/base"
{
    "$MLTEST" registry register m@1.0.0 m && "$MLTEST" run -q m@1.0.0
    for state in alpha beta rc; do
        "$MLTEST" promote m@1.0.0 --to $state --reason "a test"
    done
} >out 2>&1
ok_if "a version in RC" grep -q 'm@1.0.0 is in RC' out
MLTEST_REGISTRY=$scratch/registry
promote() { "$MLTEST" promote m@1.0.0 --to production --reason "a test"; }
# attempt OPTION...: the promotion in a fresh copy, under strace with these options; its exit code is in $code.
attempt() {
    rm -rf registry
    cp -r base registry
    code=0
    strace -f -o trace "$@" "$MLTEST" promote m@1.0.0 --to production --reason "a test" >said 2>&1 || code=$?
}

state() { "$MLTEST" registry list m | grep -c ' Production '; }
# settled: prints what is wrong after an attempt.
settled() {
    "$MLTEST" audit verify >out 2>&1 || { echo "the log does not verify:" && cat out; }
    moved=$(state)
    logged=$("$MLTEST" audit log m --what promote --format json | grep -c '"state": *"Production"')
    [ "$moved" = "$logged" ] || echo "in Production: $moved, entries: $logged"
    [ "$code" != 0 ] || [ "$moved" = 1 ] || echo "it said that it was done: $(cat said)"
    again=0
    promote >out 2>&1 || again=$?
    [ "$again" = $((moved * 2)) ] || { echo "again: exit code $again" && cat out; }
    [ "$moved" = 0 ] || grep -q 'is in Production already' out || { echo "again:" && cat out; }
    [ "$(state)" = 1 ] || echo "after all it is not in Production"
    "$MLTEST" registry verify --all >out 2>&1
    grep -E '^  ' out | grep -Ev '^  /.* was left by something that was cut off'
}

attempt
ok_if "a promotion that nothing disturbs" test "$code" = 0
settled >found 2>&1
ok_if "is whole" test ! -s found
points >all
ok_if "its calls are seen" grep -q '^fdatasync 1$' all
: >faults
killed=0
while read -r name n; do
    attempt -e "inject=$name:signal=KILL:when=$n"
    [ "$code" != 137 ] || killed=$((killed + 1))
    settled >found 2>&1
    [ ! -s found ] || sed "s/^/$name $n: /" found >>faults
done <all
if [ -s faults ]; then not_ok "killed at each call that changes something" faults; else pass "killed at each call that changes something"; fi
ok_if "which happened ($killed times of $(wc -l <all))" test "$killed" -gt 10
done_testing

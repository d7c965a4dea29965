#!/bin/sh
# A logged change that is killed at any system call that changes something is there with its entry, or not at all, and
# can be made again. strace chooses the call.
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
"$MLTEST" registry init base --unsigned >/dev/null
MLTEST_REGISTRY=$scratch/base "$MLTEST" registry register m@1.0.0 m >/dev/null
export MLTEST_REGISTRY="$scratch/registry"
change() { "$MLTEST" registry adopt m@1.0.0 --as production --reason "it serves"; }
# attempt OPTION...: the change in a fresh copy, under strace with these options; its exit code is in $code.
attempt() {
    rm -rf registry
    cp -r base registry
    code=0
    strace -f -o trace "$@" "$MLTEST" registry adopt m@1.0.0 --as production --reason "it serves" >said 2>&1 || code=$?
}

# settled: prints what is wrong after an attempt.
settled() {
    "$MLTEST" audit verify >out 2>&1 || { echo "the log does not verify:" && cat out; }
    serves=$("$MLTEST" registry show m@production >/dev/null 2>&1 && echo 1 || echo 0)
    logged=$("$MLTEST" audit log m --what adopt | tail -n 1 | cut -d ' ' -f 1)
    [ "$serves" = "$logged" ] || echo "it serves: $serves, entries: $logged"
    [ "$code" != 0 ] || [ "$logged" = 1 ] || echo "it said that it was done: $(cat said)"
    change >out 2>&1 || { echo "again:" && cat out; }
    "$MLTEST" registry verify --all >out 2>&1
    grep -E '^  ' out | grep -Ev '^  /.*\.tmp-[^/]* was left by something that was cut off'
    "$MLTEST" registry show m@production >/dev/null 2>&1 || echo "after all it does not serve"
}

attempt
ok_if "a change that nothing disturbs" test "$code" = 0
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

#!/bin/sh
# A registration that is killed, or told of an error, at a system call leaves the version wholly there or not at
# all, and registering again finishes it. strace chooses the call: each that changes files or locks, and a sample of
# the others.
# Thousands of syncs are waited for: in memory, where that can be, since no test here takes the power away.
if [ -d /dev/shm ] && [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi
. "${srcdir:-.}/tests/cli/tap.sh"

model=$scratch/model
mkdir -p "$model/docs" "$model/tests" "$scratch/runs"
. "${srcdir:-.}/tests/cli/killed.sh"

echo '{"rmse": 0.1}' >"$model/metrics.json"
head -c 70000 /dev/zero >"$model/m-1.0.0.bin"
echo '# m' >"$model/docs/model_card.md"
echo '{}' >"$model/tests/golden.jsonl"
cat >"$model/config.json" <<'JSON'
{"model": "m", "version": "1.0.0", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}
JSON
# metadata MODEL: its metadata.json.
metadata() {
    cat <<JSON
{"model_name": "$1", "version": "1.0.0", "created_at": "2026-01-01T00:00:00Z", "created_by": "tester@example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
JSON
}
metadata m >"$model/metadata.json"
# Every attempt starts from a registry that holds another model already.
cp -r "$model" other
metadata other >other/metadata.json
sed 's/"m"/"other"/' "$model/config.json" >other/config.json
mv other/m-1.0.0.bin other/other-1.0.0.bin
"$MLTEST" registry init base >/dev/null
MLTEST_REGISTRY=$scratch/base "$MLTEST" registry register other@1.0.0 other >/dev/null

registry=$scratch/runs/registry
export MLTEST_REGISTRY="$registry"
# attempt OPTION...: registers m@1.0.0 in a fresh copy, under strace with these options; its exit code is in $code.
attempt() {
    rm -rf "$registry"
    cp -r base "$registry"
    code=0
    strace -f -o trace "$@" "$MLTEST" registry register m@1.0.0 "$model" >said 2>&1 || code=$?
}

# What is left: nothing half, and the same registration succeeds. Prints what is wrong.
settled() {
    got=0
    "$MLTEST" registry get m@1.0.0 >out 2>err || got=$?
    listed=$("$MLTEST" registry list | grep -c '^m@1\.0\.0 ')
    case $got in
    0) [ "$listed" = 1 ] || echo "get finds the version, list does not" ;;
    2) { [ "$listed" = 0 ] && grep -q 'has no model "m"' err; } || echo "not there, but listed or not unknown: $(cat err)" ;;
    *) echo "get: exit code $got: $(cat err)" ;;
    esac
    [ "$code" != 0 ] || [ "$got" = 0 ] || echo "it said it was registered: $(cat said)"
    "$MLTEST" registry verify --all >out 2>&1
    faults='^  /.*: no record names it|^  /.* was left by something that was cut off'
    [ "$got" = 2 ] || faults='^  /.* was left by something that was cut off'
    grep -E '^  ' out | grep -Ev "$faults" | sed 's/^/verify: /'
    again=0
    "$MLTEST" registry register m@1.0.0 "$model" >out 2>&1 || again=$?
    [ "$again" = 0 ] || echo "again: exit code $again: $(cat out)"
    "$MLTEST" registry verify --all >out 2>&1
    grep -q '^2 versions checked' out || echo "verify, after all: $(cat out)"
    grep -E '^  ' out | grep -Ev '^  /.*\.tmp-[^/]* was left by something that was cut off' | sed 's/^/after all: /'
}

# try NAME N INJECTION: one attempt; a fault is added to the file "faults".
try() {
    attempt -e "inject=$1:$3:when=$2"
    settled >found 2>&1
    [ ! -s found ] || sed "s/^/$1 $2 ($3): /" found >>faults
}

# report NAME: whether no fault was found since the last report.
report() {
    if [ -s faults ]; then not_ok "$1" faults; else pass "$1"; fi
    : >faults
}
: >faults

attempt
ok_if "a registration that nothing disturbs" test "$code" = 0
settled >found 2>&1
ok_if "is whole" test ! -s found
calls >all
ok_if "the calls are seen" grep -q '^renameat2 1 every$' all

awk '$3 == "every" { print $1 }' all | sort -u >changing
while read -r name; do
    killed=0
    awk -v name="$name" '$1 == name && $3 == "every" { print $2 }' all >numbers
    while read -r n; do
        try "$name" "$n" signal=KILL
        [ "$code" != 137 ] || killed=$((killed + 1))
    done <numbers
    report "killed at each $name that changes something"
    ok_if "which happened ($killed times)" test "$killed" -gt 0
done <changing

awk '$3 == "some" && ++seen % 12 == 0 { print $1, $2 }' all >others
while read -r name n; do
    try "$name" "$n" signal=KILL
done <others
report "killed at one in twelve of the other calls"

refused=0
for error in ENOSPC EIO; do
    awk '$3 == "every" && $1 ~ /^(open|write|pwrite|fsync|fdatasync|rename|mkdir|chmod|ftruncate)/ { print $1, $2 }' all >numbers
    while read -r name n; do
        try "$name" "$n" "error=$error"
        [ "$code" = 0 ] || refused=$((refused + 1))
        case $code in
        0 | 5) ;;
        *) echo "$name $n ($error): exit code $code: $(cat said)" >>faults ;;
        esac
    done <numbers
    report "told $error by each call that changes something"
done
ok_if "which was told again ($refused times)" test "$refused" -gt 20

done_testing

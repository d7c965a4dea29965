#!/bin/sh
# Nothing is deleted without --yes, and with it only what was cut off, is old and is nobody's.
. "${srcdir:-.}/tests/cli/tap.sh"

cd "$scratch" || exit 99
registry=$scratch/registry
export MLTEST_REGISTRY="$registry"
"$MLTEST" registry init "$registry" >/dev/null
mkdir -p version/docs version/tests outside
echo '{"rmse": 0.1}' >version/metrics.json
echo weights >version/m-1.0.0.bin
echo '# m' >version/docs/model_card.md
echo '{}' >version/tests/golden.jsonl
echo '{"model": "m", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}' >version/config.json
cat >version/metadata.json <<'JSON'
{"model_name": "m", "version": "1.0.0", "created_at": "2026-01-01T00:00:00Z", "created_by": "tester@example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
JSON
clean() { "$MLTEST" registry clean "$@"; }
# everything: all that there is, but the records.
everything() { find "$registry" outside ! -path "$registry/.mltest*" | sort; }
events() { sqlite3 "$registry/.mltest/records.db" "select count(*) from record where partition = '.log' and key like 'entry/%' and value like '%\"what\":\"clean\"%$1%'"; }

expect 0 '^0 leftovers, 0 to remove$' "an empty registry" clean
"$MLTEST" registry register m@1.0.0 version >/dev/null
runs=$registry/m/.evidence/1.0.0/runs
mkdir -p "$runs" "$registry/m/.tmp-abcdef/tree/docs"

# What was cut off …
cp version/m-1.0.0.bin "$registry/m/.tmp-abcdef/tree/" && chmod 0444 "$registry/m/.tmp-abcdef/tree/m-1.0.0.bin"
echo precious >outside/file
ln -s "$scratch/outside" "$registry/m/.tmp-abcdef/tree/folder"
ln -s "$scratch/outside/file" "$registry/m/.tmp-abcdef/tree/docs/file"
ln -s 1.0.0 "$registry/m/.tmp-00112233445566aa"
echo half >"$runs/.tmp-0123456789abcdef"
echo half >"$runs/01A.mlt.tmp-0123456789abcdef"
# … and what only looks so: a run, an orphan, a folder whose name ends so, what lies in a version, another's disk.
echo run >"$runs/x.tmp-1.mlt"
cp -r "$registry/m/1.0.0" "$registry/m/1.0.1"
mkdir -p "$registry/m/1.0.0-experiment-a.tmp-0123456789abcdef" outside/.tmp-other "$registry/m/1.0.1/docs"
touch "$registry/m/1.0.1/docs/.tmp-note" "$registry/m/1.0.1/docs/a.tmp-0123456789abcdef"
ln -s "$scratch/outside" "$registry/linked"
everything >before

expect 0 '^4 leftovers, 0 to remove$' "what is young is listed" clean
ok_if "as too young" test "$(grep -c '^too young ' out)" = 4
expect 0 '^4 leftovers, 0 removed$' "and stays, with --yes too" clean --yes
expect 0 '^would be removed +m/\.tmp-abcdef  \(3 files, .* bytes, last changed' "what is old would be removed" clean --older-than 0s
ok_if "if --yes were said" grep -qx '4 leftovers, 4 to remove: say --yes' out
expect 0 '"what": "would be removed"' "the same as JSON" clean --older-than 0s --format json
ok_if "which is JSON" jq -e 'length == 4' out
everything >after
ok_if "nothing was deleted so far" cmp before after
ok_if "nor logged" test "$(events '')" = 0
if command -v flock >/dev/null; then
    exec 9<"$registry/m/.tmp-abcdef"
    flock -s 9
    expect 0 '^is being filled now m/\.tmp-abcdef' "what a living process fills stays" clean m --older-than 0s
    ok_if "and is not offered" grep -qx '4 leftovers, 3 to remove: say --yes' out
    exec 9<&-
else
    skip "what a living process fills stays" "there is no flock"
    skip "and is not offered" "there is no flock"
fi
expect 0 '^4 leftovers, 4 removed$' "with --yes it is removed" clean m --older-than 0s --yes
everything >after
ok_if "and only that" sh -c "grep -Ev '/\.tmp-(abcdef|00112233445566aa|0123456789abcdef)|01A\.mlt\.tmp-' before | cmp - after"
ok_if "links out of it were not followed" grep -q precious outside/file
ok_if "each is in the log" test "$(events 'm/.tmp-abcdef')$(events '.evidence/1.0.0/runs/01A.mlt.tmp-0123456789abcdef')" = 11
expect 0 '^0 leftovers, 0 removed$' "then there is nothing left" clean --older-than 0s --yes
expect 0 '^registered m@1.0.0' "the version is what it was" "$MLTEST" registry register m@1.0.0 version
expect 4 'm/1.0.1 is an orphan' "orphans are still told, and left to people" "$MLTEST" registry verify
expect 2 'no model "n"' "another model is told" clean n
expect 2 'not a model name' "and what is no name" clean ../m
expect 2 'such as 1h' "and what is no duration" clean --older-than soon

if strace -f -o trace true 2>/dev/null; then
    rm -rf second && "$MLTEST" registry init second >/dev/null
    ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" \
        strace -f -o trace -e inject=renameat2:signal=KILL "$MLTEST" registry register --registry second m@1.0.0 version >/dev/null 2>&1 || :
    expect 0 '^would be removed +m/\.tmp-[A-Za-z0-9]{6}  \(7 files' "a registration that was killed leaves one" \
        clean --registry second --older-than 0s
    expect 0 '1 removed' "which goes" clean --registry second --older-than 0s -y
    expect 0 'registered' "and does not stand in the way" "$MLTEST" registry register --registry second m@1.0.0 version
    expect 0 ' 0 faults' "of a clean registry" "$MLTEST" registry verify --registry second --all
else
    for name in "a registration that was killed leaves one" "which goes" "and does not stand in the way" "of a clean registry"; do
        skip "$name" "it needs strace, and the right to trace"
    done
fi

done_testing

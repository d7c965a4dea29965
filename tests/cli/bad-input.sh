#!/bin/sh
# Bad input gets one clear sentence and the right exit code; nothing is lost, nothing half-written.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

model=ad-score-predictor
registry=$scratch/registry
work=$scratch/work
mkdir "$work"
cp "$EXAMPLES/$model/mltest.yaml" "$EXAMPLES/$model/gates.yaml" "$work/"
cp -r "$EXAMPLES/$model/data" "$work/data"
export MLTEST_REGISTRY="$registry"
"$MLTEST" registry init "$registry" --policy "$work/gates.yaml" >/dev/null
for version in 1.0.0 1.1.0; do
    "$MLTEST" registry register "$model@$version" "$EXAMPLES/$model/$version" >/dev/null
done
"$MLTEST" registry adopt "$model@1.0.0" --as production --reason "a test" >/dev/null

# with SED-SCRIPT: a copy of the configuration with one mistake in it.
with() {
    rm -rf "$scratch/bad"
    mkdir "$scratch/bad"
    ln -s "$work/data" "$scratch/bad/data"
    cp "$work/gates.yaml" "$scratch/bad/"
    sed "$1" "$work/mltest.yaml" >"$scratch/bad/mltest.yaml"
}
run() {
    "$MLTEST" run -q --no-store -C "$scratch/bad" -o "$scratch/bad/out.mlt" "$@"
}
nothing_written() {
    if [ -e "$scratch/bad/out.mlt" ]; then not_ok "$1: no results file"; else pass "$1: no results file"; fi
}

with 's/^baseline:/basline:/'
expect 2 'mltest\.yaml:[0-9]+:[0-9]+: .*basline.*baseline' "an unknown key is told with its place and the right word" run
nothing_written "an unknown key"
with 's/^model: .*/&\nmodel: twice/'
expect 2 'mltest\.yaml:[0-9]+:[0-9]+: .*model.*twice' "a duplicate key is an error" run
with 's/^suites:.*/suites: 5/; /^suites:/,$ { /^ /d }'
expect 2 'mltest\.yaml:[0-9]+:[0-9]+: .*suites' "a wrong type is told with what was expected" run
with 's/^\( *- \)rmse <= .*/\1rmse <= nan/'
expect 2 'mltest\.yaml:[0-9]+:[0-9]+: .*nan' "a NaN threshold is refused" run
with 's/^\( *- \)rmse <= .*/\1rmsee <= 1/'
expect 2 'mltest\.yaml:[0-9]+:[0-9]+: .*rmsee.*rmse' "a misspelt metric is told with the right word" run
with 's/$//'
printf -- '---\nmodel: second\n' >>"$scratch/bad/mltest.yaml"
expect 2 'mltest\.yaml:[0-9]+' "a second document is an error" run
with 's|path: data/[^,}]*|path: data/absent.csv|'
expect 2 'absent\.csv' "a missing data set is named" run
nothing_written "a missing data set"
with 's/$//'

expect 2 '9\.9\.9' "an unregistered version is named" "$MLTEST" run -q -C "$work" "$model@9.9.9" -o "$scratch/x.mlt"
expect 2 'ad-score-predictr' "an unknown model is told" "$MLTEST" registry show ad-score-predictr@1.0.0
expect 2 "ad-score-predictor" "and the nearest right one" "$MLTEST" registry show ad-score-predictr@1.0.0
expect 2 '\.\./' "../ in a model name is refused" "$MLTEST" registry show '../../etc@1.0.0'
expect 2 '01\.0\.0|leading zero' "a version outside the grammar is refused" "$MLTEST" registry show "$model@01.0.0"
expect 2 'itself|same digest' "a version is not compared with itself" "$MLTEST" run -q -C "$work" "$model@1.0.0" -o "$scratch/x.mlt"
expect 2 'did you mean --output' "a misspelt option is told with the right one" "$MLTEST" run --outptu x
expect 2 'did you mean mltest report' "a misspelt command is told with the right one" "$MLTEST" reprot
expect 2 'did you mean junit' "a misspelt format is told before anything runs" run --report junitt=x.xml
expect 2 'did you mean regression' "a misspelt suite is told" run --suite regresion
expect 4 'nothing would run' "a filter that matches nothing is never a pass" run --case 'no-such-case*'

# The data set.
dataset=$(sed -n 's|.*path: *\(data/[^ ,}]*\).*|\1|p' "$work/mltest.yaml" | head -n 1)
label=$(sed -n 's|.*label: *\([A-Za-z_]*\).*|\1|p' "$work/mltest.yaml" | head -n 1)
plain() {
    case $1 in *.gz) gzip -dc "$1" ;; *) cat "$1" ;; esac
}
with "s|$dataset|$scratch/bad/empty.csv|"
plain "$work/$dataset" | head -n 1 >"$scratch/bad/empty.csv"
expect 4 'empty\.csv.*no rows|empty' "an empty data set is never a pass" run
: >"$scratch/bad/empty.csv"
expect 4 'empty\.csv' "a data set without even a header is told" run
with "s|$dataset|$scratch/bad/small.csv|; s|label: *$label|label: nosuch|"
plain "$work/$dataset" | head -n 400 >"$scratch/bad/small.csv"
expect 4 "nosuch" "a data set without the label is told" run --suite regression
with "s|$dataset|$scratch/bad/small.csv|; s|slices: *\[[a-z_, ]*\]|slices: [nosuchslice]|"
plain "$work/$dataset" | head -n 400 >"$scratch/bad/small.csv"
expect 4 "nosuchslice" "a slice that is not there is told" run --suite regression
with "s|$dataset|$scratch/bad/ragged.csv|"
plain "$work/$dataset" | head -n 50 >"$scratch/bad/ragged.csv"
echo 'a,b' >>"$scratch/bad/ragged.csv"
expect 4 'ragged\.csv:51:' "a ragged row is told with its line" run

# Results.
with 's/$//'
"$MLTEST" run -q --no-store -C "$scratch/bad" -o "$scratch/good.mlt" "$model@1.1.0" --suite unit >/dev/null 2>&1
size=$(wc -c <"$scratch/good.mlt")
head -c $((size / 2)) "$scratch/good.mlt" >"$scratch/cut.mlt"
expect 4 'cut\.mlt' "a truncated results file is invalid evidence" "$MLTEST" report "$scratch/cut.mlt"
echo "no database" >"$scratch/text.mlt"
expect 4 'text\.mlt' "a file that is no results file is invalid evidence" "$MLTEST" report "$scratch/text.mlt"
expect 2 'absent\.mlt' "a missing results file is told" "$MLTEST" report "$scratch/absent.mlt"
if [ -w /dev/full ]; then
    expect 5 'No space left' "a report that cannot be written is no success" sh -c '"$1" report "$2" >/dev/full' - "$MLTEST" "$scratch/good.mlt"
else
    skip "a report that cannot be written is no success" "there is no /dev/full"
fi

# Disks.
if mkdir "$scratch/disk" && mount -t tmpfs -o size=64k tmpfs "$scratch/disk" 2>/dev/null; then
    expect 5 'No space left|disk is full|full' "a full disk is told" \
        "$MLTEST" run -q --no-store -C "$work" "$model@1.1.0" -o "$scratch/disk/out.mlt"
    ok_if "and no results file stands under its name" test ! -e "$scratch/disk/out.mlt"
    umount "$scratch/disk"
else
    skip "a full disk is told" "mounting a small disk needs root"
    skip "and no results file stands under its name" "mounting a small disk needs root"
fi
mkdir "$scratch/locked"
chmod 555 "$scratch/locked"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    # Root writes anywhere; somebody else must be able to reach the program.
    mkdir -p "$scratch/program/libexec"
    cp "$MLTEST" "$scratch/program/mltest"
    cp "$(dirname "$MLTEST")/libexec/worker" "$scratch/program/libexec/worker"
    chmod -R go+rX "$scratch"
    expect 5 'locked' "a folder that cannot be written is told" \
        setpriv --reuid=65534 --regid=65534 --clear-groups "$scratch/program/mltest" run -q --no-store -C "$work" "$model@1.1.0" --suite unit -o "$scratch/locked/out.mlt"
else
    expect 5 'locked' "a folder that cannot be written is told" \
        "$MLTEST" run -q --no-store -C "$work" "$model@1.1.0" --suite unit -o "$scratch/locked/out.mlt"
fi

# A tampered version, last: the registry is broken from here on.
folder=$("$MLTEST" registry get "$model@1.1.0")
artifact=$(ls "$folder"/*.ubj)
chmod u+w "$folder" "$artifact"
printf 'x' | dd of="$artifact" bs=1 seek=100 conv=notrunc 2>/dev/null
expect 4 'ubj' "a tampered artifact is named" "$MLTEST" run -q -C "$work" "$model@1.1.0" -o "$scratch/x.mlt"
expect 4 '1 fault' "and registry verify finds it" "$MLTEST" registry verify
expect 4 'ubj' "and no gate passes it" "$MLTEST" gate "$model@1.1.0" --env development -C "$work"

done_testing

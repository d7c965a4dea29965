#!/bin/sh
# How long the everyday commands take. Prints medians and spread; it is never a test.
#
#   make bench        (or: MLTEST=… EXAMPLES=… tests/bench/main-job.sh [REPEATS])
set -eu
: "${MLTEST:?}" "${EXAMPLES:?}"
repeats=${1:-11}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export MLTEST_REGISTRY="$scratch/registry" MLTEST_KEYS="$scratch/keys" NO_COLOR=1
model=ad-score-predictor

# measure NAME COMMAND...: wall time over the repeats, in ms: minimum, median, maximum.
measure() {
    name=$1
    shift
    i=0
    : >"$scratch/times"
    while [ "$i" -lt "$repeats" ]; do
        start=$(date +%s%N)
        "$@" >/dev/null 2>&1 || :
        end=$(date +%s%N)
        echo $(((end - start) / 1000)) >>"$scratch/times"
        i=$((i + 1))
    done
    sort -n "$scratch/times" | awk -v name="$name" '{t[NR] = $1 / 1000}
        END {printf "| %-52s | %9.1f | %9.1f | %9.1f |\n", name, t[1], t[int((NR + 1) / 2)], t[NR]}'
}

"$MLTEST" registry init "$MLTEST_REGISTRY" --policy "$EXAMPLES/$model/gates.yaml" >/dev/null
for version in 1.0.0 1.1.0; do
    "$MLTEST" registry register "$model@$version" "$EXAMPLES/$model/$version" >/dev/null
done
"$MLTEST" registry adopt "$model@1.0.0" --as production --reason bench >/dev/null

echo "| command                                              |  min (ms) |  med (ms) |  max (ms) |"
echo "|------------------------------------------------------|-----------|-----------|-----------|"
measure "true (what starting any program costs here)" true
measure "mltest --version" "$MLTEST" --version
measure "mltest report RESULTS --help" "$MLTEST" report --help
repeats_saved=$repeats
repeats=3
measure "mltest run, five suites, two versions" "$MLTEST" run -q "$model@1.1.0" -C "$EXAMPLES/$model" -o "$scratch/r.mlt"
measure "mltest run --suite regression" "$MLTEST" run -q "$model@1.1.0" -C "$EXAMPLES/$model" --suite regression --no-store -o "$scratch/x.mlt"
repeats=$repeats_saved
"$MLTEST" deploy "$model@1.1.0" --env development >/dev/null
measure "mltest gate --env staging" "$MLTEST" gate "$model@1.1.0" --env staging -C "$EXAMPLES/$model"
measure "mltest report RESULTS (console)" "$MLTEST" report "$scratch/r.mlt"
measure "mltest report RESULTS --format json" "$MLTEST" report "$scratch/r.mlt" --format json
measure "mltest registry verify (2 versions)" "$MLTEST" registry verify

#!/bin/sh
# `mltest registry verify --all` of a large registry beside sha256sum on the same files, in turn, with as many
# processes as there are processors. Prints Markdown; it is never a test.
#
#   make bench-registry        (or: MLTEST=… tests/bench/registry.sh [VERSIONS [ROUNDS]])
#
# 1,000 versions with 10 files each (1 GiB of TMPDIR, read from the page cache). `openssl dgst` is a peer beside the
# goal: it uses the processor's SHA instructions as mltest does, which the coreutils of Debian 12 do not.
set -eu
: "${MLTEST:?}"
versions=${1:-1000} rounds=${2:-11}
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
export LC_ALL=C NO_COLOR=1 MLTEST_REGISTRY="$scratch/registry" MLTEST_KEYS="$scratch/keys"
processors=$(getconf _NPROCESSORS_ONLN)

# The ten files of a version: three small ones, the model, two documents, four tests of growing size.
make_folder() {
    mkdir -p "$1/docs" "$1/tests"
    head -c 2048 "$scratch/noise" >"$1/docs/model_card.md"
    head -c 8192 "$scratch/noise" >"$1/docs/limitations.md"
    for kib in 4 16 64 256; do
        head -c $((kib * 1024)) "$scratch/noise" >"$1/tests/golden-$kib.bin"
    done
    echo '{"rmse": 0.1}' >"$1/metrics.json"
    echo '{"model": "m", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}' \
        >"$1/config.json"
}
metadata() {
    cat <<JSON
{"model_name": "m", "version": "$1", "created_at": "2026-01-01T00:00:00Z", "created_by": "bench@example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "a bench"}
JSON
}
head -c 700000 /dev/urandom >"$scratch/noise"
"$MLTEST" registry init "$MLTEST_REGISTRY" >/dev/null
make_folder "$scratch/version"
n=0
while [ "$n" -lt "$versions" ]; do
    metadata "1.0.$n" >"$scratch/version/metadata.json"
    { echo "$n" && cat "$scratch/noise"; } >"$scratch/version/model.bin"
    "$MLTEST" registry register "m@1.0.$n" "$scratch/version" >/dev/null
    n=$((n + 1))
done

files() {
    find "$MLTEST_REGISTRY/m" -type f -print0
}
count=$(files | tr -cd '\0' | wc -c)
bytes=$(files | xargs -0 stat -c %s | awk '{n += $1} END {printf "%d", n}')
verify() { "$MLTEST" registry verify --all; }
coreutils() { files | xargs -0 -P"$processors" -n250 sha256sum; }
openssl_dgst() { files | xargs -0 -P"$processors" -n250 openssl dgst -sha256 -r; }
contestants='verify coreutils'
! command -v openssl >/dev/null || contestants="$contestants openssl_dgst"

round=0
while [ "$round" -lt "$rounds" ]; do
    for who in $contestants; do
        start=$(date +%s%N)
        "$who" >"$scratch/said"
        echo $(($(date +%s%N) - start)) >>"$scratch/$who"
    done
    round=$((round + 1))
done
[ "$("$MLTEST" registry verify --all)" = "$versions versions checked, 0 faults" ]

# median WHO: of its wall times, in ns. row WHO NAME [GOAL]: throughput, and how ours stands beside it.
median() { sort -n "$scratch/$1" | awk '{t[NR] = $1} END {print t[int((NR + 1) / 2)]}'; }
row() {
    sort -n "$scratch/$1" | awk -v who="$1" -v name="$2" -v bytes="$bytes" -v ours="$(median verify)" -v goal="${3:-0}" '
        { t[NR] = $1 / 1e9 }
        END {
            m = t[int((NR + 1) / 2)]
            ratio = m * 1e9 / ours
            beside = who == "verify" ? "" : sprintf("%.2f", ratio)
            if (goal > 0)
                beside = beside sprintf(" (goal %s: %s)", goal, (ratio >= goal) ? "met" : "**missed**")
            printf "| %s | %.3f (%.3f–%.3f) | %.0f | %s |\n", name, m, t[1], t[NR], bytes / m / 1e6, beside
        }'
}
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $processors processors," \
    "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), Linux $(uname -r); $("$MLTEST" version | head -n 1)," \
    "$(sha256sum --version | head -n 1), $(openssl version 2>/dev/null | cut -d' ' -f1,2 || :)."
echo "$versions versions, $count files, $(awk "BEGIN {printf \"%.0f\", $bytes / 1e6}") MB in the page cache;" \
    "$rounds rounds in turn, medians (least–most)."
echo
echo "| who | wall, s | MB/s | our throughput over theirs |"
echo "|---|---|---|---|"
row verify "mltest registry verify --all"
row coreutils "find, xargs -P$processors -n250 sha256sum" 0.8
[ ! -e "$scratch/openssl_dgst" ] || row openssl_dgst "find, xargs -P$processors -n250 openssl dgst -sha256"

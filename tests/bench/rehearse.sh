#!/bin/sh
# `mltest policy rehearse` of 20 sentences on the 31,625 held-out rows of ad-score-predictor, 2,000 replicates. Prints
# Markdown; it is never a test.
#
#   make bench-rehearse        (or: MLTEST=… EXAMPLES=… tests/bench/rehearse.sh [REPEATS])
set -eu
: "${MLTEST:?}" "${EXAMPLES:?}"
repeats=${1:-3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export MLTEST_REGISTRY="$scratch/registry" NO_COLOR=1 LC_ALL=C
model=ad-score-predictor
folder=$EXAMPLES/$model

"$MLTEST" registry init "$MLTEST_REGISTRY" >/dev/null
for version in 1.0.0 1.1.0; do
    "$MLTEST" registry register "$model@$version" "$folder/$version" >/dev/null
done
"$MLTEST" registry adopt "$model@1.0.0" --as production --reason bench >/dev/null

# The same data, each row by itself: no cluster, so that every row is drawn.
sed -e "s|path: data/|path: $folder/data/|" -e 's|, cluster: week||' -e '/^suites:/,$d' "$folder/mltest.yaml" >"$scratch/mltest.yaml"
cat >>"$scratch/mltest.yaml" <<'YAML'
suites:
  regression:
    - dataset: holdout
      metrics: [rmse, mae, r2, smape, pinball@0.9, pinball@0.1]
YAML
{
    echo 'policy: 1'
    echo 'transitions:'
    echo '  beta:'
    echo '    require:'
    for metric in rmse mae r2 smape pinball@0.9 pinball@0.1; do
        for condition in 'within 5% of production' 'within 5% or 0.01 of production' 'no worse than production'; do
            echo "      - $metric $condition"
        done
    done
    echo '      - rmse <= 0.7'
    echo '      - mae <= 0.6'
} >"$scratch/gates.yaml"
"$MLTEST" run -q "$model@1.1.0" -C "$scratch" -o "$scratch/run.mlt" --no-store >/dev/null || :

echo "| threads | sentences | rows | replicates | wall (s), fastest and slowest of $repeats |"
echo "|---|---|---|---|---|"
for threads in 1 2; do
    i=0
    : >"$scratch/times"
    while [ "$i" -lt "$repeats" ]; do
        start=$(date +%s%N)
        "$MLTEST" policy rehearse --results "$scratch/run.mlt" --policy "$scratch/gates.yaml" --to beta -j "$threads" \
            -f json >"$scratch/out.json"
        end=$(date +%s%N)
        echo $(((end - start) / 1000000)) >>"$scratch/times"
        i=$((i + 1))
    done
    sort -n "$scratch/times" | awk -v threads="$threads" -v facts="$(jq -r \
        '"\(.sentences | length) | \(.rows) | \(.replicates)"' "$scratch/out.json")" \
        '{t[NR] = $1 / 1000} END {printf "| %s | %s | %.1f, %.1f |\n", threads, facts, t[1], t[NR]}'
done

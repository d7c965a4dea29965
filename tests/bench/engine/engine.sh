#!/bin/sh
# The evaluation engine beside its peers: the same rows, the same machine, in turn. Prints Markdown; it is
# never a test.
#
#   make bench-engine        (or: ENGINE=… MLTEST=… tests/bench/engine/engine.sh [--quick] [--only 1,4])
#
# Every contestant is a process of its own and runs once a round, so that a busy minute hurts all alike;
# the table has medians of the rounds. Peers are timed inside their process, without starting Python, node
# or R and without loading arrays; `mltest` is timed as a whole process. Works 7 and 8 are whole processes
# on both sides.
#
# Environment: PEERS, a folder in whose node_modules @duckdb/node-api and nodejs-polars are installed (npm
# installs them into the scratch folder when it is not set); PYTHON (default /usr/bin/python3); TMPDIR for
# 2 GiB. A peer that is not here is said to be missing.
set -eu
: "${ENGINE:?}" "${MLTEST:?}"
bench=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-/usr/bin/python3}
rounds=5 few_rounds=3 n10=10000000 n1=1000000 n100=100000 only=
while [ $# -gt 0 ]; do
    case $1 in
    --quick) rounds=2 few_rounds=2 n10=100000 n1=10000 n100=10000 ;;
    --only) only=",$2," && shift ;;
    *) echo "engine.sh: what is $1?" >&2 && exit 2 ;;
    esac
    shift
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/arrays10" "$scratch/arrays1"
export LC_ALL=C NO_COLOR=1

# has MODULE...: whether Python has them. has_node, has_r likewise.
has() {
    for module in "$@"; do
        "$python" -c "import $module" 2>/dev/null || return 1
    done
}
has_node() { [ -n "$PEERS" ] && (cd "$PEERS" && node -e "require('$1')") >/dev/null 2>&1; }
has_r() { command -v Rscript >/dev/null && Rscript -e "library($1)" >/dev/null 2>&1; }

find_node_peers() {
    command -v node >/dev/null || { PEERS='' && return; }
    [ -n "${PEERS:-}" ] && return
    PEERS=$scratch
    # npm may leave out the part of polars that is for one platform, being optional: it is named.
    native=nodejs-polars-linux-$([ "$(uname -m)" = aarch64 ] && echo arm64 || echo x64)-gnu
    (cd "$scratch" && npm install --silent @duckdb/node-api nodejs-polars "$native") >/dev/null 2>&1 || :
}
find_node_peers
export PEERS
paths='portable'
grep -qw avx2 /proc/cpuinfo && paths='avx2 portable'

say_machine() {
    echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
        "$(getconf _NPROCESSORS_ONLN) processors," \
        "$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)," \
        "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), Linux $(uname -r);" \
        "$(${CC:-cc} --version | head -n 1); $("$MLTEST" version | head -n 1)."
    echo "Peers: $("$python" "$bench/peer.py" versions 2>/dev/null || echo "no Python with NumPy");" \
        "$([ -n "$PEERS" ] && node "$bench/peer.mjs" versions || echo "no node");" \
        "$(has_r pROC && Rscript -e 'cat(R.version.string, "with pROC", format(packageVersion("pROC")))' || echo "no R with pROC")."
    echo "Paths: $paths. Load when it began: $(cut -d' ' -f1-3 /proc/loadavg). $rounds rounds ($few_rounds where one" \
        "takes minutes), medians (least–most); rows: $n10, $n1, $n100."
}

# contest NUMBER WORK GOAL GOALS ROUNDS ROWS: begins a work. GOALS is read by the table: "NAME:TIMES" a
# peer, "seconds:MOST", "MiB:MOST" or "bytes:MOST" a row, with | between.
contest() {
    number=$1 work=$2 goal=$3 goals=$4 turns=$5 rows=$6
    case $only in '' | *",$number,"*) ;; *) return 1 ;; esac
    rm -rf "$scratch/contest"
    mkdir "$scratch/contest"
    entered=0
}

# enter KIND NAME COMMAND: a contestant, its command as text. KIND is peer, ours, or judged: ours, to be
# held against the goal.
enter() {
    entered=$((entered + 1))
    printf '%s\t%s\t%s\n' "$entered" "$1" "$2" >>"$scratch/contest/names"
    printf '%s\n' "$3" >"$scratch/contest/$entered.command"
}
enter_if() {
    if eval "$1"; then
        enter peer "$3" "$4"
    else
        printf '0\tmissing\t%s: not installed: %s\n' "$3" "$2" >>"$scratch/contest/names"
    fi
}

# enter_paths KIND NAME COMMAND: ours on every path, with 1 and 2 threads, in $threads; the best path with
# 2 threads is of that kind.
enter_paths() {
    for path in $paths; do
        for threads in 2 1; do
            kind=ours
            [ "$threads" = 2 ] && [ "$path" = "${paths%% *}" ] && kind=$1
            enter "$kind" "$2$path, $threads thread$([ "$threads" = 1 ] || echo s)" \
                "export MLTEST_SIMD=$path; threads=$threads; $3"
        done
    done
}

run_contest() {
    turn=0
    while [ "$turn" -lt "$turns" ]; do
        turn=$((turn + 1))
        i=0
        while [ "$i" -lt "$entered" ]; do
            i=$((i + 1))
            (eval "$(cat "$scratch/contest/$i.command")") \
                >>"$scratch/contest/$i.times" 2>"$scratch/contest/$i.said" || :
        done
    done
    print_contest
}

print_contest() {
    awk -F '\t' -v folder="$scratch/contest" -v work="$number. $work" -v goal="$goal" -v goals="$goals" \
        -v rows="$rows" -f "$bench/table.awk" "$scratch/contest/names"
}

table_value='.figures[].measurement | select(.metric == "rmse" and .slice_value == "US0") | .candidate'
# eval_table FLAG...: mltest on the table, its value from its JSON.
eval_table() {
    line=$("$ENGINE" spawn "$scratch/out.json" "$MLTEST" eval "$scratch/t.csv" -q -f json -j "$threads" \
        --task regression -l label -s score -b baseline --slices country --metrics rmse,mae,r2 "$@")
    value=$(jq -r "$table_value" "$scratch/out.json" 2>/dev/null || echo -)
    echo "${line% *} $value"
}

bench_table() {
    contest 1 "CSV of $n10 rows: RMSE, MAE, R² of 2 models × 50 slices" \
        "10 × DuckDB's CSV, 2.5 × its Parquet, 16 MiB" \
        "DuckDB, CSV, 2 threads:10|DuckDB, Parquet, 2 threads:2.5|MiB:16" "$rounds" "$n10" || return 0
    "$ENGINE" make-table "$n10" >"$scratch/t.csv"
    has_node @duckdb/node-api && node "$bench/peer.mjs" to-parquet "$scratch/t.csv" "$scratch/t.parquet"
    for threads in 2 1; do
        enter_if 'has_node @duckdb/node-api' '@duckdb/node-api (npm)' "DuckDB, CSV, $threads thread$([ $threads = 1 ] || echo s)" \
            'node "$bench/peer.mjs" duckdb "$scratch/t.csv" '$threads
    done
    enter_if 'has_node @duckdb/node-api' '@duckdb/node-api (npm)' "DuckDB, Parquet, 2 threads" \
        'node "$bench/peer.mjs" duckdb-parquet "$scratch/t.parquet" 2'
    enter_if 'has_node nodejs-polars' 'nodejs-polars (npm)' "polars, 2 threads" \
        'POLARS_MAX_THREADS=2 node "$bench/peer.mjs" polars "$scratch/t.csv"'
    enter_if 'has pandas' 'python3-pandas (Debian)' 'pandas' '"$python" "$bench/peer.py" pandas-table "$scratch/t.csv"'
    enter_paths judged 'estimates, ' 'eval_table --estimates-only'
    enter_paths ours 'with intervals, ' 'eval_table'
    run_contest
    rm -f "$scratch/t.csv" "$scratch/t.parquet"
}

bench_auc() {
    contest 2 "AUC of $n10 rows in memory" "50 × scikit-learn, 8 bytes a row beside the data" \
        "scikit-learn:50|bytes:8" "$rounds" "$n10" || return 0
    enter_if 'has sklearn' 'python3-sklearn (Debian)' 'scikit-learn' '"$python" "$bench/peer.py" auc "$scratch/arrays10"'
    enter judged 'no vector path, 2 threads' '"$ENGINE" order auc "$scratch/arrays10" "$n10" 2'
    enter ours 'no vector path, 1 thread' '"$ENGINE" order auc "$scratch/arrays10" "$n10" 1'
    run_contest
}

bench_bootstrap() {
    contest 3 "1,000 paired resamples of the difference of two AUCs, $n1 rows" \
        "500 × scikit-learn without AVX-512 (which is not used)" "scikit-learn (3 resamples, scaled):500" \
        "$few_rounds" "$n1" || return 0
    enter_if 'has sklearn' 'python3-sklearn (Debian)' 'scikit-learn (3 resamples, scaled)' \
        '"$python" "$bench/peer.py" resample-sklearn "$scratch/arrays1"'
    enter_if 'has numpy' 'python3-numpy (Debian)' 'NumPy by hand (3 resamples, scaled)' \
        '"$python" "$bench/peer.py" resample-numpy "$scratch/arrays1"'
    enter_paths judged '' '"$ENGINE" order auc-bootstrap "$scratch/arrays1" "$n1" "$threads"'
    run_contest
}

bench_means_bootstrap() {
    contest 3b "1,000 paired resamples of the difference of two means, $n1 rows" "" "" "$few_rounds" "$n1" || return 0
    enter_if 'has numpy' 'python3-numpy (Debian)' 'NumPy (3 resamples, scaled)' \
        '"$python" "$bench/peer.py" resample-means "$scratch/arrays1"'
    enter_paths judged '' '"$ENGINE" order mean-bootstrap "$scratch/arrays1" "$n1" "$threads"'
    run_contest
}

bench_delong() {
    contest 4 "DeLong, paired, $n1 rows" "25 × pROC" "pROC:25" "$rounds" "$n1" || return 0
    enter_if 'has_r pROC' 'r-cran-proc (Debian)' 'pROC' 'Rscript "$bench/peer.R" "$scratch/arrays1" "$n1"'
    enter judged 'no vector path, 2 threads' '"$ENGINE" order delong "$scratch/arrays1" "$n1" 2'
    enter ours 'no vector path, 1 thread' '"$ENGINE" order delong "$scratch/arrays1" "$n1" 1'
    run_contest
}

bench_losses() {
    contest 5 "log loss, Brier, confusion, ECE of $n10 rows in memory" "100 × scikit-learn's four calls" \
        "scikit-learn, four calls:100" "$rounds" "$n10" || return 0
    enter_if 'has sklearn' 'python3-sklearn (Debian)' 'scikit-learn, four calls' \
        '"$python" "$bench/peer.py" losses "$scratch/arrays10"'
    enter_paths judged '' '"$ENGINE" losses four "$scratch/arrays10" "$n10" "$threads"'
    enter_paths ours 'without ECE, ' '"$ENGINE" losses sums "$scratch/arrays10" "$n10" "$threads"'
    run_contest
}

bench_lines() {
    contest 6 "JSON lines, $n1 rows, 1 thread, validated" "8 × cJSON" "cJSON:8" "$rounds" "$n1" || return 0
    "$ENGINE" make-lines "$n1" >"$scratch/t.jsonl"
    enter peer 'cJSON' '"$ENGINE" cjson "$scratch/t.jsonl"'
    if ${CXX:-g++} -O2 -std=c++17 -o "$scratch/simdjson" "$bench/simdjson.cpp" -lsimdjson 2>"$scratch/said"; then
        enter peer 'simdjson' '"$scratch/simdjson" "$scratch/t.jsonl"'
    else
        enter_if false 'libsimdjson-dev (Debian)' 'simdjson' :
    fi
    for path in $paths; do
        [ "$path" = "${paths%% *}" ] && kind=judged || kind=ours
        enter "$kind" "$path, 1 thread" "export MLTEST_SIMD=$path; "'"$ENGINE" read "$scratch/t.jsonl" 1 plain'
    done
    enter ours "${paths%% *}, 1 thread, with its SHA-256" '"$ENGINE" read "$scratch/t.jsonl" 1 digest'
    run_contest
    rm -f "$scratch/t.jsonl"
}

# The same sentences as in gate.py.
eval_gate() {
    "$ENGINE" spawn "$scratch/out" "$MLTEST" eval "$scratch/gate.csv" -q -j "$threads" \
        -l label -s score -b baseline --slices country --metrics auc,logloss \
        --require "auc within 2% of baseline" --require "auc by country within 20% of baseline" \
        --require "logloss by country within 40% of baseline"
}

# bench_gate NUMBER ROWS GOAL GOALS ROUNDS
bench_gate() {
    contest "$1" "whole gate on $2 rows, from start to exit: AUC and log loss, by 50 slices" "$3" "$4" "$5" "$2" || return 0
    "$ENGINE" make-gate "$2" >"$scratch/gate.csv"
    enter_if 'has pandas sklearn scipy' 'python3-pandas, python3-sklearn, python3-scipy (Debian)' 'Python (gate.py)' \
        '"$ENGINE" spawn "$scratch/out" "$python" "$bench/gate.py" "$scratch/gate.csv"'
    enter_paths judged '' 'eval_gate'
    run_contest
    rm -f "$scratch/gate.csv"
}

say_machine
echo
"$ENGINE" make-arrays "$scratch/arrays10" "$n10"
"$ENGINE" make-arrays "$scratch/arrays1" "$n1"
echo '| work | goal | who | wall, s | CPU, s | memory, MiB | times as fast as | value |'
echo '|---|---|---|---|---|---|---|---|'
bench_table
bench_auc
bench_bootstrap
bench_means_bootstrap
bench_delong
bench_losses
bench_lines
bench_gate 7 "$n100" "20 ms" "seconds:0.020" "$rounds"
bench_gate 8 "$n10" "50 × Python, 128 MiB" "Python (gate.py):50|MiB:128" "$few_rounds"
echo
echo "Load when it ended: $(cut -d' ' -f1-3 /proc/loadavg)."

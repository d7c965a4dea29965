#!/bin/sh
# How fast rows are read: a table of label, two scores and a slice; 1 and 2 threads, AVX2 and portable,
# with and without the file's digest; DuckDB on the same file in the same run; JSON lines beside cJSON.
# Prints the best of the repeats by wall time, with the processor time of all threads; it is never a test.
#
#   make bench-csv          (or: ENGINE_CSV=… tests/bench/engine-csv.sh [ROWS [REPEATS]])
#
# Environment: DUCKDB_NODE, a folder in whose node_modules @duckdb/node-api is installed (npm installs it
# into the scratch folder when it is not set; without npm DuckDB is left out); TMPDIR, for about 60 bytes a
# row.
set -eu
: "${ENGINE_CSV:?}"
rows=${1:-10000000}
repeats=${2:-5}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# best NAME COMMAND...: the least seconds of the repeats, which each run prints first on its line.
best() {
	name=$1
	shift
	i=0
	: >"$scratch/times"
	while [ "$i" -lt "$repeats" ]; do
		"$@" >>"$scratch/times" 2>"$scratch/said" || {
			echo "| $name | failed: $(head -n 1 "$scratch/said") |"
			return 0
		}
		i=$((i + 1))
	done
	sort -n "$scratch/times" | head -n 1 | sed "s/^/| $name | /; s/\$/ |/"
}

"$ENGINE_CSV" make "$rows" >"$scratch/t.csv"
"$ENGINE_CSV" jsonl $((rows / 10)) >"$scratch/t.jsonl"
cat "$scratch/t.csv" "$scratch/t.jsonl" >/dev/null # into the page cache

cat >"$scratch/duck.mjs" <<'END'
import { createRequire } from "module";
const require = createRequire(process.env.DUCKDB_NODE + "/");
const { DuckDBInstance } = require("@duckdb/node-api");
const instance = await DuckDBInstance.create(":memory:", { threads: process.argv[3] });
const connection = await instance.connect();
const start = process.hrtime.bigint();
const reader = await connection.runAndReadAll(
  `SELECT sum(label), sum(score), sum(baseline), count(DISTINCT country), count(*) FROM read_csv('${process.argv[2]}')`);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const used = process.cpuUsage();
const cpu = (used.user + used.system) / 1e6, kib = process.resourceUsage().maxRSS;
const [label, , , , rows] = reader.getRows()[0];
console.log(`${seconds.toFixed(4)} s, ${cpu.toFixed(3)} s of processor, ${kib} KiB, ${rows} rows, sum ${label.toFixed(3)}`);
END
if [ -z "${DUCKDB_NODE:-}" ] && command -v npm >/dev/null 2>&1; then
	DUCKDB_NODE=$scratch
	(cd "$scratch" && npm install --silent @duckdb/node-api) >"$scratch/npm.log" 2>&1 || DUCKDB_NODE=
fi
export DUCKDB_NODE="${DUCKDB_NODE:-}"

echo "| reading $rows rows, $(wc -c <"$scratch/t.csv") bytes | best of $repeats |"
echo "|---|---|"
for threads in 1 2; do
	for path in avx2 portable; do
		best "CSV, $threads threads, $path" "$ENGINE_CSV" read "$scratch/t.csv" "$threads" "$path"
		best "CSV, $threads threads, $path, with its SHA-256" "$ENGINE_CSV" read "$scratch/t.csv" "$threads" "$path" digest
	done
	if [ -n "$DUCKDB_NODE" ]; then
		best "DuckDB, $threads threads" node "$scratch/duck.mjs" "$scratch/t.csv" "$threads"
	fi
done
best "JSON lines, 1 thread" "$ENGINE_CSV" read "$scratch/t.jsonl" 1 avx2
best "JSON lines, 1 thread, portable" "$ENGINE_CSV" read "$scratch/t.jsonl" 1 portable
best "the same lines, cJSON" "$ENGINE_CSV" cjson "$scratch/t.jsonl"

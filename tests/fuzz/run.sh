#!/bin/sh
# Fuzzes the readers of data for SECONDS each (default 60) and prints how often each ran and how much code
# it reached. A crash leaves its input in the current folder and ends with 1.
#
#   tests/fuzz/run.sh [SECONDS]      in a folder built with: configure --enable-fuzzers CC=clang
set -u
seconds=${1:-60}
folder=tests/fuzz
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
mkdir "$corpus/contract" "$corpus/csv" "$corpus/jsonl" "$corpus/markdown" "$corpus/number"
cat >"$corpus/contract/1" <<'END'
{"inputs":[{"name":"age","type":"integer","unit":"a","min":0,"max":150,"stability":"beta","nullable":true,"required":false,"default":30},{"name":"plan","type":"category","enum":["one","two"],"stability":"stable"}],"output":{"name":"p","type":"probability"},"settings":[{"name":"limit","type":"number","default":0.5}]}
{"inputs":[{"name":"ages","type":"number","max":99,"stability":"experimental"}],"output":{"name":"p","type":"label","labels":["a","b"]},"converter":{"command":["./old"]}}
END
printf 'a,"b"\r\n1,"x ""y""\nz"\r\n,2.5\r\n\r\n' >"$corpus/csv/1"
printf '\357\273\277a\n""\nb\r' >"$corpus/csv/2"
printf '{"a":1,"label":"x\\u00e9"}\n{"a":-1.5e3,"label":[1,{"b":null}],"c":true}' >"$corpus/jsonl/1"
printf '{}\n {"x\\"y" : "\\ud83d\\ude00\303\251" }\r' >"$corpus/jsonl/2"
cat >"$corpus/markdown/1" <<'END'
# Model: a
## *Version*: [1.0](http://x "y")

| metric | `value` |
|:--|--:|
| rmse | **0.41** \| x |

- a <script>alert(1)</script> <https://a.b> ![i](j)
  1. > b

<!-- mltest: x -->
```json
{"a": 1}
```
    code &amp; &#x1f; \
END
i=0
for number in 0 -1.5e-3 9007199254740993 2.2250738585072011e-308 0.12345678901234567 1.7976931348623159e308; do
	i=$((i + 1))
	printf %s "$number" >"$corpus/number/$i"
done

status=0
for target in contract csv jsonl markdown number; do
	if ! test -x "$folder/fuzz-$target"; then
		echo "run.sh: there is no $folder/fuzz-$target here; configure --enable-fuzzers CC=clang, then make" >&2
		exit 2
	fi
	if ASAN_OPTIONS=detect_leaks=1 "$folder/fuzz-$target" -max_total_time="$seconds" -max_len=1200 -print_final_stats=1 \
		-verbosity=1 "$corpus/$target" >"$corpus/log" 2>&1; then
		said=clean
	else
		said=FAILED
		status=1
		tail -n 30 "$corpus/log" >&2
	fi
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$corpus/log")
	reached=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$corpus/log" | tail -n 1)
	echo "$target: $said, $seconds s, ${runs:-0} executions, ${reached:-0} edges reached"
done
exit $status

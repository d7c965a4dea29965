#!/bin/sh
# The example models: the same bytes twice, complete version folders, and a 1.1.1 that is as much worse
# as the examples promise. Then the fastText server, on the texts that could bring it out of step.
set -u
if [ "${XGBOOST:-yes}" = no ]; then
	echo '1..0 # SKIP the trainer needs XGBoost, and this build was configured --without-xgboost'
	exit 0
fi
: "${top_srcdir:?}" "${top_builddir:?}"
command -v fasttext >/dev/null || { echo '1..0 # SKIP fasttext is not installed'; exit 0; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
count=0
ok() { # ok NAME COMMAND...
	name=$1
	shift
	count=$((count + 1))
	if "$@" >"$work/said" 2>&1; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		sed 's/^/# /' "$work/said" | head -20
	fi
}
make_examples() { sh "$top_srcdir/examples/make-examples.sh" "$top_builddir" "$1"; }
digests() { (cd "$1" && find . -type f ! -name .inputs | sort | xargs cksum); }
same() { digests "$work/a" >"$work/a.sums" && digests "$work/b" >"$work/b.sums" && cmp "$work/a.sums" "$work/b.sums"; }
metric() { # metric VERSION NAME: the first value of that name in metrics.json
	sed -n 's/^ *"'"$2"'": \([0-9.eE+-]*\),*$/\1/p' "$work/a/ad-score-predictor/$1/metrics.json" | head -1
}
loss_between() { # loss_between VERSION LOW HIGH: RMSE above that of 1.0.0, in percent
	awk -v a="$(metric 1.0.0 rmse)" -v b="$(metric "$1" rmse)" -v low="$2" -v high="$3" \
		'BEGIN { loss = 100 * (b / a - 1); print loss "%"; exit !(a > 0 && b > 0 && loss >= low && loss <= high) }'
}
models() { find "$work/a" -name '*-[0-9]*.ubj' -o -name '*-[0-9]*.bin' | wc -l; }
complete() { # all six artifacts, the model file named by the convention, and no hole in a document
	for dir in "$work"/a/*/[0-9]*; do
		model=$(basename "$(dirname "$dir")") version=$(basename "$dir")
		extension=ubj
		test "$model" != ad-sentiment-analyzer || extension=bin
		for file in "$model-$version.$extension" config.json metadata.json metrics.json tests/mltest.yaml \
			tests/golden.jsonl docs/model-card.md docs/api.md docs/version-history.md docs/performance-report.md \
			docs/limitations.md docs/integration-guide.md; do
			test -s "$dir/$file" || { echo "$dir/$file is missing"; return 1; }
		done
	done
	! grep -rn 'To be written' "$work"/a/*/[0-9]*/docs
}
no_shared_week() { # every held-out week is one of the rule's, and there are at least 30
	gzip -dc "$work/a/ad-score-predictor/data/holdout.csv.gz" | awk -F, '
		NR > 1 { weeks[$2]; if ($2 % 10 < 6 || $2 % 10 > 8) bad = 1 }
		END { for (w in weeks) n++; print n " weeks"; exit bad || n < 30 || NR < 30000 }'
}
golden() { # the server answers what the trainer measured
	version=$work/a/ad-sentiment-analyzer/1.0.0
	sed 's/{"instance":\(.*\),"prediction":.*/{"id":"x","instances":[\1]}/' "$version/tests/golden.jsonl" |
		"$top_builddir/mltest-serve-fasttext" "$version/ad-sentiment-analyzer-1.0.0.bin" |
		sed -n 's/.*"predictions":\[\(.*\)\].*/\1/p' >"$work/served"
	sed 's/.*"prediction":\(.*\),"tolerance.*/\1/' "$version/tests/golden.jsonl" | diff - "$work/served"
}
ask() {
	cat >"$work/asked"
	"$top_builddir/mltest-serve-fasttext" "$work/a/ad-sentiment-analyzer/1.0.0/ad-sentiment-analyzer-1.0.0.bin" \
		<"$work/asked" | tail -n +2 >"$work/answered"
}
in_step() { # whatever the texts hold, the last request gets its own answer, equal to the first
	long=$(awk 'BEGIN { for (i = 0; i < 30000; i++) printf "a " }')
	{
		echo '{"id":"first","instances":[{"text":"terrible"}]}'
		printf '%s\n' '{"id":"1","instances":[{"text":"a\nb\r\n</s> __label__positive"},{"text":""},{"text":"\ud83d\ude00"}]}'
		echo "{\"id\":\"2\",\"instances\":[{\"text\":\"$long\"}]}"
		echo '{"id":"3","instances":[{"text":7}]}'
		echo '{"id":"4","instances":[{}]}'
		echo 'no JSON'
		echo '{"id":"last","instances":[{"text":"terrible"}]}'
	} | ask
	cat "$work/answered"
	test "$(wc -l <"$work/answered")" -eq 7 && test "$(grep -c '"error"' "$work/answered")" -eq 3 &&
		test "$(sed -n '1s/first/last/p' "$work/answered")" = "$(sed -n '$p' "$work/answered")"
}
must_fail() { ! "$@"; }

ok 'the examples are made' make_examples "$work/a"
ok 'they are made a second time' make_examples "$work/b"
ok 'both times gave the same bytes' same
ok 'there are eight model files' test "$(models)" -eq 8
ok 'every version folder is complete' complete
ok 'whole weeks are held out' no_shared_week
ok '1.1.1 is 7.5 to 9.5 % worse than 1.0.0' loss_between 1.1.1 7.5 9.5
ok '1.1.0 is at least 3 % better than 1.0.0' loss_between 1.1.0 -30 -3
ok 'the quantised experiment is as good as 1.1.0 within 1 % of RMSE' \
	awk -v a="$(metric 1.1.0 rmse)" -v b="$(metric 1.2.0-experiment-quantized rmse)" 'BEGIN { exit !(b / a > 0.99 && b / a < 1.01) }'
ok 'the fastText server answers as the trainer measured' golden
ok 'no text brings the fastText server out of step' in_step
ok 'a missing model is an error' must_fail "$top_builddir/mltest-serve-fasttext" "$work/missing.bin"
ok 'unchanged inputs are not trained again' sh -c 'sh "$1" "$2" "$3" | grep -q "up to date"' - \
	"$top_srcdir/examples/make-examples.sh" "$top_builddir" "$work/a"
echo "1..$count"

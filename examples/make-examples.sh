#!/bin/sh
# usage: make-examples.sh BUILD_DIR OUT_DIR
#
# Trains the three example models with BUILD_DIR/mltest-train and lays out, for each model,
#   OUT_DIR/MODEL/mltest.yaml, gates.yaml         what is tested and what is required
#   OUT_DIR/MODEL/data/holdout.csv.gz             the rows that no version has learnt from
#   OUT_DIR/MODEL/data/predictions-VERSION.csv    what each version says about them
#   OUT_DIR/MODEL/VERSION/                        a version, ready for `mltest registry register`
# Nothing is done when OUT_DIR was made from the same inputs.
set -eu
LC_ALL=C
export LC_ALL

test $# -eq 2 || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
out=$2
models='ad-score-predictor account-health-predictor ad-sentiment-analyzer'

test -x "$build/mltest-train" || {
	echo "make-examples.sh: $build/mltest-train is missing; build it with: make mltest-train" >&2
	exit 2
}
command -v fasttext >/dev/null || {
	echo 'make-examples.sh: fasttext is missing; on Debian: apt-get install fasttext' >&2
	exit 2
}

# Everything that can change a byte of the output.
inputs() {
	(cd "$here" && find . -type f | sort | xargs cksum)
	# libtool's wrapper is a script; the program itself lies in .libs.
	if test -x "$build/.libs/mltest-train"; then
		cksum <"$build/.libs/mltest-train"
	else
		cksum <"$build/mltest-train"
	fi
}

mkdir -p "$out"
wanted=$(inputs)
if test -f "$out/.inputs" && test "$(cat "$out/.inputs")" = "$wanted"; then
	echo "$out is up to date"
	exit 0
fi

rm -f "$out/.inputs"
for model in $models; do
	rm -rf "${out:?}/$model"
done
"$build/mltest-train" -s "$here" all "$out"
for model in $models; do
	gzip -n -6 "$out/$model/data/holdout.csv"
	cp "$here/$model/mltest.yaml" "$here/$model/gates.yaml" "$out/$model/"
	chmod u+w "$out/$model/mltest.yaml" "$out/$model/gates.yaml"
done
printf '%s\n' "$wanted" >"$out/.inputs"

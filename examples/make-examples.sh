#!/bin/sh
# usage: make-examples.sh BUILD_DIR OUT_DIR
#
# Trains the three example models with BUILD_DIR/mltest-train, has BUILD_DIR/mltest write their documents
# around what people wrote (MODEL/docs, and MODEL/versions/VERSION/notes.md), and lays out, for each model,
#   OUT_DIR/MODEL/mltest.yaml, gates.yaml         what is tested and what is required
#   OUT_DIR/MODEL/data/holdout.csv.gz             the rows that no version has learnt from
#   OUT_DIR/MODEL/data/predictions-VERSION.csv    what each version says about them
#   OUT_DIR/MODEL/VERSION/                        a version, ready for `mltest registry register`
# Nothing is done when OUT_DIR was made from the same inputs.
set -eu
LC_ALL=C
export LC_ALL

test $# -eq 2 || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
out=$2
models='ad-score-predictor account-health-predictor ad-sentiment-analyzer'

for program in mltest mltest-train; do
	test -x "$build/$program" || {
		echo "make-examples.sh: $build/$program is missing; build it with: make $program" >&2
		exit 2
	}
done
command -v fasttext >/dev/null || {
	echo 'make-examples.sh: fasttext is missing; on Debian: apt-get install fasttext' >&2
	exit 2
}

# Everything that can change a byte of the output.
inputs() {
	(cd "$here" && find . -type f | sort | xargs cksum)
	# libtool's wrapper is a script; the program itself lies in .libs.
	for program in mltest mltest-train; do
		if test -x "$build/.libs/$program"; then
			cksum <"$build/.libs/$program"
		else
			cksum <"$build/$program"
		fi
	done
}

# document MODEL: its versions one after the other, each with those before it registered.
document() {
	registry=$out/.registry
	rm -rf "$registry"
	"$build/mltest" registry init "$registry" --unsigned
	for version in $(cd "$out/$1" && ls -d [0-9]*); do
		folder=$out/$1/$version
		mkdir -p "$folder/docs"
		cp "$here/$1"/docs/*.md "$folder/docs/"
		chmod -R u+w "$folder/docs"
		sed -i "/^### Known Limitations/r $here/$1/versions/$version/notes.md" "$folder/docs/limitations.md"
		"$build/mltest" docs new "$folder" --registry "$registry"
		"$build/mltest" registry register "$1@$version" "$folder" --registry "$registry"
		if test "$version" = 1.0.0; then
			"$build/mltest" registry adopt "$1@$version" --as production --reason example --registry "$registry"
		fi
	done
	rm -rf "$registry"
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
	document "$model" >"$out/.documents" || {
		cat "$out/.documents" >&2
		exit 1
	}
done
rm -f "$out/.documents"
printf '%s\n' "$wanted" >"$out/.inputs"

#!/bin/sh
# Documents written from what is known and held against it, on the example models.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples
unset MLTEST_REGISTRY

# copy MODEL VERSION: its folder, to be changed.
copy() {
    rm -rf "${scratch:?}/$1/$2"
    mkdir -p "$scratch/$1"
    cp -r "$EXAMPLES/$1/$2" "$scratch/$1/$2"
    chmod -R u+w "$scratch/$1/$2"
}
registry=$scratch/registry
"$MLTEST" registry init "$registry" >"$scratch/out"
for folder in "$EXAMPLES"/*/[0-9]*; do
    version=$(basename "$folder") model=$(basename "$(dirname "$folder")")
    "$MLTEST" registry register "$model@$version" "$folder" --registry "$registry" >"$scratch/out" 2>&1
done
# As it was when they were written.
"$MLTEST" registry adopt ad-score-predictor@1.0.0 --as production --reason test --registry "$registry" >"$scratch/out" 2>&1

for folder in "$EXAMPLES"/*/[0-9]*; do
    version=$(basename "$folder") model=$(basename "$(dirname "$folder")")
    expect 0 'complete and say what is known' "the documents of $model@$version are complete and true" \
        "$MLTEST" docs check "$model@$version" --registry "$registry"
done

# change_cell FILE PATTERN COLUMN: changes the last digit of that cell in the first row that matches, and
# prints the line's number.
change_cell() {
    awk -F'|' -v pattern="$2" -v column="$3" -v file="$1.new" '
        BEGIN { OFS = "|" }
        !line && $0 ~ pattern {
            line = NR
            cell = $column
            match(cell, /[0-9][^0-9]*$/)
            digit = substr(cell, RSTART, 1)
            $column = substr(cell, 1, RSTART - 1) (digit + 1) % 10 substr(cell, RSTART + 1)
        }
        { print >file }
        END { print line }' "$1"
    mv "$1.new" "$1"
}

# broken NAME DOCUMENT PATTERN COLUMN: a digit changed there is told with its line.
broken() {
    copy "$model" "$version"
    folder=$scratch/$model/$version
    line=$(change_cell "$folder/docs/$2" "$3" "$4")
    expect 1 "^docs/$2:$line: " "$model: $1 ($2) is told with its line" \
        "$MLTEST" docs check "$folder" --registry "$registry"
}
for pair in ad-score-predictor/1.1.0 account-health-predictor/1.1.0 ad-sentiment-analyzer/2.0.0-beta; do
    model=${pair%/*} version=${pair#*/}
    for document in model-card.md performance-report.md; do
        broken "a figure of this version" "$document" '^. .validation_' 3
        broken "a figure of the release before" "$document" '^. .validation_' 4
    done
    broken "a figure of a slice" performance-report.md '^. [a-z_]* = ' 4
    for document in model-card.md api.md; do
        broken "a bound of the output" "$document" '^. .(score|churn_probability|positive_probability). ' 5
    done
    broken "a date of the history" version-history.md '^. 1[.]0[.]0 ' 3
done
model=ad-score-predictor version=1.1.0
broken "a bound of an input" api.md '^. .price3. ' 6

folder=$scratch/ad-score-predictor/1.1.0
sed -i 's/^| `price3` .*//' "$folder/docs/model-card.md"
expect 1 'docs/model-card.md.*price3' "an input that is not told" "$MLTEST" docs check "$folder" --registry "$registry"
expect 1 '^repair: mltest docs new .*ad-score-predictor/1\.1\.0 writes anew' "the repair is named" \
    "$MLTEST" docs check "$folder" --registry "$registry"
expect 0 'model-card.md +written' "and it repairs" "$MLTEST" docs new "$folder" --registry "$registry"
expect 0 'complete and say' "as the check says" "$MLTEST" docs check "$folder" --registry "$registry"
ok_if "the very documents as they were" diff -r "$EXAMPLES/ad-score-predictor/1.1.0/docs" "$folder/docs"
expect 0 'model-card.md +as it was' "writing them once more changes nothing" \
    "$MLTEST" docs new "$folder" --registry "$registry"

# Without documents: what is known is written, the rest waits or is carried over.
rm -r "$folder/docs"
expect 0 'limitations.md +Known Limitations, Edge Cases' "what the release before said is carried over" \
    "$MLTEST" docs new "$folder" --previous "$EXAMPLES/ad-score-predictor/1.0.0"
ok_if "and told, to be read again" grep -q 'carried over from the release before, read it again' "$scratch/out"
ok_if "it is there" grep -q 'one retailer and one town' "$folder/docs/limitations.md" "$folder/docs/model-card.md"
expect 0 'complete and say' "nothing waits" \
    "$MLTEST" docs check "$folder" --previous "$EXAMPLES/ad-score-predictor/1.0.0"
copy ad-score-predictor 1.0.0
first=$scratch/ad-score-predictor/1.0.0
rm -r "$first/docs"
expect 0 'taken for the first release' "without a release before" "$MLTEST" docs new "$first"
ok_if "what nobody has said waits" grep -q 'waits to be written' "$scratch/out"
ok_if "as a line" grep -q '^To be written: ' "$first/docs/model-card.md"
expect 1 'docs/limitations.md:[0-9]+: ' "and is refused" "$MLTEST" docs check "$first"
first_fault=$(sed -n '1s/:.*//p' "$scratch/out")
ok_if "the worst document comes first" test "$first_fault" = docs/limitations.md -o "$first_fault" = docs/model-card.md
rm -r "$first/docs"
expect 1 'docs/api.md: ' "documents that are not there" "$MLTEST" docs check "$first"
expect 1 '"complete": false' "the same as JSON" "$MLTEST" docs check "$first" --format json
if command -v jq >/dev/null; then
    ok_if "that jq reads" jq -e '.faults | length > 5 and all(.document != null and .what != null)' "$scratch/out"
fi

# Of a registered version: its folder stays, a revision corrects.
expect 2 'its folder never changes: name another with -o DIR' "a registered version needs a folder" \
    "$MLTEST" docs new ad-score-predictor@1.1.0 --registry "$registry"
expect 0 'next: mltest docs put ad-score-predictor@1.1.0 ' "with one it is written there" \
    "$MLTEST" docs new ad-score-predictor@1.1.0 -o "$scratch/corrected" --registry "$registry"
echo 'Ask Ann first.' >>"$scratch/corrected/limitations.md"
"$MLTEST" docs new ad-score-predictor@1.1.0 -o "$scratch/corrected" --registry "$registry" >"$scratch/out"
ok_if "what somebody changed there stays" grep -q 'Ask Ann' "$scratch/corrected/limitations.md" "$scratch/corrected/model-card.md"
expect 0 'revision 1' "it becomes a revision" \
    "$MLTEST" docs put ad-score-predictor@1.1.0 "$scratch/corrected" --reason 'Ann knows' --registry "$registry"
expect 0 'revision 1: the six documents are complete' "which is what is looked at" \
    "$MLTEST" docs check ad-score-predictor@1.1.0 --registry "$registry"

# A run adds its figures, with intervals.
"$MLTEST" run -C "$EXAMPLES/ad-score-predictor" ad-score-predictor@1.1.0 --suite regression -o "$scratch/results.mlt" \
    --registry "$registry" >"$scratch/run.out" 2>&1
expect 0 'performance-report.md +written' "after a run" \
    "$MLTEST" docs new ad-score-predictor@1.1.0 -o "$scratch/measured" --registry "$registry"
ok_if "its figures stand there" grep -Eq '^\| `rmse` \| 31,625 \| 0\.5612 \| 0\.[0-9]+ to 0\.[0-9]+ \| 0\.6252 \|' \
    "$scratch/measured/performance-report.md"
ok_if "by slice too" grep -Eq '^\| `rmse` \| brand = 3 \| ' "$scratch/measured/performance-report.md"
"$MLTEST" docs put ad-score-predictor@1.1.0 "$scratch/measured" --reason 'a run' --registry "$registry" >"$scratch/out" 2>&1
expect 0 'revision 2: the six documents are complete' "and are true" \
    "$MLTEST" docs check ad-score-predictor@1.1.0 --registry "$registry"

# What is wrong with the question.
expect 2 'text or json' "an unknown format" "$MLTEST" docs check "$first" --format yaml
expect 2 'holds ad-score-predictor, not account-health-predictor' "a release before of another model" \
    "$MLTEST" docs new "$EXAMPLES/account-health-predictor/1.1.0" -o "$scratch/x" \
    --previous "$EXAMPLES/ad-score-predictor/1.0.0"
expect 2 'older one first|lower' "a release before that is the higher one" \
    "$MLTEST" docs check "$EXAMPLES/ad-score-predictor/1.0.0" --previous "$EXAMPLES/ad-score-predictor/1.1.0"
expect 2 'metadata\.json' "a folder that is none" "$MLTEST" docs check "$scratch/"
expect 2 'registry' "a version without a registry" "$MLTEST" docs check ad-score-predictor@1.1.0

done_testing

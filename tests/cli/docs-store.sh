#!/bin/sh
# Documents of registered versions: corrected as revisions, each readable for ever.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

registry=$scratch/registry
export MLTEST_REGISTRY="$registry"
examples=$EXAMPLES/ad-score-predictor
docs=$scratch/docs
mkdir "$docs"
"$MLTEST" registry init "$registry" >"$scratch/out" 2>&1
"$MLTEST" registry register ad-score-predictor@1.0.0 "$examples/1.0.0" >"$scratch/out" 2>&1
put() {
    "$MLTEST" docs put "$@"
}
show() {
    "$MLTEST" docs show "$@"
}

expect 0 'model-card +revision 0' "the documents of a version begin as registered" show ad-score-predictor@1.0.0
show ad-score-predictor model-card >"$docs/model-card.md"
cp "$docs/model-card.md" "$scratch/first.md"

sed -i '3s/.*/The third line, corrected./' "$docs/model-card.md"
printf '# Model: ad-score-predictor\n## Version: 1.0.0\n' >"$docs/limitations.md"
expect 2 'needs --reason TEXT' "a correction has a reason" put ad-score-predictor@1.0.0 "$docs"
expect 0 'ad-score-predictor@1\.0\.0: revision 1, signed off by jane' "a folder of documents is put" \
    put ad-score-predictor@1.0.0 "$docs" --reason "the third line was wrong" --by jane
ok_if "and it says how much changed" grep -q '  model-card.md: 1 line changed$' "$scratch/out"
expect 2 'revision 1 of ad-score-predictor@1\.0\.0 already' "what is there already is not put again" \
    put ad-score-predictor@1.0.0 "$docs" --reason again
cp "$scratch/first.md" "$docs/model_card.md"
expect 2 'are one document' "one document under both of its names" \
    put ad-score-predictor@1.0.0 "$docs" --reason again
rm "$docs/model_card.md"
echo '- Nothing is known about winters.' >>"$docs/limitations.md"
expect 0 'limitations.md: 1 line added' "a file alone is put" \
    put ad-score-predictor@1.0.0 "$docs/limitations.md" --reason "winters"

show ad-score-predictor@1.0.0 model-card --revision 0 >"$scratch/out"
ok_if "revision 0 has the bytes that were registered" cmp "$scratch/out" "$scratch/first.md"
show ad-score-predictor@1.0.0 model-card.md >"$scratch/out"
ok_if "the newest is shown unless another is asked for" cmp "$scratch/out" "$docs/model-card.md"
expect 0 '^  2 .*' "the list tells every revision" show ad-score-predictor@1.0.0
ok_if "who and why" grep -q 'the third line was wrong' "$scratch/out"
expect 0 'revision 1 ' "and what each document is of" show ad-score-predictor@1.0.0 model-card --list
if grep -q winters "$scratch/out"; then not_ok "a document lists its own revisions only" "$scratch/out"; else pass "a document lists its own revisions only"; fi
expect 0 '"reason": "winters"' "the same as JSON" show ad-score-predictor@1.0.0 --format json
expect 0 '"superseded_by": 1' "an old text says what superseded it" \
    show ad-score-predictor@1.0.0 model-card --revision 0 --format json
"$MLTEST" registry adopt ad-score-predictor@1.0.0 --as production --reason serves >"$scratch/out" 2>&1
expect 0 '^ad-score-predictor@1\.0\.0' "the version that serves" show ad-score-predictor@production
expect 0 '^ad-score-predictor@1\.0\.0' "the latest version" show ad-score-predictor@latest

expect 2 'no revision 3: the newest is 2' "a revision that is not there" show ad-score-predictor@1.0.0 api --revision 3
expect 2 'a number from 0' "a revision that is none" show ad-score-predictor@1.0.0 api --revision two
expect 2 'did you mean limitations\?' "a misspelt document" show ad-score-predictor@1.0.0 limitation
expect 2 'no version "9' "a version that is not there" show ad-score-predictor@9.0.0
expect 2 'did you mean' "a model that is not there" show ad-score-predicter
expect 2 'Write ad-score-predictor@VERSION' "put names its version" put ad-score-predictor "$docs" --reason x
expect 2 'no version' "put needs a registered version" put ad-score-predictor@3.0.0 "$docs" --reason x
expect 2 'did you mean api\.md' "a file that is no document" put ad-score-predictor@1.0.0 "$scratch/apis.md" --reason x
expect 2 'holds none of the six documents' "a folder without documents" put ad-score-predictor@1.0.0 "$registry" --reason x
expect 2 'No such file' "a file that is not there" put ad-score-predictor@1.0.0 "$scratch/api.md" --reason x
ln -s "$docs/limitations.md" "$scratch/limitations.md"
expect 2 'not a plain file' "a link" put ad-score-predictor@1.0.0 "$scratch/limitations.md" --reason x
mkfifo "$scratch/api.md"
expect 2 'not a plain file' "a pipe" put ad-score-predictor@1.0.0 "$scratch/api.md" --reason x
rm "$scratch/api.md"
printf '# \377' >"$scratch/api.md"
expect 2 'api.md is not UTF-8' "a text that is none" put ad-score-predictor@1.0.0 "$scratch/api.md" --reason x
printf '# a\n\033[2J' >"$scratch/api.md"
expect 2 'api.md:2: the control character 0x1b' "control characters" put ad-score-predictor@1.0.0 "$scratch/api.md" --reason x
: >"$scratch/api.md"
expect 2 'api.md is empty' "an empty document" put ad-score-predictor@1.0.0 "$scratch/api.md" --reason x
head -c 4194305 /dev/zero | tr '\0' x >"$scratch/api.md"
expect 2 'at most 4 MiB' "a huge document" put ad-score-predictor@1.0.0 "$scratch/api.md" --reason x
echo '# api' >"$scratch/api.md"
expect 2 'not one line of plain text' "a reason of two lines" put ad-score-predictor@1.0.0 "$scratch/api.md" --reason "a
b"
expect 2 'not one line of plain text' "a name with an escape sequence" \
    put ad-score-predictor@1.0.0 "$scratch/api.md" --reason x --by "$(printf 'j\033[31m')"
expect 2 'needs a reason' "a blank reason" put ad-score-predictor@1.0.0 "$scratch/api.md" --reason "  "
expect 2 'text or json' "an unknown format" show ad-score-predictor --format yaml

expect 0 '1 version checked, 0 faults' "the registry is whole" "$MLTEST" registry verify --all
chmod u+w "$registry/ad-score-predictor/.evidence/1.0.0/docs/1/limitations.md"
echo x >>"$registry/ad-score-predictor/.evidence/1.0.0/docs/1/limitations.md"
expect 4 'docs/1/limitations.md was altered' "an altered revision is found" "$MLTEST" registry verify --all
expect 4 'limitations.md was altered' "and not shown" show ad-score-predictor@1.0.0 limitations --revision 1
expect 0 'winters' "another one is" show ad-score-predictor@1.0.0 limitations

done_testing

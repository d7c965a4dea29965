#!/bin/sh
# The documentation site: whole, the same for the same registry, and nothing in it that runs.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

registry=$scratch/registry
export MLTEST_REGISTRY="$registry"
site=$scratch/site
"$MLTEST" registry init "$registry" >"$scratch/out" 2>&1
for version in 1.0.0 1.1.0 1.2.0-experiment-quantized; do
    "$MLTEST" registry register "ad-score-predictor@$version" "$EXAMPLES/ad-score-predictor/$version" \
        >"$scratch/out" 2>&1
done
"$MLTEST" registry register account-health-predictor@1.0.0 "$EXAMPLES/account-health-predictor/1.0.0" \
    >"$scratch/out" 2>&1
"$MLTEST" registry adopt ad-score-predictor@1.0.0 --as production --reason serves >"$scratch/out" 2>&1
publish() {
    "$MLTEST" docs publish "$@"
}
has() {
    if grep -q -- "$2" "$site/$1"; then pass "$3"; else not_ok "$3"; fi
}

expect 0 'of 4 versions of 2 models' "a site of all versions" publish "$site"
has index.html 'ad-score-predictor/1.0.0/index.html' "the index leads to what serves"
has ad-score-predictor/index.html 'serves production' "the model's page tells the versions"
has ad-score-predictor/index.html 'hyperparameter <code>max_depth</code>' "and what each changes for callers"
has ad-score-predictor/production/api.html 'url=../1.0.0/api.html' "what serves has an address"
has ad-score-predictor/latest/index.html 'url=../1.0.0/index.html' "and so has the latest"
ok_if "none serves, no address" test ! -e "$site/account-health-predictor/production"
has ad-score-predictor/1.1.0/api.html 'price1' "documents are rendered"

cp -r "$site" "$scratch/before"
expect 0 'of 4 versions' "published again" publish "$site/"
ok_if "the same registry gives the same bytes" diff -r "$site" "$scratch/before"
ok_if "nothing is left beside it" test -z "$(find "$scratch" -maxdepth 1 -name '.mltest-site*')"

mkdir "$scratch/docs"
cat >"$scratch/docs/limitations.md" <<'MARKDOWN'
# Model: ad-score-predictor
## Version: 1.1.0

<script>alert(1)</script>
[bad](javascript:alert(1)) [absent](../config.json) [api](api.md) ![plot](https://example.org/plot.png)
MARKDOWN
"$MLTEST" docs put ad-score-predictor@1.1.0 "$scratch/docs" --by 'J <b>' \
    --reason 'winters </p><script>alert(2)</script>' >"$scratch/out" 2>&1
expect 0 'of 3 versions of 1 model$' "a site of one model" publish "$scratch/one" ad-score-predictor
ok_if "without the others" test ! -e "$scratch/one/account-health-predictor"
expect 0 'of 4 versions' "a correction is published" publish "$site"
has ad-score-predictor/1.1.0/revisions/0/limitations.html 'Superseded by <a href="../1/limitations.html">revision 1' \
    "the text before is marked"
has ad-score-predictor/1.1.0/limitations.html 'winters &lt;/p&gt;&lt;script&gt;' "the reason is shown"
if grep -rlE '<script|<img|<iframe|<link|javascript:|onerror=|<[^a>][^>]*https?:' "$site" >"$scratch/out"; then
    not_ok "nothing runs, and nothing is asked of the network" "$scratch/out"
else
    pass "nothing runs, and nothing is asked of the network"
fi

# Every relative link leads to a file of the site; every page names the digest of its own style.
find "$site" -name '*.html' | while IFS= read -r page; do
    folder=${page%/*}
    grep -oE '(<a href="|url=)[^"#]*' "$page" | sed -E 's/^(<a href="|url=)//' | sort -u | while IFS= read -r link; do
        [ -z "$link" ] || [ -e "$folder/$link" ] || echo "$page: $link"
    done
done >"$scratch/broken"
if [ -s "$scratch/broken" ]; then not_ok "every link leads somewhere" "$scratch/broken"; else pass "every link leads somewhere"; fi
if command -v openssl >/dev/null; then
    digest=$(sed -n '/<style>/,/<\/style>/p' "$site/index.html" | sed -e 's/^<style>//' -e 's/<\/style>.*//' | head -c -1 |
        openssl dgst -sha256 -binary | base64)
    has index.html "style-src 'sha256-$digest'" "the policy of the page admits its own style"
else
    skip "the policy of the page admits its own style" "openssl is not here"
fi
if command -v tidy >/dev/null; then
    find "$site" -name '*.html' -exec tidy -q -e {} + 2>&1 | grep -v 'aria-current' >"$scratch/out"
    if [ -s "$scratch/out" ]; then not_ok "the pages are good HTML" "$scratch/out"; else pass "the pages are good HTML"; fi
else
    skip "the pages are good HTML" "tidy is not here"
fi

echo mine >"$site/notes.txt"
expect 2 'notes.txt was not written by docs publish' "a file of somebody else's stays" publish "$site"
ok_if "untouched" test -f "$site/notes.txt"
rm "$site/notes.txt"
ln -s /etc "$site/link"
expect 2 'link' "a link in it is not followed" publish "$site"
rm "$site/link"
mkdir "$scratch/used" && echo mine >"$scratch/used/thesis.txt"
expect 2 'is not empty and was not made by docs publish' "a folder in use is refused" publish "$scratch/used"
mkdir "$scratch/empty"
expect 0 'of 4 versions' "an empty folder will do" publish "$scratch/empty"
expect 0 'of 4 versions' "and so will one that is deeper and not there yet" publish "$scratch/a/b/site"
expect 2 'is not a folder' "a file is none" publish "$scratch/docs/limitations.md"
expect 2 'lie in each other' "not within the registry" publish "$registry/site"
expect 2 'lie in each other' "nor around it" publish "$scratch"
expect 2 'no model "nobody"|nobody' "a model that is not there" publish "$scratch/new" nobody
ok_if "and then nothing is made" test ! -e "$scratch/new"
expect 2 'named twice' "a model named twice" publish "$scratch/new" ad-score-predictor ad-score-predictor
chmod u+w "$registry/ad-score-predictor/.evidence/1.1.0/docs/1/limitations.md"
echo x >>"$registry/ad-score-predictor/.evidence/1.1.0/docs/1/limitations.md"
cp -r "$site" "$scratch/kept"
expect 4 'limitations.md was altered' "an altered document is not published" publish "$site"
ok_if "and the site stays as it was" diff -r "$site" "$scratch/kept"

done_testing

#!/bin/sh
# Where a version comes from: its configuration, documents and tests beside the commit that metadata.json names, in
# repositories that are honest, and in some that are not.
. "${srcdir:-.}/tests/cli/tap.sh"

if ! command -v git >/dev/null; then
    echo "1..0 # SKIP it needs git"
    exit 0
fi
cd "$scratch" || exit 99
export HOME="$scratch" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org \
    GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org MLTEST_REGISTRY="$scratch/registry"
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE 2>/dev/null || :
"$MLTEST" registry init "$MLTEST_REGISTRY" >/dev/null

# version FOLDER: a whole version's folder, of m@1.0.0.
version() {
    mkdir -p "$1/docs" "$1/tests"
    echo '{"rmse": 0.1}' >"$1/metrics.json"
    echo weights >"$1/m-1.0.0.bin"
    echo '# m' >"$1/docs/model card.md"
    echo '{}' >"$1/tests/golden.jsonl"
    echo '{"model": "m", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}' >"$1/config.json"
    cat >"$1/metadata.json" <<'JSON'
{"model_name": "m", "version": "1.0.0", "created_at": "2026-01-01T00:00:00Z", "created_by": "tester@example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {"rate": 0.001}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
JSON
}
# repository NAME FORMAT: with a version in models/m, committed but for its model file.
repository() {
    git init -q --object-format="$2" "$1"
    version "$1/models/m"
    echo '*.bin' >"$1/.gitignore"
    git -C "$1" add . && git -C "$1" commit -qm first
    git -C "$1" remote add origin "https://example.org/team/$1.git"
}
source_of() { "$MLTEST" registry source "$@"; }
check() { "$MLTEST" registry check-source "$@"; }

for format in sha1 sha256; do
    repository "$format" "$format"
    folder=$format/models/m
    expect 2 'has no "source".*mltest registry source FOLDER' "$format: a version that does not say where it is from" check "./$folder"
    expect 0 '"path": "models/m"' "$format: its source is made" source_of "$folder"
    expect 0 '"docs/model card.md": "sha256:[0-9a-f]{64}"' "$format: with the digests of documents" source_of "$folder"
    ok_if "$format: of what sha256sum says" sh -c "grep -q \"config.json\\\": \\\"sha256:\$(sha256sum <$folder/config.json | cut -c1-64)\\\"\" out"
    expect 0 'with 3 digests' "$format: and put into metadata.json" source_of "$folder" --write
    ok_if "$format: where other members stay" grep -q '"rate": 0.001' "$folder/metadata.json"
    cp "$folder/metadata.json" first.json
    expect 0 'with 3 digests' "$format: again" source_of "$folder" -w
    ok_if "$format: to the same bytes" cmp first.json "$folder/metadata.json"
    expect 0 '3 files: 3 same, 0 differ' "$format: the version is what was committed" check "./$folder" --checkout "$format"
    ok_if "$format: without a note" sh -c '! grep note: out'
done
expect 0 '3 same' "the checkout is the one this folder lies in" sh -c "cd sha1/models && '$MLTEST' registry check-source ./m"
expect 0 '"same": true' "the same as JSON" check ./sha1/models/m --checkout sha1 --format json
expect 2 'has 40 digits, and the repository of sha256 names its commits with 64' "a commit of the other kind of repository" \
    check ./sha1/models/m --checkout sha256
expect 0 '3 files, digest|registered m@1.0.0' "it is registered with its source" "$MLTEST" registry register m@1.0.0 sha1/models/m
expect 0 '3 same' "and compared from the registry" check m@1.0.0 --checkout sha1

# The repository goes on; the version stays what it was.
echo changed >sha1/models/m/docs/more.md
git -C sha1 rm -q --cached -r models/m/tests && rm -r sha1/models/m/tests
expect 0 '3 same' "an unclean work tree does not matter" check m@1.0.0 --checkout sha1
git -C sha1 add . && git -C sha1 commit -qm second
expect 0 '3 same' "nor what was committed later" check m@1.0.0 --checkout sha1/models
mkdir elsewhere
expect 2 'not in a git repository: say with --checkout' "no repository at all" check m@1.0.0 --checkout elsewhere
expect 2 'not a folder' "no folder at all" check m@1.0.0 --checkout nowhere
git clone -q --bare sha1 bare.git
expect 0 '3 same' "a bare repository will do" check m@1.0.0 --checkout bare.git
expect 0 'note: metadata say https://example.org/team/sha1.git, and bare.git has the remotes origin' "another remote is noted" \
    check m@1.0.0 --checkout bare.git
git -C bare.git remote set-url origin git@example.org:team/sha1
expect 0 '3 same' "the same repository by another protocol" check m@1.0.0 --checkout bare.git
ok_if "is not noted" sh -c '! grep note: out'
git clone -q --depth 1 "file://$scratch/sha1" shallow
expect 2 'is not in the repository of shallow: fetch it with .git fetch' "a commit that was not fetched" check m@1.0.0 --checkout shallow

# A version that is not what was committed.
cp -r sha1/models/m other && git -C sha1 checkout -q HEAD~ -- models/m/tests && cp -r sha1/models/m/tests other/
rm other/docs/more.md
echo '# something else' >'other/docs/model card.md'
expect 2 'was committed with SHA-256 [0-9a-f]{64}, and the file here has [0-9a-f]{64}' "a digest that is not the file's is refused" \
    "$MLTEST" registry register m@1.0.0 other
jq 'del(.source.digests)' other/metadata.json >new && mv new other/metadata.json
expect 1 '^! differs +docs/model card.md: [0-9a-f]{64} here, [0-9a-f]{64} in the commit' "a document that differs" check ./other --checkout sha1
echo new >other/tests/new && rm other/tests/golden.jsonl
expect 1 '^! not in the commit +tests/new' "a test that was not committed" check ./other --checkout sha1
expect 1 '^! only in the commit +tests/golden.jsonl' "a test that is only there" check ./other --checkout sha1
expect 1 '4 files: 1 same, 1 differ, 1 not in the commit, 1 only in it' "all of them counted" check ./other --checkout sha1
expect 2 'other does not lie in the checkout' "a folder elsewhere needs its path" source_of other --checkout sha1
expect 2 'commit what the version has' "and to be committed" source_of other --checkout sha1 --path models/m
expect 2 'has no folder "models/n"' "there" source_of other --checkout sha1 --path models/n
expect 2 'inside the repository' "and inside" source_of other --checkout sha1 --path ../m
git -C sha1 remote set-url origin https://jane:secret@example.org/team
git -C sha1 checkout -qf HEAD~
expect 2 'carries a password' "a remote with a password is not written down" source_of sha1/models/m
expect 0 'with 3 digests' "another URL is" source_of sha1/models/m --repository https://example.org/x --write

# Files that Git LFS keeps are compared by the digest in their pointer; links are no files.
repository lfs sha1
head -c 100000 /dev/zero >lfs/models/m/tests/large
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 100000\n' "$(sha256sum <lfs/models/m/tests/large | cut -c1-64)" >pointer
version large && mv lfs/models/m/tests/large large/tests/ && cp pointer lfs/models/m/tests/large
git -C lfs add . && git -C lfs commit -qm large
expect 0 'with 4 digests' "a pointer of Git LFS is the content" source_of large --checkout lfs --path models/m --write
expect 0 '4 same' "for the check, too" check ./large --checkout lfs
rm lfs/models/m/tests/large && ln -s /etc/passwd lfs/models/m/tests/large
git -C lfs add . && git -C lfs commit -qm link
expect 2 'tests/large differs' "a symbolic link is not" source_of large --checkout lfs --path models/m

# Repositories that would like to run something.
repository evil sha1
source_of evil/models/m --write >/dev/null
printf '#!/bin/sh\necho ran >>"%s/ran"\n' "$scratch" >trap.sh
chmod +x trap.sh
for hook in post-checkout pre-auto-gc reference-transaction post-index-change; do cp trap.sh "evil/.git/hooks/$hook"; done
for setting in core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.gitProxy diff.external \
    credential.helper gpg.program pager.ls-tree pager.cat-file alias.ls-tree core.alternateRefsCommand \
    filter.x.clean filter.x.smudge filter.x.process diff.x.textconv; do
    git -C evil config "$setting" "$scratch/trap.sh"
done
echo '* filter=x diff=x' >evil/.gitattributes
blob=$(git -c core.fsmonitor=false -C evil rev-parse HEAD:models/m/config.json)
git -C evil config protocol.ext.allow always
git -C evil config remote.origin.promisor true
git -C evil config remote.origin.url "ext::$scratch/trap.sh"
git -C evil config remote.origin.uploadpack "$scratch/trap.sh"
git -C evil config core.repositoryformatversion 1
git -C evil config extensions.partialClone origin
rm -f ran
expect 0 '3 same' "a repository whose settings name programs" check ./evil/models/m --checkout evil
rm -f "evil/.git/objects/$(echo "$blob" | cut -c1-2)/$(echo "$blob" | cut -c3-)"
expect 2 'config.json is not in the repository of evil' "one that lacks an object" check ./evil/models/m --checkout evil
git -C evil config remote.origin.url "$scratch/sha1"
expect 2 'config.json is not in the repository of evil' "from a remote that is near" check ./evil/models/m --checkout evil
ok_if "nothing of it was run, nothing fetched" test ! -e ran
git -C evil cat-file -e "$blob" 2>/dev/null || :
ok_if "which git alone would have done" test -e ran

repository replaced sha1
source_of replaced/models/m --write >/dev/null
echo '{}' >evil.json
git -C replaced replace "$(git -C replaced rev-parse HEAD:models/m/config.json)" \
    "$(git -C replaced hash-object -w "$scratch/evil.json")"
expect 0 '3 same' "a replacement does not count" check ./replaced/models/m --checkout replaced
expect 0 '3 same' "nor does what a hook's environment says" \
    env GIT_DIR="$scratch/elsewhere" GIT_INDEX_FILE=none "$MLTEST" registry check-source ./replaced/models/m --checkout replaced
if [ "$(id -u)" = 0 ]; then
    chown -R 12345 replaced
    expect 0 '3 same' "another user's checkout, as in a container" check ./replaced/models/m --checkout replaced
else
    skip "another user's checkout, as in a container" "it needs root"
fi
mkdir bin && ln -s "$(command -v env)" bin/env
expect 2 'no program git' "without git it is told" \
    env PATH="$scratch/bin" "$MLTEST" registry check-source ./replaced/models/m --checkout replaced

done_testing

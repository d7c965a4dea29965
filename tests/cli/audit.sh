#!/bin/sh
# The registry's log: nothing is lost when many write, whatever is altered in it is named, and what it proves can be
# checked without it, by this program and by a few lines of Python.
. "${srcdir:-.}/tests/cli/tap.sh"

cd "$scratch" || exit 99
registry=$scratch/registry
export MLTEST_REGISTRY="$registry"
db=$registry/.mltest/records.db
# folder MODEL VERSION: a folder to register.
folder() {
    mkdir -p "$1-$2/docs" "$1-$2/tests"
    echo '{"rmse": 0.1}' >"$1-$2/metrics.json"
    echo "weights of $2" >"$1-$2/model.bin"
    echo "# $1" >"$1-$2/docs/model_card.md"
    echo '{}' >"$1-$2/tests/golden.jsonl"
    echo "{\"model\": \"$1\", \"inputs\": [{\"name\": \"x\", \"type\": \"number\"}], \"output\": {\"name\": \"y\", \"type\": \"number\"}}" \
        >"$1-$2/config.json"
    cat >"$1-$2/metadata.json" <<JSON
{"model_name": "$1", "version": "$2", "created_at": "2026-01-01T00:00:00Z", "created_by": "tester@example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
JSON
}
audit() { "$MLTEST" audit "$@"; }
sql() { sqlite3 "$db" "$1"; }
# entry N: its bytes, as they lie in the records.
entry() { sql "select value from record where partition = '.log' and key = printf('entry/%012d', $1)"; }

"$MLTEST" registry init "$registry" --unsigned >/dev/null
expect 0 '^ +1 .*  init  by ' "making a registry is its first entry" audit log
folder m 1.0.0
"$MLTEST" registry register m@1.0.0 m-1.0.0 >/dev/null
"$MLTEST" registry adopt m@1.0.0 --as production --reason '=1+1, "serves" since May' >/dev/null
expect 0 '^3 entries checked, 0 checkpoints, 0 faults$' "an honest log has no fault" audit verify
ok_if "and it says that nobody vouches for it" grep -q 'no checkpoint is kept' out
expect 0 '0 faults' "registry verify checks it too" "$MLTEST" registry verify --all

# What is shown.
expect 0 '^ +3  .*  adopt  m@1\.0\.0  by .*: =1\+1, "serves" since May$' "the log is shown" audit log m
expect 0 '^1 entry$' "by what was done" audit log --what register
expect 0 '^0 entries$' "by whom" audit log --by nobody-has-this-name
expect 0 '^2 entries$' "by model and version" audit log m@1.0.0
expect 0 '^3 entries$' "by day" audit log --since 2020-01-01 --until 2100-12-31
expect 0 '^0 entries$' "until a time" audit log --until 2020-01-01T00:00:00Z
expect 0 '^ +3 ' "the newest" audit log --limit 1
ok_if "and no other" grep -qx '1 entry' out
expect 2 'expected a day such as' "a time that is none is refused" audit log --since yesterday
expect 2 'expected console, json or csv' "so is another format" audit log --format xml
expect 0 '"what":"adopt"' "as JSON" audit log --format json
ok_if "which is JSON with every field" jq -e 'length == 3 and .[2].model == "m" and .[2].version == "1.0.0" and (.[2].at | endswith("Z")) and .[2].by and .[2].digest' out
audit log --format csv >log.csv
cat >cells.py <<'PY'
import csv
rows = list(csv.reader(open("log.csv", newline="")))
assert len(rows) == 4 and all(len(row) == 13 for row in rows), rows
assert rows[3][0] == "3" and rows[3][3] == "adopt", rows[3]
assert rows[3][7] == "'=1+1, \"serves\" since May", rows[3][7]
assert open("log.csv", "rb").read().count(b"\r\n") == 4
PY
ok_if "as CSV that no spreadsheet computes" python3 cells.py

# Many at once: 20 processes, four models, three versions each.
i=0
while [ "$i" -lt 20 ]; do
    model=m$((i % 4))
    for version in 1.0.$((i * 3)) 1.0.$((i * 3 + 1)) 1.0.$((i * 3 + 2)); do folder "$model" "$version"; done
    i=$((i + 1))
done
i=0
while [ "$i" -lt 20 ]; do
    model=m$((i % 4))
    (
        for version in 1.0.$((i * 3)) 1.0.$((i * 3 + 1)) 1.0.$((i * 3 + 2)); do
            "$MLTEST" registry register "$model@$version" "$model-$version" >>"said-$i" 2>&1 || echo "exit code $?" >>"said-$i"
        done
    ) &
    i=$((i + 1))
done
wait
cat said-* >said
ok_if "20 processes register 60 versions of four models" test "$(grep -c '^registered ' said)" = 60
expect 0 '^63 entries checked, 0 checkpoints, 0 faults$' "and the log has them all" audit verify
audit log --what register --format json >log.json
ok_if "each once" jq -e '[.[] | "\(.model)@\(.version)"] | length == 61 and (unique | length == 61)' log.json

# Checkpoints.
openssl genpkey -algorithm ed25519 -out gate.key 2>/dev/null && chmod 600 gate.key
openssl pkey -in gate.key -pubout -out gate.pub
openssl genpkey -algorithm ed25519 -out other.key 2>/dev/null && chmod 600 other.key
openssl pkey -in other.key -pubout -out other.pub
expect 2 'needs --key FILE' "a checkpoint needs a key" env MLTEST_KEYS="$scratch/none" "$MLTEST" audit checkpoint
expect 0 '^mltest-registry/[0-9a-f]{16}$' "a checkpoint is signed" audit checkpoint --key gate.key
cp out first.txt
ok_if "it counts the entries" test "$(sed -n 2p first.txt)" = 63
audit checkpoint --key gate.key >again.txt
ok_if "and comes out the same again" cmp first.txt again.txt
folder m 1.0.1
"$MLTEST" registry register m@1.0.1 m-1.0.1 >/dev/null
audit checkpoint --key gate.key -o second.txt
expect 0 '^64 entries checked, 3 checkpoints, 0 faults$' "verify holds the log against those kept and those given" \
    audit verify --checkpoint first.txt --public-key gate.pub
expect 4 'signed by no key that counts' "whose key must be the right one" audit verify --public-key other.pub

# Proofs.
ok_if "an entry is proven" audit prove 42 -o entry.json
expect 0 '^entry 42 is in the log mltest-registry/' "which this program checks offline" \
    env MLTEST_REGISTRY=/nonexistent "$MLTEST" audit verify --proof entry.json --public-key gate.pub
expect 0 'which came with the proof' "and without a key says whose it is" audit verify --proof entry.json
ok_if "growth is proven" audit prove --from first.txt -o grown.json
expect 0 'of 63 entries has grown to 64, and none of the older was changed' "and checked offline" \
    env MLTEST_REGISTRY=/nonexistent "$MLTEST" audit verify --proof grown.json --public-key gate.pub
expect 4 'is not signed by a key that was given' "by the right key only" audit verify --proof entry.json --public-key other.pub
expect 2 'there is no entry 65' "what is not there is not proven" audit prove 65
expect 2 'say what to prove' "nor nothing" audit prove
sed 's/"number": 42/"number": 41/' entry.json >moved.json
expect 4 'the proof does not hold' "a proof of another place does not hold" audit verify --proof moved.json
sed 's/register/registes/' entry.json >altered.json
expect 4 'the proof does not hold' "nor one of another entry" audit verify --proof altered.json
# RFC 9162, sections 2.1.3.2 and 2.1.4.2, and openssl for the signature.
cat >offline.py <<'PY'
import base64, hashlib, json, subprocess, sys

def node(a, b):
    return hashlib.sha256(b"\x01" + a + b).digest()

def read(note):
    text, _, signatures = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    name, blob = signatures.strip().split(" ")[1:]
    raw = base64.b64decode(blob)
    der = base64.b64decode("".join(open("gate.pub").read().split("\n")[1:-2]))
    assert raw[:4] == hashlib.sha256(name.encode() + b"\n\x01" + der[-32:]).digest()[:4] and name == origin
    open("text", "w").write(text + "\n")
    open("signature", "wb").write(raw[4:])
    subprocess.run("openssl pkeyutl -verify -pubin -inkey gate.pub -rawin -in text -sigfile signature".split(),
                   check=True, stdout=subprocess.DEVNULL)
    return int(size), base64.b64decode(root)

proof = json.load(open(sys.argv[1]))
size, root = read(proof["checkpoint"])
path = [bytes.fromhex(h) for h in proof["proof"]]
if proof["kind"] == "inclusion":
    r = hashlib.sha256(b"\x00" + proof["entry"].encode()).digest()
    assert json.loads(proof["entry"])["n"] == proof["number"]
    fn, sn = proof["number"] - 1, size - 1
    for p in path:
        assert sn
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and r == root
else:
    first, old = read(proof["from"])
    if first & (first - 1) == 0:
        path.insert(0, old)
    fn, sn = first - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        assert sn
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and fr == old and sr == root
PY
ok_if "Python and openssl find the entry's proof good" python3 offline.py entry.json
ok_if "and the other" python3 offline.py grown.json

# An export, checked line by line.
expect 0 'wrote 64 entries and the newest checkpoint' "the log is exported" audit export exported
cat >whole.py <<'PY'
import base64, hashlib
leaves = [hashlib.sha256(b"\x00" + line).digest() for line in open("exported/log.jsonl", "rb").read().split(b"\n")[:-1]]
def root(d):
    if len(d) == 1:
        return d[0]
    k = 1
    while 2 * k < len(d):
        k *= 2
    return hashlib.sha256(b"\x01" + root(d[:k]) + root(d[k:])).digest()
lines = open("exported/checkpoint.txt").read().split("\n")
assert int(lines[1]) == len(leaves) and base64.b64decode(lines[2]) == root(leaves)
PY
ok_if "and its lines have the root that was signed" python3 whole.py

# Whatever is altered is named. Each time in a copy.
sqlite3 "$db" 'pragma wal_checkpoint(truncate)' >/dev/null
cp "$db" honest.db
# tampered NAME SQL PATTERN [VERIFY-OPTION...]
tampered() {
    tampered_name=$1 tampered_sql=$2 tampered_pattern=$3
    shift 3
    cp honest.db "$db" && rm -f "$db-wal" "$db-shm"
    sql "$tampered_sql"
    expect 4 "$tampered_pattern" "$tampered_name" audit verify "$@"
}
in_log="partition = '.log' and key"
tampered "an entry that was removed is named" "delete from record where $in_log = 'entry/000000000007'" \
    '^  entry 7 of the audit log is missing$'
ok_if "and it alone" test "$(grep -c '^  ' out)" = 1
tampered "one removed with its digest is" "delete from record where $in_log in ('entry/000000000007', 'leaf/000000000007')" \
    '^  entry 7 of the audit log is missing$'
# 'r' and 's' differ in one bit.
tampered "one of which a bit was altered is" \
    "update record set value = replace(value, 'register', 'segister') where $in_log = 'entry/000000000009'" \
    '^  entry 9 of the audit log was altered: '
ok_if "and it alone" test "$(grep -c '^  ' out)" = 1
expect 4 'entry 9 of the audit log was altered' "registry verify tells it too" "$MLTEST" registry verify --all
tampered "two that were swapped are" \
    "update record set key = 'x' where $in_log = 'entry/000000000011';
     update record set key = 'entry/000000000011' where $in_log = 'entry/000000000005';
     update record set key = 'entry/000000000005' where $in_log = 'x'" \
    '^  entry 5 of the audit log is out of place: .* entry 11$'
ok_if "both" grep -q '^  entry 11 of the audit log is out of place: .* entry 5$' out
tampered "a tail that was cut is" "delete from record where $in_log >= 'entry/000000000060' and key < 'entry/1'" \
    '^  entry 60 of the audit log is missing'
tampered "with its digests" \
    "delete from record where $in_log >= 'entry/000000000060' and key < 'entry/1';
     delete from record where $in_log >= 'leaf/000000000060' and key < 'leaf/1'" \
    '^  entries 60 to 64 of the audit log are missing$'
tampered "what was put behind the end is" \
    "insert into record select partition, 'entry/000000000065', replace(value, '\"n\":64', '\"n\":65'), 1 from record where $in_log = 'entry/000000000064'" \
    'the audit log (are surplus|is missing)'
tampered "a head that was altered is" \
    "update record set value = replace(value, '\"size\":64', '\"size\":63') where $in_log = 'head'" \
    'the head of the audit log of .* is not one'
tampered "and one that was removed" "delete from record where $in_log = 'head'" 'its head counts only 0'
tampered "a checkpoint that was altered" \
    "update record set value = replace(value, 'mltest-registry', 'mltest-registrz') where $in_log like 'checkpoint/%64/%'" \
    'its signature does not hold'

# A forger who knows all this and rewrites entries, digests and head: the checkpoint knew better.
cat >forge.py <<'PY'
import hashlib, json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
cut = int(sys.argv[2])
rows = [v for (v,) in db.execute("select value from record where partition = '.log' and key like 'entry/%' order by key")][:cut]
if len(sys.argv) > 3:
    rows[int(sys.argv[3]) - 1] = rows[int(sys.argv[3]) - 1].replace("register", "reviewed")
def node(a, b):
    return hashlib.sha256(b"\x01" + a + b).digest()
def root(d):
    if len(d) == 1:
        return d[0]
    k = 1
    while 2 * k < len(d):
        k *= 2
    return node(root(d[:k]), root(d[k:]))
leaves = [hashlib.sha256(b"\x00" + r.encode()).digest() for r in rows]
frontier, at = [], 0
for bit in reversed(range(32)):
    if cut >> bit & 1:
        frontier.append(root(leaves[at:at + (1 << bit)]).hex())
        at += 1 << bit
head = json.dumps({"size": cut, "root": root(leaves).hex(), "frontier": frontier}, separators=(",", ":"))
db.execute("delete from record where partition = '.log' and (key like 'entry/%' or key like 'leaf/%')")
for i, row in enumerate(rows):
    db.execute("insert into record values ('.log', ?, ?, 1)", (f"entry/{i + 1:012}", row))
    db.execute("insert into record values ('.log', ?, ?, 1)", (f"leaf/{i + 1:012}", leaves[i].hex()))
db.execute("update record set value = ? where partition = '.log' and key = 'head'", (head,))
db.commit()
PY
# forged NAME ENTRIES [ALTERED]: an honest store rewritten, kept checkpoints as they are.
forged() {
    cp honest.db "$db" && rm -f "$db-wal" "$db-shm"
    python3 forge.py "$db" "$@"
}
forged 64 20
expect 4 'the first 63 entries of the audit log are not those that checkpoint/000000000063/.* one of the entries 1 to 63 was altered' \
    "a log that was rewritten as a whole is told by a checkpoint" audit verify
expect 4 'has not grown out of its last checkpoint' "and is not signed" audit checkpoint --key gate.key
forged 64 64
expect 4 'one of the entries 64 to 64 was altered' "an older checkpoint that holds narrows it down" audit verify
forged 60
expect 4 'the audit log was cut: it ends at entry 60, and checkpoint/000000000064/.* knew 64 entries' \
    "so is one that was cut as a whole" audit verify
sql "delete from record where $in_log like 'checkpoint/%'"
expect 0 '0 faults' "which, without its checkpoints, looks honest" audit verify
expect 4 'the audit log was cut: it ends at entry 60, and second.txt knew 64 entries' \
    "but not to who kept one elsewhere" audit verify --checkpoint second.txt

# A registry that allows keys counts only theirs.
export MLTEST_KEYS="$scratch/keys" MLTEST_REGISTRY="$scratch/signed"
unset MLTEST_KEY
"$MLTEST" registry init signed >/dev/null
expect 0 '^mltest-registry/' "whoever made a registry signs its log" audit checkpoint
expect 0 ', 1 checkpoint, 0 faults$' "and is believed" audit verify
expect 2 'is no key that this registry allows to gates' "others are not asked" audit checkpoint --key other.key
expect 4 'is signed by no key that counts' "nor believed" audit verify --public-key other.pub
done_testing

#!/bin/sh
# `mltest audit verify` of a log of 100,000 entries. Prints Markdown; it is never a test.
#
#   make bench-audit        (or: MLTEST=… tests/bench/audit.sh [ENTRIES [ROUNDS]])
#
# The entries are made by Python in a registry's record store, as 100,000 changes would leave them.
set -eu
: "${MLTEST:?}"
entries=${1:-100000} rounds=${2:-11}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C NO_COLOR=1 MLTEST_REGISTRY="$scratch/registry"

"$MLTEST" registry init "$MLTEST_REGISTRY" --unsigned >/dev/null
python3 - "$MLTEST_REGISTRY/.mltest/records.db" "$entries" <<'PY'
import hashlib, json, sqlite3, sys
db, count = sqlite3.connect(sys.argv[1]), int(sys.argv[2])
def sha(data):
    return hashlib.sha256(data)
frontier = []
db.execute("delete from record where partition = '.log'")
for n in range(1, count + 1):
    digest = sha(str(n).encode()).hexdigest()
    text = json.dumps({"n": n, "at": "2026-01-01T00:00:00Z", "by": "bench", "what": "deploy", "model": f"model-{n % 100}",
                       "version": f"1.0.{n // 100}", "digest": digest, "reason": "a reason of some length, as people write it",
                       "approvers": ["ann@example.org", "bob@example.org"], "tickets": [f"REL-{n}"], "previous": "1.0.0",
                       "decision": digest}, separators=(",", ":"))
    node, size = sha(b"\x00" + text.encode()).digest(), 1
    db.execute("insert into record values ('.log', ?, ?, 1)", (f"entry/{n:012}", text))
    db.execute("insert into record values ('.log', ?, ?, 1)", (f"leaf/{n:012}", node.hex()))
    while frontier and frontier[-1][1] == size:
        node, size = sha(b"\x01" + frontier.pop()[0] + node).digest(), size * 2
    frontier.append((node, size))
root = frontier[-1][0]
for left, _ in reversed(frontier[:-1]):
    root = sha(b"\x01" + left + root).digest()
db.execute("insert into record values ('.log', 'head', ?, 1)",
           (json.dumps({"size": count, "root": root.hex(), "frontier": [h.hex() for h, _ in frontier]}),))
db.commit()
PY
openssl genpkey -algorithm ed25519 -out "$scratch/key" 2>/dev/null
chmod 600 "$scratch/key"
"$MLTEST" audit checkpoint --key "$scratch/key" >/dev/null

verify() { "$MLTEST" audit verify; }
prove() { "$MLTEST" audit prove $((entries / 2)); }
shown() { "$MLTEST" audit log --limit 20; }
round=0
while [ "$round" -lt "$rounds" ]; do
    for who in verify prove shown; do
        start=$(date +%s%N)
        "$who" >"$scratch/said"
        echo $(($(date +%s%N) - start)) >>"$scratch/$who"
    done
    round=$((round + 1))
done
[ "$("$MLTEST" audit verify | head -n 1)" = "$entries entries checked, 1 checkpoint, 0 faults" ]
# row WHO NAME [GOAL]: the median, and whether it meets the goal in seconds.
row() {
    sort -n "$scratch/$1" | awk -v name="$2" -v goal="${3:-0}" '
        { t[NR] = $1 / 1e9 }
        END {
            m = t[int((NR + 1) / 2)]
            printf "| %s | %.3f (%.3f–%.3f) | %s |\n", name, m, t[1], t[NR],
                (goal > 0 ? goal ": " (m < goal ? "met" : "**missed**") : "")
        }'
}
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(getconf _NPROCESSORS_ONLN) processors," \
    "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), Linux $(uname -r); $("$MLTEST" version | head -n 1)."
echo "$entries entries, $(stat -c %s "$MLTEST_REGISTRY/.mltest/records.db" | awk '{printf "%.0f", $1 / 1e6}') MB of records;" \
    "$rounds rounds in turn, medians (least–most)."
echo
echo "| command | wall, s | goal, s |"
echo "|---|---|---|"
row verify "mltest audit verify" 2
row prove "mltest audit prove $((entries / 2))"
row shown "mltest audit log --limit 20"

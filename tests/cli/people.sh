# Sourced by the tests of what people sign: keys, a policy, and a version m@1.0.0 made by Max.
# shellcheck shell=sh disable=SC2154 # tap.sh sets scratch
. "${srcdir:-.}/tests/cli/tap.sh"

cd "$scratch" || exit 99
unset SSH_AUTH_SOCK SSH_ASKPASS DISPLAY
export HOME="$scratch/home" MLTEST_REGISTRY="$scratch/registry" TMPDIR="$scratch/tmp"
mkdir -p home tmp keys policy model/docs model/tests
: >policy/signers
# person NAME [OPTIONS]: a key of their own, named in the signers' file.
person() {
    ssh-keygen -q -t ed25519 -N '' -C "$1" -f "keys/$1"
    echo "$1@example.org ${2:-}$(cut -d ' ' -f 1,2 "keys/$1.pub")" >>policy/signers
}
for name in ann bob cat dan max; do person "$name"; done
person old 'valid-before="20200101Z" '
cat >policy/gates.yaml <<'YAML'
policy: 1
transitions:
  alpha:
    require:
      - record: security-review
      - approval: {stage: beta, roles: [Lead, Board], quorum: 1}
  production:
    require:
      - approval: {stage: production, roles: [Board], quorum: 2}
deployment:
  environments:
    - name: development
      requirements: [rmse <= 1]
approvers:
  allowed_signers: signers
  owner: Owner
  roles:
    Lead: [ann@example.org, bob@example.org]
    Board: [ann@example.org, bob@example.org, max@example.org]
    Owner: [dan@example.org]
  waivers: {roles: [Board], longest: 30d}
YAML
echo '{"rmse": 0.1}' >model/metrics.json
echo weights >model/m-1.0.0.bin
echo '# m' >model/docs/model_card.md
echo '{}' >model/tests/golden.jsonl
cat >model/config.json <<'JSON'
{"model": "m", "version": "1.0.0", "inputs": [{"name": "x", "type": "number"}], "output": {"name": "y", "type": "number"}}
JSON
cat >model/metadata.json <<'JSON'
{"model_name": "m", "version": "1.0.0", "created_at": "2026-01-01T00:00:00Z", "created_by": "Max@Example.org",
 "framework": "none", "framework_version": "1", "python_version": "none", "training_dataset": "made",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
JSON
# registry_with_policy: makes the registry, pins the policy, registers m@1.0.0.
registry_with_policy() {
    "$MLTEST" registry init "$MLTEST_REGISTRY" --policy policy/gates.yaml >/dev/null &&
        "$MLTEST" registry register m@1.0.0 model >/dev/null
}
# record SQL: the records, in the sqlite3 shell.
record() { sqlite3 "$MLTEST_REGISTRY/.mltest/records.db" "$1"; }
# digest_of FILE: the whole digest of a statement that a command recorded.
digest_of() { sed -n 's/.*statement \([0-9a-f]\{64\}\)$/\1/p' "$1"; }

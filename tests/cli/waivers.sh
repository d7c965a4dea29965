#!/bin/sh
# Waivers: who may, for what, until when, on which evidence.
. "${srcdir:-.}/tests/cli/people.sh"

ok_if "a registry with a policy" registry_with_policy
# waive WHO [OPTION...]
waive() {
    tap_who=$1
    shift
    "$MLTEST" waive m@1.0.0 --reason "new hardware in June" --key "keys/$tap_who" --yes "$@"
}
criterion='rmse <= 1'
expect 2 'needs a ticket' "a waiver needs a ticket" waive ann --criterion "$criterion" --expires 7d
expect 2 'until when' "and an end" waive ann --criterion "$criterion" --ticket ML-1
expect 2 'expired already' "in the future" waive ann --criterion "$criterion" --ticket ML-1 --expires 2020-01-01T00:00:00Z
expect 2 'found soon' "that is a time" waive ann --criterion "$criterion" --ticket ML-1 --expires soon
expect 2 'did you mean "rmse <= 1"' "and a criterion of the policy" waive ann --criterion 'rmse <= 2' --ticket ML-1 --expires 7d
expect 0 'recorded: waiver of m@1.0.0 by ann@example.org' "a waiver" waive ann --criterion "$criterion" --ticket ML-1 --expires 7d
expect 0 '"rmse <= 1" \(ML-1\)  valid' "is listed" "$MLTEST" approvals m@1.0.0
expect 0 '"ticket": "ML-1"' "as JSON, too" "$MLTEST" approvals m@1.0.0 --format json

until=$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)
expect 0 'recorded' "one that ends soon" waive bob --criterion "$criterion" --ticket ML-2 --expires "$until"
sleep 4
expect 0 "\(ML-2\)  void: it expired at $until" "has ended" "$MLTEST" approvals m@1.0.0

# A rejection is a fail, which may be waived; that approvals are missing is invalid, and may not.
approval='approval: {stage: beta, roles: [Lead, Board], quorum: 1}'
expect 0 'recorded' "a rejection" "$MLTEST" reject m@1.0.0 --stage beta --reason no --key keys/bob --yes
expect 1 'bob@example.org rejected it for beta' "blocks" "$MLTEST" gate m@1.0.0 --to alpha
"$MLTEST" evidence add security-review m@1.0.0 --reason fine --key keys/cat --yes >/dev/null 2>&1
expect 0 'recorded' "it is waived by the board" waive ann --criterion "$approval" --ticket ML-3 --expires 7d
expect 0 'waived by ann@example.org until .*ML-3.*without the waiver fail: bob@example.org rejected' "and lets pass, and says so" "$MLTEST" gate m@1.0.0 --to alpha --format json
expect 0 '^✓ waived +approval: ' "on the terminal too" "$MLTEST" gate m@1.0.0 --to alpha
ok_if "with by whom, and what it excuses" sh -c 'tr -s " \n" " " <"$1" | grep -q "waived by ann@example.org until .*ML-3"' - "$scratch/out"
expect 0 'recorded' "new evidence" "$MLTEST" evidence add incident m@1.0.0 --reason "it broke" --key keys/cat --yes
expect 1 'the waiver of ann@example.org does nothing: the evidence changed since' "and the waiver is void" "$MLTEST" gate m@1.0.0 --to alpha --format json
expect 0 'recorded' "one by somebody without the role" waive cat --criterion "$approval" --ticket ML-4 --expires 7d
expect 1 'hold no role that may waive' "does nothing" "$MLTEST" gate m@1.0.0 --to alpha --format json
expect 0 'recorded' "one for too long" waive ann --criterion "$approval" --ticket ML-5 --expires 31d
expect 1 'for longer than the policy lets' "does nothing, either" "$MLTEST" gate m@1.0.0 --to alpha --format json
expect 0 'recorded' "one by whom the version is" waive max --criterion "$approval" --ticket ML-6 --expires 7d
expect 1 'they made the version' "neither" "$MLTEST" gate m@1.0.0 --to alpha --format json
expect 0 'recorded' "what is missing" waive ann --criterion 'approval: {stage: production, roles: [Board], quorum: 2}' --ticket ML-7 --expires 7d
expect 4 '0 of 2 approvals for production' "is never waived" "$MLTEST" gate m@1.0.0 --to production --format json

done_testing

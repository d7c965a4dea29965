#!/bin/sh
# Approvals, rejections and revocations, signed with real SSH keys.
. "${srcdir:-.}/tests/cli/people.sh"

ok_if "a registry with a policy" registry_with_policy
expect 0 'transition alpha asks for beta: missing: 0 of 2' "nobody approved yet" "$MLTEST" approvals m@1.0.0

# approve WHO STAGE [OPTION...]
approve() {
    tap_who=$1 tap_stage=$2
    shift 2
    "$MLTEST" approve m@1.0.0 --stage "$tap_stage" --reason "it holds" --key "keys/$tap_who" --yes "$@"
}
expect 2 'say --yes' "without a terminal it wants --yes" "$MLTEST" approve m@1.0.0 --stage beta --reason x --key keys/ann
expect 2 'say why' "and a reason" "$MLTEST" approve m@1.0.0 --stage beta --key keys/ann --yes
expect 2 'did you mean beta' "a stage that no gate asks for is refused" approve ann beto
expect 0 'recorded: approval of m@1.0.0 by ann@example.org, statement [0-9a-f]{64}' "the key tells who signs" approve ann beta --ticket ML-1
ok_if "what is signed was shown first" grep -q "^  policy  *[0-9a-f]\{64\}$" err
ok_if "with the verdict of the gate" grep -q '^gate beta now: invalid$' err
ann=$(digest_of out)
expect 0 '1 of 2 approvals for beta: 1 more as (Lead|Board) \(bob@example.org could\)' "one person is not counted twice" "$MLTEST" approvals m@1.0.0
expect 0 'recorded' "the next" approve bob beta
bob=$(digest_of out)
expect 0 'asks for beta: there: approved for beta by (ann|bob)@example.org' "two are enough" "$MLTEST" approvals m@1.0.0
expect 0 '"valid": true' "as JSON" "$MLTEST" approvals m@1.0.0 --format json
ok_if "which jq reads" test "$(jq -r '.approvals | map(.person) | sort | join(" ")' out)" = "ann@example.org bob@example.org"

# The signature is one of OpenSSH, and of nobody but the person.
"$MLTEST" evidence show "$ann" >shown
sed -n '/^-----BEGIN/,/^-----END/p' shown >text.sig
sed -n '/^{"mltest_statement"/p' shown >text
ok_if "ssh-keygen verifies it" ssh-keygen -Y verify -f policy/signers -I ann@example.org -n mltest-statement -s text.sig <text
ok_if "its digest is that of its bytes" test "$(sha256sum <text | cut -c1-64)" = "$ann"
expect 0 'signature: good' "and so does mltest" "$MLTEST" evidence show "$(echo "$ann" | cut -c1-12)"
expect 2 'no statement has a digest' "a digest that nothing has" "$MLTEST" evidence show 00000000

# Who made the version does not count; who is no signer cannot sign.
expect 0 'recorded' "max may say so" approve max production
expect 0 'max@example.org made the version and does not count' "but made it" "$MLTEST" approvals m@1.0.0
ssh-keygen -q -t ed25519 -N '' -f keys/eve
expect 2 'gives this key to nobody' "a key that nobody has" approve eve beta
expect 4 'does not count' "not even as somebody" approve eve beta --as ann@example.org
expect 2 'not a name' "nor by an option for a name" approve ann beta --as "-Overify-time=20200101"
expect 2 'not a name' "nor by a pattern" approve ann beta --as '*@example.org'

# Rejected, revoked.
expect 0 'recorded: rejection' "a rejection" "$MLTEST" reject m@1.0.0 --stage beta --reason "no" --key keys/ann --yes
rejection=$(digest_of out)
expect 0 'rejected: ann@example.org rejected it for beta' "counts before approvals" "$MLTEST" approvals m@1.0.0
expect 0 'recorded: revocation' "cat revokes it" "$MLTEST" approvals revoke "$rejection" --reason "mistaken" --key keys/cat --yes --as cat@example.org
expect 0 'rejected: ann' "without effect: it is not cat's" "$MLTEST" approvals m@1.0.0
expect 0 'recorded: revocation' "ann revokes it" "$MLTEST" approvals revoke "$rejection" --reason "mistaken" --key keys/ann --yes
expect 0 'asks for beta: there' "and it is gone" "$MLTEST" approvals m@1.0.0
expect 0 'recorded: revocation' "the policy's owner revokes anybody's" "$MLTEST" approvals revoke "$bob" --reason "left" --key keys/dan --yes
expect 0 'void: it was revoked by dan@example.org' "bob's is void" "$MLTEST" approvals m@1.0.0

# New evidence: void, and it says why.
expect 0 'recorded: record' "a review comes in" "$MLTEST" evidence add security-review m@1.0.0 --reason "none found" --key keys/cat --yes
expect 0 'void: the evidence changed since: the security-review of cat@example.org came' "what was approved before is void" "$MLTEST" approvals m@1.0.0
expect 0 'recorded' "so it is approved again" approve ann beta
expect 0 'recorded' "by both" approve bob beta
expect 0 'asks for beta: there' "and holds" "$MLTEST" approvals m@1.0.0

sed 's/longest: 30d/longest: 20d/' policy/gates.yaml >policy/other.yaml
expect 4 'void: the policy changed since \(it was [0-9a-f]{12}, it is [0-9a-f]{12}\)' "by another policy they are void" \
    "$MLTEST" gate m@1.0.0 --to alpha --policy policy/other.yaml --format json
expect 4 'had expired' "a key that has expired signs nothing" approve old beta --as old@example.org
expect 2 'not valid now' "nor tells whose it is" approve old beta

# On another machine.
expect 2 'needs --as' "a statement names its person" "$MLTEST" approve m@1.0.0 --stage production --reason "far away" --statement-only -o away
expect 0 'ssh-keygen -Y sign -n mltest-statement' "a statement alone" "$MLTEST" approve m@1.0.0 --stage production --reason "far away" --as ann@example.org --statement-only -o away
ssh-keygen -q -Y sign -n mltest-statement -f keys/ann away 2>err
expect 2 'stage "production", asked is "beta"' "comes back for what it is about" "$MLTEST" approve m@1.0.0 --stage beta --signature away.sig
expect 0 'recorded: approval of m@1.0.0 by ann' "comes back signed" "$MLTEST" approve m@1.0.0 --stage production --signature away.sig
before=$("$MLTEST" approvals m@1.0.0 | wc -l)
expect 0 'recorded' "twice changes nothing" "$MLTEST" approve m@1.0.0 --stage production --signature away.sig
ok_if "indeed" test "$("$MLTEST" approvals m@1.0.0 | wc -l)" = "$before"
sed -i 's/far away/far awax/' away
expect 4 'not one over these words' "an altered one is refused" "$MLTEST" approve m@1.0.0 --stage production --signature away.sig

# An agent, without --key; and a key of the default name.
eval "$(ssh-agent -a "$scratch/agent")" >/dev/null
ssh-add -q keys/eve keys/bob 2>/dev/null
expect 0 'by bob@example.org' "the agent's key that the signers' file has" "$MLTEST" approve m@1.0.0 --stage production --reason "by agent" --yes
expect 0 'by bob@example.org' "a public key whose private part is in the agent" "$MLTEST" approve m@1.0.0 --stage production --reason "by agent" --yes --key keys/bob.pub
kill "$SSH_AGENT_PID"
unset SSH_AUTH_SOCK SSH_AGENT_PID
expect 2 'no key to sign with' "no agent and no key" "$MLTEST" approve m@1.0.0 --stage production --reason x --yes
mkdir -p home/.ssh && cp keys/ann home/.ssh/id_ed25519
expect 0 'by ann@example.org' "the key of the default name" "$MLTEST" approve m@1.0.0 --stage production --reason x --yes

# A policy.
sed 's/quorum: 2/quorum: 1/' policy/gates.yaml >policy/next.yaml
expect 0 'recorded: policy of \* by dan@example.org' "a policy is approved, too" "$MLTEST" approve --policy policy/next.yaml --reason "one is enough" --key keys/dan --yes

# Twenty at once lose nothing.
n=0
while [ $n -lt 20 ]; do
    "$MLTEST" approve m@1.0.0 --stage production --reason "at once $n" --key keys/bob --as bob@example.org --yes >"at$n" 2>&1 &
    n=$((n + 1))
done
wait
ok_if "20 processes approve at once" test "$(cat at? at?? | grep -c '^recorded')" = 20
found=0
for file in at? at??; do
    "$MLTEST" evidence show "$(digest_of "$file")" >out 2>&1 && grep -q 'signature: good' out && found=$((found + 1))
done
ok_if "and all of them are there" test "$found" = 20
ok_if "nothing was left behind" test -z "$(ls "$TMPDIR")"

done_testing

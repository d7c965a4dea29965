#!/bin/sh
# What is in force, what is weak about it, and how another policy gets there.
. "${srcdir:-.}/tests/cli/people.sh"

expect 0 'built in' "what is built in can be seen" "$MLTEST" policy show --default
ok_if "with the protocol's last sentence" grep -q "all_clients_migrated" out
"$MLTEST" policy show --default --format yaml >default.yaml
expect 0 'is a policy' "and is a policy itself" "$MLTEST" policy check default.yaml
expect 2 'did you mean json' "a format that there is none" "$MLTEST" policy show --default --format jsn

# Checked, with its weak spots.
expect 0 'is a policy, digest' "a policy is checked" "$MLTEST" policy check policy/gates.yaml
ok_if "what is written is told by its line" grep -q 'record: security-review  \[line 5\]' out
ok_if "what is built in is told apart" grep -q 'ab_test_plan_developed  \[built in\]' out
ok_if "with who can approve" grep -q '2 of Board (ann@example.org, bob@example.org, max@example.org)' out
ok_if "a gate that compares nothing is weak" grep -q '^to production: nothing is compared with production' out
ok_if "a role that nobody holds is weak" grep -q '^to beta: nobody holds the role Product Manager' out
cat >weak.yaml <<'YAML'
policy: 1
transitions: {beta: {also: [rmse by brand within 5% of production]}}
YAML
expect 0 'the likelier one that is worse passes' "lenient slices are weak" "$MLTEST" policy check weak.yaml
ok_if "and so is a policy without an owner" grep -q 'no owner: once pinned' out
sed 's/owner: Owner/owner: Ownr/' policy/gates.yaml >policy/bad.yaml
expect 2 "gates.yaml|bad.yaml:[0-9]*:[0-9]*: unknown role 'Ownr'; did you mean 'Owner'" "an owner that there is none" "$MLTEST" policy check policy/bad.yaml
sed 's/dan@example.org/zoe@example.org/' policy/gates.yaml >policy/bad.yaml
expect 2 "bad.yaml:[0-9]*:[0-9]*: nobody of the role 'Owner' \(zoe@example.org\) has a key in signers" "a role without a key" "$MLTEST" policy check policy/bad.yaml
sed 's/roles: \[Board\], quorum: 2/roles: [Board], quorum: 4/' policy/gates.yaml >policy/bad.yaml
expect 2 'asks for 4 people .* only 3 who can sign' "a quorum that cannot be reached" "$MLTEST" policy check policy/bad.yaml
sed 's/allowed_signers: signers/allowed_signers: gone/' policy/gates.yaml >policy/bad.yaml
expect 2 'allowed_signers.*gone' "a signers' file that is not there" "$MLTEST" policy check policy/bad.yaml

# The first is free, another is approved by whom the one in force names.
"$MLTEST" registry init "$MLTEST_REGISTRY" >/dev/null
expect 2 'no policy is pinned' "none is pinned" "$MLTEST" policy show
expect 2 'say why' "putting one has a reason" "$MLTEST" policy put policy/gates.yaml
expect 0 'pinned policy/gates.yaml as the policy of every model' "the first is free" "$MLTEST" policy put policy/gates.yaml --reason "the first"
expect 0 'approved by: Owner' "it is in force" "$MLTEST" policy show
expect 0 'in force for every model without its own already' "again it changes nothing" "$MLTEST" policy put policy/gates.yaml --reason again
sed 's/rmse <= 1/rmse <= 2/' policy/gates.yaml >policy/new.yaml
expect 2 'has 0 of 1 approval by the role Owner: mltest approve --policy policy/new.yaml' "another one is not free" "$MLTEST" policy put policy/new.yaml --reason looser
expect 2 'has 0 of 1 approval by the role Owner: mltest approve m --policy' "nor one for a model alone" "$MLTEST" policy put policy/new.yaml --model m --reason looser
expect 2 'would escape' "nor by init" "$MLTEST" registry init "$MLTEST_REGISTRY" --policy m=policy/new.yaml
sleep 1
expect 0 'recorded' "ann approves it" "$MLTEST" approve --policy policy/new.yaml --reason looser --key keys/ann --yes
expect 2 'of ann@example.org does not count: they do not hold the role Owner' "which is not hers" "$MLTEST" policy put policy/new.yaml --reason looser
expect 0 'recorded' "dan approves it" "$MLTEST" approve --policy policy/new.yaml --reason looser --key keys/dan --yes
echo "# a remark" >>policy/new.yaml
expect 2 'has 0 of 1' "not any other text" "$MLTEST" policy put policy/new.yaml --reason looser
sed -i '$d' policy/new.yaml
person eve
expect 2 'has 0 of 1' "nor other signers" "$MLTEST" policy put policy/new.yaml --reason looser
sed -i '$d' policy/signers
expect 0 'pinned policy/new.yaml' "exactly this one" "$MLTEST" policy put policy/new.yaml --reason looser --ticket ML-17
expect 0 'rmse <= 2' "is in force" "$MLTEST" policy show
record "SELECT value FROM record WHERE key LIKE 'kept/%'" >kept
ok_if "the one before it is kept" grep -q 'rmse <= 1' kept
sleep 1
expect 2 'has 0 of 1' "the first comes back no more than any other" "$MLTEST" policy put policy/gates.yaml --reason back
expect 0 'recorded' "dan approves the first" "$MLTEST" approve --policy policy/gates.yaml --reason back --key keys/dan --yes
expect 0 'pinned policy/gates.yaml' "and it is back" "$MLTEST" policy put policy/gates.yaml --reason back
sleep 1
expect 2 'given before the policy in force was pinned' "an approval is good once" "$MLTEST" policy put policy/new.yaml --reason again
"$MLTEST" registry register m@1.0.0 model >/dev/null
ok_if "the registry is whole" "$MLTEST" registry verify --all

# Without an owner it stays.
"$MLTEST" registry init "$scratch/other" --policy weak.yaml >made
ok_if "init warns of a policy without an owner" grep -q 'names no owner' made
expect 2 'names no owner .* it stays' "which nobody can change" "$MLTEST" policy put policy/gates.yaml --reason x --registry "$scratch/other"
done_testing

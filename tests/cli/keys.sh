#!/bin/sh
# Keys: made, allowed, rotated, retired; and what their files look like to OpenSSL and OpenSSH.
. "${srcdir:-.}/tests/cli/tap.sh"

registry=$scratch/registry
keys=$scratch/keys

expect 0 'may sign runs and decisions' "who makes a registry may sign in it" "$MLTEST" registry init "$registry"
user=$(id -un)
ok_if "the private half is its owner's alone" test "$(stat -c %a "$keys/$user.pem")" = 600
ok_if "and so is the folder" test "$(stat -c %a "$keys")" = 700
openssl pkey -in "$keys/$user.pem" -pubout >"$scratch/public" 2>/dev/null
ok_if "OpenSSL reads the pair as the one that was written" cmp "$scratch/public" "$keys/$user.pub"
expect 0 '^registry ' "making it again changes nothing" "$MLTEST" registry init "$registry"
"$MLTEST" keys list --registry "$registry" --format json >"$scratch/list.json"
id=$(openssl pkey -in "$keys/$user.pem" -pubout -outform DER 2>/dev/null | sha256sum | cut -d' ' -f1)
ok_if "a key's id is the SHA-256 of its SubjectPublicKeyInfo" grep -q "\"id\": \"$id\"" "$scratch/list.json"
ok_if "one key is allowed" test "$(grep -c '"id"' "$scratch/list.json")" = 1

expect 0 '^registry ' "a registry can go without" "$MLTEST" registry init "$scratch/plain" --unsigned
expect 0 'no key is allowed' "and then allows none" "$MLTEST" keys list --registry "$scratch/plain"
expect 2 'set MLTEST_KEYS to a folder of yours, or use --unsigned' "no folder for keys: it says what to do" \
    env MLTEST_KEYS=/dev/null/keys "$MLTEST" registry init "$scratch/other"
ok_if "and makes nothing" test ! -e "$scratch/other"

MLTEST_REGISTRY=$registry
export MLTEST_REGISTRY
expect 0 'allows key [0-9a-f]{12} \(ci, role runner\)' "a key for a runner" "$MLTEST" keys new ci
expect 2 'ci.pem exists' "never over another" "$MLTEST" keys new ci
expect 2 'no name of a key' "a name is a name" "$MLTEST" keys new ../ci
expect 2 'a runner, a gate or both' "a role is a role" "$MLTEST" keys new x --role boss
rm "$keys/ci.pem" "$keys/ci.pub"
expect 2 'is the name of key' "one name, one key" "$MLTEST" keys new ci
ok_if "what was made for nothing is gone" test ! -e "$keys/ci.pem"

openssl genpkey -algorithm ed25519 -out "$keys/theirs.pem" 2>/dev/null
openssl pkey -in "$keys/theirs.pem" -pubout -out "$scratch/theirs.pub" 2>/dev/null
expect 0 'theirs, role gate' "a key that OpenSSL made is allowed" "$MLTEST" keys allow "$scratch/theirs.pub" --role gate
expect 0 'theirs, role gate' "twice is as good as once" "$MLTEST" keys allow "$scratch/theirs.pub" --role gate
expect 2 'allowed already as "theirs"' "but not under another name" \
    "$MLTEST" keys allow "$scratch/theirs.pub" --name other --role gate
ssh-keygen -q -t ed25519 -N '' -f "$scratch/ssh" -C comment
expect 0 'alice, role both' "an SSH key is allowed" "$MLTEST" keys allow "$scratch/ssh.pub" --name alice --role both
ssh-keygen -q -t ecdsa -N '' -f "$scratch/ecdsa"
expect 2 'no public key' "one of another kind is not" "$MLTEST" keys allow "$scratch/ecdsa.pub"
expect 2 'no public key' "nor is a private one" "$MLTEST" keys allow "$keys/theirs.pem"

before=$(sha256sum <"$keys/$user.pem")
expect 0 'in use from now on' "a key is rotated" "$MLTEST" keys rotate "$user"
ok_if "its file is another one" test "$before" != "$(sha256sum <"$keys/$user.pem")"
ok_if "the old one is kept aside" test "$before" = "$(sha256sum <"$keys/$user.pem.retired")"
ok_if "the new one is its owner's alone" test "$(stat -c %a "$keys/$user.pem")" = 600
openssl pkey -in "$keys/$user.pem" -pubout >"$scratch/public" 2>/dev/null
ok_if "with its public half beside it" cmp "$scratch/public" "$keys/$user.pub"
expect 0 "^$(echo "$id" | cut -c1-12) .*retired" "the list tells of the old one" "$MLTEST" keys list
expect 2 'was retired at' "a retired key stays so" sh -c \
    "openssl pkey -in '$keys/$user.pem.retired' -pubout 2>/dev/null >'$scratch/$user.pub'; '$MLTEST' keys allow '$scratch/$user.pub' --name again"
expect 2 'allows no key "nobody"' "only what is there is rotated" "$MLTEST" keys rotate nobody
ok_if "and nothing is left of the try" test ! -e "$keys/nobody.pem.next"
expect 0 'is retired' "a key is retired" "$MLTEST" keys retire theirs
expect 2 'allows no key "theirs"' "once" "$MLTEST" keys retire theirs

done_testing

#!/bin/sh
# Signed runs and decisions: checked by OpenSSL, forged, rotated, and verified by `gate --verify`.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

registry=$scratch/registry
model=ad-score-predictor
evidence=$registry/$model/.evidence/1.1.0
export MLTEST_REGISTRY="$registry"

# field NAME FILE: the text of a field of an envelope on one line.
field() {
    sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"
}
# openssl_verifies ENVELOPE PUBLIC: over the pre-authentication encoding, built here.
openssl_verifies() {
    type=$(field payloadType "$1")
    field payload "$1" | base64 -d >"$scratch/payload"
    { printf 'DSSEv1 %s %s %s ' "${#type}" "$type" "$(wc -c <"$scratch/payload")" && cat "$scratch/payload"; } >"$scratch/pae"
    field sig "$1" | base64 -d >"$scratch/sig"
    openssl pkeyutl -verify -pubin -inkey "$2" -rawin -in "$scratch/pae" -sigfile "$scratch/sig"
}
gate() {
    "$MLTEST" gate "$model@1.1.0" -C "$EXAMPLES/$model" "$@"
}
run() {
    "$MLTEST" run -q "$model@1.1.0" -C "$scratch/roomy" -o "$scratch/run.mlt" --seed "$1"
}

cp -r "$EXAMPLES/$model" "$scratch/roomy"
chmod -R u+w "$scratch/roomy"
roomy "$EXAMPLES/$model/mltest.yaml" >"$scratch/roomy/mltest.yaml"
"$MLTEST" registry init "$registry" --policy "$model=$EXAMPLES/$model/gates.yaml" >"$scratch/init" 2>&1 || cat "$scratch/init"
for version in 1.0.0 1.1.0; do
    "$MLTEST" registry register "$model@$version" "$EXAMPLES/$model/$version" >/dev/null
done
"$MLTEST" registry adopt "$model@1.0.0" --as production --reason "served before the registry" >/dev/null
user=$(id -un)
public=$scratch/keys/$user.pub

expect 0 'PASS' "a run is stored" run 7
signed_run=$(ls "$evidence"/runs/*.dsse.json)
ok_if "signed: OpenSSL verifies it" openssl_verifies "$signed_run" "$public"
ok_if "it is a test result" grep -q '"predicateType":"https://in-toto.io/attestation/test-result/v0.1"' "$scratch/payload"
ok_if "over exactly the file that was stored" grep -q "$(sha256sum <"$scratch/run.mlt" | cut -d' ' -f1)" "$scratch/payload"

expect 0 'development' "a signed run is deployed on" "$MLTEST" deploy "$model@1.1.0" --env development
decision=$(ls "$evidence"/decisions/*.dsse.json)
ok_if "its decision is named by its digest" test "$(sha256sum <"$decision" | cut -d' ' -f1).dsse.json" = "$(basename "$decision")"
ok_if "signed: OpenSSL verifies it" openssl_verifies "$decision" "$public"
ok_if "with the decision document as the predicate" grep -q '"predicate":{"mltest_decision":1,' "$scratch/payload"
lines=${decision%.dsse.json}.intoto.jsonl
ok_if "three envelopes go with it" test "$(wc -l <"$lines")" = 3
for n in 1 2 3; do
    sed -n "${n}p" "$lines" >"$scratch/line"
    ok_if "OpenSSL verifies envelope $n" openssl_verifies "$scratch/line" "$public"
    sed 's/.*"predicateType":"\([^"]*\)".*/\1/' "$scratch/payload" >>"$scratch/types"
    echo >>"$scratch/types"
done
printf '%s\n' https://mltest.dev/attestation/decision/v1 https://in-toto.io/attestation/test-result/v0.1 \
    https://slsa.dev/verification_summary/v1 >"$scratch/wanted"
ok_if "a decision, a test result and a verification summary" cmp "$scratch/types" "$scratch/wanted"
ok_if "the summary passed" grep -q '"verificationResult":"PASSED"' "$scratch/payload"
ok_if "and names the decision and the run by digest" sh -c \
    "grep -q $(sha256sum <"$decision" | cut -d' ' -f1) '$scratch/payload' && grep -q $(sha256sum <"$signed_run" | cut -d' ' -f1) '$scratch/payload'"
ok_if "the registry verifies" "$MLTEST" registry verify

expect 0 'verified: pass' "the kept decision verifies" "$MLTEST" gate --verify "$decision"
ok_if "it says whom it trusted" grep -q "by $user (key .*), trusted because the registry allows it" "$scratch/out"
ok_if "and that these are the registered files" grep -q 'the very files that are registered' "$scratch/out"
expect 0 'verified: pass' "with a key that was given" "$MLTEST" gate "$model@1.1.0" --verify "$decision" --public-key "$public"
expect 0 'no registry or folder to compare' "without a registry" env -u MLTEST_REGISTRY \
    "$MLTEST" gate --verify "$decision" --public-key "$public" --evidence "$scratch/run.mlt"
expect 0 'in the folder' "held against a folder" env -u MLTEST_REGISTRY "$MLTEST" gate "$EXAMPLES/$model/1.1.0" \
    --verify "$decision" --public-key "$public"
expect 4 'FAILS   subject' "another version's folder is told" env -u MLTEST_REGISTRY "$MLTEST" gate "$EXAMPLES/$model/1.0.0" \
    --verify "$decision" --public-key "$public"
expect 4 'is about .*1\.1\.0, not' "another version is told" "$MLTEST" gate "$model@1.0.0" --verify "$decision"
expect 2 'whose signature is to be trusted' "somebody must be trusted" env -u MLTEST_REGISTRY "$MLTEST" gate --verify "$decision"
expect 0 'the same bytes' "a signed decision replays" "$MLTEST" gate --replay "$decision"

openssl genpkey -algorithm ed25519 2>/dev/null | openssl pkey -pubout -out "$scratch/stranger.pub" 2>/dev/null
expect 4 'FAILS   signature' "a stranger's key does not verify it" "$MLTEST" gate --verify "$decision" --public-key "$scratch/stranger.pub"
size=$(wc -c <"$decision")
flipped=0 at=0
while [ "$at" -lt "$size" ]; do
    head -c "$at" "$decision" >"$scratch/forged"
    tail -c +$((at + 1)) "$decision" | head -c 1 | tr '\000-\177' '\001\000\003\002\005\004\007\006\011\010\013\012\015\014\017\016\021\020\023\022\025\024\027\026\031\030\033\032\035\034\037\036\041\040\043\042\045\044\047\046\051\050\053\052\055\054\057\056\061\060\063\062\065\064\067\066\071\070\073\072\075\074\077\076\101\100\103\102\105\104\107\106\111\110\113\112\115\114\117\116\121\120\123\122\125\124\127\126\131\130\133\132\135\134\137\136\141\140\143\142\145\144\147\146\151\150\153\152\155\154\157\156\161\160\163\162\165\164\167\166\171\170\173\172\175\174\177\176' >>"$scratch/forged"
    tail -c +$((at + 2)) "$decision" >>"$scratch/forged"
    code=0
    "$MLTEST" gate --verify "$scratch/forged" >"$scratch/out" 2>&1 || code=$?
    if [ "$code" != 4 ]; then
        echo "# exit code $code for a bit flipped in byte $at"
        flipped=1
    fi
    at=$((at + size / 40 + 1))
done
ok_if "a bit flipped anywhere is detected" test "$flipped" = 0

expect 0 '' "a decision is signed on request" gate --env staging --sign -o "$scratch/signed.json"
ok_if "OpenSSL verifies it" openssl_verifies "$scratch/signed.json" "$public"
expect 0 'verified: pass' "it verifies" "$MLTEST" gate --verify "$scratch/signed.json"
expect 2 'with -o FILE' "--sign says where to" gate --env staging --sign
expect 0 '' "without --sign the plain document is written" gate --env staging -o "$scratch/plain.json"
expect 4 'signed by nobody' "which verifies as nobody's" "$MLTEST" gate --verify "$scratch/plain.json"
expect 0 '' "an advisory decision is signed" gate --env staging --policy "$EXAMPLES/$model/gates.yaml" --sign -o "$scratch/advisory.json"
expect 0 'nothing may act on it' "and verifies as one" "$MLTEST" gate --verify "$scratch/advisory.json"

# Whose signature counts.
expect 0 'in use from now on' "the key is rotated" "$MLTEST" keys rotate "$user"
expect 0 'retired after this was logged' "what was logged before still verifies" "$MLTEST" gate --verify "$decision"
sleep 1
expect 4 'retired at' "what was signed and never logged does not" "$MLTEST" gate --verify "$scratch/signed.json"
expect 0 'pass' "runs that were stored before still count" gate --env staging

openssl genpkey -algorithm ed25519 -out "$scratch/foreign.pem" 2>/dev/null
expect 2 'does not allow' "a key that is not allowed signs nothing here" env MLTEST_KEY="$scratch/foreign.pem" \
    "$MLTEST" deploy "$model@1.1.0" --env staging
mv "$scratch/keys" "$scratch/away"
expect 0 'stored unsigned' "without a key a run says that it does not count" run 8
expect 0 '' "and an older signed one decides" gate --env staging --format json -o "$scratch/d.json"
ok_if "the reason is told" grep -q 'it is not signed: here only runs count' "$scratch/d.json"
expect 2 'no gate.s key that it allows is here' "nothing is acted on without a gate's key" \
    "$MLTEST" deploy "$model@1.1.0" --env staging
mv "$scratch/away" "$scratch/keys"

# A registry that allows no keys works as it did.
MLTEST_REGISTRY=$scratch/plain
"$MLTEST" registry init "$MLTEST_REGISTRY" --unsigned --policy "$model=$EXAMPLES/$model/gates.yaml" >/dev/null
"$MLTEST" registry register "$model@1.0.0" "$EXAMPLES/$model/1.0.0" >/dev/null
"$MLTEST" registry register "$model@1.1.0" "$EXAMPLES/$model/1.1.0" >/dev/null
"$MLTEST" registry adopt "$model@1.0.0" --as production --reason "served before" >/dev/null
expect 0 'PASS' "a run is stored unsigned" run 7
expect 0 'decisions/[0-9a-f]{64}\.json$' "and deployed on, the document kept as it is" \
    "$MLTEST" deploy "$model@1.1.0" --env development
expect 0 '' "nobody signed" gate --env staging -o "$scratch/d.json"
ok_if "and nothing says so" sh -c "! grep -q signed_by '$scratch/d.json'"
MLTEST_KEY=$scratch/foreign.pem
export MLTEST_KEY
run 9 >/dev/null 2>&1 || :
unset MLTEST_KEY
expect 0 'it is the first one' "the first key changes what counts" "$MLTEST" keys allow "$public" --role both
expect 4 '' "and neither run before does" gate --env staging -o "$scratch/d.json"
ok_if "not the unsigned one" grep -q 'it is not signed: here only runs count' "$scratch/d.json"
ok_if "not the one that a foreign key signed" grep -q 'signed by a key .* that is not allowed here' "$scratch/d.json"

done_testing

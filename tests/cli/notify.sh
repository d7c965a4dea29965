#!/bin/sh
# Events by webhook, against a server of our own that misbehaves on demand.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples
if ! /usr/bin/python3 -c 'import http.server' 2>/dev/null; then
    echo "1..0 # SKIP the server needs /usr/bin/python3"
    exit 0
fi

model=ad-score-predictor
export MLTEST_REGISTRY="$scratch/registry"
work=$scratch/work
steady_example "$model" "$work"
unset MLTEST_NOTIFY_TOKEN MLTEST_NOTIFY_SECRET MLTEST_NOTIFY_TIMEOUT 2>/dev/null || :
# A proxy that nobody runs: what is for this machine does not pass it.
export http_proxy=http://127.0.0.1:1
"$MLTEST" registry init "$MLTEST_REGISTRY" --policy "$model=$work/gates.yaml" >/dev/null
for version in 1.0.0 1.1.0; do
    "$MLTEST" registry register "$model@$version" "$work/$version" >/dev/null
done
"$MLTEST" registry adopt "$model@1.0.0" --as production --reason "served before the registry" >/dev/null

seen=$scratch/seen
mkdir "$seen"
/usr/bin/python3 "${srcdir:-.}/tests/servers/webhook.py" "$seen" >"$scratch/server" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; chmod -R u+w "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
tries=0
while [ ! -s "$seen/port" ] && [ "$tries" -lt 200 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
url=http://127.0.0.1:$(cat "$seen/port")
cd "$scratch" || exit 1

# fresh: forgets the requests seen. count: how many there were. request N FILTER: of the N-th.
fresh() { rm -f "$seen"/*.json; }
count() { find "$seen" -name '*.json' | wc -l; }
newest() { find "$seen" -name '*.json' | sort -t/ -V | sed -n "${1}p"; }
request() { jq -r "$2" "$(newest "$1")"; }
gate() { "$MLTEST" gate "$model@1.1.0" --env staging -C "$work" "$@"; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# The rules of CloudEvents 1.0.2, sections 3.1 and 4: attributes in lower case and digits; id, source,
# specversion and type are there and not empty; time is RFC 3339; data is no text here.
is_cloud_event() {
    request "$1" .body | jq -e '
        (keys | all(test("^[a-z0-9]{1,20}$"))) and .specversion == "1.0"
        and ([.id, .source, .type, .subject] | all(type == "string" and length > 0))
        and (.source | test("^[!-~]+$")) and (.type | test("^dev[.]"))
        and (.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$"))
        and .datacontenttype == "application/json" and (.data | type == "object") and (has("data_base64") | not)'
}

expect 4 'INVALID' "a gate's decision is published, whatever it is" gate --notify "$url/ok" -o decision.json
ok_if "once" test "$(count)" = 1
ok_if "as a CloudEvent" is_cloud_event 1
ok_if "in structured mode" test "$(request 1 '.method + " " + .headers["Content-Type"]')" = "POST application/cloudevents+json; charset=UTF-8"
ok_if "of the type" test "$(request 1 '.body | fromjson | .type')" = dev.mltest.gate.decided.v1
ok_if "with the verdict, the reasons and the digest of the decision" sh -c '
    jq -r .body "$1" | jq -e --arg digest "$(sha256sum <decision.json | cut -d" " -f1)" \
        ".data.verdict == \"invalid\" and (.data.reasons | length > 0) and .data.decision_digest == \$digest"' - "$(newest 1)"

fresh
expect 0 'PASS' "a run is published" "$MLTEST" run -q "$model@1.1.0" -C "$work" --seed 7 -o run.mlt \
    --notify "$url/ok" --notify "$url/ok?two"
ok_if "at both addresses, as the same event" test "$(request 1 '.body | fromjson | .id')" = "$(request 2 '.body | fromjson | .id')"
ok_if "a CloudEvent" is_cloud_event 1
ok_if "which is a CDEvent: a test suite run finished" sh -c '
    jq -r .body "$1" | jq -e ".type == \"dev.cdevents.testsuiterun.finished.0.2.0\" and .data.subject.content.outcome == \"pass\"
        and .data.subject.id == .subject and .data.context.id == .id and .data.context.source == .source"' - "$(newest 1)"
fresh
MLTEST_NOTIFY="$url/ok" "$MLTEST" deploy "$model@1.1.0" --env development >out 2>err
ok_if "a deployment is published as two events, to MLTEST_NOTIFY" test "$(count)" = 2
ok_if "the decision" is_cloud_event 1
ok_if "and the service that is deployed" sh -c '
    jq -r .body "$1" | jq -e ".type == \"dev.cdevents.service.deployed.0.2.0\" and .data.subject.content.environment.id == \"development\"
        and (.data.subject.content.artifactId | startswith(\"pkg:generic/ad-score-predictor@1.1.0?checksum=sha256:\"))"' - "$(newest 2)"

# Again and again; `plain` is the exit code without listeners.
plain=0
gate >out 2>err || plain=$?
fresh
expect "$plain" '(PASS|INVALID):' "an address that answers 503 twice is asked three times" gate --notify "$url/flaky/2/503"
ok_if "three times" test "$(count)" = 3
ok_if "with the same event" test "$(request 1 .body)" = "$(request 3 .body)"
fresh
before=$(milliseconds)
gate --notify "$url/flaky/1/429/2" >/dev/null 2>&1
ok_if "429 with Retry-After: 2 is asked again" test "$(count)" = 2
ok_if "not before two seconds are over" test $(($(milliseconds) - before)) -ge 2000
fresh
before=$(milliseconds)
expect "$plain" 'answers 503 \(1 attempt\)' "a Retry-After beyond the time there is ends it" gate --notify "$url/flaky/9/503/3600"
ok_if "at once" test $(($(milliseconds) - before)) -lt 20000
export MLTEST_NOTIFY_TIMEOUT=2
for path in reset half slow; do
    fresh
    before=$(milliseconds)
    expect "$plain" "no answer from http://127\.0\.0\.1:[0-9]*/…: .* attempts?\)" "/$path: no answer is no delivery, and no other exit code" gate --notify "$url/$path"
    ok_if "/$path: within its time" test $(($(milliseconds) - before)) -lt 15000
done
expect "$plain" 'no answer from .* attempts?\)' "an answer that is no HTTP is none" gate --notify "$url/garbage"
fresh
expect "$plain" 'answers 503 \([0-9]+ attempts?\)' "a storm of 503 ends" gate --notify "$url/status/503"
unset MLTEST_NOTIFY_TIMEOUT
for status in 400 401 404 410 500; do
    fresh
    expect "$plain" "answers $status \(1 attempt\)" "$status is final" gate --notify "$url/status/$status"
done
fresh
expect "$plain" 'answers 302 \(redirects are not followed\) \(1 attempt\)' "a redirect is not followed" gate --notify "$url/redirect"
ok_if "nobody else was asked" test "$(count)" = 1
expect "$plain" '(PASS|INVALID):' "an endless answer is cut off" gate --notify "$url/long"
ok_if "and is no trouble" test ! -s err

# What a failed publish changes, and what it never changes.
export MLTEST_NOTIFY_TIMEOUT=10
expect 0 'PASS' "a pass stays a pass" "$MLTEST" gate "$model@1.1.0" --env development --notify "$url/status/500"
expect 5 'was not delivered' "--require-publish makes it 5" \
    "$MLTEST" gate "$model@1.1.0" --env development --notify "$url/status/500" --require-publish -o required.json
ok_if "after the decision was written" jq -e '.decided.verdict == "pass"' required.json
expect 5 'is deployed to development' "and after a deployment was recorded" \
    "$MLTEST" deploy "$model@1.1.0" --env development --notify "$url/status/500" --require-publish
ok_if "which says so before" sh -c 'head -1 out | grep -q .'
fresh
expect 5 'not delivered' "one address that fails does not keep the others from hearing" \
    "$MLTEST" gate "$model@1.1.0" --env development --notify "$url/status/500" --notify "$url/ok" --require-publish
ok_if "it heard" test "$(request 2 .path)" = /ok
expect 0 'PASS' "delivered is 0" "$MLTEST" gate "$model@1.1.0" --env development --notify "$url/ok" --require-publish
expect 2 'nobody to publish to' "--require-publish without an address is a fault, before anything is done" \
    "$MLTEST" deploy "$model@1.1.0" --env development --require-publish
expect 2 'begins with https:// or http://' "an address of another kind too" gate --notify file:///etc/passwd
expect 2 'takes 32 addresses at most' "nor are there any number of them" \
    env MLTEST_NOTIFY="$(yes http://h/ | head -n 40 | tr '\n' ' ')" "$MLTEST" gate "$model@1.1.0" --env staging
fresh
expect 2 'MODEL|registry|version' "a command without a verdict publishes nothing" "$MLTEST" gate "$model@9.9.9" --env staging --notify "$url/ok"
ok_if "nothing" test "$(count)" = 0

# Secrets.
fresh
MLTEST_NOTIFY_TOKEN=tok-3n MLTEST_NOTIFY_SECRET=Jefe gate --notify "http://user:pass-w0rd@${url#http://}/ok?key=k3y" >out 2>err
ok_if "a token is sent as a bearer's" test "$(request 1 '.headers.Authorization')" = "Bearer tok-3n"
body_code=$(request 1 '.body' | tr -d '\n' | openssl dgst -sha256 -hmac Jefe | sed 's/.*= //')
ok_if "and the body's HMAC, as openssl has it" test "$(request 1 '.headers["X-Hub-Signature-256"]')" = "sha256=$body_code"
for path in status/500 status/401 redirect reset garbage; do
    MLTEST_NOTIFY_TOKEN=tok-3n MLTEST_NOTIFY_SECRET=s-3cret gate --notify "http://user:pass-w0rd@${url#http://}/$path?key=k3y" >>out 2>>err
done
ok_if "no message shows a secret" sh -c 'grep -q "not delivered" err && ! grep -E "tok-3n|s-3cret|pass-w0rd|k3y" out err'
expect 2 'in the clear' "a token does not go to another machine over http" \
    env MLTEST_NOTIFY_TOKEN=tok-3n "$MLTEST" gate "$model@1.1.0" --env staging --notify http://example.invalid/
ok_if "and is not shown" sh -c '! grep tok-3n out err'
expect 2 'no header may hold' "a token with a line end is none" \
    env MLTEST_NOTIFY_TOKEN="$(printf 'a\nX-Evil: 1')" "$MLTEST" gate "$model@1.1.0" --env staging --notify "$url/ok"

# An interrupt does not wait for an address.
before=$(milliseconds)
MLTEST_NOTIFY_TIMEOUT=60 "$MLTEST" gate "$model@1.1.0" --env development --notify "$url/slow" >out 2>err &
child=$!
tries=0
until [ -s out ] || [ "$tries" = 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -TERM "$child"
code=0
wait "$child" || code=$?
ok_if "an interrupt ends the waiting; what was decided stays ($code)" test "$code" = 0
ok_if "at once" test $(($(milliseconds) - before)) -lt 30000
ok_if "libcurl is not loaded at the program's start" sh -c '! ldd "$MLTEST" | grep -q libcurl'

kill "$server"
done_testing

#!/bin/sh
# Records that people supply, kept with their files, and what happens when somebody touches them.
. "${srcdir:-.}/tests/cli/people.sh"

ok_if "a registry with a policy" registry_with_policy
expect 0 'no record is kept' "nothing yet" "$MLTEST" evidence list m@1.0.0

# add KIND WHO [OPTION...]
add() {
    tap_kind=$1 tap_who=$2
    shift 2
    "$MLTEST" evidence add "$tap_kind" m@1.0.0 --reason "as it is" --key "keys/$tap_who" --yes "$@"
}
echo "found nothing" >review.txt
expect 0 'recorded: record of m@1.0.0 by cat@example.org' "a review with its file" add security-review cat --file review.txt --ticket SEC-1
review=$(digest_of out)
expect 0 'security-review: approved by cat@example.org  valid' "is listed" "$MLTEST" evidence list m@1.0.0
expect 0 'signature: good' "and shown" "$MLTEST" evidence show "$review" -o again.txt
ok_if "with its file" cmp review.txt again.txt
expect 2 'did you mean security-review' "a kind that there is not" add security-reviw cat
expect 2 'no outcome "passed"' "an outcome that there is not" add security-review cat --outcome passed
expect 0 'recorded' "it may not apply" add ethics-review cat --outcome not-applicable
expect 2 'needs a file' "usage figures need a file" add usage cat
expect 2 'there is no .*none.txt|none.txt' "a file that is not there" add design cat --file none.txt

# Usage figures are read strictly: days count up to the day that they speak of.
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
ago() { date -u -d "$now - $1" +%Y-%m-%dT%H:%M:%SZ; }
usage() {
    echo "{\"as_of\": \"$now\", \"active_users\": $1, \"last_active_at\": $2, \"clients\": $3}" >usage.json
    add usage bob --file usage.json
}
expect 0 'recorded' "usage figures" usage 0 "\"$(ago '90 days')\"" '[{"name": "a", "version": "1.0.0"}, {"name": "b", "version": "1.1.0"}]'
expect 0 '\(0 active users, 90 days without one, 1 of 2 clients behind\)' "are read" "$MLTEST" evidence list m@1.0.0
expect 0 'recorded' "a second less than 90 days" usage 0 "\"$(date -u -d "$now - 90 days + 1 second" +%Y-%m-%dT%H:%M:%SZ)\"" '[]'
expect 0 '89 days without one' "is 89" "$MLTEST" evidence list m@1.0.0
# shellcheck disable=SC2089 # the quotes are JSON's
for bad in '-1 null []' '1.5 null []' '0 "yesterday" []' '0 null {}' '0 null [{"name":"a"}]' '0 null [{"name":"a","version":"1"}]' '0 null [],"more":1'; do
    # shellcheck disable=SC2086,SC2090 # three words
    expect 2 'usage.json' "refused: $bad" usage $bad
done

# Whoever can write into the registry is found out.
file=$(find "$MLTEST_REGISTRY/m/.evidence" -name "$(sha256sum <review.txt | cut -c1-64)")
ok_if "the file of the review is kept by its digest" test -f "$file"
chmod u+w "$file" && echo "found everything" >"$file"
expect 0 'void: its file is gone, or not what was signed' "its file altered" "$MLTEST" evidence list m@1.0.0
expect 4 "records/$(basename "$file") was altered" "which verify finds" "$MLTEST" registry verify --all
expect 4 'was altered' "is not handed out" "$MLTEST" evidence show "$review" -o again.txt
cp review.txt "$file"
expect 0 'security-review: approved by cat@example.org  valid' "put back" "$MLTEST" evidence list m@1.0.0

record "update record set value = replace(value, 'as it is', 'as it was') where key like 'statement/1.0.0/%' and value like '%security-review%'"
expect 0 'void: its text was altered' "its words altered" "$MLTEST" evidence list m@1.0.0
expect 4 'statement/1.0.0/[0-9]{12} of m: its text was altered' "verify finds it, too" "$MLTEST" registry verify --all
record "update record set value = replace(value, 'as it was', 'as it is') where key like 'statement/%'"
expect 0 'security-review: approved by cat@example.org  valid' "put back, too" "$MLTEST" evidence list m@1.0.0
record "insert into record (partition, key, value, revision) select partition, replace(key, '1.0.0', '2.0.0'), value, revision from record where key like 'statement/1.0.0/%'"
cp -r model two && mv two/m-1.0.0.bin two/m-2.0.0.bin && echo other >two/m-2.0.0.bin
sed -i 's/"1\.0\.0"/"2.0.0"/' two/config.json two/metadata.json
"$MLTEST" registry register m@2.0.0 two >/dev/null
expect 0 'void: its record was altered: it stands with another version' "records do not count for another version" "$MLTEST" evidence list m@2.0.0
record "delete from record where key like 'statement/2.0.0/%'"

expect 0 'recorded: revocation' "a record can be revoked" "$MLTEST" approvals revoke "$review" --reason "wrong file" --key keys/cat --yes
expect 0 'security-review: approved by cat@example.org  void: it was revoked by cat' "and is void" "$MLTEST" evidence list m@1.0.0

done_testing

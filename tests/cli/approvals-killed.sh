#!/bin/sh
# An approval that is killed, or told of an error, at a system call is wholly there, with its entry in the log, or not
# at all, and the same statement again finishes it. strace chooses the call: each that changes files or locks.
if [ -d /dev/shm ] && [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi
root=$(cd "${srcdir:-.}" && pwd)
. "${srcdir:-.}/tests/cli/people.sh"
# shellcheck source=tests/cli/killed.sh
. "$root/tests/cli/killed.sh"

ok_if "a registry with a policy" registry_with_policy
"$MLTEST" approve m@1.0.0 --stage beta --reason "it holds" --as ann@example.org --statement-only -o away >/dev/null
ssh-keygen -q -Y sign -n mltest-statement -f keys/ann away 2>err
"$MLTEST" evidence add design m@1.0.0 --reason drawn --as cat@example.org --statement-only --file model/config.json -o drawn >/dev/null
ssh-keygen -q -Y sign -n mltest-statement -f keys/cat drawn 2>err
mv registry base

# The two commands that are killed; each is one transaction, the second with a file.
approve() { strace -o trace "$@" "$MLTEST" approve m@1.0.0 --stage beta --signature away.sig >said 2>&1; }
record_design() {
    strace -o trace "$@" "$MLTEST" evidence add design m@1.0.0 --file model/config.json --signature drawn.sig >said 2>&1
}
# attempt COMMAND OPTION...: in a fresh copy, under strace with these options; its exit code is in $code.
attempt() {
    rm -rf registry
    cp -r base registry
    code=0
    "$@" || code=$?
}

# settled WHAT COMMAND: prints what is wrong: half a statement, or one that the same command does not finish.
settled() {
    kept=$(record "select count(*) from record where key like 'statement/%'")
    logged=$(record "select count(*) from record where partition = '.log' and value like '%\"what\":\"$1\"%'")
    [ "$kept" = "$logged" ] || echo "$kept statements, $logged entries in the log"
    [ "$code" != 0 ] || [ "$kept" = 1 ] || echo "it said that it was recorded: $(cat said)"
    again=0
    "$2" -e trace=none || again=$?
    [ "$again" = 0 ] || echo "again: exit code $again: $(cat said)"
    [ "$(record "select count(*) from record where key like 'statement/%'")" = 1 ] || echo "again: not one statement"
    [ "$(record "select count(*) from record where partition = '.log' and value like '%\"what\":\"$1\"%'")" = 1 ] || echo "again: not one entry"
    "$MLTEST" registry verify --all >out 2>&1
    grep -E '^  ' out | grep -Ev '^  /.*\.tmp-[^/]* was left by something that was cut off' | sed 's/^/verify: /'
}

: >faults
for command in approve record_design; do
    what=approve
    [ "$command" = approve ] || what=record
    attempt "$command"
    ok_if "$command, undisturbed" test "$code" = 0
    points >all
    settled "$what" "$command" >found 2>&1
    ok_if "is whole" test ! -s found
    ok_if "its calls are seen" grep -q '^fdatasync 1$\|^fsync 1$' all
    killed=0
    while read -r name n; do
        attempt "$command" -e "inject=$name:signal=KILL:when=$n"
        [ "$code" != 137 ] || killed=$((killed + 1))
        settled "$what" "$command" >found 2>&1
        [ ! -s found ] || sed "s/^/$name $n: /" found >>faults
    done <all
    if [ -s faults ]; then not_ok "$command, killed at each call that changes something" faults; else pass "$command, killed at each call that changes something"; fi
    : >faults
    ok_if "which happened ($killed times)" test "$killed" -gt 10
done

attempt approve -e "inject=pwrite64:error=ENOSPC:when=1+"
expect 0 'asks for beta: missing' "a full disk records nothing" "$MLTEST" approvals m@1.0.0
ok_if "and is told as such" test "$code" = 5
ok_if "nothing was left behind" test -z "$(ls "$TMPDIR")"

done_testing

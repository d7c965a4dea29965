#!/bin/sh
# The program itself: help, versions, completion, documents that keep up with the commands.
. "${srcdir:-.}/tests/cli/tap.sh"

expect 0 'mltest 0\.' "--version prints the version" "$MLTEST" --version
expect 0 'Examples:' "--help shows examples first" "$MLTEST" --help
expect 2 'Commands:' "no command is a usage error that helps" "$MLTEST"
commands=$("$MLTEST" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p' | sort -u)
for command in $commands; do
    case $command in
    ab | audit | docs | evidence | keys | policy | registry) ;;
    *) expect 0 'Examples:' "mltest $command --help shows examples" "$MLTEST" "$command" --help ;;
    esac
    ok_if "the man page knows $command" grep -Eq "mltest $command" "${srcdir:-.}/docs/mltest.1"
done
for word in init register adopt get list show verify latest clean check-source source; do
    expect 0 'Examples:' "mltest registry $word --help shows examples" "$MLTEST" registry "$word" --help
done
for word in new check put show; do
    expect 0 'Examples:' "mltest docs $word --help shows examples" "$MLTEST" docs "$word" --help
done
for word in new list rotate retire allow; do
    expect 0 'Examples:' "mltest keys $word --help shows examples" "$MLTEST" keys "$word" --help
done
for word in analyze power; do
    expect 0 'Examples:' "mltest ab $word --help shows examples" "$MLTEST" ab "$word" --help
done
for word in log verify prove checkpoint export; do
    expect 0 'Examples:' "mltest audit $word --help shows examples" "$MLTEST" audit "$word" --help
done
"$MLTEST" completion bash >"$scratch/completion.bash"
ok_if "bash completion is bash" bash -n "$scratch/completion.bash"
# shellcheck disable=SC2016
ok_if "bash completion offers the commands" bash -c '. "$1"; COMP_WORDS=(mltest ga); COMP_CWORD=1; _mltest; test "${COMPREPLY[*]}" = gate' - "$scratch/completion.bash"
# shellcheck disable=SC2016
ok_if "bash completion offers second words" bash -c '. "$1"; COMP_WORDS=(mltest ab an); COMP_CWORD=2; _mltest; test "${COMPREPLY[*]}" = analyze' - "$scratch/completion.bash"
expect 2 'bash, zsh and fish' "another shell is told" "$MLTEST" completion csh
expect 2 'FORMAT=FILE' "--report without a file is told" "$MLTEST" run --report junit
expect 2 'started by mltest run' "the worker is not for people" sh -c '"$1" x' - "$(dirname "$MLTEST")/libexec/worker"

done_testing

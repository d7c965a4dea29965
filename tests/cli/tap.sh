# Sourced by the tests of the program: TAP output and a scratch folder.
#
# Needs: MLTEST (the program), EXAMPLES (the built examples), set by make check.
# Its own variables begin with tap_: sh has no others than global ones.
# shellcheck shell=sh

: "${MLTEST:?}" "${EXAMPLES:?}"
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
unset MLTEST_REGISTRY FORCE_COLOR MLTEST_NOW MLTEST_KEY GITHUB_ACTIONS GITLAB_CI JENKINS_URL \
    MLTEST_NOTIFY 2>/dev/null || :
export NO_COLOR=1 LC_ALL=C MLTEST_KEYS="$scratch/keys"
tap_count=0

# needs_examples: ends the test here when the build has no example models.
needs_examples() {
    [ "${XGBOOST:-yes}" = no ] || return 0
    echo "1..0 # SKIP it needs the example models, and this build was configured --without-xgboost"
    exit 0
}

# steady_example MODEL DIR: an example without what a busy machine decides, its performance.
steady_example() {
    cp -r "$EXAMPLES/$1" "$2"
    awk '/^  performance:/ { skip = 1; next } skip && /^  [a-z]/ { skip = 0 } !skip' "$EXAMPLES/$1/mltest.yaml" >"$2/mltest.yaml"
    sed '/performance_tests_passed/d' "$EXAMPLES/$1/gates.yaml" >"$2/gates.yaml"
}

# roomy FILE: a mltest.yaml of an example whose performance a slow or busy machine reaches, too.
roomy() {
    sed 's/latency p95 < 20ms/latency p95 < 5s/; s/latency p95 within 20ms of/latency p95 within 5s of/
        s/error_rate < 0\.1%/error_rate < 5%/' "$1"
}

pass() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

# not_ok NAME [FILE...]: fails, and shows the files as diagnostics.
not_ok() {
    tap_count=$((tap_count + 1))
    echo "not ok $tap_count - $1"
    shift
    for file in "$@"; do
        head -c 4000 "$file" | sed "s|^|# |"
        echo
    done
}

skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# ok_if NAME COMMAND...: passes when the command succeeds.
ok_if() {
    tap_name=$1
    shift
    if "$@" >"$scratch/ok_if.out" 2>&1; then pass "$tap_name"; else not_ok "$tap_name" "$scratch/ok_if.out"; fi
}

# expect CODE PATTERN NAME COMMAND...: the exit code, and an extended regular expression somewhere in the
# output. Output is left in $scratch/out and $scratch/err.
expect() {
    tap_want=$1 tap_pattern=$2 tap_name=$3
    shift 3
    tap_code=0
    "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || tap_code=$?
    if [ "$tap_code" != "$tap_want" ]; then
        echo "# exit code $tap_code, expected $tap_want: $*"
        not_ok "$tap_name" "$scratch/out" "$scratch/err"
    elif ! cat "$scratch/out" "$scratch/err" | grep -Eq -- "$tap_pattern"; then
        echo "# nothing in the output matches: $tap_pattern"
        not_ok "$tap_name" "$scratch/out" "$scratch/err"
    else
        pass "$tap_name"
    fi
}

done_testing() {
    echo "1..$tap_count"
}

#!/bin/sh
# Every shell file of the tree through shellcheck; TAP.
set -u
cd "${top_srcdir:-.}" || exit 99
if ! command -v shellcheck >/dev/null; then
    if [ -n "${MLTEST_CHECK_ALL:-}" ]; then
        echo "1..1"
        echo "not ok 1 - shellcheck is there, as ./check --all wants it"
    else
        echo "1..0 # SKIP shellcheck is missing (apt-get install shellcheck)"
    fi
    exit 0
fi
said=$(mktemp) || exit 99
trap 'rm -f "$said"' EXIT
count=0
# A tarball has no .ci; what is written into the build folder or by autoreconf is not ours.
for file in check quickstart .ci/run build-aux/packages.sh examples/*.sh \
    $(find tests -name '*.sh' | LC_ALL=C sort); do
    [ -e "$file" ] || continue
    count=$((count + 1))
    # -x -P: what a file sources is looked up from the root of the tree. SC2016: the tests hand
    # pipelines to sh -c in single quotes, with their values as arguments.
    if shellcheck -x -P . -e SC2016 "$file" >"$said" 2>&1; then
        echo "ok $count - $file"
    else
        echo "not ok $count - $file"
        head -n 60 "$said" | sed 's/^/# /'
    fi
done
echo "1..$count"

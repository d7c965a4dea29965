#!/bin/sh
# The installed program, away from its build and from its prefix: it finds its worker, and other
# programs find its library.
. "${srcdir:-.}/tests/cli/tap.sh"

: "${top_builddir:?}" "${CC:?}" "${bindir:?}" "${libdir:?}" "${includedir:?}" "${pkglibexecdir:?}" \
    "${mandir:?}" "${bashcompletiondir:?}" "${prefix:?}"
dest=$scratch/dest
# This test may itself run under make, whose job slots are not for the one that is started here.
unset MAKEFLAGS MFLAGS MAKELEVEL MLTEST_WORKER

in_build() { make -s -C "$top_builddir" "$@" DESTDIR="$dest"; }
ok_if "make install" in_build install
for file in "$bindir/mltest" "$pkglibexecdir/worker" "$includedir/mltest/mltest.h" \
    "$includedir/mltest/err.h" "$includedir/mltest/verdict.h" "$libdir/pkgconfig/libmltest.pc" \
    "$mandir/man1/mltest.1" "$bashcompletiondir/mltest"; do
    ok_if "$(basename "$file") is installed" test -s "$dest$file"
done
ok_if "the completion is what the program prints" \
    sh -c '"$1" completion bash | cmp - "$2"' - "$MLTEST" "$dest$bashcompletiondir/mltest"

# The program was configured for $prefix and lies elsewhere: only its own place can lead to the worker.
installed=$dest$bindir/mltest
expect 0 "worker program +$scratch/[^ ]*/worker" "doctor finds the worker that was installed" "$installed" doctor

# A version whose model is a file of predictions: no library of models is needed.
version=$scratch/steps/1.0.0
mkdir -p "$version/docs" "$version/tests"
printf 'id,score\na,1\nb,2\n' >"$scratch/steps/predictions.csv"
echo '{"rmse": 0.1}' | tee "$version/model.json" >"$version/metrics.json"
echo '# steps' | tee "$version/docs/model_card.md" >"$version/tests/README.md"
cat >"$version/config.json" <<'JSON'
{"model": "steps", "version": "1.0.0", "inputs": [{"name": "x", "type": "number"}],
 "output": {"name": "score", "type": "number"}}
JSON
cat >"$version/metadata.json" <<'JSON'
{"model_name": "steps", "version": "1.0.0", "created_at": "2026-01-01T00:00:00Z",
 "created_by": "installer@example.org", "framework": "none", "framework_version": "1",
 "python_version": "none", "training_dataset": "steps",
 "training_dataset_hash": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "first"}
JSON
cat >"$scratch/steps/mltest.yaml" <<'YAML'
model: steps
baseline: none
adapter: {type: predictions, candidate: predictions.csv}
suites:
  unit: [artifacts, digests, loads]
YAML
expect 0 'PASS: 3 of 3' "it tests a version" "$installed" run -q "$version" -C "$scratch/steps" -o "$scratch/steps.mlt"
rm "$version/model.json"
expect 2 'the model file, is missing' "and misses what is not there" \
    "$installed" run -q "$version" -C "$scratch/steps" -o "$scratch/lost.mlt"

# The library, as a program of somebody else uses it.
pc() {
    PKG_CONFIG_PATH=$dest$libdir/pkgconfig pkg-config --define-variable=prefix="$dest$prefix" "$@" libmltest
}
cat >"$scratch/user.c" <<'SOURCE'
#include <mltest/mltest.h>
#include <stdio.h>

int main(void)
{
    return puts(mlt_version_text()) < 0;
}
SOURCE
cp "$scratch/user.c" "$scratch/user.cc"

# compile COMPILER SOURCE OUTPUT: the flags are a sanitizer's, which a program shares with its libraries.
compile() {
    # shellcheck disable=SC2046,SC2086
    $1 $MLT_LDFLAGS -Wall -Wextra -Werror $(pc --cflags) "$2" -o "$3" $(pc --libs) "-Wl,-rpath,$dest$libdir"
}
text=$("$installed" --version | sed 's/^mltest //')
if [ -e "$dest$libdir/libmltest.so" ]; then
    ok_if "a C program compiles against the library" compile "$CC" "$scratch/user.c" "$scratch/user-c"
    expect 0 "^$text\$" "and calls it" "$scratch/user-c"
    # The C++ compiler of the same family, so that its sanitizers are the same.
    case $CC in
    *clang*) cxx=clang++ ;;
    *) cxx=g++ ;;
    esac
    if command -v "$cxx" >/dev/null; then
        ok_if "a C++ program compiles against the library" compile "$cxx" "$scratch/user.cc" "$scratch/user-cc"
        expect 0 "^$text\$" "and calls it" "$scratch/user-cc"
    else
        skip "a C++ program compiles against the library and calls it" "there is no $cxx"
    fi
else
    skip "programs compile against the shared library" "configured without one"
fi

ok_if "make uninstall" in_build uninstall
find "$dest" ! -type d >"$scratch/left"
ok_if "which leaves nothing" test ! -s "$scratch/left"

done_testing

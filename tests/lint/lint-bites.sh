#!/bin/sh
# Each rule of lint.sh must go red on a tree that breaks it, and stay green on one that does not.
set -u
here=${top_srcdir:-.}/tests/lint
tree=$(mktemp -d) || exit 99
trap 'rm -rf "$tree"' EXIT
count=0

# lint: the verdict lines for the tree.
lint() {
	top_srcdir=$tree top_builddir=$tree MLT_LINT_DIR=$here CC=${CC:-cc} sh "$here/lint.sh"
}

# fresh: a small tree without a fault.
fresh() {
	rm -rf "${tree:?}"/*
	mkdir -p "$tree/include/mltest" "$tree/harness/base" "$tree/harness/codec" "$tree/harness/db" "$tree/cli"
	echo '#define MLT_ONE 1' >"$tree/include/mltest/one.h"
	printf '#include "mltest/one.h"\n/* exit(1) and\n printf("x") */\n' >"$tree/harness/base/a.c"
	printf '#include "harness/base/b.h"\n#include <yaml.h>\nconst char *s = "exit(1)";\n' >"$tree/harness/codec/y.c"
	echo 'int mlt_b(void);' >"$tree/harness/base/b.h"
	echo 'int main(void) { printf("x"); exit(0); }' >"$tree/cli/main.c"
}

# bites RULE-NUMBER NAME: the rule, and no other, is red.
bites() {
	count=$((count + 1))
	red=$(lint | sed -n 's/^not ok \([0-9]*\).*/\1/p' | tr '\n' ' ')
	if test "$red" = "$1"; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		echo "# red rules: '$red', expected '$1'"
	fi
}

fresh
bites '' 'a tree without a fault is green'
fresh
echo '#include "harness/codec/y.h"' >>"$tree/harness/base/a.c"
bites '1 ' 'an include that points up is seen'
fresh
echo '#include "harness/codec/y.h"' >"$tree/harness/db/d.c"
bites '1 ' 'rooms of one floor are strangers'
fresh
echo '#include <sqlite3.h>' >>"$tree/harness/base/a.c"
bites '2 ' 'a third-party header outside its room is seen'
fresh
echo '#  include <openssl/evp.h>' >>"$tree/harness/base/a.c"
bites '2 ' 'openssl outside hash.c is seen'
fresh
echo 'size_t mlt_c(void);' >"$tree/harness/base/c.h"
bites '3 ' 'a header that needs another one is seen'
fresh
: >"$tree/harness/base/str_utils.c"
bites '5 ' 'a file called utils is seen'
fresh
echo 'void f(void) { printf("x"); }' >>"$tree/harness/base/a.c"
bites '6 ' 'printing below cli is seen'
fresh
echo 'void f(void) { if (1) exit(1); }' >>"$tree/harness/base/a.c"
bites '6 ' 'exiting below cli is seen'
echo "1..$count"

#!/bin/sh
# Runs the simulations and puts their tables between the two marks of a page.
#
#   calibrate.sh PROGRAM PAGE [EFFORT]     EFFORT times as many repetitions (default 1)
set -eu
program=$1
page=$2
effort=${3:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for mark in '<!-- calibration -->' '<!-- /calibration -->'; do
	if test "$(grep -cFx "$mark" "$page")" != 1; then
		echo "calibrate.sh: $page needs the line $mark exactly once" >&2
		exit 1
	fi
done
"./$program" "$effort" >"$work/tables"
awk -v tables="$work/tables" '
/^<!-- calibration -->$/ { print; while ((getline line < tables) > 0) print line; print ""; skip = 1 }
/^<!-- \/calibration -->$/ { skip = 0 }
!skip' "$page" >"$work/page"
cat "$work/page" >"$page"

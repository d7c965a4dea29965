#!/bin/sh
# docs/metrics.md says of every metric what the program knows of it; TAP.
program=${top_builddir:-.}/tests/unit/metrics/print-metrics
page=${top_srcdir:-.}/docs/metrics.md
count=0
work=$(mktemp) || exit 99
trap 'rm -f "$work"' EXIT
"$program" table >"$work" || exit 99
while IFS= read -r row; do
    count=$((count + 1))
    name=$(echo "$row" | cut -d'|' -f2,3)
    if grep -qFx -- "$row" "$page"; then
        echo "ok $count -$name"
    else
        echo "not ok $count -$name: docs/metrics.md has another row, or none"
        echo "# $row"
    fi
done <"$work"
count=$((count + 1))
rows=$(sed '1,/^## All metrics/d' "$page" | grep -c '^| `')
if test "$rows" -eq "$((count - 1))"; then
    echo "ok $count - no other row"
else
    echo "not ok $count - $rows rows in docs/metrics.md for $((count - 1)) metrics"
fi
echo "1..$count"

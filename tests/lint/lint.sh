#!/bin/sh
# The rules of CONTRIBUTING.md that a machine can check, one TAP line each; the offending places are
# its diagnostics. Environment: top_srcdir, top_builddir, CC.
set -u
src=${top_srcdir:-.}
build=${top_builddir:-$src}
cc=${CC:-cc}
lint=${MLT_LINT_DIR:-$src/tests/lint}
cd "$src" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
count=0

# rule NAME FILE: holds when the file of complaints is empty.
rule() {
	count=$((count + 1))
	if test -s "$2"; then
		echo "not ok $count - $1"
		sed 's/^/# /' "$2" | head -n 50
	else
		echo "ok $count - $1"
	fi
}

rooms='include harness suites gates reports flows cli bindings'
# shellcheck disable=SC2046 # words
find $(for room in $rooms; do test -d "$room" && echo "$room"; done) -name '*.[ch]' | LC_ALL=C sort >"$work/files"
grep '\.h$' "$work/files" >"$work/headers"
xargs grep -n '^[ 	]*#[ 	]*include' /dev/null <"$work/files" >"$work/includes"

# Floors: an include points down, or stays in its folder; everybody may include include/mltest.
awk -v law="$lint/floors.txt" '
function folder(path,   best, f) {
	best = ""
	for (f in floor)
		if (index(path, f "/") == 1 && length(f) > length(best))
			best = f
	return best
}
BEGIN {
	while ((getline line < law) > 0)
		if (line !~ /^#/ && split(line, part, " ") == 2)
			floor[part[1]] = part[2]
}
{
	file = $0; sub(/:.*/, "", file)
	place = $0; sub(/:[ \t]*#.*/, "", place)
	if (!match($0, /"[^"]*"/))
		next
	name = substr($0, RSTART + 1, RLENGTH - 2)
	if (name == "config.h")
		next
	target = index(name, "mltest/") == 1 ? "include/" name : name
	from = folder(file); to = folder(target)
	if (from == "")
		print place ": this folder has no floor in floors.txt"
	else if (to == "")
		print place ": \"" name "\" is not written from the root, or its folder has no floor"
	else if (to == from || to == "include/mltest")
		next
	else if (floor[to] >= floor[from])
		print place ": floor " floor[from] " (" from ") must not include floor " floor[to] " (" to ")"
}' "$work/includes" >"$work/complaints"
rule 'includes point down' "$work/complaints"

# Third-party headers: each in its room.
awk -v law="$lint/thirdparty.txt" '
BEGIN {
	while ((getline line < law) > 0) {
		n = split(line, part, " ")
		if (line ~ /^#/ || n < 2)
			continue
		rows++
		header[rows] = part[1]
		for (i = 2; i <= n; i++)
			rooms[rows] = rooms[rows] " " part[i]
	}
}
{
	file = $0; sub(/:.*/, "", file)
	place = $0; sub(/:[ \t]*#.*/, "", place)
	if (!match($0, /<[^>]*>/))
		next
	name = substr($0, RSTART + 1, RLENGTH - 2)
	for (i = 1; i <= rows; i++) {
		if (name !~ "^(" header[i] ")")
			continue
		ok = 0
		n = split(rooms[i], room, " ")
		for (j = 1; j <= n; j++)
			ok += index(file, room[j]) == 1
		if (!ok)
			print place ": <" name "> belongs only to" rooms[i]
	}
}' "$work/includes" >"$work/complaints"
rule 'each third-party header has one room' "$work/complaints"

# Headers that compile alone.
: >"$work/complaints"
while read -r header; do
	echo "#include \"$header\"" >"$work/alone.c"
	# shellcheck disable=SC2086 # CC may be two words
	$cc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I. -Iinclude -fsyntax-only "$work/alone.c" \
		>"$work/said" 2>&1 || { echo "$header:"; head -n 5 "$work/said"; } >>"$work/complaints"
done <"$work/headers"
rule 'every header compiles by itself' "$work/complaints"

# Exported symbols.
library=$build/.libs/libmltest.so
if test -e "$library"; then
	# mangle_path comes with gcc's own coverage runtime.
	nm -D --defined-only "$library" | awk '{ print $NF }' | sed 's/@.*//' |
		grep -v -e '^_' -e '^mangle_path$' |
		LC_ALL=C sort >"$work/exported"
	grep -v '^#' "$lint/exports.txt" | LC_ALL=C sort >"$work/wanted"
	diff "$work/wanted" "$work/exported" |
		sed -n 's/^> \(.*\)/\1 is exported, but not in exports.txt/p
			s/^< \(.*\)/\1 is in exports.txt, but not exported/p' >"$work/complaints"
	rule 'libmltest exports what exports.txt lists' "$work/complaints"
else
	count=$((count + 1))
	echo "ok $count - libmltest exports what exports.txt lists # SKIP no shared libmltest was built"
fi

# Names that say nothing.
# shellcheck disable=SC2046 # words
find $(for room in $rooms examples tests docs; do test -d "$room" && echo "$room"; done) \
	\( -name node_modules -prune \) -o -print | awk -F/ '
	tolower($NF) ~ /(^|[^a-z])(utils?|common|misc|helpers?|manager)([^a-z]|$)/ { print }' >"$work/complaints"
rule 'no file is called utils, common, misc, helpers or manager' "$work/complaints"

# Who may print and exit.
grep -v -e '^cli/' -e '^reports/console' "$work/files" | xargs awk '
FNR == 1 { inside = 0 }
{
	line = $0
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	if (inside && !sub(/^.*\*\//, "", line))
		next
	inside = 0
	gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", line)
	sub(/\/\/.*/, "", line)
	if (sub(/\/\*.*/, "", line))
		inside = 1
	if (line ~ /(^|[^A-Za-z0-9_.>])(v?printf|puts|putchar|exit|_exit|abort) *\(/ || line ~ /[^A-Za-z0-9_]stdout([^A-Za-z0-9_]|$)/)
		print FILENAME ":" FNR ": " $0
}' /dev/null >"$work/complaints"
rule 'only cli/ and the console report print to stdout or exit' "$work/complaints"

echo "1..$count"

# Reads gcovr's CSV (filename, line_total, line_covered, ...): a line per file, then one per folder named
# in `rooms`, then the total.
BEGIN {
	FS = ","
	count = split(rooms, room, " ")
}
FNR == 1 {
	if ($1 != "filename" || $2 != "line_total" || $3 != "line_covered") {
		print "coverage: this is not the table that gcovr 5 writes" >"/dev/stderr"
		bad = 1
		exit 1
	}
	next
}
{
	show($1, $2, $3)
	top = $1
	sub(/\/.*/, "", top)
	all[top] += $2
	ran[top] += $3
}
END {
	if (bad)
		exit 1
	print "== rooms"
	for (i = 1; i <= count; i++) {
		show(room[i] "/", all[room[i]], ran[room[i]])
		all_lines += all[room[i]]
		all_ran += ran[room[i]]
	}
	show("statement coverage", all_lines, all_ran)
	if (all_lines == 0)
		exit 1
}
function show(name, lines, covered) {
	printf "%-44s %6d of %6d  %5.1f %%\n", name, covered, lines, lines ? 100 * covered / lines : 0
}

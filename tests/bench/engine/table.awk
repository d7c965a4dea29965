# One work's rows of the table from the contestants' lines; see engine.sh. Input: number, kind, name.
function sort(list, n,   i, k, x) {
    for (i = 2; i <= n; i++)
        for (k = i; k > 1 && list[k - 1] > list[k]; k--) {
            x = list[k]; list[k] = list[k - 1]; list[k - 1] = x
        }
}
function middle(list, n) {
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}
function seconds(x) {
    return sprintf(x < 0.1 ? "%.4f" : x < 10 ? "%.3f" : "%.1f", x)
}
function read_lines(i, file,   line, part, w, c, n) {
    n = 0
    peak[i] = 0; extra[i] = -1
    while ((getline line < file) > 0) {
        if (split(line, part, " ") != 5)
            continue
        w[++n] = part[1] + 0
        c[n] = part[2] + 0
        if (part[3] + 0 > peak[i]) peak[i] = part[3] + 0
        if (part[4] != "-" && part[4] + 0 > extra[i]) extra[i] = part[4] + 0
        value[i] = part[5]
    }
    close(file)
    runs[i] = n
    if (n == 0)
        return
    sort(w, n); sort(c, n)
    wall[i] = middle(w, n); least[i] = w[1]; most[i] = w[n]; cpu[i] = middle(c, n)
}
function memory(i,   text) {
    text = sprintf("%.0f", peak[i] / 1024)
    if (extra[i] >= 0)
        text = text sprintf(" (%.1f by the work, %.1f B/row)", extra[i] / 1024, extra[i] * 1024 / rows)
    return text
}
function verdict(holds) {
    return holds ? "met" : "**missed**"
}
# The goal that speaks of this name; 0 when none does.
function goal_of(name,   g, part) {
    for (g = 1; g <= goal_count; g++)
        if (split(goal_text[g], part, ":") == 2 && part[1] == name)
            return part[2] + 0
    return 0
}
function ratios(i,   k, text, times) {
    for (k = 1; k <= count; k++) {
        if (kind[k] != "peer" || !runs[k])
            continue
        times = wall[k] / wall[i]
        text = text (text == "" ? "" : "; ") sprintf(times < 10 ? "%.1f × %s" : "%.0f × %s", times, name[k])
        if (kind[i] == "judged" && goal_of(name[k]))
            text = text sprintf(" (goal %g: %s)", goal_of(name[k]), verdict(times >= goal_of(name[k])))
    }
    return text bounds(i, text == "" ? "" : "; ")
}
function bounds(i, between,   text) {
    if (kind[i] != "judged")
        return ""
    if (goal_of("seconds")) {
        text = text between sprintf("goal %g s: %s", goal_of("seconds"), verdict(wall[i] <= goal_of("seconds")))
        between = "; "
    }
    if (goal_of("MiB")) {
        text = text between sprintf("goal %g MiB: %s", goal_of("MiB"), verdict(peak[i] <= goal_of("MiB") * 1024))
        between = "; "
    }
    # Half a byte for the pages of the stacks and the allocator, on a few rows.
    if (goal_of("bytes"))
        text = text between sprintf("goal %g B/row: %s", goal_of("bytes"),
            verdict(extra[i] * 1024 <= (goal_of("bytes") + 0.5) * rows))
    return text
}
BEGIN { goal_count = split(goals, goal_text, "|") }
{
    count++
    kind[count] = $2
    name[count] = $3
    if ($1 > 0)
        read_lines(count, folder "/" $1 ".times")
    number[count] = $1
}
END {
    for (i = 1; i <= count; i++) {
        first = i == 1 ? work : ""; second = i == 1 ? goal : ""
        if (kind[i] == "missing")
            printf "| %s | %s | %s | | | | | |\n", first, second, name[i]
        else if (!runs[i]) {
            said = ""
            getline said < (folder "/" number[i] ".said")
            gsub(/\|/, "/", said)
            printf "| %s | %s | %s | failed: %s | | | | |\n", first, second, name[i], said
        } else
            printf "| %s | %s | %s%s | %s (%s–%s) | %s | %s | %s | %s |\n", first, second,
                kind[i] == "peer" ? "" : "mltest: ", name[i], seconds(wall[i]), seconds(least[i]),
                seconds(most[i]), seconds(cpu[i]), memory(i), kind[i] == "peer" ? "" : ratios(i), value[i]
    }
}

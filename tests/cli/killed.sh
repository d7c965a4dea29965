# Sourced, after tap.sh, by the tests that kill the program at its system calls, which strace chooses.
# shellcheck shell=sh disable=SC2154 # tap.sh sets scratch
cd "$scratch" || exit 99
# Leaks are not looked for: their search cannot run in a traced process.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
# A build that counts coverage writes hundreds of files at the end of each process, thousands of which run here.
export GCOV_PREFIX="$scratch/gcov"
if ! strace -f -o trace true 2>err; then
    echo "1..0 # SKIP it needs strace, and the right to trace: $(head -n 1 err)"
    exit 0
fi

# calls: the calls of the file "trace" as "NAME N every" (the Nth call of that name changes something) or "NAME N some".
calls() {
    # What comes after the first .gcda is the build's own counting, not the command.
    awk -v changing='^(p?writev?(64)?|f(data)?sync|rename(at2?)?|link(at)?|symlink(at)?|unlink(at)?|rmdir|mkdir(at)?|f?chmod(at)?|f?chown|ftruncate|flock)$' '{
        if (/\.gcda"|"[^"]*\/gcov[\/"]/)
            exit
        sub(/^[0-9]+ +/, "")
        name = $0
        if (!sub(/\(.*/, "", name) || name !~ /^[a-z0-9_]+$/)
            next
        count[name]++
        refused = / = -1 /
        changes = !refused && (name ~ changing || (name ~ /^open/ && /O_CREAT/) ||
            (name == "fcntl" && /F_WRLCK/) || (name == "mmap" && /MAP_SHARED/))
        print name, count[name], changes ? "every" : "some"
    }' trace
}

# points: those that change something, as "NAME N".
points() { calls | awk '$3 == "every" { print $1, $2 }'; }

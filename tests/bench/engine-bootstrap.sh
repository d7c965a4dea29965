#!/bin/sh
# AUC, DeLong and the paired bootstrap beside scikit-learn, NumPy and pROC, in one run on the same
# rows. Prints a Markdown table of ratios; it is never a test.
#
#   make bench-engine-bootstrap      (or: DRIVER=… tests/bench/engine-bootstrap.sh [REPEATS])
#
# The peers' bootstraps are too slow for 1,000 resamples: three are timed and scaled. Bootstrap values
# are standard errors and agree up to their own error (2 % for 1,000 resamples); the peers' three
# resamples have none.
set -eu
: "${DRIVER:?}"
repeats=${1:-5}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/1M" "$scratch/10M"
"$DRIVER" make "$scratch/1M" 1000000
"$DRIVER" make "$scratch/10M" 10000000

cat >"$scratch/peer.py" <<'PYTHON'
import sys, time
import numpy as np
from sklearn.metrics import roc_auc_score

folder, work = sys.argv[1:]
y = np.fromfile(folder + "/label.u8", np.uint8)
a = np.fromfile(folder + "/first.f8")
b = np.fromfile(folder + "/second.f8")
n, rng = len(y), np.random.default_rng(1)
order = [np.argsort(s, kind="stable") for s in (a, b)] if work == "auc-numpy" else None

def by_hand(score, order, weight):
    w, s, p = weight[order], score[order], y[order]
    negatives = np.cumsum(w * (p == 0))
    starts = np.flatnonzero(np.r_[True, s[1:] != s[:-1]])
    ends = np.r_[starts[1:], n] - 1
    below = np.r_[0, negatives[ends[:-1]]]
    positives = np.add.reduceat(w * p, starts)
    total = (positives * (below + 0.5 * (negatives[ends] - below))).sum()
    return total / positives.sum() / negatives[-1]

def resample():
    if work == "auc-sklearn":
        i = rng.integers(0, n, n)
        return roc_auc_score(y[i], a[i]) - roc_auc_score(y[i], b[i])
    w = rng.poisson(1.0, n).astype(np.float64) if work == "auc-numpy" else None
    if work == "auc-numpy":
        return by_hand(a, order[0], w) - by_hand(b, order[1], w)
    i = rng.integers(0, n, n)
    return a[i].mean() - b[i].mean()

start = time.perf_counter()
if work == "auc":
    value = roc_auc_score(y, a)
    print("%.4f %.12g" % (time.perf_counter() - start, value))
else:
    for _ in range(3):
        resample()
    print("%.4f -" % ((time.perf_counter() - start) / 3 * 1000))
PYTHON

cat >"$scratch/peer.R" <<'R'
suppressMessages(library(pROC))
folder <- commandArgs(TRUE)[1]
n <- 1000000
y <- as.integer(readBin(file.path(folder, "label.u8"), "raw", n))
a <- readBin(file.path(folder, "first.f8"), "double", n)
b <- readBin(file.path(folder, "second.f8"), "double", n)
start <- proc.time()[["elapsed"]]
first <- roc(y, a, levels = c(0, 1), direction = "<", quiet = TRUE)
second <- roc(y, b, levels = c(0, 1), direction = "<", quiet = TRUE)
test <- roc.test(first, second, method = "delong", paired = TRUE)
cat(sprintf("%.4f %.12g\n", proc.time()[["elapsed"]] - start, test$statistic))
R

# ours FOLDER ROWS WORK PEER PEER_SECONDS PEER_VALUE: a row of the table for each path and thread count.
ours() {
    for path in fast portable; do
        test "$path $3" = "portable auc" && continue
        test "$path $3" = "portable delong" && continue
        for threads in 1 2; do
            # shellcheck disable=SC2046 # three words
            set -- "$1" "$2" "$3" "$4" "$5" "$6" \
                $("$DRIVER" time "$scratch/$1" "$2" "$3" "$threads" "$path" "$repeats")
            awk -v work="$3, $1 rows" -v peer="$4" -v theirs="$5" -v their_value="$6" \
                -v ours="$7" -v value="$8" -v bytes="$9" -v path="$path" -v threads="$threads" 'BEGIN {
                printf "| %-24s | %-22s | %9.2f | %-8s | %d | %8.4f | %7.0f | %14s | %14s | %5.1f |\n",
                    work, peer, theirs, path, threads, ours, theirs / ours, value, their_value, bytes }'
        done
    done
}

# beside FOLDER ROWS WORK PEER COMMAND...
beside() {
    folder=$1 rows=$2 work=$3 peer=$4
    shift 4
    # shellcheck disable=SC2046 # two words
    ours "$folder" "$rows" "$work" "$peer" $("$@")
}

echo "| work                     | peer                   |  peer (s) | path     | threads | ours (s) | ratio | value | peer's value | extra bytes/row |"
echo "|--------------------------|------------------------|-----------|----------|---|----------|---------|----------------|----------------|-------|"
python=${PYTHON:-/usr/bin/python3}
beside 10M 10000000 auc "scikit-learn" "$python" "$scratch/peer.py" "$scratch/10M" auc
beside 1M 1000000 delong "pROC" Rscript "$scratch/peer.R" "$scratch/1M"
repeats=1
beside 1M 1000000 auc-bootstrap "scikit-learn (scaled)" "$python" "$scratch/peer.py" "$scratch/1M" auc-sklearn
beside 1M 1000000 auc-bootstrap "NumPy by hand (scaled)" "$python" "$scratch/peer.py" "$scratch/1M" auc-numpy
beside 1M 1000000 mean-bootstrap "NumPy (scaled)" "$python" "$scratch/peer.py" "$scratch/1M" mean-numpy

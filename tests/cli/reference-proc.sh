#!/bin/sh
# AUC and its variance (DeLong) against R's pROC, on data made here; TAP.
program=${top_builddir:-.}/tests/unit/metrics/print-metrics
if ! R --slave -e 'library(pROC)' >/dev/null 2>&1; then
    echo '1..0 # SKIP pROC is not there (apt-get install r-cran-proc)'
    exit 0
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cat >"$work/reference.R" <<'R'
suppressMessages(library(pROC))
program <- commandArgs(trailingOnly = TRUE)[1]
rows <- commandArgs(trailingOnly = TRUE)[2]
set.seed(20230415)
count <- 0
check <- function(what, n, share, digits) {
    label <- as.numeric(runif(n) < share)
    label[1:4] <- c(0, 0, 1, 1)
    score <- round(rnorm(n) + label, digits)
    writeBin(as.vector(rbind(label, score)), rows, size = 8, endian = "little")
    said <- system2(program, c("binary", "1", "0.5", "-", "auc"), stdin = rows, stdout = TRUE)
    seen <- as.numeric(strsplit(said, " ")[[1]][2:3])
    curve <- roc(label, score, direction = "<", quiet = TRUE)
    known <- c(as.numeric(auc(curve)), var(curve, method = "delong"))
    for (k in 1:2) {
        count <<- count + 1
        good <- isTRUE(abs(seen[k] - known[k]) <= 1e-10 * known[k])
        cat(if (good) "ok" else "not ok", " ", count, " - ", c("auc", "variance of auc")[k], ", ", what,
            ", ", n, " rows\n", sep = "")
        if (!good) cat(sprintf("# mltest %.17g, pROC %.17g\n", seen[k], known[k]))
    }
}
check("no ties", 12, 0.5, 12)
check("ties", 60, 0.4, 0)
check("ties", 3000, 0.03, 1)
check("no ties", 5000, 0.5, 12)
check("ties", 20000, 0.2, 2)
cat("1..", count, "\n", sep = "")
R
exec Rscript "$work/reference.R" "$program" "$work/rows"

# pROC's paired DeLong test: peer.R FOLDER ROWS. Reading is outside the time.
suppressMessages(library(pROC))
argument <- commandArgs(TRUE)
n <- as.integer(argument[2])
y <- as.integer(readBin(file.path(argument[1], "label.u8"), "raw", n))
a <- readBin(file.path(argument[1], "first.f8"), "double", n)
b <- readBin(file.path(argument[1], "second.f8"), "double", n)
peak <- function() {
  status <- readLines("/proc/self/status")
  as.integer(gsub("[^0-9]", "", status[startsWith(status, "VmHWM")]))
}
before <- peak()
start <- proc.time()
first <- roc(y, a, levels = c(0, 1), direction = "<", quiet = TRUE)
second <- roc(y, b, levels = c(0, 1), direction = "<", quiet = TRUE)
test <- roc.test(first, second, method = "delong", paired = TRUE)
spent <- proc.time() - start
cat(sprintf("%.6f %.6f %d %d %.12g\n", spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]],
            peak(), peak() - before, test$statistic))

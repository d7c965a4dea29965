#!/bin/sh
# Every metric against scikit-learn, on data made here; TAP.
python=/usr/bin/python3
program=${top_builddir:-.}/tests/unit/metrics/print-metrics
if ! "$python" -c 'import sklearn, numpy' 2>/dev/null; then
    echo '1..0 # SKIP scikit-learn is not there (apt-get install python3-sklearn)'
    exit 0
fi
exec "$python" - "$program" <<'PYTHON'
import subprocess
import sys

import numpy as np
from sklearn import metrics as sk

rng = np.random.default_rng(20230415)
count = 0


def compare(task, label, score, threshold, expected):
    global count
    score = np.asarray(score, float)
    rows = np.column_stack([label, score])
    text = "\n".join(" ".join(repr(float(x)) for x in row) for row in rows)
    width = 1 if score.ndim == 1 else score.shape[1]
    run = subprocess.run([sys.argv[1], task, str(width), repr(threshold)], input=text, text=True,
                         capture_output=True)
    values = dict(line.split() for line in run.stdout.splitlines())
    for name in sorted(set(values) | set(expected)):
        count += 1
        good = name in values and name in expected and \
            abs(float(values[name]) - expected[name]) <= 1e-9 * max(1, abs(expected[name]))
        print("%s %d - %s %s of %d rows" % ("ok" if good else "not ok", count, task, name, len(label)))
        if not good:
            print("# mltest %s, scikit-learn %r %s" % (values.get(name), expected.get(name), run.stderr))


def regression(n, scale):
    y = rng.normal(1e3, scale, n)
    p = y + rng.standard_t(3, n) * scale / 3
    compare("regression", y, p, 0.5, {
        "rmse": sk.mean_squared_error(y, p, squared=False), "mae": sk.mean_absolute_error(y, p),
        "r2": sk.r2_score(y, p), "bias": float(np.mean(p - y))})


def binary(n, share, ties, threshold):
    y = (rng.random(n) < share).astype(int)
    p = 1 / (1 + np.exp(-(rng.normal(size=n) + 1.2 * y - 0.6)))
    if ties:
        # Away from 0 and 1, which programs clip in different ways.
        p = np.clip(np.round(p, 1), 0.1, 0.9)
    d = (p >= threshold).astype(int)
    compare("binary", y, p, threshold, {
        "auc": sk.roc_auc_score(y, p), "logloss": sk.log_loss(y, p), "brier": sk.brier_score_loss(y, p),
        "accuracy": sk.accuracy_score(y, d), "precision": sk.precision_score(y, d),
        "recall": sk.recall_score(y, d), "f1": sk.f1_score(y, d),
        "balanced_accuracy": sk.balanced_accuracy_score(y, d),
        "specificity": sk.recall_score(y, d, pos_label=0)})


def multiclass(n, classes):
    y = rng.integers(0, classes, n)
    w = rng.gamma(1, size=(n, classes))
    w[np.arange(n), y] += 0.7
    p = w / w.sum(axis=1, keepdims=True)
    compare("multiclass", y, p, 0.5, {
        "accuracy": sk.accuracy_score(y, p.argmax(axis=1)),
        "logloss": sk.log_loss(y, p, labels=range(classes)),
        "macro_f1": sk.f1_score(y, p.argmax(axis=1), average="macro")})


regression(50, 1.0)
regression(5000, 250.0)
binary(200, 0.5, False, 0.5)
binary(4000, 0.05, False, 0.3)
binary(3000, 0.4, True, 0.6)
multiclass(300, 3)
multiclass(2000, 7)
print("1..%d" % count)
PYTHON

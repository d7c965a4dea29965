#!/bin/sh
# Every metric against scikit-learn, SciPy, and plain NumPy where neither has it, on data made here:
# ties, weights, few rows, a million rows. TAP.
python=/usr/bin/python3
program=${top_builddir:-.}/tests/unit/metrics/print-metrics
if ! "$python" -c 'import sklearn, scipy, numpy' 2>/dev/null; then
    echo '1..0 # SKIP scikit-learn is not there (apt-get install python3-sklearn)'
    exit 0
fi
exec "$python" - "$program" <<'PYTHON'
import itertools
import math
import subprocess
import sys
import warnings

import numpy as np
from scipy import stats
from sklearn import metrics as sk

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20230415)
count = 0


def compare(what, task, label, score, threshold, expected, extra="-", columns=(), tolerance=1e-10):
    global count
    score = np.asarray(score, float)
    rows = np.column_stack([np.asarray(label, float), score, *columns]).astype("<f8")
    width = 1 if score.ndim == 1 else score.shape[1]
    run = subprocess.run([sys.argv[1], task, str(width), repr(float(threshold)), extra, *expected],
                         input=rows.tobytes(), capture_output=True)
    values = dict(line.split()[:2] for line in run.stdout.decode().splitlines())
    for name in expected:
        count += 1
        value, known = float(values.get(name, "inf")), float(expected[name])
        good = abs(value - known) <= tolerance * max(1, abs(known)) or (value != value and known != known)
        print("%s %d - %s %s, %s, %d rows" % ("ok" if good else "not ok", count, task, name, what, len(label)))
        if not good:
            print("# mltest %r, expected %r %s" % (value, known, run.stderr.decode()))


def weights(n, kind):
    if kind == "-":
        return None, ()
    w = rng.integers(0, 4, n).astype(float) if kind == "f" else rng.gamma(0.7, size=n)
    w[0] = 1
    return w, (w,)


def repeated(w, *columns):
    """The rows a frequency weight stands for."""
    return [np.repeat(c, w.astype(int), axis=0) for c in columns]


def pinball(y, p, q, w):
    return np.average(np.where(y >= p, q * (y - p), (1 - q) * (p - y)), weights=w)


def regression(n, scale, ties, kind):
    y = rng.normal(30, scale, n)
    p = y + rng.standard_t(3, n) * scale / 3
    if ties:
        y, p = np.round(y), np.round(p)
    y[y == 0] = 1
    w, columns = weights(n, kind)
    one = {"rmse": sk.mean_squared_error(y, p, sample_weight=w, squared=False),
           "mae": sk.mean_absolute_error(y, p, sample_weight=w),
           "mape": sk.mean_absolute_percentage_error(y, p, sample_weight=w),
           "smape": np.average(2 * abs(p - y) / (abs(y) + abs(p)), weights=w),
           "r2": sk.r2_score(y, p, sample_weight=w), "bias": np.average(p - y, weights=w),
           "pinball@0.9": sk.mean_pinball_loss(y, p, sample_weight=w, alpha=0.9),
           "pinball@0.25": pinball(y, p, 0.25, w)}
    if kind != "i":
        a, b = (y, p) if w is None else repeated(w, y, p)
        one.update({"median_ae": sk.median_absolute_error(a, b), "max_error": sk.max_error(a, b),
                    "spearman": stats.spearmanr(a, b)[0], "kendall": stats.kendalltau(a, b)[0]})
    compare("weights " + kind, "regression", y, p, 0.5, one, kind, columns)


def folded(m, s):
    return abs(m) if s == 0 else s * math.sqrt(2 / math.pi) * math.exp(-m * m / 2 / s / s) + \
        abs(m) * (1 - 2 * stats.norm.cdf(-abs(m) / s))


def calibration(y, p, w, bin_of, squares):
    total = 0
    for b in np.unique(bin_of):
        s = bin_of == b
        weight = w[s].sum()
        if weight == 0:
            continue
        share, mean = (w * y)[s].sum() / weight, (w * p)[s].sum() / weight
        rows = weight ** 2 / (w[s] ** 2).sum() if squares else weight
        sd = math.sqrt(share * (1 - share) / rows)
        total += weight * (2 * abs(mean - share) - folded(mean - share, sd))
    return max(0, total / w.sum())


def equal_mass(p, w, bins):
    middle = np.array([w[p < x].sum() + w[p == x].sum() / 2 for x in p]) / w.sum()
    return np.minimum(np.floor(middle * bins), bins - 1)


def lift(y, p, w, share):
    """Rows of equal score in random order, on average: each counts by the part of its group that is in."""
    cut, found, above = share * w.sum(), 0, 0
    for x in np.unique(p)[::-1]:
        group = w[p == x].sum()
        part = min(1, max(0, (cut - above) / group)) if group else 0
        found += part * (w * y)[p == x].sum()
        above += group
    return found / (w * y).sum() / share


def recall_at_precision(y, p, w, least):
    precision, recall, _ = sk.precision_recall_curve(y, p, sample_weight=w)
    good = precision[:-1] >= least
    return recall[:-1][good].max() if good.any() else 0


def distance(y, p, w):
    points = np.unique(p)
    return max(abs(w[(y == 1) & (p <= x)].sum() / w[y == 1].sum() - w[(y == 0) & (p <= x)].sum() / w[y == 0].sum())
               for x in points)


def binary(n, share, ties, threshold, kind):
    y = (rng.random(n) < share).astype(int)
    y[:2] = 0, 1
    p = 1 / (1 + np.exp(-(rng.normal(size=n) + 1.2 * y - 0.6)))
    if ties:
        # Away from 0 and 1, which programs clip in different ways.
        p = np.clip(np.round(p, 1), 0.1, 0.9)
    w, columns = weights(n, kind)
    if w is not None:
        w[:2] = 1
    d = (p >= threshold).astype(int)
    ww = np.ones(n) if w is None else w
    compare("ties %s weights %s" % (ties, kind), "binary", y, p, threshold, {
        "auc": sk.roc_auc_score(y, p, sample_weight=w), "pr_auc": sk.average_precision_score(y, p, sample_weight=w),
        "logloss": sk.log_loss(y, p, sample_weight=w), "brier": sk.brier_score_loss(y, p, sample_weight=w),
        "accuracy": sk.accuracy_score(y, d, sample_weight=w),
        "balanced_accuracy": sk.balanced_accuracy_score(y, d, sample_weight=w),
        "precision": sk.precision_score(y, d, sample_weight=w), "recall": sk.recall_score(y, d, sample_weight=w),
        "f1": sk.f1_score(y, d, sample_weight=w), "f@2": sk.fbeta_score(y, d, beta=2, sample_weight=w),
        "f@0.5": sk.fbeta_score(y, d, beta=0.5, sample_weight=w),
        "specificity": sk.recall_score(y, d, pos_label=0, sample_weight=w),
        "mcc": sk.matthews_corrcoef(y, d, sample_weight=w) if 0 < d.mean() < 1 else math.nan,
        "ks": stats.ks_2samp(p[y == 1], p[y == 0])[0] if w is None else distance(y, p, w),
        "ece": calibration(y, p, ww, np.maximum(np.ceil(p * 15), 1), kind == "i"),
        "ece@10": calibration(y, p, ww, np.maximum(np.ceil(p * 10), 1), kind == "i"),
        "ace@10": calibration(y, p, ww, equal_mass(p, ww, 10), kind == "i"),
        "lift@0.1": lift(y, p, ww, 0.1), "lift@0.35": lift(y, p, ww, 0.35),
        "recall_at_precision@0.6": recall_at_precision(y, p, w, 0.6),
        "recall_at_precision@1": recall_at_precision(y, p, w, 1)}, kind, columns)


def multiclass(n, classes, kind):
    y = rng.integers(0, classes, n)
    y[:classes] = range(classes)
    g = rng.gamma(1, size=(n, classes))
    g[np.arange(n), y] += 0.7
    p = g / g.sum(axis=1, keepdims=True)
    w, columns = weights(n, kind)
    if w is not None:
        w[:classes] = 1
    d = p.argmax(axis=1)
    auc = sk.roc_auc_score(y, p, multi_class="ovr", average="macro", labels=range(classes)) if w is None else \
        np.mean([sk.roc_auc_score(y == k, p[:, k], sample_weight=w) for k in range(classes)])
    compare("weights " + kind, "multiclass", y, p, 0.5, {
        "accuracy": sk.accuracy_score(y, d, sample_weight=w),
        "top@2": sk.top_k_accuracy_score(y, p, k=2, sample_weight=w, labels=range(classes)),
        "logloss": sk.log_loss(y, p, labels=range(classes), sample_weight=w),
        "macro_f1": sk.f1_score(y, d, average="macro", sample_weight=w),
        "micro_f1": sk.f1_score(y, d, average="micro", sample_weight=w),
        "weighted_f1": sk.f1_score(y, d, average="weighted", sample_weight=w),
        "balanced_accuracy": sk.balanced_accuracy_score(y, d, sample_weight=w),
        "kappa": sk.cohen_kappa_score(y, d, sample_weight=w), "mcc": sk.matthews_corrcoef(y, d, sample_weight=w),
        "ovr_auc": auc}, kind, columns)


def over_orders(grade, score, value):
    """Mean of a figure of a ranking over all orders of equal scores (few of them)."""
    groups = [list(np.flatnonzero(score == x)) for x in np.unique(score)[::-1]]
    values = [value(grade[list(itertools.chain(*order))])
              for order in itertools.product(*[list(itertools.permutations(g)) for g in groups])]
    return np.mean(values)


def average_precision(g):
    hit = g > 0
    return (np.cumsum(hit) / np.arange(1, len(g) + 1))[hit].mean()


def ranking(queries, most, ties, weighted):
    query = np.concatenate([np.full(rng.integers(2, most), q) for q in range(queries)])
    grade = rng.integers(0, 4, len(query)).astype(float)
    score = grade / 3 + rng.normal(size=len(query))
    if ties:
        score = np.round(score)
        for q in range(queries):  # at most five of a score, so that all orders can be tried
            rows = np.flatnonzero(query == q)[5:]
            score[rows] += rng.normal(size=len(rows))
    w = rng.gamma(1, size=queries)
    used, names = [], ("ndcg", "ndcg@3", "ndcg_linear", "ndcg_linear@5", "map", "mrr", "recall_at@3", "precision_at@3")
    values = {name: [] for name in names}
    for q in range(queries):
        g, s = grade[query == q], score[query == q]
        if g.max() == 0:
            continue
        used.append(q)
        for name, gain, k in (("ndcg", 2 ** g - 1, None), ("ndcg@3", 2 ** g - 1, 3), ("ndcg_linear", g, None),
                              ("ndcg_linear@5", g, 5)):
            values[name].append(sk.ndcg_score([gain], [s], k=k))
        values["map"].append(over_orders(g, s, average_precision))
        values["mrr"].append(over_orders(g, s, lambda x: 1 / (1 + np.flatnonzero(x > 0)[0])))
        values["recall_at@3"].append(over_orders(g, s, lambda x: (x[:3] > 0).sum() / (x > 0).sum()))
        values["precision_at@3"].append(over_orders(g, s, lambda x: (x[:3] > 0).sum() / 3))
    order = rng.permutation(len(query))
    columns = [query[order]] + ([w[query][order]] if weighted else [])
    mean = {name: np.average(v, weights=w[used] if weighted else None) for name, v in values.items()}
    compare("ties %s" % ties, "ranking", grade[order], score[order], 0.5, mean, "qi" if weighted else "q", columns)


def million():
    n = 1000000
    y = rng.normal(1e3, 250, n)
    p = y + rng.standard_t(3, n) * 80
    compare("many", "regression", y, p, 0.5, {
        "rmse": sk.mean_squared_error(y, p, squared=False), "mae": sk.mean_absolute_error(y, p),
        "r2": sk.r2_score(y, p), "spearman": stats.spearmanr(y, p)[0], "kendall": stats.kendalltau(y, p)[0],
        "median_ae": sk.median_absolute_error(y, p)})
    y = (rng.random(n) < 0.2).astype(int)
    p = np.round(1 / (1 + np.exp(-(rng.normal(size=n) + y))), 5)
    d = (p >= 0.5).astype(int)
    compare("many", "binary", y, p, 0.5, {
        "auc": sk.roc_auc_score(y, p), "logloss": sk.log_loss(y, p), "brier": sk.brier_score_loss(y, p),
        "pr_auc": sk.average_precision_score(y, p), "mcc": sk.matthews_corrcoef(y, d),
        "ks": stats.ks_2samp(p[y == 1], p[y == 0], mode="asymp")[0]})


for n in (2, 3, 7):
    regression(n, 3.0, False, "-")
for kind in "-fi":
    regression(50, 1.0, False, kind)
    regression(4000, 5.0, True, kind)
    binary(200, 0.5, False, 0.5, kind)
    binary(3000, 0.05, False, 0.3, kind)
    binary(2500, 0.4, True, 0.6, kind)
    multiclass(300, 3, kind)
    multiclass(2000, 7, kind)
binary(4, 0.5, False, 0.5, "-")
ranking(60, 12, False, False)
ranking(40, 6, True, False)
ranking(40, 6, True, True)
million()
print("1..%d" % count)
PYTHON

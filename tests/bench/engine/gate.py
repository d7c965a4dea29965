"""The gate that people write in Python: gate.py FILE.

Both models' AUC and log loss on all rows and by country, with 90 % intervals of the difference (DeLong
for AUC by the fast algorithm of Sun & Xu 2014, normal of the row differences for log loss), judged like

  mltest eval FILE -l label -s score -b baseline --slices country --metrics auc,logloss \\
      --require "auc within 2% of baseline" --require "auc by country within 20% of baseline" \\
      --require "logloss by country within 40% of baseline"

without its correction for many comparisons. The exit status is the decision: 0 or 1.
"""
import sys

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import log_loss, roc_auc_score

Z = 1.6448536269514722


def placements(y, score):
    positive, negative = score[y == 1], score[y == 0]
    m, n = len(positive), len(negative)
    both = rankdata(np.r_[positive, negative])
    v10 = (both[:m] - rankdata(positive)) / n
    v01 = 1 - (both[m:] - rankdata(negative)) / m
    return v10, v01


def auc_holds(y, candidate, baseline, margin):
    c10, c01 = placements(y, candidate)
    b10, b01 = placements(y, baseline)
    auc = roc_auc_score(y, candidate), roc_auc_score(y, baseline)
    variance = np.cov(c10 - (1 - margin) * b10).item() / len(c10)
    variance += np.cov(c01 - (1 - margin) * b01).item() / len(c01)
    return auc[0] - (1 - margin) * auc[1] - Z * np.sqrt(variance) > 0


def loss(y, p):
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return -np.where(y == 1, np.log(p), np.log1p(-p))


def logloss_holds(y, candidate, baseline, margin):
    means = log_loss(y, candidate, labels=[0, 1]), log_loss(y, baseline, labels=[0, 1])
    d = loss(y, candidate) - (1 + margin) * loss(y, baseline)
    return means[0] - (1 + margin) * means[1] + Z * d.std(ddof=1) / np.sqrt(len(d)) < 0


def main(path):
    rows = pd.read_csv(path)
    columns = [rows[c].to_numpy() for c in ("label", "score", "baseline")]
    verdicts = [auc_holds(*columns, 0.02), logloss_holds(*columns, 0.4)]
    for _, at in rows.groupby("country").indices.items():
        part = [c[at] for c in columns]
        verdicts += [auc_holds(*part, 0.2), logloss_holds(*part, 0.4)]
    print("%d of %d hold" % (sum(verdicts), len(verdicts)))
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
